/* What people say of themselves: age, gender, nationality, user names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define OLDEST 120
#define LONG 32 /* bytes of a user name */

static uint8_t lower(uint8_t c)
{
	return is_upper(c) ? (uint8_t)(c + 32) : c;
}

/* One of the words, which bars part, stands at i, case apart; a blank in one
 * is a blank or a dash. Its end, or 0. */
static uint32_t said(const struct scan *s, uint32_t i, const char *words)
{
	const char *p = words;

	if (i >= s->n || is_digit(s->t[i]))
		return 0; /* no word */
	while (*p != '\0') {
		uint32_t at = i;

		for (; *p != '\0' && *p != '|'; p++, at++) {
			uint8_t c = lower(scan_at(s, at));

			if (c != (uint8_t)*p && !(*p == ' ' && c == '-'))
				break;
		}
		if ((*p == '\0' || *p == '|') && !is_word(scan_at(s, at)))
			return at;
		p = strchrnul(p, '|');
		p += *p == '|';
	}
	return 0;
}

/* One of the words ends right before i; where it begins, or 0xffffffff. */
static bool said_before(const struct scan *s, uint32_t i, const char *words)
{
	if (i > 1 && s->t[i - 1] == ' ' && is_digit(s->t[i - 2]))
		return false; /* no word */
	for (const char *p = words; *p != '\0';) {
		uint32_t n = (uint32_t)(strchrnul(p, '|') - p), k = 0;

		while (n <= i && lower(s->t[i - 2]) == (uint8_t)p[n - 2] &&
		       k < n && lower(s->t[i - n + k]) == (uint8_t)p[k])
			k++;
		if (n <= i && k == n && (n == i || !is_word(s->t[i - n - 1])))
			return true;
		p += n + (p[n] == '|');
	}
	return false;
}

static bool ends(const struct scan *s, uint32_t i)
{
	uint8_t c = scan_at(s, i);

	return c == 0 || strchr(".,;!?\n)", c) != NULL ||
	       said(s, i + 1, "and|und|y|now|years|male|female") != 0;
}

static unsigned age_score(const struct scan *s, const struct cluster *c)
{
	uint32_t i = c->start[0], end = c->end[0];
	uint32_t next = scan_at(s, end) == ' ' || scan_at(s, end) == '-'
				? end + 1
				: end;
	uint32_t at = s->topic_at[TOPIC_AGE];
	bool years = strchr("yjat", lower(scan_at(s, next))) != NULL;

	if (years && said(s, next,
			  "years old|year old|yrs old|yr old|years of age|"
			  "years young|yo|y/o|y.o|jahre alt|jähriger|jährige|"
			  "jahre jung|años de edad|tuổi") != 0)
		return 88;
	if (years && said(s, next, "años|jahre") != 0 &&
	    said_before(s, i,
			"tengo |tiene |tienen |tenía |cumplo |bin |"
			"ist |de "))
		return 75;
	if (at != 0 && at - 1 <= i && i - (at - 1) <= 8 &&
	    !is_word(scan_at(s, end)) && ends(s, end))
		return 82;
	if (c->digits[0] == 2 && i > 1 &&
	    strchr("msdno", lower(s->t[i - 2])) != NULL &&
	    said_before(s, i,
			"i'm |i am |she's |he's |she is |he is |turned |"
			"i turn |tengo |bin ") &&
	    ends(s, end))
		return 62;
	if (((s->asked | s->keyed) >> TOPIC_AGE & 1) != 0 && s->n <= 40 &&
	    !is_word(scan_at(s, end)))
		return 75;
	return 0;
}

uint32_t recognizer_traits_age(struct scan *s, const struct cluster *c)
{
	unsigned age = 0, score;

	if (c->digits[0] > 3 || c->plus || c->open)
		return 0;
	for (uint32_t i = c->start[0]; i < c->end[0]; i++)
		age = age * 10 + (unsigned)(s->t[i] - '0');
	if (age < 1 || age > OLDEST ||
	    (c->start[0] > 0 &&
	     strchr("$.,:/-", s->t[c->start[0] - 1]) != NULL))
		return 0;
	score = age_score(s, c);
	if (score == 0)
		return 0;
	recognizer_hit(s, c->start[0], c->end[0], ENTITY_AGE, RULE_AGE, score);
	return c->end[0];
}

/* Behind a cue that ends at i: ":", "=", "is"; where the value begins, or 0. */
static uint32_t copula(const struct scan *s, uint32_t i)
{
	uint32_t at = i, end;

	end = said(s, at + 1, "name|id|identity");
	if (end != 0)
		at = end;
	while (scan_at(s, at) == ' ' && at < i + 16)
		at++;
	if (scan_at(s, at) == ':' || scan_at(s, at) == '=') {
		at++;
	} else {
		at = said(s, at, "is|ist|es|là|lautet|am|was");
		if (at == 0)
			return 0;
	}
	while (scan_at(s, at) == ' ' || scan_at(s, at) == '"' ||
	       scan_at(s, at) == '\'')
		at++;
	return at;
}

static void gender(struct scan *s, uint32_t end)
{
	uint32_t at = copula(s, end);
	uint32_t stop =
		at == 0 ? 0
			: said(s, at,
			       "male|female|man|woman|m|f|nonbinary|non binary|"
			       "transgender|männlich|weiblich|divers|hombre|"
			       "mujer|masculino|femenino|nam|nữ");

	if (stop != 0)
		recognizer_hit(s, at, stop, ENTITY_GENDER, RULE_TRAIT_CUE, 82);
}

static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < i + LONG &&
	       (is_alpha(scan_at(s, end)) || scan_at(s, end) >= 0x80))
		end++;
	return end;
}

static void nation(struct scan *s, uint32_t end)
{
	uint32_t at = copula(s, end), stop;

	if (at == 0)
		return;
	stop = word_end(s, at);
	if (stop - at < 3 ||
	    (recognizer_name_roles(s, at, stop) & ROLE_FUNCTION) != 0)
		return;
	if (scan_at(s, stop) == ' ' && is_upper(scan_at(s, stop + 1)))
		stop = word_end(s, stop + 1);
	recognizer_hit(s, at, stop, ENTITY_NRP, RULE_TRAIT_CUE, 80);
}

/* Names of users that are nobody's. */
static bool is_nobody(struct bytes name)
{
	static const char *const names[] = {"shared", "public", "default",
					    "user",   "users",	"root",
					    "ubuntu", "admin",	"guest"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (name.n == strlen(names[i]) &&
		    strncasecmp((const char *)name.p, names[i], name.n) == 0)
			return true;
	return false;
}

/* "Username is jane77", "logged in as jane77". */
static void user(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = s->n, stop;
	bool odd = false;

	if (!recognizer_topic_signs(bytes_of(s->t + i, end - i)))
		at = copula(s, end);
	else
		(void)recognizer_topic_sign(s, i, end, &at);
	stop = at;
	if (at == 0 || at >= s->n)
		return;
	for (; stop < at + LONG; stop++) {
		uint8_t c = scan_at(s, stop);

		if (!is_word(c) && c != '_' && c != '.' && c != '-')
			break;
		odd = odd || !is_alpha(c);
	}
	while (stop > at && !is_word(s->t[stop - 1]))
		stop--;
	if (stop - at < 3 || scan_at(s, stop) == '@' ||
	    is_nobody(bytes_of(s->t + at, stop - at)) ||
	    (!odd && (recognizer_name_roles(s, at, stop) != 0 ||
		      memcmp(s->t + stop - 2, "ed", 2) == 0)))
		return; /* "is required" */
	recognizer_hit(s, at, stop, ENTITY_USERNAME, RULE_USER_CUE, 80);
}

void recognizer_traits(struct scan *s, uint32_t i, uint32_t end,
		       const struct word *w)
{
	if (w->number == TRAIT_GENDER)
		gender(s, end);
	else if (w->number == TRAIT_NATION)
		nation(s, end);
	else if (w->number == TRAIT_USER)
		user(s, i, end);
	else if (said_before(s, i,
			     "i'm |i am |i'm a |i am a |i'm an |i am an |"
			     "we're |we are |as a |as an |bin |soy |tôi là "))
		recognizer_hit(s, i, end, ENTITY_NRP, RULE_TRAIT_WORD, 70);
}

/* The key says that the whole value is a trait. */
void recognizer_traits_value(struct scan *s)
{
	static const uint8_t entities[] = {0, ENTITY_NRP, ENTITY_GENDER,
					   ENTITY_USERNAME};
	unsigned trait = (unsigned)(s->keyed >> TOPIC_TRAIT & 3);
	bool blank = memchr(s->t, ' ', s->n) != NULL, letter = false;

	if (trait == 0 || s->n == 0 || s->n > LONG ||
	    (trait == TRAIT_USER &&
	     (blank || recognizer_name_roles(s, 0, s->n) != 0)))
		return;
	for (uint32_t i = 0; i < s->n; i++)
		letter = letter || is_alpha(s->t[i]) || s->t[i] >= 0x80;
	s->steps += s->n;
	if (letter)
		recognizer_hit(s, 0, s->n, entities[trait], RULE_TRAIT_KEY, 78);
}

/* "@jane_doe" at a beginning or behind a blank. */
uint32_t recognizer_traits_handle(struct scan *s, uint32_t i)
{
	uint32_t end = i + 1;
	bool odd = false;

	if (i > 0 && strchr(" \n\t(\"'", s->t[i - 1]) == NULL)
		return 0;
	for (; end < i + LONG; end++) {
		uint8_t c = scan_at(s, end);

		if (!is_alpha(c) && !is_digit(c) && c != '_')
			break;
		odd = odd || !is_alpha(c);
	}
	if (end - i < 4 || scan_at(s, end) == '.' || !is_word(s->t[end - 1]) ||
	    (!odd && recognizer_name_roles(s, i + 1, end) != 0))
		return 0;
	s->steps += end - i;
	recognizer_hit(s, i, end, ENTITY_USERNAME, RULE_USER_HANDLE, 60);
	return end;
}

static bool is_slash(uint8_t c)
{
	return c == '/' || c == '\\';
}

/* "/home/jane/calls", "C:\\Users\\jane". */
uint32_t recognizer_traits_home(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = end + 1, stop = at;

	if (i == 0 || !is_slash(s->t[i - 1]) || scan_at(s, end) != s->t[i - 1])
		return 0;
	while (stop < s->n && stop - at < LONG &&
	       (is_word(s->t[stop]) || strchr("._-", s->t[stop]) != NULL))
		stop++;
	while (stop > at && !is_word(s->t[stop - 1]))
		stop--;
	s->steps += stop - at;
	if (stop - at < 2 || is_nobody(bytes_of(s->t + at, stop - at)))
		return 0;
	recognizer_hit(s, at, stop, ENTITY_USERNAME, RULE_USER_HOME, 75);
	return stop;
}
