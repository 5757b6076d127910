/* Clocks: what has passed, and what time it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

static uint64_t ns_of(clockid_t which)
{
	struct timespec t = {0};

	(void)clock_gettime(which, &t); /* fails for no clock of ours */
	return (uint64_t)t.tv_sec * CLOCK_SECOND + (uint64_t)t.tv_nsec;
}

uint64_t clock_ns(void)
{
	return ns_of(CLOCK_MONOTONIC);
}

uint64_t clock_s(void)
{
	return clock_ns() / CLOCK_SECOND;
}

int64_t clock_wall_ns(void)
{
	return (int64_t)ns_of(CLOCK_REALTIME);
}

struct timespec clock_in(uint64_t ms)
{
	uint64_t ns = clock_ns() + ms * (CLOCK_SECOND / 1000);

	return (struct timespec){.tv_sec = (time_t)(ns / CLOCK_SECOND),
				 .tv_nsec = (long)(ns % CLOCK_SECOND)};
}
