/* The packed files of a run: what they are called, and their bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_PACKED_H
#define INGEST_PACKED_H

#include "fs/ingest/job.h"

#define PACKED_HELD ((uint64_t)1 << 30)

/* The archives of a run, and the children that unpack. */
struct packed;

/**
 * packed_new(jobs, held, out, e): no child is started yet; of archives that
 * are not used just now `held` bytes stay in memory. packed_free: ends them.
 */
int packed_new(unsigned jobs, uint64_t held, struct packed **out,
	       struct err *e) MUST_CHECK;
void packed_free(struct packed *p);

/**
 * packed_plan(run, e): names of the walk's files become those they are stored
 * under; an archive's place is taken by its members. What cannot be taken is
 * complained of and counted in run->walk.left: damaged archives, members that
 * are no files or have names that lead elsewhere, and files of one name (the
 * one that is not packed stays). Sorted at the end.
 */
int packed_plan(struct ingest_run *run, struct err *e) MUST_CHECK NONNULL_ALL;

/**
 * packed_open(p, f, e): a descriptor of the bytes of a walk's file, unpacked.
 * -EPROTO, -ESTALE with words: this file is not to be taken; a negative errno
 * without words: it could not be opened; -ENOMEM: the run ends.
 */
int packed_open(struct packed *p, const struct walk_file *f,
		struct err *e) MUST_CHECK;

#endif
