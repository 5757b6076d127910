/* The right edge of the tree, by tiles; subtree hashes out of stored tiles. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree that grows has one unfinished tile per level, and those are all that
 * is needed to go on: a new leaf completes some subtrees, and each whose height
 * is a multiple of eight is a hash in a tile. The writer keeps this edge to
 * write tiles, the verifier to compare them, recovery to load the tree of a
 * size again; it is the same struct, so what is written is what is checked.
 */
#include <errno.h>

#include "fs/audit/tile.h"

unsigned tile_width(uint64_t size, unsigned level)
{
	return (unsigned)(size >> (8 * level)) & (TILE_WIDTH - 1);
}

/* A subtree is complete; those of height 0, 8, 16 ... are hashes in tiles. */
static void complete(void *ctx, unsigned height, const uint8_t h[HASH_LEN])
{
	struct tile_edge *t = ctx;
	unsigned level = height / 8, at;

	if (height % 8 != 0 || level >= TILE_LEVELS || t->err != 0)
		return;
	at = (unsigned)(t->count[level] % TILE_WIDTH);
	memcpy(t->h[level][at], h, HASH_LEN);
	t->count[level]++;
	if (at == TILE_WIDTH - 1 && t->full != NULL)
		t->err =
			t->full(t->ctx, level, t->count[level] / TILE_WIDTH - 1,
				(const uint8_t(*)[HASH_LEN])t->h[level]);
}

int tile_grow(struct tile_edge *t, const uint8_t leaf[HASH_LEN])
{
	tree_add(&t->tree, leaf, t, complete);
	return t->err;
}

/* The frontier of heights 8 level ... 8 level + 7 out of its tile. */
static void load_frontier(struct tile_edge *t, unsigned level, unsigned w)
{
	unsigned at = 0;

	for (unsigned j = 8; j-- > 0;) {
		if ((w >> j & 1) == 0)
			continue;
		tree_fold((const uint8_t(*)[HASH_LEN])(t->h[level] + at),
			  (size_t)1 << j, t->tree.h[8 * level + j]);
		at += 1U << j;
	}
}

int tile_load(struct tile_edge *t, int dir, uint64_t size, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};

	memset(&t->tree, 0, sizeof(t->tree));
	t->tree.size = size;
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		unsigned w = tile_width(size, level);
		int rc;

		t->count[level] = size >> (8 * level);
		if (w == 0)
			continue;
		buf_clear(&b);
		rc = tile_read(dir, level, t->count[level] / TILE_WIDTH, w, &b,
			       e);
		if (rc != 0)
			return rc;
		memcpy(t->h[level], b.p, b.n);
		load_frontier(t, level, w);
	}
	return 0;
}

int tile_hash(void *ctx, unsigned height, uint64_t index, uint8_t out[HASH_LEN])
{
	struct buf b CLEANUP(buf_free) = {0};
	const struct tile_dir *d = ctx;
	unsigned level = height / 8, up = height % 8;
	uint64_t first = index << up, n = first / TILE_WIDTH;
	uint64_t have = d->size >> (8 * level), w = TILE_WIDTH;
	int rc;

	if (level >= TILE_LEVELS || first + ((uint64_t)1 << up) > have)
		return -ERANGE;
	if (have - n * TILE_WIDTH < TILE_WIDTH)
		w = have - n * TILE_WIDTH;
	rc = tile_read(d->dir, level, n, (unsigned)w, &b, NULL);
	if (rc != 0)
		return rc;
	tree_fold((const uint8_t(*)[HASH_LEN])(b.p +
					       (first % TILE_WIDTH) * HASH_LEN),
		  (size_t)1 << up, out);
	return 0;
}
