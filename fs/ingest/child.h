/* Keyless children: everything that parses runs in them, and nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_CHILD_H
#define INGEST_CHILD_H

#include "base/buf.h"
#include "base/err.h"

/*
 * A child is a fresh exec of /proc/self/exe with the argument CHILD_ARG: no
 * memory of the parent, no key, no environment, no descriptor but its socket
 * (3) and /dev/null. The binary's main calls child_main at once.
 */
#define CHILD_ARG "_child"
#define CHILD_FD 3

/**
 * child_main(sock): wait for the first frame, confine this process
 * (child_confine.h), then serve jobs from sock until its end, then end the
 * process: 0 at the end of the socket. Returns only when it could not be
 * confined: the exit code.
 */
int child_main(int sock) MUST_CHECK;

/*
 * A pool of at most `max` children, started when first needed, restarted after
 * a death; thread-safe. Every job has one child for itself.
 */
struct child_pool;

/**
 * child_pool_new(max, out, e): max 0: one per CPU. Starts nothing yet. The
 * pool serves field jobs as it is; child_pool_setup gives it a manifest.
 */
int child_pool_new(unsigned max, struct child_pool **out,
		   struct err *e) MUST_CHECK NONNULL(2);
/** child_pool_free(p): ends the children; no job may be running. */
void child_pool_free(struct child_pool *p);
static inline void child_pool_freep(struct child_pool **p)
{
	child_pool_free(*p);
}

/**
 * child_pool_unpacks(p): its children unpack files and do nothing else; to be
 * said before its first job.
 */
void child_pool_unpacks(struct child_pool *p) NONNULL_ALL;

/**
 * child_pool_timeout(p, seconds): how long a child may stay silent within a
 * job before it counts as dead (default 60 and 1 for each MiB of the job).
 */
void child_pool_timeout(struct child_pool *p, unsigned seconds) NONNULL_ALL;

#endif
