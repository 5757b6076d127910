/* One object opened for rendering: its head, its cuts, its blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_LENS_H
#define DESK_LENS_H

#include "fs/desk/desk_in.h"
#include "fs/ingest/fieldset.h"

/* Immutable once open: threads share it. */
struct lens {
	const struct desk *desk;
	const struct desk_object *of;
	struct store_object *object;
	struct arena *arena; /* head and summary */
	struct index_head head;
	struct index_summary summary;
	struct candidate cand;
	struct fieldset *fields; /* NULL: the decision takes none out */
	struct buf path, head_blob;
	struct standin standin;
};

/**
 * lens_open(d, o, l, e): o as the desk's seat sees it. -ENOKEY: erased.
 * -EACCES: not to be shown (fields are to be taken out but cannot be found).
 * lens_close takes a zeroed or half-open lens.
 */
int lens_open(const struct desk *d, const struct desk_object *o, struct lens *l,
	      struct err *e) MUST_CHECK NONNULL(1, 2, 3);
void lens_close(struct lens *l) NONNULL_ALL;

/* One block: its index and what view_build is told of it. */
struct lens_block {
	struct arena *arena;
	struct buf blob;
	struct index_block block;
	struct view_in in;
	uint32_t first, last; /* blocks that are looked at for it */
};

/**
 * lens_block(l, nr, before, b, e): read the index of block nr, ask the seat
 * about its records, find the cuts. before: see view.h. b stays valid until
 * lens_block_free, which takes a zeroed one too.
 */
int lens_block(const struct lens *l, uint32_t nr, uint64_t before,
	       struct lens_block *b, struct err *e) MUST_CHECK NONNULL(1, 4);
void lens_block_free(struct lens_block *b) NONNULL_ALL;

/** lens_source(ctx, off, dst, n): source bytes; ctx is the store_object. */
int lens_source(void *ctx, uint64_t off, void *dst, size_t n) MUST_CHECK;

/* Less than what the allocator maps anew each time (mem_lean). */
#define LENS_NEAR (3u * STORE_SEGMENT)

/* What one long read of a view asks for in small pieces. */
struct lens_near {
	struct store_object *object;
	bool wanted; /* false: it is lens_source */
	uint8_t *p;  /* LENS_NEAR bytes, once there was a small piece */
	size_t left; /* about what the read will still ask for */
	uint64_t at; /* source bytes [at, at + n) are in p */
	size_t n;
	size_t used; /* bytes of p that ever held something */
};

/** lens_near_source(ctx, off, dst, n): as lens_source; ctx is a lens_near of
 * the calling thread. lens_near_done(w): wipes and frees p. */
int lens_near_source(void *ctx, uint64_t off, void *dst, size_t n) MUST_CHECK;
void lens_near_done(struct lens_near *w) NONNULL_ALL;

#endif
