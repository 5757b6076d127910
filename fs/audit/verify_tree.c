/* Verifying: bundles, tiles of all levels, kept checkpoints on the way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/audit/verify_core.h"

#define TICK 65536 /* entries between two calls of progress */

/* A failed read of the log's own files is evidence, a failed disk is not. */
static int judge(struct verify *v, int rc, uint64_t seq)
{
	struct err why = *v->e;

	if (rc != -ENOENT && rc != -EUCLEAN)
		return rc;
	return verify_bad(v, seq, why.place, "%s", why.text);
}

/* The first entry below hash i of that tile. */
static uint64_t first_below(unsigned level, uint64_t n, unsigned i)
{
	return (n * TILE_WIDTH + i) << (8 * level);
}

/* Compare w hashes with the tile's file. */
static int compare(struct verify *v, unsigned level, uint64_t n, unsigned w,
		   const uint8_t (*h)[HASH_LEN])
{
	char path[TILE_PATH];
	int rc;

	buf_clear(&v->tile);
	rc = tile_read(v->dir, level, n, w, &v->tile, v->e);
	if (rc != 0)
		return judge(v, rc, first_below(level, n, 0));
	for (unsigned i = 0; i < w; i++) {
		if (memcmp(v->tile.p + (size_t)i * HASH_LEN, h[i], HASH_LEN) ==
		    0)
			continue;
		tile_path(path, level, n, w);
		return verify_bad(v, first_below(level, n, i), path,
				  level == 0 ? "does not have the hash that "
					       "the log's tile gives it"
					     : "the tile's hash over it and "
					       "its neighbours is wrong");
	}
	return 0;
}

static int compare_full(void *ctx, unsigned level, uint64_t n,
			const uint8_t (*h)[HASH_LEN])
{
	/* Level 0 was compared before its entries were looked at. */
	return level == 0 ? 0 : compare(ctx, level, n, TILE_WIDTH, h);
}

/* The unfinished tiles at the end. */
static int compare_partial(struct verify *v)
{
	int rc = 0;

	for (unsigned level = 0; level < TILE_LEVELS && rc == 0; level++) {
		unsigned w = tile_width(v->head.size, level);

		if (w != 0)
			rc = compare(
				v, level, v->edge->count[level] / TILE_WIDTH, w,
				(const uint8_t(*)[HASH_LEN])v->edge->h[level]);
	}
	return rc;
}

/*
 * Hash first, look inside after: an entry that was changed is reported as
 * such, not as what the change made of it. So leaves are compared with the
 * tile before the entries are taken apart.
 */
static int hash_bundle(struct verify *v, uint64_t nr, unsigned w)
{
	uint8_t leaf[TILE_WIDTH][HASH_LEN];
	struct bytes entry;
	size_t at = 0;

	for (unsigned i = 0; i < w; i++) {
		if (tile_entry(buf_bytes(&v->bundle), &at, &entry) != 1)
			return -EPROTO;
		tree_leaf(entry, leaf[i]);
	}
	return compare(v, 0, nr, w, (const uint8_t(*)[HASH_LEN])leaf);
}

static int grow_bundle(struct verify *v)
{
	uint8_t leaf[HASH_LEN];
	struct bytes entry;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && tile_entry(buf_bytes(&v->bundle), &at, &entry) == 1) {
		rc = verify_entry(v, entry);
		if (rc != 0)
			return rc;
		memcpy(leaf, v->tile.p + (v->next % TILE_WIDTH) * HASH_LEN,
		       HASH_LEN);
		v->next++;
		rc = tile_grow(v->edge, leaf);
		if (rc == 0)
			rc = verify_sized(v);
		if (rc == 0 && v->next % TICK == 0)
			rc = progress_tick(v->o->progress, v->next,
					   v->head.size, v->next);
	}
	return rc;
}

int verify_tree(struct verify *v)
{
	int rc = 0;

	v->edge->full = compare_full;
	v->edge->ctx = v;
	while (rc == 0 && v->next < v->head.size) {
		uint64_t nr = v->next / TILE_WIDTH,
			 left = v->head.size - v->next;
		unsigned w = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;

		rc = tile_bundle(v->dir, nr, w, &v->bundle, v->e);
		if (rc != 0)
			return judge(v, rc, v->next);
		rc = hash_bundle(v, nr, w);
		if (rc == 0)
			rc = grow_bundle(v);
	}
	return rc != 0 ? rc : compare_partial(v);
}
