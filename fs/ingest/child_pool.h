/* The pool's inner face: taking a child for one job, giving it back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_CHILD_POOL_H
#define INGEST_CHILD_POOL_H

#include "fs/ingest/child.h"
#include "fs/ingest/child_wire.h"
#include "fs/ingest/external_run.h"

/* What every child of the pool is told first; borrowed by the pool. */
struct child_setup {
	const char *name; /* of the manifest, for places */
	struct bytes manifest;
	const struct bytes *files; /* pairs: name, data of word lists */
	size_t nfiles;
	const struct external_list *external; /* beside each; NULL: none */
};

/**
 * child_pool_setup(p, s): from now on each child gets the manifest before its
 * first job; running children are ended. s outlives the pool's jobs; NULL:
 * none is told any more.
 */
void child_pool_setup(struct child_pool *p, const struct child_setup *s);

/**
 * child_pool_known(p, fd): from now on each child has what is there, too,
 * before its next job; until the next child_pool_setup. fd is the pool's.
 */
void child_pool_known(struct child_pool *p, int fd);

/**
 * child_take(p, mib, out, e): a child for one job of about mib MiB; waits
 * while all are busy, starts one where none is idle. -EIO with words when it
 * cannot be started or refuses the manifest (then its own error).
 */
int child_take(struct child_pool *p, uint64_t mib, struct child_wire **out,
	       struct err *e) MUST_CHECK;

/**
 * child_give(p, w, good): back to the pool. Not good: it is ended; the next
 * job starts a new one.
 */
void child_give(struct child_pool *p, struct child_wire *w, bool good);

/**
 * child_setup_put(b, s): the payload of CHILD_MANIFEST.
 */
int child_setup_put(struct buf *b, const struct child_setup *s) MUST_CHECK;

#endif
