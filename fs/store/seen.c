/* Open addressing over keyed hashes, which need no further hashing. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of numbers, for some million objects of one ingest: 32 bytes each at
 * most, no allocation per member. Ids are keyed hashes already, so their low
 * bits choose the slot as they are, and nobody who does not hold the lookup key
 * can make names that fall on one slot. At most half of the slots are taken;
 * linear probing then ends after a few steps. Nothing is ever removed, so a
 * free slot ends every search.
 */
#include "fs/store/seen.h"

#include <errno.h>

#include "base/mem.h"

static uint64_t number(const uint8_t *id)
{
	uint64_t v;

	memcpy(&v, id, sizeof(v));
	return v == 0 ? 1 : v; /* 0 marks a free slot */
}

/* The slot that holds v, or the free one where it belongs. */
static uint64_t *find(const struct seen *s, uint64_t v)
{
	size_t i = (size_t)v & (s->cap - 1);

	while (s->slot[i] != 0 && s->slot[i] != v)
		i = (i + 1) & (s->cap - 1);
	return &s->slot[i];
}

static int grow(struct seen *s)
{
	struct seen big = {.cap = s->cap == 0 ? 1024 : s->cap * 2, .n = s->n};

	big.slot = mem_new(big.cap, sizeof(*big.slot));
	if (big.slot == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slot[i] != 0)
			*find(&big, s->slot[i]) = s->slot[i];
	}
	mem_free(s->slot);
	*s = big;
	return 0;
}

int seen_add(struct seen *s, const uint8_t *id)
{
	uint64_t *slot;

	if (2 * (s->n + 1) > s->cap && grow(s) != 0)
		return -ENOMEM;
	slot = find(s, number(id));
	s->n += *slot == 0;
	*slot = number(id);
	return 0;
}

bool seen_has(const struct seen *s, const uint8_t *id)
{
	return s->cap > 0 && *find(s, number(id)) != 0;
}

void seen_free(struct seen *s)
{
	mem_free(s->slot);
	*s = (struct seen){0};
}
