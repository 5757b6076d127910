/* Tiles (C2SP tlog-tiles): their paths, their files, and how they grow. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TILE_H
#define AUDIT_TILE_H

#include "base/buf.h"
#include "base/err.h"
#include "fs/audit/tree.h"

#define TILE_WIDTH 256
#define TILE_LEVELS 8
#define TILE_ENTRIES 255 /* in place of a level: an entry bundle */
#define TILE_PATH 64
#define ENTRY_MOST 65535 /* bytes of an entry: its length is a uint16 */

/**
 * tile_path(out, level, n, w): "tile/0/x001/234/067", with ".p/W" behind for
 * a partial one (w < 256); level TILE_ENTRIES gives "tile/entries/...".
 */
void tile_path(char out[TILE_PATH], unsigned level, uint64_t n,
	       unsigned w) NONNULL_ALL;

/**
 * tile_parse(path, level, n, w): the opposite, strict (no other spelling of
 * the same tile); -EPROTO.
 */
int tile_parse(struct bytes path, unsigned *level, uint64_t *n,
	       unsigned *w) MUST_CHECK NONNULL_ALL;

/**
 * tile_read(dir, level, n, w, b): append the w hashes of a tile. Where the
 * partial file is gone, the first w of the full one. -ENOENT; -EUCLEAN and
 * words when the length is not what it must be.
 */
int tile_read(int dir, unsigned level, uint64_t n, unsigned w, struct buf *b,
	      struct err *e) MUST_CHECK NONNULL(5);

/**
 * tile_bundle(dir, n, w, b, e): replace b by w entries of bundle n as stored
 * (u16be length || entry, each), checked to hold exactly these; falls back
 * as tile_read. tile_entry(in, at, out): the entry at *at, which moves on; 1,
 * 0 at the end, -EPROTO where the rest is no entry.
 */
int tile_bundle(int dir, uint64_t n, unsigned w, struct buf *b,
		struct err *e) MUST_CHECK NONNULL(4);
int tile_entry(struct bytes in, size_t *at,
	       struct bytes *out) MUST_CHECK NONNULL_ALL;

/*
 * A tree that remembers the hashes of its unfinished tile on each level: the
 * right edge. Big: keep it on the heap. full is called for each tile as it
 * fills; a failure is kept in err, and from then on nothing is called.
 */
struct tile_edge {
	struct tree tree;
	uint64_t count[TILE_LEVELS]; /* hashes ever on this level */
	uint8_t h[TILE_LEVELS][TILE_WIDTH][HASH_LEN];
	int (*full)(void *ctx, unsigned level, uint64_t n,
		    const uint8_t (*h)[HASH_LEN]);
	void *ctx;
	int err;
};

/** tile_grow(t, leaf): add one leaf hash; the first failure of full. */
int tile_grow(struct tile_edge *t,
	      const uint8_t leaf[HASH_LEN]) MUST_CHECK NONNULL_ALL;

/** tile_width(size, level): hashes in the unfinished tile of that level. */
unsigned tile_width(uint64_t size, unsigned level);

/**
 * tile_load(t, dir, size, e): make t the right edge of the tree of that size,
 * from its tiles. -ENOENT where one is missing, -EUCLEAN.
 */
int tile_load(struct tile_edge *t, int dir, uint64_t size,
	      struct err *e) MUST_CHECK NONNULL(1);

/* tile_source(ctx = &dir_and_size): subtree hashes out of stored tiles. */
struct tile_dir {
	int dir;
	uint64_t size;
};

/** tile_hash(ctx, height, index, out): fits struct tree_source, with a struct
 * tile_dir as ctx. */
int tile_hash(void *ctx, unsigned height, uint64_t index,
	      uint8_t out[HASH_LEN]) MUST_CHECK NONNULL_ALL;

#endif
