/* One run of gc, as its files share it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_GC_H
#define STORE_GC_H

#include "fs/store/inner.h"

struct gc_pack {
	uint8_t name[BACKEND_NAME];
	uint64_t size, alive; /* bytes */
	uint64_t left;	      /* of those alive: rows still name them here */
	bool move;	      /* what is alive goes into another */
	bool gone;
};

/* A row that names places: of a content (spanset 0) or of a span set. */
struct gc_row {
	uint8_t id[STORE_ID];
	uint64_t version;
	uint32_t spanset;
	size_t pack; /* the first of those it names, as they are sorted */
};

struct gc {
	struct store *s;
	const struct progress *progress;
	struct gc_pack *packs; /* sorted by name */
	size_t npacks, cap;
	struct gc_row *rows;
	size_t nrows, rows_cap;
};

/** gc_pack(g, name): NULL where there is none. */
struct gc_pack *gc_pack(const struct gc *g, const uint8_t *name);

/** gc_row_places(s, r, at): *at, freed by the caller, is what the row names;
 * none where the content has no key any more. gc_row_move(s, r, at): it names
 * these now; in a transaction. -EUCLEAN: it is not what was written. */
int gc_row_places(struct store *s, const struct gc_row *r,
		  struct places *at) MUST_CHECK;
int gc_row_move(struct store *s, const struct gc_row *r,
		const struct places *at) MUST_CHECK;

/** gc_remove(g): packs of which nothing is left go. */
int gc_remove(struct gc *g) MUST_CHECK;

/** gc_move(g): what is alive in packs with `move` lies in new ones, durable,
 * all rows say so, and the old ones are gone. Rows are sorted by pack. */
int gc_move(struct gc *g) MUST_CHECK;

#endif
