/* How many refusals at the doors the log is told of. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_DENIED_H
#define SESSION_DENIED_H

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

#define DENIED_A_SECOND 10

/* Zero-initialise; the owner's lock guards it. */
struct denied {
	uint64_t second; /* the one that `taken` counts */
	unsigned taken;
	uint64_t owed; /* refusals that no entry tells of yet */
};

/**
 * denied_may(d, second, count): one more refusal, in this second of any clock.
 * True: the log is told, and *count is how many it was not told of before.
 * False: it is only counted.
 */
bool denied_may(struct denied *d, uint64_t second, uint64_t *count) NONNULL_ALL;

/**
 * denied_rest(d, second): how many the log must still be told of, once the
 * second is over; they are then told. 0: none, or too early.
 */
uint64_t denied_rest(struct denied *d, uint64_t second) NONNULL_ALL;

#endif
