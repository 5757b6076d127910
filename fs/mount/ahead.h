/* Making what a program that reads in order will ask for next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_AHEAD_H
#define MOUNT_AHEAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

struct ahead;
struct handle;

/** ahead_free(a): ends its thread, wipes; every handle was dropped. NULL is
 * fine. */
void ahead_free(struct ahead *a);

/** ahead_new(): nothing is made yet; NULL when there is no memory. */
struct ahead *ahead_new(void) MUST_CHECK FREED_BY(ahead_free);

/**
 * ahead_take(a, h, off, n, got): the bytes that a READ of n at off of h is
 * answered with, where they were made already: *got of them, good until
 * ahead_give. NULL: the caller makes them. Either way it is noted that h was
 * read there. ahead_give(a, p): done with what was taken; NULL is fine.
 */
const uint8_t *ahead_take(struct ahead *a, struct handle *h, uint64_t off,
			  size_t n, ssize_t *got) MUST_CHECK NONNULL_ALL;
void ahead_give(struct ahead *a, const uint8_t *p) NONNULL(1);

/** ahead_drop(a, h): h is about to be freed; what was made for it is wiped. */
void ahead_drop(struct ahead *a, struct handle *h) NONNULL_ALL;

#endif
