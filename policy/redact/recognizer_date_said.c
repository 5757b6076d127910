/* Dates as they are said: "june four nineteen seventy", "eighty two". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define ANSWER_LONG 40 /* bytes of a turn that tells a year */

static uint32_t digits_end(const struct scan *s, uint32_t i, uint32_t most)
{
	uint32_t end = i;

	while (end < i + most && is_digit(scan_at(s, end)))
		end++;
	return end;
}

static unsigned value(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned v = 0;

	for (; i < end; i++)
		v = v * 10 + (unsigned)(s->t[i] - '0');
	return v;
}

/* Digits [i, end) were said. */
static bool is_said(const struct scan *s, uint32_t i, uint32_t end)
{
	return s->map != NULL && s->map[end] - s->map[i] > 2 * (end - i);
}

bool recognizer_date_old(const struct scan *s, uint32_t i)
{
	const struct word *w = NULL;
	uint32_t end = i + 3;

	if (!is_said(s, i, i + 2) || s->t[i] < '3')
		return false;
	while (end < i + 16 && is_word(scan_at(s, end)))
		end++;
	if (scan_at(s, i + 2) == ' ' && end > i + 3)
		w = scan_listed(s, i + 3, end)->trigger;
	return w == NULL || (w->roles & (ROLE_UNIT | ROLE_CURRENCY)) == 0;
}

static uint32_t word_behind(const struct scan *s, uint32_t i, const char *list)
{
	uint32_t end = i + 1;

	if (scan_at(s, i) != ' ' && scan_at(s, i) != '-')
		return i;
	while (end < i + 12 && is_lower(scan_at(s, end)))
		end++;
	return recognizer_check_in(list, (const char *)s->t + i + 1,
				   end - i - 1)
		       ? end
		       : i;
}

uint32_t recognizer_date_year(const struct scan *s, uint32_t i)
{
	static const char tens[] = "twenty thirty forty fifty sixty seventy "
				   "eighty ninety";
	static const char ones[] = "one two three four five six seven eight "
				   "nine";
	static const char more[] = "ten eleven twelve thirteen fourteen "
				   "fifteen sixteen seventeen eighteen "
				   "nineteen";
	uint32_t end, next;

	if (!recognizer_near(s, TOPIC_BIRTH, i))
		return i;
	end = word_behind(s, i, tens);
	if (end != i)
		return word_behind(s, end, ones);
	end = word_behind(s, word_behind(s, i, "two"), "thousand");
	if (end < i + 5)
		return i;
	next = word_behind(s, word_behind(s, end, "and"), ones);
	if (next == end)
		next = word_behind(s, end, more);
	return next;
}

uint32_t recognizer_date_whole(const struct scan *s, uint32_t i)
{
	uint32_t j = i + 1, end = digits_end(s, j, 7), n = end - j;
	bool birth = recognizer_near(s, TOPIC_BIRTH, i);
	unsigned day, y;

	if (scan_at(s, i) != ' ' || n < 3 || n > 6 ||
	    is_word(scan_at(s, end)) || !is_said(s, j, end) || n == 4)
		return 0;
	day = value(s, j, j + (n % 2 == 0 ? 2 : 1));
	y = value(s, j + (n % 2 == 0 ? 2 : 1), end);
	if (day < 1 || day > 31 || (n < 5 ? !birth : y < 1900 || y > 2029))
		return 0;
	return end;
}

/* A year's two digits at i, written or said: "sixty two", "62"; its end, or i.
 */
static uint32_t two_digits(const struct scan *s, uint32_t i)
{
	static const char tens[] = "thirty forty fifty sixty seventy eighty "
				   "ninety";
	static const char ones[] = "one two three four five six seven eight "
				   "nine";
	uint32_t end = digits_end(s, i, 3);

	if (end == i + 2 && s->t[i] >= '3' && !is_word(scan_at(s, end)))
		return end;
	for (end = i; end < i + 12 && is_lower(scan_at(s, end) | 0x20);)
		end++;
	if (end == i || is_word(scan_at(s, end)) ||
	    !recognizer_check_in(tens, (const char *)s->t + i, end - i))
		return i;
	return word_behind(s, end, ones);
}

void recognizer_date_answer(struct scan *s)
{
	static const char in[] = " in ";
	uint32_t at = s->topic_at[TOPIC_BIRTH], end = 0, start = 0;
	bool asked = (s->asked >> TOPIC_BIRTH & 1) != 0 && s->n <= ANSWER_LONG;

	if (at != 0 && s->n - (at - 1) > sizeof(in) &&
	    memcmp(s->t + at - 1, in, sizeof(in) - 1) == 0) {
		start = at - 1 + (uint32_t)sizeof(in) - 1;
		end = two_digits(s, start);
	}
	for (uint32_t i = 0; asked && i < s->n;) {
		uint32_t stop = i, year = two_digits(s, i);

		while (stop < s->n && (is_word(s->t[stop]) ||
				       s->t[stop] == '\'' || s->t[stop] == '-'))
			stop++;
		if (year > i ? end > start
			     : stop > i &&
				       recognizer_name_roles(s, i, stop) == 0)
			return; /* of something else */
		start = year > i ? i : start;
		end = year > i ? year : end;
		i = year > i ? year : stop > i ? stop : i + 1;
	}
	s->steps += asked ? s->n : 0;
	if (end > start)
		recognizer_hit(s, start, end, ENTITY_DATE_OF_BIRTH,
			       RULE_DATE_WORDED, 70);
}
