/* Birthdays as they are told: "the third of may eighty one", "august of 74". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

/*
 * Behind a question for a birthday, or behind "born" and "dob", a chain of
 * months, ordinals, numbers and the small words between them is one date,
 * whatever its order; recognizer_date.c knows those of dates in general.
 */
#define ANSWER_LONG 160
#define LEAD 5 /* words between "born" and the date */

/* What a chain holds. */
struct chain {
	unsigned values, months, words; /* words: up to the last value */
};

static ALWAYS_INLINE bool is_one(const struct scan *s,
				 const struct abode_word *v, const char *list)
{
	return recognizer_word_in(s, list, v->start, v->end);
}

/* A day, a month's number or a year; as digits: two, or the year's four. */
static bool is_value(const struct scan *s, const struct abode_word *v)
{
	uint32_t n = v->end - v->start;

	if ((v->is & ABODE_DIGITS) == 0)
		return (v->is & (ABODE_SAID | ABODE_ORDINAL)) != 0;
	return is_digit(s->t[v->end - 1]) &&
	       (n <= 2 || (n == 4 && (memcmp(s->t + v->start, "19", 2) == 0 ||
				      memcmp(s->t + v->start, "20", 2) == 0)));
}

/* The chain that begins with word k. */
static void chain(const struct scan *s, const struct abode_words *w, unsigned k,
		  struct chain *out)
{
	*out = (struct chain){.values = 0};
	for (unsigned at = k; at < w->n; at++) {
		const struct abode_word *v = &w->v[at];
		bool month = (v->is & ABODE_MONTH) != 0;

		if (month || is_value(s, v)) {
			out->months += month;
			out->values += !month;
			out->words = at + 1 - k;
		} else if (is_one(s, v, "this last") && at + 1 < w->n &&
			   is_one(s, &w->v[at + 1], "year") &&
			   out->words == at - k) {
			out->words = at + 2 - k;
			return;
		} else if (at == k ||
			   !is_one(s, v,
				   "of the in and oh hundred thousand "
				   "year uh um day")) {
			return;
		}
	}
}

/* The chain is a date, and what follows makes it nothing else. */
static bool is_date(const struct scan *s, const struct abode_words *w,
		    unsigned k, const struct chain *c, bool asked)
{
	unsigned next = k + c->words;

	if (next < w->n && !w->v[next].apart &&
	    (w->v[next].is & ABODE_AMOUNT) != 0)
		return false;
	if (c->months == 1)
		return c->values > 0;
	if (asked && c->months == 0 && c->values == 1 && w->v[k].start > 0 &&
	    s->t[w->v[k].start - 1] == '\'')
		return w->v[k].end == w->v[k].start + 2; /* "'71" */
	return asked && c->months == 0 && c->values >= 2 &&
	       (w->v[k].is & ABODE_DIGITS) == 0 && c->words <= 9 &&
	       !is_one(s, &w->v[k], "zero oh");
}

/* The date that begins with the word at i; where to go on. */
static uint32_t date(struct scan *s, uint32_t i, bool asked)
{
	struct abode_words w;
	struct chain c;
	uint32_t end;

	abode_words(s, i, ABODE_WORDS, &w);
	chain(s, &w, 0, &c);
	if (c.words == 0)
		return w.v[0].end;
	end = w.v[c.words - 1].end;
	if (is_date(s, &w, 0, &c, asked))
		recognizer_hit(s, i, end, ENTITY_DATE_OF_BIRTH,
			       RULE_DATE_WORDED, 95);
	return end;
}

/* May the word at i begin one: most do not. */
static bool may(const struct scan *s, uint32_t i)
{
	return is_digit(s->t[i]) ||
	       strchr("jfmasondteo", s->t[i] | 0x20) != NULL;
}

void recognizer_birth(struct scan *s)
{
	const uint64_t beside = TOPIC_BIT(TOPIC_BIRTH) | TOPIC_BIT(TOPIC_NAME) |
				TOPIC_BIT(TOPIC_LAST4) | TOPIC_BIT(TOPIC_YES) |
				TOPIC_BIT(TOPIC_ADDRESS) | TOPIC_BIT(TOPIC_AGE);
	bool asked = (s->asked >> TOPIC_BIRTH & 1) != 0 && s->n <= ANSWER_LONG;
	bool only = (s->asked & TOPICS & ~beside) == 0;
	uint32_t at = s->topic_at[TOPIC_BIRTH], i = asked ? 0 : at, end;
	unsigned words = 0;

	if ((!asked && at == 0) || recognizer_foreign(s))
		return;
	for (; i < s->n && (asked || words < LEAD); i = end) {
		end = i + 1;
		if (!is_word(s->t[i]))
			continue;
		words++;
		end = may(s, i) ? date(s, i, asked && only) : i;
		while (end == i || (end < s->n && is_word(s->t[end])))
			end++;
		if (end > i + 40)
			break;
	}
}
