/* What a data set version holds, listed once for all desks pinned to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_SHELF_H
#define DESK_SHELF_H

#include "base/arena.h"
#include "fs/desk/folders.h"
#include "fs/desk/turn.h"
#include "fs/store/store.h"

/* One object; nothing here depends on who looks. The summary stays encoded: it
 * is smaller so. */
struct shelf_object {
	uint8_t id[STORE_ID];
	uint8_t content[32];
	uint64_t version, size; /* source bytes */
	struct bytes path, summary;
	uint32_t spanset, nblocks;
	bool bare; /* has no records at all */
};

/** shelf_full(o, set): DATASET/PATH, where the data set's name has `set` bytes;
 * only of an object that stands on a shelf. */
struct bytes shelf_full(const struct shelf_object *o, size_t set) NONNULL_ALL;

/* Immutable; freed with the last desk that is pinned to it. */
struct shelf {
	struct shelf *next;
	unsigned refs; /* guarded by its shelves */
	uint8_t dataset[STORE_ID];
	uint64_t version;
	bool erased; /* not all that the version had is there any more */
	struct arena *arena;
	struct folders *folders; /* values in names of folders, of all objects,
				    denied ones too */
	struct shelf_object *objects; /* by stored path; denied ones left out */
	uint32_t n, cap;
};

/* The shelves of one gateway, shared by its sessions. Thread-safe. */
struct shelves;

/** shelves_free(s): all desks are closed. NULL is fine. */
void shelves_free(struct shelves *s);
/** shelves_new(): NULL when there is no memory. */
struct shelves *shelves_new(void) MUST_CHECK FREED_BY(shelves_free);

/**
 * shelf_take(s, store, d, out, e): the listing of this version, read and
 * checked against the version's signed root at its first use. s NULL: one for
 * the caller alone. shelf_give(s, shelf): done with it; NULL is fine.
 */
int shelf_take(struct shelves *s, struct store *store,
	       const struct store_dataset *d, struct shelf **out,
	       struct err *e) MUST_CHECK NONNULL(2, 3, 4);
void shelf_give(struct shelves *s, struct shelf *shelf);

/** shelves_turns(s): who of those desks is at what work. */
struct turns *shelves_turns(struct shelves *s) NONNULL_ALL;

#endif
