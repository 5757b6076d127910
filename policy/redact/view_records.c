/* Which records the bytes of a block's view belong to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/view_records.h"

#include <errno.h>

#include "base/mem.h"

/*
 * A block keeps the view byte at which each of its visible records begins,
 * separator included, in the order of the view: so what a read shows can be
 * told in records, by two binary searches. A record of which nothing is left
 * begins where the next one does: no byte is its own.
 */
int view_records_room(const struct view_in *in, struct view_block *b)
{
	const struct index_block *k = in->block;
	size_t n = 0;

	b->first = in->before;
	for (uint32_t i = 0; in->visible != NULL && i < k->nrecords; i++)
		n += in->visible[i] && k->records[i].denied == DENIAL_NONE;
	if (n == 0)
		return 0;
	b->starts = mem_new(n, sizeof(*b->starts));
	return b->starts == NULL ? -ENOMEM : 0;
}

void view_records_add(struct view_block *b, bool begins)
{
	if (b->starts == NULL)
		return;
	if (!begins && b->first > 0)
		b->first--; /* it is one of those before */
	b->starts[b->nrecords++] = (uint32_t)b->len;
}

/* How many begin at or before off. */
static size_t begun(const struct view_block *b, uint64_t off)
{
	size_t lo = 0, hi = b->nrecords;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->starts[mid] <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void view_records(const struct view_block *b, uint64_t off, uint64_t n,
		  uint64_t *first, uint64_t *end)
{
	size_t at = begun(b, off);

	*first = b->first + (at > 0 ? at - 1 : 0);
	*end = b->first + begun(b, off + n - 1);
}

uint64_t view_record_at(const struct view_block *b, uint64_t record)
{
	uint64_t i = record - b->first;

	return record < b->first || b->nrecords == 0 ? 0
	       : i < b->nrecords		     ? b->starts[i]
						     : b->len;
}
