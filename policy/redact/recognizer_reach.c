/* How far a word reaches, and what it is one of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define REACH 32 /* bytes of a word that are looked at */

const bool recognizer_in_word[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	[0x80 ... 0xff] = true,
};

/* Where a word that begins at i is looked at no further. */
static uint32_t reach(const struct scan *s, uint32_t i)
{
	return i < s->n && s->n - i > REACH ? i + REACH : s->n;
}

uint32_t recognizer_word_end(const struct scan *s, uint32_t i)
{
	return i < s->n ? recognizer_word_over(s, i, reach(s, i)) : i;
}

uint32_t recognizer_joined_end(const struct scan *s, uint32_t i)
{
	uint32_t stop = reach(s, i), end;

	if (i >= s->n)
		return i;
	end = recognizer_word_over(s, i, stop);
	while (end > i && end < stop &&
	       (s->t[end] == '-' || s->t[end] == '\'') &&
	       is_word(scan_at(s, end + 1)))
		end = recognizer_word_over(s, end + 1, stop);
	return end;
}

uint32_t recognizer_letters_end(const struct scan *s, uint32_t i)
{
	uint32_t end = i;

	while (end < s->n && (is_alpha(s->t[end]) || s->t[end] >= 0x80 ||
			      s->t[end] == '\'' || s->t[end] == '-'))
		end++;
	return end;
}

bool recognizer_clause_over(const struct scan *s, uint32_t i)
{
	uint8_t c = scan_at(s, i);

	return c == 0 || recognizer_check_mark(".,;!?\n", c);
}
