/* Addresses whose number is said in words, and the flats behind addresses. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Fourteen hundred braeburn" answers a question for an address: a number in
 * words, and a few words up to the end of the clause. A street's kind without
 * any number does, too: "palmetto drive".
 */
#include "policy/redact/recognizer.h"

#define NAMES 4	  /* words of a street's name */
#define NUMBERS 5 /* of a number that is said */
#define FLATS 3	  /* "bldg 4 floor 2 apt 410" */

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

/* A word of a number at i: its end; i: none. */
static uint32_t number_word(const struct scan *s, uint32_t i, bool first)
{
	uint32_t end = recognizer_word_end(s, i);

	if (end == i)
		return i;
	if (!first && recognizer_word_in(s, "hundred thousand and", i, end))
		return end;
	if (is_digit(s->t[i]))
		return first ? i : end;
	return end - i > 1 && recognizer_spoken_word(bytes_of(s->t, s->n), i)
		       ? end
		       : i;
}

/* A number in words at i: its end; i: none. */
static uint32_t number(const struct scan *s, uint32_t i)
{
	uint32_t end = number_word(s, i, true);

	for (unsigned n = 1; n < NUMBERS && end > i; n++) {
		uint32_t next;

		if (scan_at(s, end) != ' ')
			break;
		next = number_word(s, end + 1, false);
		if (next == end + 1)
			break;
		end = next;
	}
	return end;
}

/* The name of a street behind i, up to the end of the clause, a flat or a
 * town; i: none. */
static uint32_t name(struct scan *s, uint32_t i)
{
	uint32_t end = i;
	bool odd = false;

	for (unsigned n = 0; n < NAMES && scan_at(s, end) == ' '; n++) {
		uint32_t from = end + 1, stop = recognizer_joined_end(s, from);
		const struct word *w;

		if (n > 0 && (recognizer_address_unit(s, end) > end ||
			      (odd && recognizer_town(s, end, false) > end)))
			break;
		w = recognizer_words_find(&s->r->triggers, s->t + from,
					  stop - from, s->n - from);
		if (stop == from ||
		    (recognizer_name_roles(s, from, stop) & ROLE_FUNCTION) !=
			    0 ||
		    (w != NULL && (w->roles & (ROLE_UNIT | ROLE_CURRENCY |
					       ROLE_MONTH)) != 0))
			break;
		s->steps += stop - end;
		odd = odd || recognizer_name_roles(s, from, stop) == 0 ||
		      (n > 0 && w != NULL && (w->roles & ROLE_SUFFIX) != 0);
		end = stop;
	}
	return odd ? end : i;
}

/* A street's kind is among the words [i, end). */
static bool is_kind(const struct scan *s, uint32_t i, uint32_t end)
{
	while (i < end && scan_at(s, i) == ' ') {
		uint32_t from = i + 1;
		const struct word *w;

		i = recognizer_joined_end(s, from);
		w = recognizer_words_find(&s->r->triggers, s->t + from,
					  i - from, s->n - from);
		if (w != NULL && (w->roles & ROLE_SUFFIX) != 0)
			return true;
	}
	return false;
}

/* "Fifty one" alone, or before a street. */
static void said(struct scan *s, uint32_t i)
{
	uint32_t end = number(s, i), stop, town;
	bool small = end == number_word(s, i, true);

	if (end == i)
		return;
	stop = recognizer_address_unit(s, name(s, end));
	/* "one tick" */
	if (small && stop > end && end - i <= 5 && !is_kind(s, end, stop) &&
	    recognizer_town(s, stop, false) == stop)
		return;
	if ((s->asked >> TOPIC_ADDRESS & 1) == 0 && !is_kind(s, end, stop))
		return;
	if (stop == end && !recognizer_clause_over(s, end) &&
	    !recognizer_word_in(s, "its it's", end + 1,
				recognizer_joined_end(s, end + 1)))
		return;
	town = recognizer_town(s, stop, true);
	recognizer_hit(s, i, town, ENTITY_STREET_ADDRESS, RULE_ADDRESS_STREET,
		       stop == end ? 55 : 72);
}

void recognizer_address_words(struct scan *s)
{
	static const char lead[] = "it its it's is at um uh so yes yeah ok the "
				   "address live i that's thats house number";
	uint32_t i = 0;
	size_t from = 0;

	if ((s->asked >> TOPIC_ADDRESS & 1) == 0 && !s->told)
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	for (i = (uint32_t)from; i < s->n;) {
		uint32_t end = recognizer_joined_end(s, i);

		if (end == i) {
			i++;
			continue;
		}
		s->steps += end - i;
		if (recognizer_word_in(s, lead, i, end)) {
			i = end;
			continue;
		}
		said(s, i);
		/* on to the next clause, or behind "it's" */
		while (i < s->n && !recognizer_clause_over(s, i)) {
			end = recognizer_joined_end(s, i);
			if (recognizer_word_in(s, "its it's", i, end))
				break;
			i = end > i ? end : i + 1;
		}
		i += i < s->n && recognizer_clause_over(s, i);
	}
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
