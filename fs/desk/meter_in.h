/* What a meter is inside. Of this room's meter files only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_METER_IN_H
#define DESK_METER_IN_H

#include <pthread.h>
#include <stdatomic.h>

#include "fs/desk/meter.h"
#include "fs/desk/window.h"

/* One annotator in one project; `users` and `next` are the list's. */
struct counter {
	struct meters *meters;
	struct buf name; /* of its cell */
	struct counter *next;
	unsigned users;
	pthread_mutex_t lock; /* guards what follows; taken after a meter's */
	struct window windows[METER_KINDS];
	struct meter *first;		    /* sessions of the annotator */
	_Atomic uint64_t used[METER_KINDS]; /* as it was when the lock was last
					       kept for long */
};

/* Of whose object which records the session has been shown: a bit each, in the
 * word itself where there are up to 64, else where it points. */
typedef _Atomic uint64_t seen_word;

struct meter {
	struct counter *of;
	struct meter *next;
	uint64_t limit[METER_KINDS];
	_Atomic uint64_t credit[METER_KINDS]; /* slot << 32 | credit */
	pthread_mutex_t lock;		      /* guards what follows */
	seen_word *words;		      /* per object; read without it */
	struct arena *arena;		      /* what they point at */
	uint64_t *opened; /* bit per object, after `since` */
	uint32_t objects, nopened;
	int64_t since;
	_Atomic uint64_t records; /* these two are read without it */
	atomic_bool swept;
};

/** meter_now(t): seconds since 1970. */
int64_t meter_now(const struct meter *t) NONNULL_ALL;

/** meter_take(t, k, n): take *n of that kind out of what is left; *n becomes
 * what there was. An error: nothing was taken. meter_give(t, k, n): back. */
int meter_take(struct meter *t, enum meter_kind k,
	       uint64_t *n) MUST_CHECK NONNULL_ALL;
void meter_give(struct meter *t, enum meter_kind k, uint64_t n) NONNULL_ALL;

/** meter_seen_open(t, objects): nothing was seen yet. -ENOMEM.
 * meter_seen_close(t). */
int meter_seen_open(struct meter *t, uint32_t objects) MUST_CHECK NONNULL_ALL;
void meter_seen_close(struct meter *t) NONNULL_ALL;

#endif
