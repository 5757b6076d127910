/* One at a time, of those that would do the same work. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_TURN_H
#define DESK_TURN_H

#include <pthread.h>

#include "base/hash.h"
#include "base/progress.h"

/* Somebody at work, or waiting for it; the caller's memory. */
struct turn {
	uint8_t key[HASH_LEN]; /* of the work: who has the same waits */
	struct turn *next;
};

struct turns {
	pthread_mutex_t lock; /* guards first and the list */
	pthread_cond_t given;
	struct turn *first;
};

/** turns_init(t), turns_done(t): nobody has a turn any more. */
void turns_init(struct turns *t) NONNULL_ALL;
void turns_done(struct turns *t) NONNULL_ALL;

/**
 * turn_take(t, mine, p): with mine->key set, wait until nobody has a turn of
 * that key, telling p meanwhile, and have it. What p's tick returns other than
 * 0 ends the wait and is returned: no turn then. Not to be had twice.
 * turn_give(t, mine): after a turn_take that returned 0.
 */
int turn_take(struct turns *t, struct turn *mine,
	      const struct progress *p) MUST_CHECK NONNULL(1, 2);
void turn_give(struct turns *t, struct turn *mine) NONNULL_ALL;

#endif
