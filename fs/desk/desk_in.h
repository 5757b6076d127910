/* What a desk is inside: keys, data sets, objects, nodes. Of this room only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_DESK_IN_H
#define DESK_DESK_IN_H

#include <pthread.h>

#include "base/hash.h"
#include "fs/desk/blocks.h"
#include "fs/desk/desk.h"
#include "fs/desk/shelf.h"

#define DESK_OPEN 256 /* chains of objects that are open */
#define DESK_KEPT 24  /* closed objects that stay at hand, or made ready */

/* A data set version the desk shows. */
struct desk_set {
	const struct desk *desk;
	struct store_dataset info;
	const char *name;
	struct shelf *shelf;
};

/* One visible object. Each session has all of its own: kept small. */
struct desk_object {
	const struct shelf_object *of;
	uint64_t view_size, visible;
	struct bytes *bits; /* per block: a bit per record, visible; NULL:
			       whole, or ask the seat */
	const struct decision *decision;
	union {
		struct view_mark *marks; /* many: nblocks + 1 */
		struct {
			uint32_t prefix, suffix; /* of the frame */
		};
	};
	uint32_t set;
	bool many;	 /* blocks, or more frame than fits: see desk_marks */
	bool measured;	 /* sizes and marks are known */
	bool whole : 1;	 /* every record that is not denied */
	bool absent : 1; /* erased, or cannot be shown */
	bool refers : 1; /* shows where other files are seen: refer.h */
};

/**
 * desk_marks(o, small): a measured object's marks. Those of one block at most,
 * as most files are, are not kept but made in small.
 * desk_marks_keep(d, o, m): o is measured, view_size and visible are set: keep
 * what m says. -ENOMEM.
 */
struct view_mark *desk_marks(const struct desk_object *o,
			     struct view_mark small[2]) NONNULL_ALL;
int desk_marks_keep(struct desk *d, struct desk_object *o,
		    const struct view_mark *m) MUST_CHECK NONNULL_ALL;

struct desk {
	struct store *store;
	struct shelves *shelves; /* NULL: listings of its own */
	const struct subject *subject;
	struct child_pool *children;
	const struct progress *progress;
	struct seat *seat;
	struct key *standin_key, *assign_key, *inode_key;
	int64_t now;
	unsigned jobs;
	bool no_cache;

	struct desk_set *sets;
	size_t nsets;
	struct desk_object *objects; /* by data set, then by stored path */
	uint32_t nobjects, cap;
	struct arena *arena;  /* paths, summaries, marks, names, nodes */
	uint64_t *exclusions; /* sorted */
	size_t nexclusions;
	uint8_t exclusions_digest[32];

	struct desk_node *nodes;
	uint32_t nnodes;
	uint64_t ino_base;
	uint32_t *places; /* nodes by object; NULL: no object refers to others,
			     or there are none yet */
	uint8_t places_digest[HASH_LEN];

	pthread_mutex_t lock;	       /* guards the next four */
	struct shown *open[DESK_OPEN]; /* chains, by object; kept ones too */
	unsigned nopen;
	struct shown *kept[DESK_KEPT]; /* nobody has them open; or NULL */
	unsigned next_kept;	       /* whose place is taken next */
	struct blocks blocks;
};

/** desk_measures(d, o): o has a view index of its own now: when the nodes stand
 * those that refer to others get another one. */
static inline bool desk_measures(const struct desk *d,
				 const struct desk_object *o)
{
	return d->places == NULL || o->refers;
}

/** desk_standin(d, o, path, s): the stand-in key and scopes for one object;
 * path is room for "DATASET/PATH", which s borrows. */
int desk_standin(const struct desk *d, const struct desk_object *o,
		 struct buf *path, struct standin *s) MUST_CHECK NONNULL_ALL;

/** desk_standin_of(d, object, s): the same for a stored path DATASET/PATH, a
 * folder's too; s borrows it. */
void desk_standin_of(const struct desk *d, struct bytes object,
		     struct standin *s) NONNULL_ALL;

/** shown_forget(d): let go of what is kept though nobody has it open. */
void shown_forget(struct desk *d) NONNULL_ALL;

/** desk_object(d, nr): the object behind a node; NULL: a folder or no node. */
struct desk_object *desk_object(const struct desk *d, uint32_t nr);

/**
 * desk_digest(d, o, h): add everything of the policy and the project that the
 * object's view depends on: who may see which records, the decision, stand-in
 * key and scopes, exclusions, renderer; of one that refers to others where
 * those are seen. Not who looks, unless that or a scope of the decision makes
 * it matter: those of one role share their view indexes. -ENOMEM, -EPROTO.
 */
struct hasher;
int desk_digest(const struct desk *d, const struct desk_object *o,
		struct hasher *h) MUST_CHECK NONNULL_ALL;

#endif
