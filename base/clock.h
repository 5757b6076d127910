/* Clocks: what has passed, and what time it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND 1000000000u /* in nanoseconds */

/** clock_ns(): nanoseconds that only grow. clock_s(): the same in seconds. */
uint64_t clock_ns(void);
uint64_t clock_s(void);

/** clock_wall_ns(): nanoseconds since 1970; may jump either way. */
int64_t clock_wall_ns(void);

/** clock_in(ms): so many milliseconds from now, as a condition that waits by
 * CLOCK_MONOTONIC wants it. */
struct timespec clock_in(uint64_t ms);

#endif
