/* Names that answer among other values: "mir-5507 summer vance, 3 oak st". */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is asked for a name and more writes all in one turn, in any order and
 * with few marks. The name is the first stretch of words that begins the turn
 * or stands behind a value, a mark or a word that says nothing, ends before
 * such, and holds a word that is a name and nothing else or no English. A word
 * that is English, too, goes with one behind it ("joyous kim"), and alone where
 * people are called so and it is the first thing said ("faith, 2 oak st").
 */
#include "policy/redact/recognizer_name.h"

#define LOOK 200      /* bytes of the turn */
#define WORDS 4	      /* of a name */
#define VALUE_LONG 64 /* bytes of a value that are looked at */

struct among {
	uint32_t start, end; /* the stretch */
	unsigned n;	     /* words of it */
	bool strong;	     /* a word of it is a name and nothing else */
	bool given; /* its first word is one that people are called by */
	bool first; /* it is the first thing said */
};

/* Before a name and no part of it: "sure", "yes my name is". */
static bool leads(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char words[] =
		" sure yes yeah yep yup ok okay hi hello hey its it's it is im "
		"i'm i am my name names name's the so um uh and well right "
		"course of this that's thats would be first last full under "
		"please thanks as follows here here's heres ";

	return name_one(s, i, end, words);
}

static bool is_topic(const struct scan *s, uint32_t i, uint32_t end)
{
	const struct word *w = scan_listed(s, i, end)->trigger;

	return w != NULL && (w->roles & (ROLE_TOPIC | ROLE_SUFFIX)) != 0;
}

static bool is_name(struct scan *s, uint32_t i, uint32_t end)
{
	enum name_kind kind = recognizer_name_kind(s, i, end);

	return kind == NAME_KNOWN ||
	       (kind == NAME_RARE && recognizer_rare_word(s, i, end));
}

static bool is_value(const struct scan *s, uint32_t i, uint32_t *end)
{
	bool odd = false;

	for (*end = i; *end < s->n && *end < i + VALUE_LONG &&
		       s->t[*end] > ' ' && s->t[*end] != ',';
	     ++*end)
		odd = odd || is_digit(s->t[*end]) || s->t[*end] == '@' ||
		      s->t[*end] == '_';
	return odd;
}

/* "joseph banter jbanter88": whatever stands between a name and a value. */
static bool is_before_value(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t stop;

	return end - i > 2 && scan_at(s, end) == ' ' &&
	       (recognizer_name_roles(s, i, end) & ROLE_COMMON) == 0 &&
	       is_value(s, end + 1, &stop);
}

/* The word [i, end) goes on in the stretch, or begins one; false: it is none
 * of a name. */
static bool take(struct scan *s, uint32_t i, uint32_t end, struct among *a)
{
	uint32_t next = scan_at(s, end) == ' ' && end + 1 < s->n
				? recognizer_letters_end(s, end + 1)
				: end;
	bool strong = is_name(s, i, end), more;

	if ((recognizer_name_roles(s, i, end) & ROLE_FUNCTION) != 0 ||
	    (!strong && is_topic(s, i, end)) || a->n == WORDS ||
	    recognizer_name_helps(s, i, end))
		return false;
	more = next > end + 1 && !is_digit(s->t[end + 1]) &&
	       is_name(s, end + 1, next);
	if (!strong && !more && !recognizer_name_called(s, i, end) &&
	    !(a->strong && a->n == 1 &&
	      (recognizer_name_kind(s, i, end) == NAME_WORD ||
	       is_before_value(s, i, end))))
		return false;
	if (a->n++ == 0) {
		a->start = i;
		a->given = recognizer_name_given(s, i, end);
	}
	a->strong = a->strong || strong;
	a->end = end;
	return true;
}

/* The stretch has ended before i: it is the name. */
static bool is_it(const struct scan *s, const struct among *a, uint32_t i)
{
	static const char joins[] = " and but from with ";
	uint8_t c = scan_at(s, a->end);

	if (a->strong || (a->n > 1 && a->given))
		return true;
	return a->n == 1 && a->given && a->first &&
	       (c == ',' || is_digit(scan_at(s, i)) ||
		name_over(s, a->end, joins) != 0);
}

/* The stretch ends before i; true: it was the name. */
static bool close(struct scan *s, struct among *a, uint32_t i)
{
	if (a->n > 0 && is_it(s, a, i)) {
		recognizer_hit(s, a->start, a->end, ENTITY_PERSON,
			       RULE_PERSON_ANSWER, 56);
		return true;
	}
	a->n = 0;
	a->strong = false;
	return false;
}

void recognizer_name_among(struct scan *s)
{
	struct among a = {.first = true};
	uint32_t most = s->n < LOOK ? s->n : LOOK, end;
	bool begins = true; /* a stretch may begin here */
	size_t from = 0;

	if ((s->asked >> TOPIC_NAME & 1) == 0 || recognizer_foreign(s))
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	s->steps += most;
	for (uint32_t i = (uint32_t)from; i < most; i = end) {
		bool value = is_value(s, i, &end);
		uint32_t stop = recognizer_letters_end(s, i);

		if (s->t[i] == ' ') {
			end = i + 1;
			continue;
		}
		if (!value && stop > i) {
			end = stop;
			if ((begins || a.n > 0) && take(s, i, end, &a))
				continue;
		}
		if (close(s, &a, i))
			return;
		end = end > i ? end : i + 1;
		begins = value || stop == i || leads(s, i, end);
		a.first = a.first && stop > i && !value && begins;
	}
	(void)close(s, &a, most);
}
