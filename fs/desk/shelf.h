/* What a data set version holds, listed once for all desks pinned to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_SHELF_H
#define DESK_SHELF_H

#include "base/arena.h"
#include "fs/desk/folders.h"
#include "fs/desk/turn.h"
#include "fs/store/store.h"

/* One object; nothing here depends on who looks. There may be a million: kept
 * small. The summary stays encoded: it is smaller so. */
struct shelf_object {
	uint8_t id[STORE_ID];
	const uint8_t *path; /* DATASET/PATH, then the summary; here PATH */
	uint64_t size;	     /* source bytes */
	uint32_t npath, nsummary;
	uint32_t version, spanset, nblocks;
	bool bare; /* has no records at all */
};

/** shelf_path(o), shelf_summary(o): borrowed from its shelf. */
static inline struct bytes shelf_path(const struct shelf_object *o)
{
	return bytes_of(o->path, o->npath);
}

/** shelf_summary(o): see shelf_path. */
static inline struct bytes shelf_summary(const struct shelf_object *o)
{
	return bytes_of(o->path + o->npath, o->nsummary);
}

/** shelf_full(o, set): DATASET/PATH, where the data set's name has `set` bytes.
 * shelf_object_set(o, r, dataset, e, s): what is to be known of an entry, whose
 * summary is s, too; -ENOMEM, -EFBIG. */
struct bytes shelf_full(const struct shelf_object *o, size_t set) NONNULL_ALL;
struct index_summary;
struct shelf_room {
	struct arena *arena;
	char *p; /* of it, n bytes not used yet */
	size_t n;
};
int shelf_object_set(struct shelf_object *o, struct shelf_room *r,
		     struct bytes dataset, const struct store_entry *e,
		     const struct index_summary *s) MUST_CHECK;

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
