/* A missed value as an annotator tells it: words, or seconds of a recording. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/flag.h"

#include <errno.h>

#include "base/utf8.h"

#define WHOLE_DIGITS 9
#define PART_DIGITS 6

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_content(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c >= 0x80;
}

int flag_words(struct bytes text)
{
	bool any = false;

	if (text.n > FLAG_LONG)
		return -E2BIG;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < ' ' || text.p[i] == 0x7f)
			return -EINVAL;
		any = any || is_content(text.p[i]);
	}
	return any && utf8_valid(text) ? 0 : -EINVAL;
}

/* Digits at *i, at most `most`; how many. */
static unsigned digits(struct bytes t, size_t *i, unsigned most, uint64_t *v)
{
	unsigned n = 0;

	for (; n < most && *i < t.n && is_digit(t.p[*i]); n++)
		*v = *v * 10 + (uint64_t)(t.p[(*i)++] - '0');
	return n;
}

static bool seconds(struct bytes t, size_t *i, uint64_t *us)
{
	unsigned part = 0;

	*us = 0;
	if (digits(t, i, WHOLE_DIGITS, us) == 0)
		return false;
	if (*i < t.n && t.p[*i] == '.') {
		(*i)++;
		part = digits(t, i, PART_DIGITS, us);
		if (part == 0)
			return false;
	}
	for (; part < PART_DIGITS; part++)
		*us *= 10;
	return true;
}

int flag_seconds(struct bytes text, uint64_t *from, uint64_t *to)
{
	size_t i = 0;

	if (text.n > FLAG_LONG)
		return -E2BIG;
	if (!seconds(text, &i, from) || i == text.n || text.p[i] != '-')
		return -EINVAL;
	i++;
	return seconds(text, &i, to) && i == text.n && *from < *to ? 0
								   : -EINVAL;
}
