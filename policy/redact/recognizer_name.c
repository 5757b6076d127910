/* Names of people behind the words that announce them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

#define NAME_WORDS 5 /* of one name, particles included */
#define WORD_LONG NAME_WORD_LONG

uint32_t name_over_listed(const struct scan *s, uint32_t end, const char *words,
			  size_t size)
{
	uint32_t stop;

	if (scan_at(s, end) != ' ' || end + 1 >= s->n)
		return 0;
	stop = name_word(s, end + 1);
	return stop > end + 1 && recognizer_check_folded(words, size,
							 s->t + end + 1,
							 stop - end - 1)
		       ? stop
		       : 0;
}

/* The word at i: letters with inner apostrophes and dashes; no digits. */
static uint32_t word_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	for (; end < s->n && end < i + WORD_LONG; end++) {
		uint8_t c = s->t[end], next = scan_at(s, end + 1);
		bool inner = (c == '\'' || c == '-') && end > i &&
			     (is_alpha(next) || next >= 0x80);

		if (!is_alpha(c) && c < 0x80 && !inner)
			break;
	}
	if (is_digit(scan_at(s, end)))
		return i;
	if (end - i > 2 && s->t[end - 2] == '\'' &&
	    (s->t[end - 1] | 0x20) == 's')
		end -= 2; /* Maria's */
	return end;
}

/* Where the word proper ends: "I've" and "don't" are judged by their
 * beginning, "O'Brien" is one word. */
static uint32_t stem(const struct scan *s, uint32_t i, uint32_t end)
{
	if (end - i > 3 && s->t[end - 1] != '\'' && s->t[end - 2] != '\'' &&
	    s->t[end - 3] != '\'')
		return end; /* most words */
	for (uint32_t k = end - i > 3 ? end - 3 : i; k < end; k++)
		if (s->t[k] == '\'' && is_lower(scan_at(s, k + 1)))
			return k;
	return end;
}

unsigned recognizer_name_roles(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t n = stem(s, i, end) - i;
	const struct word *w;

	if (n == 1 && end - i == 1 && is_upper(s->t[i]) && s->t[i] != 'I' &&
	    s->t[i] != 'A')
		return 0; /* an initial */
	w = scan_listed(s, i, i + n)->common;
	return w == NULL ? 0 : w->roles;
}

/* "Will you", "May I": behind the word the sentence goes on. */
static bool goes_on(const struct scan *s, uint32_t end)
{
	static const char *const words[] = {
		"i",   "you",  "we",   "he",	"she", "they", "it",
		"the", "this", "that", "there", "be",  "do",   "a",
		"my",  "your", "not",  "have",	"get", "as",   "of"};

	return scan_at(s, end) == ' ' &&
	       name_said_any(s, end + 1, words, ARRAY_LEN(words)) != 0;
}

/* Where the word before i begins, which one blank parts from it. */
static uint32_t particle(const struct scan *s, uint32_t i)
{
	uint32_t start = i - 1;

	while (start > 0 && i - start < 5 && is_alpha(s->t[start - 1]))
		start--;
	return start;
}

/* May the word [i, end) be the nth of a name? first: the name's first word
 * was written with a capital. */
static bool may(struct scan *s, uint32_t i, uint32_t end, unsigned n,
		enum name_trust trust, bool first)
{
	unsigned roles = recognizer_name_roles(s, i, end);
	bool cap = name_cap(s, i);

	if ((roles & ROLE_PARTICLE) != 0 && (n > 0 || cap))
		return (roles & ROLE_FUNCTION) == 0 || cap ||
		       (recognizer_name_roles(s, particle(s, i), i - 1) &
			ROLE_PARTICLE) != 0;
	if ((roles & ROLE_FUNCTION) != 0)
		return false;
	if (!cap && n > 0 && (roles & ROLE_FOREIGN) != 0 && end - i != 3)
		return false; /* not "anh" */
	if (!cap)
		return trust == TRUST_ANY && !first && end - i >= 2 && n < 3 &&
		       ((roles & ROLE_COMMON) == 0
				? !name_verbal(s, i, end) ||
					  recognizer_name_kind(s, i, end) !=
						  NAME_NONE
				: recognizer_name_fits(s, i, end, n));
	if ((roles & ROLE_GIVEN) != 0 && trust == TRUST_CAPITAL && n == 0)
		return !goes_on(s, end);
	if ((roles & ROLE_COMMON) != 0)
		return (n > 0 && n < 3) ||
		       (trust != TRUST_CAPITAL && !name_verbal(s, i, end));
	return trust != TRUST_CAPITAL || n > 0 || !name_verbal(s, i, end);
}

/*
 * The name at i: its end, or i. A last word that is a particle is given back.
 */
static uint32_t name_end(struct scan *s, uint32_t i, enum name_trust trust)
{
	uint32_t at = i, found = i;
	bool first = name_cap(s, i < s->n ? i : 0);

	for (unsigned n = 0; n < NAME_WORDS; n++) {
		uint32_t end = word_end(s, at);

		s->steps += end - at;
		if (end == at || !may(s, at, end, n, trust, first))
			break;
		if ((recognizer_name_roles(s, at, end) & ROLE_PARTICLE) == 0)
			found = end;
		if (scan_at(s, end) == '.' && end - at == 1 &&
		    scan_at(s, end + 1) == ' ')
			end++; /* an initial */
		if (scan_at(s, end) != ' ' || !is_word(scan_at(s, end + 1)))
			break;
		at = end + 1;
	}
	return found - i >= 2 ? found : i;
}

bool recognizer_name_put(struct scan *s, uint32_t i, enum name_trust trust,
			 unsigned rule, unsigned score)
{
	uint32_t end = i < s->n ? name_end(s, i, trust) : i;

	if (end == i)
		return false;
	recognizer_hit(s, i, end, ENTITY_PERSON, rule, score);
	return true;
}

/* "calling", "from", ... behind the name [i, end): it was one. "and" says less:
 * "this is ridiculous and". */
static bool followed(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char *const words[] = {"calling",	   "speaking",
					    "from",	   "here",
					    "on the line", "on the other end"};
	static const char *const some[] = {"with", "again", "and"};
	uint32_t at = name_blanks(s, scan_at(s, end) == ',' ? end + 1 : end);

	return name_said_any(s, at, words, ARRAY_LEN(words)) != 0 ||
	       (name_said_any(s, at, some, ARRAY_LEN(some)) != 0 &&
		(name_cap(s, i) ||
		 recognizer_name_kind(s, i, word_end(s, i)) != NAME_NONE));
}

static void cue_this(struct scan *s, uint32_t end)
{
	uint32_t at = name_said(s, name_blanks(s, end), "is"), stop;

	if (at == 0)
		at = name_said(s, name_blanks(s, end), "would be");
	if (at == 0)
		return;
	at = name_blanks(s, at);
	if (at >= s->n)
		return;
	stop = name_end(s, at, TRUST_ANY);
	if (stop != at && followed(s, at, stop))
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       85);
	else if (!recognizer_name_put(s, at, TRUST_CAPITAL, RULE_PERSON_INTRO,
				      60))
		recognizer_name_reports(s, at, 66);
}

static void cue_i(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = end - i == 2 ? end : name_said(s, end, "'m"), stop;

	if (at == 0)
		at = name_said(s, name_blanks(s, end), "am");
	if (at == 0 || scan_at(s, at) != ' ')
		return;
	at = name_blanks(s, at);
	if (recognizer_name_twice(s, at) ||
	    recognizer_name_put(s, at, TRUST_CAPITAL, RULE_PERSON_INTRO, 75))
		return;
	stop = recognizer_name_said(s, at, NAME_RARE);
	if (stop != at &&
	    (recognizer_name_kind(s, at, word_end(s, at)) == NAME_KNOWN ||
	     recognizer_name_own(s, at, stop)))
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       60);
}

static void cue_call(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = name_blanks(s, end), me = name_said(s, at, "me");

	if (end - i == 4 && me != 0)
		recognizer_name_put(s, name_blanks(s, me), TRUST_STRONG,
				    RULE_PERSON_INTRO, 80);
	else if (end - i == 5 && recognizer_name_put(s, at, TRUST_CAPITAL,
						     RULE_PERSON_INTRO, 55))
		return;
	else if (end - i >= 5)
		recognizer_name_named(s, i, at);
}

/* "mrs early", "mr white": whatever stands there. */
static void put_plain(struct scan *s, uint32_t at, bool any)
{
	static const char programs[] =
		" word office teams excel edge paint access project outlook ";
	uint32_t end = at < s->n ? word_end(s, at) : at;

	if (end - at > 2 &&
	    (any || (recognizer_name_kind(s, at, end) != NAME_NONE &&
		     !name_one(s, at, end, programs))) &&
	    (recognizer_name_roles(s, at, end) & ROLE_FUNCTION) == 0)
		recognizer_hit(s, at, end, ENTITY_PERSON, RULE_PERSON_TITLE,
			       70);
}

static void cue_title(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = scan_at(s, end) == '.' ? end + 1 : end;
	bool plain =
		name_said(s, i, "mr") != 0 || name_said(s, i, "mrs") != 0 ||
		name_said(s, i, "ms") != 0 || name_said(s, i, "mister") != 0;
	bool cap = is_upper(s->t[i]) || name_said(s, i, "señor") != 0 ||
		   name_said(s, i, "señora") != 0;

	if (scan_at(s, at) != ' ' && at == end)
		return;
	at = name_blanks(s, at);
	if (!cap && !plain) {
		recognizer_name_title(s, i, end);
		return;
	}
	if (recognizer_name_put(s, at, plain ? TRUST_ANY : TRUST_STRONG,
				RULE_PERSON_TITLE, 85))
		return;
	if (plain)
		put_plain(s, at, end - i > 2 || s->t[i + 1] == 'r');
	else
		recognizer_name_title(s, i, end);
}

/* A salutation's name ends its line or its clause. */
static void cue_salute(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = scan_at(s, end) == ',' ? end + 1 : end, stop;
	enum name_trust trust = i == 0 ? TRUST_ANY : TRUST_CAPITAL;
	uint8_t c;

	if (scan_at(s, at) != ' ')
		return;
	at = name_blanks(s, at);
	if (at >= s->n)
		return;
	stop = name_end(s, at, name_cap(s, at) ? TRUST_CAPITAL : trust);
	c = scan_at(s, stop);
	if (stop == at)
		return;
	if (!name_cap(s, at) &&
	    ((c != ',' && c != '!' && c != 0 && c != '.') ||
	     recognizer_name_kind(s, at, word_end(s, at)) == NAME_NONE))
		return; /* "hello, secure chat," */
	recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_SALUTATION,
		       name_cap(s, at) ? 70 : 50);
}

/* "Thanks, Maria.", "Thank you John", "Regards,\nMaria Lopez". */
static void cue_closing(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t you = name_said(s, name_blanks(s, end), "you"), at;
	bool comma;

	if (you != 0)
		end = you;
	else if (name_said(s, i, "thank") != 0)
		return;
	comma = scan_at(s, end) == ',';
	if (!comma &&
	    (name_said(s, i, "best") != 0 || name_said(s, i, "welcome") != 0))
		return;
	at = comma ? end + 1 : end;
	while (at < end + 4 &&
	       (scan_at(s, at) == ' ' || scan_at(s, at) == '\n' ||
		scan_at(s, at) == '\r'))
		at++;
	if (at > end && !recognizer_name_put(s, at, TRUST_CAPITAL,
					     RULE_PERSON_SALUTATION, 65))
		recognizer_name_ack(s, i, end);
}

uint32_t recognizer_name_any(struct scan *s, uint32_t i)
{
	return name_end(s, i, name_cap(s, i) ? TRUST_CAPITAL : TRUST_ANY);
}

void recognizer_name(struct scan *s, uint32_t i, uint32_t end,
		     const struct word *w)
{
	switch (w->cue) {
	case CUE_IS:
		recognizer_name_is(s, i, end);
		break;
	case CUE_THIS:
		cue_this(s, end);
		break;
	case CUE_I:
		cue_i(s, i, end);
		break;
	case CUE_CALL:
		cue_call(s, i, end);
		break;
	case CUE_TITLE:
		cue_title(s, i, end);
		break;
	case CUE_SALUTE:
		cue_salute(s, i, end);
		break;
	case CUE_CLOSING:
		cue_closing(s, i, end);
		break;
	case CUE_ACK:
		recognizer_name_ack(s, i, end);
		break;
	case CUE_HOUSE:
		recognizer_name_house(s, i);
		break;
	case CUE_ABROAD:
		recognizer_name_abroad(s, end);
		break;
	case CUE_HALLO:
		recognizer_name_put(s, name_blanks(s, end),
				    end - i >= 5 ? TRUST_ANY : TRUST_CAPITAL,
				    RULE_PERSON_INTRO,
				    75); /* "llamo", "heisse", not "bin" */
		break;
	default:
		recognizer_name_told(s, i, end, w->cue);
		recognizer_name_around(s, i, end, w->cue);
		break;
	}
}
