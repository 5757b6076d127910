/* Which serving thread waits for the next request. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_RELAY_H
#define MOUNT_RELAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

/* Of one mount. */
struct relay {
	bool (*meanwhile)(void *ctx); /* NULL: nothing is to be done */
	void *ctx;
	pthread_mutex_t lock;
	pthread_cond_t parked, watch;
	bool stop, watched, dozing;
	bool busy;	  /* a thread is in meanwhile */
	bool alone;	  /* one CPU for us: who looks takes the asker's */
	unsigned most;	  /* threads that may wait at once */
	unsigned want;	  /* that shall; 1 ... most */
	unsigned waiting; /* that do */
	unsigned calls;	  /* threads that are to come from where they rest */
	unsigned backlog; /* requests in a row that stood there already */
	int credit;	  /* looking is worth while: above 0 */
	uint64_t turn;	  /* requests taken */
};

/**
 * relay_init(r, meanwhile, ctx): nobody waits yet. meanwhile(ctx), unless it is
 * NULL, is called by a thread that finds no request, before it waits for one,
 * with cancel disabled, by one at a time, again while it returns true.
 * relay_done(r): no thread is in it.
 */
void relay_init(struct relay *r, bool (*meanwhile)(void *ctx), void *ctx)
	NONNULL(1);
void relay_done(struct relay *r) NONNULL_ALL;

/**
 * relay_read(r, fd, p, n): as read(2), for one of several serving threads: the
 * next request, once it is this thread's turn. fd does not block. -1 with
 * ENODEV after relay_stop and after any thread's error that stays. The thread
 * comes with cancel disabled and may be cancelled while it has no request,
 * after relay_stop.
 */
ssize_t relay_read(struct relay *r, int fd, void *p,
		   size_t n) MUST_CHECK NONNULL_ALL;

/** relay_stop(r): no thread gets a request from now on; one that sleeps for it
 * is not woken. */
void relay_stop(struct relay *r) NONNULL_ALL;

#endif
