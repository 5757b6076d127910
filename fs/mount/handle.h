/* Open files of one mount: who opened what, and what it was given. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_HANDLE_H
#define MOUNT_HANDLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

struct shown;
struct work;

/*
 * One open(2). Either `shown` or, for a text of the session's own (TASK.md),
 * `text`, or a node of the work area. Threads share it: what changes is atomic.
 */
struct handle {
	struct handle *prev, *next;
	uint64_t ino;
	struct shown *shown;
	struct bytes text;
	uint64_t seq;	     /* of the OPEN event */
	atomic_bool durable; /* that event is on disk */
	atomic_ullong reads, bytes;
	struct work *area;   /* then neither shown nor text */
	uint64_t node;	     /* its number there */
	atomic_ullong first; /* number of its first WRITE in the log; 0: none */
	atomic_ullong writes, written;
};

/* Zero is not a list: handle_init first. */
struct handle_list {
	pthread_mutex_t lock;
	struct handle *first;
	unsigned count;
};

/** handle_init(l): an empty list. handle_done(l): all handles must be freed. */
void handle_init(struct handle_list *l) NONNULL_ALL;
void handle_done(struct handle_list *l) NONNULL_ALL;

/** handle_new(l, ino, shown, text): in the list; takes over shown on success;
 * NULL when there is no memory. */
struct handle *handle_new(struct handle_list *l, uint64_t ino,
			  struct shown *shown, struct bytes text) MUST_CHECK
	NONNULL(1);

/** handle_free(l, h): out of the list, object closed. */
void handle_free(struct handle_list *l, struct handle *h) NONNULL_ALL;

/** handle_any(l): one that is still open, or NULL. */
struct handle *handle_any(struct handle_list *l) NONNULL_ALL;

/** handle_inodes(l, b): append the inode number (uint64_t) of every open
 * handle. */
int handle_inodes(struct handle_list *l, struct buf *b) MUST_CHECK NONNULL_ALL;

/** handle_is_work(h, area): it is one of this work area, and can hold nothing
 * else. Either may be NULL. */
static inline bool handle_is_work(const struct handle *h,
				  const struct work *area)
{
	return h != NULL && area != NULL && h->area == area &&
	       h->shown == NULL && h->text.n == 0;
}

#endif
