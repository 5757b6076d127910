/* What both ways of a block's index share: numbers as ids, gaps, speakers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_INDEX_BLOCK_H
#define REDACT_INDEX_BLOCK_H

#include "policy/redact/index.h"

#define DIGITS 10 /* of 2^32 - 1 */

/* The id of a record that was given none. */
struct decimal {
	char s[DIGITS + 2];
	size_t n;
};

/* By hand: printf was an eighth of a block's decoding. */
static inline struct decimal decimal(uint32_t number)
{
	struct decimal d = {.n = 0};
	char back[sizeof(d.s)];
	size_t n = 0;

	do
		back[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		d.s[d.n++] = back[--n];
	return d;
}

/* From one number to the next. */
static inline void decimal_next(struct decimal *d)
{
	size_t i = d->n;

	while (i > 0 && d->s[i - 1] == '9')
		d->s[--i] = '0';
	if (i > 0) {
		d->s[i - 1]++;
		return;
	}
	memmove(d->s + 1, d->s, d->n++);
	d->s[0] = '1';
}

/* Where the gap to the span behind s is counted from. */
static inline uint64_t gap_from(const struct span *s)
{
	return (s->esc & ESC_AUDIO) != 0 ? s->start : s->end;
}

/* Either all spans of a block are of a recording, or none. */
static inline bool same_kind(const struct index_block *k, uint32_t i)
{
	return (k->spans[i].esc & ESC_AUDIO) == (k->spans[0].esc & ESC_AUDIO);
}

/* Of some span it is known who said it. */
static inline bool is_spoken(const struct index_block *k)
{
	for (uint32_t i = 0; i < k->nspans; i++)
		if (k->spans[i].speaker != 0)
			return true;
	return false;
}

#endif
