/* One annotator's visible tree in one session: names, inodes, sizes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "base/progress.h"
#include "fs/store/store.h"
#include "policy/policy.h"

struct shelves;	   /* fs/desk/shelf.h: listings shared by desks */
struct child_pool; /* fs/ingest/child.h: keyless children */

/* A data set version the desk is pinned to. */
struct desk_pin {
	const char *name;
	uint64_t version; /* 0: the newest */
};

struct desk_want {
	struct store *store;
	struct shelves *shelves;       /* NULL: this desk lists for itself */
	const struct subject *subject; /* with its policy: outlives the desk */
	const struct desk_pin *pins;   /* NULL: newest of policy_datasets */
	size_t npins;
	int64_t now;		     /* seconds; terms and releases */
	struct child_pool *children; /* for field sets */
	const struct progress *progress;
	unsigned jobs; /* 0: number of CPUs */
	bool no_cache; /* do not read or write view-index and
			  field-set cells (no lock held) */
};

/*
 * Built from visible objects only: what is not visible has no node, no name,
 * no number. Immutable once open; threads share it.
 */
struct desk;

/**
 * desk_open(w, out, e): checks the terms of every data set, lists its objects,
 * asks the policy, builds missing view indexes in parallel. -EACCES terms,
 * -ENOENT a data set that is not in the store.
 */
int desk_open(const struct desk_want *w, struct desk **out,
	      struct err *e) MUST_CHECK;
void desk_close(struct desk *d);
static inline void desk_closep(struct desk **d)
{
	desk_close(*d);
}

#define DESK_CHILDREN 0x7fffffffu /* at most */

/* A node of the tree; node 0 is the folder that /carrel/data is. Children of a
 * folder are consecutive and sorted by visible name, so that order of names,
 * of inodes and of listing are one. */
struct desk_node {
	uint64_t ino;	   /* keyed base + position: says nothing about what is
			      hidden */
	struct bytes name; /* visible name */
	uint32_t parent;
	uint32_t object;     /* a file's number in the desk */
	uint32_t first;	     /* a folder's children */
	uint32_t count : 31; /* how many */
	bool folder : 1;
};
uint32_t desk_count(const struct desk *d);
const struct desk_node *desk_node(const struct desk *d, uint32_t nr);
/** desk_find(d, folder, name): child by name; UINT32_MAX: absent.
 * desk_by_ino(d, ino): likewise. desk_walk(d, path): from node 0. */
uint32_t desk_find(const struct desk *d, uint32_t folder, struct bytes name);
uint32_t desk_by_ino(const struct desk *d, uint64_t ino);
uint32_t desk_walk(const struct desk *d, struct bytes path);
/** desk_stored(d, path): the node of the visible object whose stored path is
 * DATASET/PATH; for the owner. UINT32_MAX: absent. */
uint32_t desk_stored(const struct desk *d, struct bytes path);
/** desk_source(d, nr, out): what a file's node stands for, borrowed; false: it
 * is none. */
struct desk_source {
	struct bytes dataset, path; /* as stored */
	const uint8_t *id;	    /* STORE_ID, of the object */
	bool recording;
};
bool desk_source(const struct desk *d, uint32_t nr, struct desk_source *out);
/** desk_path(d, nr, b): append the visible path below data/. */
int desk_path(const struct desk *d, uint32_t nr, struct buf *b) MUST_CHECK;

/** desk_size(d, nr, out): the exact view size of a file, from its view index
 * (built now where it is not yet). */
int desk_size(struct desk *d, uint32_t nr, uint64_t *out,
	      struct err *e) MUST_CHECK;
/** desk_cipher(d): of its store. desk_mtime(d, nr): release of the data set
 * version, ns. */
enum aead_cipher desk_cipher(const struct desk *d);
int64_t desk_mtime(const struct desk *d, uint32_t nr);
/** desk_pins(d, b): "calls@3,pref@1". desk_names(d, out): digest of the
 * visible names, inodes and kinds, in order. */
int desk_pins(const struct desk *d, struct buf *b) MUST_CHECK;
void desk_names(const struct desk *d, uint8_t out[32]);
/** desk_task(d, b): the text of TASK.md. */
int desk_task(const struct desk *d, struct buf *b) MUST_CHECK;
const struct subject *desk_subject(const struct desk *d);
/** desk_erased(d): a pinned version of a data set is no longer all it was. */
bool desk_erased(const struct desk *d);
/** desk_same(d, s): with s, of another policy of the project, in the place of
 * its subject, the desk would show the same: names, records, decisions, and as
 * much of it (limits). False when in doubt. */
bool desk_same(const struct desk *d, const struct subject *s);
/** desk_work(d, keep, nkeep, quota): the work area's rule of the seat. */
void desk_work(const struct desk *d, const char *const **keep, size_t *nkeep,
	       uint64_t *quota);
/** desk_limits(d): those of the seat's role. desk_objects(d): one more than the
 * highest number of an object. */
const struct limits *desk_limits(const struct desk *d);
uint32_t desk_objects(const struct desk *d);

#endif
