/* Where an identifier of several parts begins and ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* Capitals and a dash before an identifier at i belong to it: "ORD-20351";
 * where they begin, or i. */
static uint32_t lead_in(const struct scan *s, uint32_t i)
{
	uint32_t start = i == 0 ? 0 : i - 1;

	if (i < 3 || s->t[i - 1] != '-')
		return i;
	while (start > 0 && i - start < 8 && is_upper(s->t[start - 1]))
		start--;
	return i - start >= 3 && (start == 0 || !is_word(s->t[start - 1]))
		       ? start
		       : i;
}

/* "My case number is cs 0048821", "cl dash 0944": a few letters that are no
 * word, behind what says that a number comes or before a dash. */
static uint32_t lead_apart(const struct scan *s, uint32_t i)
{
	static const char *const words[] = {" is ", " was ", "number ", " id ",
					    ": "};
	static const char dash[] = " dash";
	uint32_t n = sizeof(dash) - 1, start = i - 1, from = i;

	if (i > n + 1 && memcmp(s->t + i - 1 - n, dash, n) == 0) {
		i -= n;
		start = i - 1;
	}
	while (start > 0 && i - start < 5 && is_alpha(s->t[start - 1]))
		start--;
	if (start + 1 == i || start + 2 == i ||
	    recognizer_name_roles(s, start, i - 1) != 0 ||
	    scan_listed(s, start, i - 1)->trigger != NULL)
		return from;
	if (i != from && (start == 0 || s->t[start - 1] == ' '))
		return start; /* a dash is said in nothing else */
	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		n = (uint32_t)strlen(words[k]);
		if (start >= n && memcmp(s->t + start - n, words[k], n) == 0)
			return start;
	}
	return from;
}

uint32_t recognizer_id_lead(const struct scan *s, uint32_t i, bool any)
{
	uint32_t start = i == 0 ? 0 : i - 1;

	if (any && i > 3 && s->t[i - 1] == ' ')
		return lead_apart(s, i);
	if (!any || i < 3 || s->t[i - 1] != '-')
		return lead_in(s, i);
	while (start > 0 && i - start < 6 && is_alpha(s->t[start - 1]))
		start--;
	return i - start >= 3 && (start == 0 || !is_word(s->t[start - 1]))
		       ? start
		       : lead_in(s, i);
}

/* A code that ends at end goes on over dashes: parts of digits and capitals;
 * the end of the last. */
uint32_t recognizer_id_on(struct scan *s, uint32_t start, uint32_t end)
{
	while (end - start < 24 && scan_at(s, end) == '-') {
		uint32_t stop = end + 1;

		while (is_digit(scan_at(s, stop)) || is_upper(scan_at(s, stop)))
			stop++;
		s->steps += stop - end;
		if (stop == end + 1 || stop - start > 32 ||
		    is_word(scan_at(s, stop)))
			break;
		end = stop;
	}
	return end;
}

uint32_t recognizer_id_and(const struct scan *s, uint32_t end)
{
	static const char and_[] = " and ";
	uint32_t n = sizeof(and_) - 1, stop = end + n;

	if (s->n - end <= n || memcmp(s->t + end, and_, n) != 0)
		return end;
	while (is_digit(scan_at(s, stop)))
		stop++;
	n = stop - end - n;
	return n < 2 || n > 3 || is_word(scan_at(s, stop)) ? end : stop;
}

bool recognizer_id_offer(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t at = i;

	while (at < end && is_alpha(s->t[at]))
		at++;
	if (at < i + 3 || end - at > 3 || recognizer_name_roles(s, i, at) == 0)
		return false;
	for (uint32_t k = at; k < end; k++)
		if (!is_digit(s->t[k]))
			return false;
	return end > at;
}

/* "KB5012170": what a maker calls a correction of its program. */
static bool update(const struct scan *s, uint32_t i, uint32_t end)
{
	return end - i >= 8 && end - i <= 9 && (s->t[i] | 0x20) == 'k' &&
	       (s->t[i + 1] | 0x20) == 'b' && is_digit(s->t[i + 2]);
}

/* "0x80070643": a constant of programs. */
static bool constant(const struct scan *s, uint32_t i, uint32_t end)
{
	if (end - i > 10 || s->t[i] != '0' || (s->t[i + 1] | 0x20) != 'x')
		return false;
	for (i += 2; i < end; i++)
		if (!is_digit(s->t[i]) &&
		    ((s->t[i] | 0x20) < 'a' || (s->t[i] | 0x20) > 'f'))
			return false;
	return true;
}

bool recognizer_id_program(const struct scan *s, uint32_t i, uint32_t end)
{
	return constant(s, i, end) || update(s, i, end);
}

bool recognizer_id_random(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned turns = 0, row = 0, longest = 0;

	if (end - i < 8 || end - i > 24 || is_digit(s->t[end - 1]) ||
	    !is_alpha(s->t[i]))
		return false;
	for (uint32_t k = i; k < end; k++) {
		bool vowel = strchr("aeiou", s->t[k] | 0x20) != NULL;

		if (!is_alpha(s->t[k]) && !is_digit(s->t[k]))
			return false;
		turns += k > i && is_digit(s->t[k]) != is_digit(s->t[k - 1]);
		row = vowel || is_digit(s->t[k]) ? 0 : row + 1;
		longest = row > longest ? row : longest;
	}
	return turns >= 4 || (turns >= 2 && longest >= 5);
}
