/* The files below the paths an ingest names, with their stored paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_WALK_H
#define INGEST_WALK_H

#include "base/arena.h"
#include "base/err.h"
#include "policy/redact/codec.h"

struct store_entry;

struct walk_file {
	struct bytes stored; /* relative to the one path, or the parent */
	const char *path;    /* as the system opens it; NULL: stored */
	const struct store_entry *entry; /* of what is stored, else NULL */
	uint64_t size;
	struct bytes group; /* filled by the planner */
	/* By packed.c: how it is unpacked; of which archive (1 ...; 0: none)
	 * it is the bytes [at, at + size); how it was called when it was
	 * packed; its name is another's. */
	enum codec codec;
	struct bytes packed;
	uint32_t pack;
	uint64_t at;
	bool clash;
};

struct walk {
	struct walk_file *v;
	size_t n, cap;
	uint64_t bytes; /* of all files */
	uint64_t left;	/* links and others that were not taken */
	struct arena *arena;
	/* Words about what is not taken; may be NULL. */
	void (*complain)(void *ctx, struct bytes path, const char *words);
	void *ctx;
};

/**
 * walk_paths(w, paths, n, e): regular files below, sorted by stored path.
 * Symbolic links are not followed, sockets, devices and pipes not taken: both
 * are complained of. A stored path is relative to the one path (a single file:
 * its name), or to the common parent of several. -ENOENT names a path that is
 * not there; -EINVAL two files with one stored path.
 */
int walk_paths(struct walk *w, const char *const *paths, size_t n,
	       struct err *e) MUST_CHECK;
void walk_free(struct walk *w);

/** walk_stored(w, o): one more, an object that is in the store; all of o is
 * copied. -ENOMEM. */
int walk_stored(struct walk *w, const struct store_entry *o) MUST_CHECK;

/** walk_by_stored(a, b): the order of two walk_files, for qsort. */
int walk_by_stored(const void *a, const void *b);

/** walk_add(w, f): one more, at the end; what it borrows lives as long as w.
 */
int walk_add(struct walk *w, const struct walk_file *f) MUST_CHECK;

/** walk_drop(w, path): the file at that place of the system is no data. */
void walk_drop(struct walk *w, const char *path);

#endif
