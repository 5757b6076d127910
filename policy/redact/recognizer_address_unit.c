/* The flats behind addresses, and streets without a number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define NAMES 4 /* words of a street's name */
#define FLATS 3 /* "bldg 4 floor 2 apt 410" */

static bool is_number(const struct scan *s, uint32_t i)
{
	static const char word[] = " number ";

	return s->n - i >= sizeof(word) - 1 &&
	       memcmp(s->t + i, word, sizeof(word) - 1) == 0;
}

/* "6", "3B", "b", "nine": not the "homes" of "apartment homes". */
static bool unit_name(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char said_ones[] = "one two three four five six seven "
					"eight nine ten eleven twelve";

	for (uint32_t k = i; k < end; k++)
		if (is_digit(s->t[k]))
			return true;
	return end == i + 1 ||
	       recognizer_check_in(said_ones, (const char *)s->t + i, end - i);
}

/* "#6", "Suite 200", "Apt. 3B" behind; else i. */
static uint32_t unit(const struct scan *s, uint32_t i)
{
	static const char *const kinds[] = {
		"suite",   "ste",   "apt",  "apartment", "unit", "floor",
		"fl",	   "room",  "bldg", "building",	 "flat", "lot",
		"trailer", "space", "no",   "number"};
	uint32_t j = i, end;

	while (j < i + 2 && (scan_at(s, j) == ',' || scan_at(s, j) == ' ' ||
			     scan_at(s, j) == '.'))
		j++;
	if (j == i)
		return i;
	if (scan_at(s, j) == '#') {
		j += scan_at(s, j + 1) == ' ' ? 2 : 1;
		end = recognizer_joined_end(s, j);
		return end > j && unit_name(s, j, end) ? end : i;
	}
	end = recognizer_joined_end(s, j);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		size_t n = strlen(kinds[k]), m = 0;

		while (n == end - j && m < n &&
		       (s->t[j + m] | 0x20) == (uint8_t)kinds[k][m])
			m++;
		if (m < n || n != end - j)
			continue;
		j = scan_at(s, end) == '.' ? end + 1 : end;
		j += is_number(s, j) ? 7 : 0;
		end = scan_at(s, j) == ' ' ? recognizer_joined_end(s, j + 1)
					   : j;
		return end > j + 1 && unit_name(s, j + 1, end) ? end : i;
	}
	return i;
}

uint32_t recognizer_address_unit(const struct scan *s, uint32_t i)
{
	uint32_t end = unit(s, i);

	for (unsigned n = 1; n < FLATS && end > i; n++) {
		i = end;
		end = unit(s, i);
	}
	return end;
}

uint32_t recognizer_address_kind(struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t start = i;
	unsigned n = 0;
	bool odd = false;

	if ((s->asked >> TOPIC_ADDRESS & 1) == 0 ||
	    !recognizer_clause_over(s, end))
		return end;
	for (; n < NAMES; n++) {
		uint32_t word = recognizer_before(s, start);

		if (word == start || is_digit(s->t[word]) ||
		    (recognizer_name_roles(s, word, start - 1) &
		     ROLE_FUNCTION) != 0)
			break;
		odd = odd || recognizer_name_roles(s, word, start - 1) == 0;
		s->steps += start - word;
		start = word;
	}
	if (n == 0 || n > 2 || !odd)
		return end;
	recognizer_hit(s, start, end, ENTITY_STREET_ADDRESS,
		       RULE_ADDRESS_STREET, 58);
	return end;
}
