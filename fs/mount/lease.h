/* Leases: one durable entry that covers a block of siblings. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_LEASE_H
#define MOUNT_LEASE_H

#include <pthread.h>
#include <stdint.h>

#include "base/attr.h"

struct handle;
struct mount;

#define LEASE_MAX 256u	/* siblings in one block; a power of two */
#define LEASE_KEPT 256u /* leases that a session has at once */

enum lease_state {
	LEASE_NONE = 0,
	LEASE_ALIVE,
	LEASE_ENDING, /* takes in nobody; its LEASE_END comes */
};

/* Siblings [from, end) of a folder of the desk, in the order of a listing. */
struct lease {
	enum lease_state state;
	unsigned replies; /* on their way under it */
	uint32_t folder, from, end;
	uint64_t seq;  /* of its LEASE */
	uint64_t used; /* when, ns */
};

/* All that a session has. Zero is no list: lease_init first. */
struct lease_list {
	pthread_mutex_t lock;
	uint32_t size;	/* of the last cover */
	uint64_t last;	/* when that began, ns */
	uint32_t alive; /* slots that are */
	struct lease slots[LEASE_KEPT + 32];
};

/** lease_init(l), lease_done(l): an empty list; nothing is on its way. */
void lease_init(struct lease_list *l) NONNULL_ALL;
void lease_done(struct lease_list *l) NONNULL_ALL;

/**
 * lease_enter(m, h, out): wait until something durable covers what h is about
 * to be given. *out, where not NULL, covers it until lease_leave and no longer.
 * -EIO: the log cannot promise it.
 */
int lease_enter(struct mount *m, struct handle *h,
		struct lease **out) MUST_CHECK NONNULL_ALL;

/** lease_leave(m, l): the reply has gone out; NULL is fine. */
void lease_leave(struct mount *m, struct lease *l) NONNULL(1);

/** lease_rest(m): end leases that were of no use for a second; to be called
 * about so often. */
void lease_rest(struct mount *m) NONNULL_ALL;

#endif
