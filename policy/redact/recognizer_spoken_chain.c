/* Which chains of digits that are said are a number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "policy/redact/recognizer.h"

#define JOINED_MAX 16

static bool is_word_at(struct bytes in, size_t i, size_t end, const char *word)
{
	return end - i == strlen(word) &&
	       strncasecmp((const char *)in.p + i, word, end - i) == 0;
}

/* Few digits are a number where a street ("eighteen oak street") or the host
 * of an address ("seventy two at yahoo") follows. */
static bool belongs(struct bytes in, size_t i, size_t digits)
{
	static const char *const streets[] = {
		"street", "avenue", "road", "lane",	 "drive",
		"court",  "place",  "way",  "boulevard", "circle"};

	for (unsigned n = 0; n < 4 && i < in.n && in.p[i] == ' '; n++) {
		size_t at = ++i;

		while (i < in.n && is_word(in.p[i]) && i - at < 12)
			i++;
		if (n == 0 && is_word_at(in, at, i, "at"))
			return true;
		for (size_t k = 0;
		     n > 0 && digits > 1 && k < ARRAY_LEN(streets); k++)
			if (is_word_at(in, at, i, streets[k]))
				return true;
	}
	return false;
}

/* "june tenth eighty two": a year. */
static bool is_year(struct bytes in, size_t i)
{
	return i > 4 && in.p[i - 1] == ' ' &&
	       (is_word_at(in, i - 3, i - 1, "th") ||
		is_word_at(in, i - 3, i - 1, "st") ||
		is_word_at(in, i - 3, i - 1, "nd") ||
		is_word_at(in, i - 3, i - 1, "rd"));
}

/* First letters of Vietnamese words for digits. */
static bool is_vietnamese(uint8_t c)
{
	return is_alpha(c) && strchr("bchkmnst", c | 0x20) != NULL;
}

/* A sum alone ("four hundred") says how many; "oh" is an exclamation, too. */
size_t recognizer_spoken(struct bytes in, size_t i, bool *joined)
{
	struct spoken_digits d = {.sum = false};
	size_t end = 0, before = 0, n = 0, items = 0, least = 3;

	if (i < in.n && is_vietnamese(in.p[i]) && recognizer_spoken_date(in, i))
		return 0;
	for (size_t at = i; recognizer_spoken_next(in, &at, at == i, &d);) {
		n += d.n;
		items++;
		before = end;
		end = d.end;
	}
	if (n == 3 && items > 1 && recognizer_spoken_no(in, d.start, end)) {
		end = before;
		n--;
	}
	if (n > 0 && (in.p[i] | 0x20) == 'o' && (in.p[i + 1] | 0x20) == 'h')
		least = 4;
	*joined = n <= JOINED_MAX;
	if (n > 0 && n < 3 && !is_digit(in.p[i]) &&
	    (belongs(in, end, n) || (n == 2 && is_year(in, i))))
		return end;
	return n >= least && (items > 1 || !d.sum) ? end : 0;
}
