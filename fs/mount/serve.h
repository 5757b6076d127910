/* What the files of the mount share: the served session and its parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_SERVE_H
#define MOUNT_SERVE_H

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdatomic.h>

#include "fs/mount/ahead.h"
#include "fs/mount/caller.h"
#include "fs/mount/coming.h"
#include "fs/mount/handle.h"
#include "fs/mount/init.h"
#include "fs/mount/lease.h"
#include "fs/mount/mount.h"
#include "fs/mount/pool.h"
#include "fs/mount/relay.h"
#include "fs/mount/worn.h"

#define MOUNT_THREADS_MAX 16
#define MOUNT_REQUEST (1u << 20) /* bytes of the largest READ or reply */

/* One serving thread; its request buffer is libfuse's own. */
struct mount_worker {
	struct mount *m;
	pthread_t thread;
	struct fuse_buf in;
	bool started;
};

/* What the log was told of a limit that was reached; under the mount's lock. */
struct limit_told {
	bool ever;
	uint64_t at; /* second */
	uint64_t untold;
};

/*
 * One FUSE connection. `want` is fixed at start; counters and worn are atomic;
 * handles, leases, the pool, ahead and coming have locks of their own; `live`
 * and `told` stand under `lock`.
 */
struct mount {
	struct mount_want want;
	struct fuse_lowlevel_ops data; /* what serves all but the work area */
	struct fuse_session *se;
	struct init_state init;
	struct relay relay;
	struct pool *pool;
	struct ahead *ahead;
	struct coming *coming;
	struct worn *worn;
	struct handle_list handles;
	struct lease_list leases;
	struct callers callers;
	uint32_t ttl_forever; /* seconds names and attributes stay cached */
	atomic_ullong reads_taken; /* the session's read counter */
	atomic_ullong opens, reads, bytes, denials;
	atomic_ullong asked; /* second of the last request (clock_s) */
	atomic_uint sweep;   /* files of one that the log must be told of */
	atomic_bool denying; /* mount_deny was called */
	atomic_bool stopped; /* and mount_stop */
	pthread_mutex_t lock;
	pthread_cond_t quiet;
	unsigned live, nworkers;
	struct limit_told told[METER_KINDS];
	struct mount_worker workers[MOUNT_THREADS_MAX];
};

/** serve_of(req): the mount a request belongs to. */
static inline struct mount *serve_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

#endif
