/* Making what a program that reads in order will ask for next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_AHEAD_H
#define MOUNT_AHEAD_H

#include <stdatomic.h>

#include "base/tag.h"

struct ahead;
struct handle;

/* The bytes of one READ that were made before it came. */
struct ahead_read {
	struct bytes data;
	uint64_t counter; /* the tag's own */
	uint8_t tag[TAG_LEN];
};

/** ahead_free(a): wipes; every handle was dropped. NULL is fine. */
void ahead_free(struct ahead *a);

/** ahead_new(cipher, replay, counter): nothing is made yet. Tags are made with
 * the key (borrowed) and a number taken from *counter, also where no READ comes
 * for them. NULL when there is no memory. */
struct ahead *ahead_new(enum aead_cipher cipher, const struct key *replay,
			atomic_ullong *counter) MUST_CHECK NONNULL_ALL
	FREED_BY(ahead_free);

/**
 * ahead_take(a, h, off, n): what a READ of n at off of h is answered with,
 * where it was made already; for the caller alone, until ahead_give. NULL: the
 * caller makes it. Either way it is noted that h was read there.
 * ahead_give(a, r): done with what was taken; NULL is fine.
 */
const struct ahead_read *ahead_take(struct ahead *a, struct handle *h,
				    uint64_t off,
				    size_t n) MUST_CHECK NONNULL_ALL;
void ahead_give(struct ahead *a, const struct ahead_read *r) NONNULL(1);

/** ahead_make(a): the calling thread has time until the next request: it makes
 * what the next READ of a program that reads in order is answered with, once.
 */
bool ahead_make(struct ahead *a) NONNULL_ALL;

/** ahead_drop(a, h): h is about to be freed. What was made for it is wiped, now
 * or with the next handle that is dropped while none is read in order.
 * ahead_rest(a): lets go of memory that is of no use now: there is no stream,
 * or nothing was read since the last call. */
void ahead_drop(struct ahead *a, struct handle *h) NONNULL_ALL;
void ahead_rest(struct ahead *a) NONNULL_ALL;

#endif
