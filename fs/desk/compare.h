/* What one desk shows and another does not: counts per data set. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_COMPARE_H
#define DESK_COMPARE_H

#include "fs/desk/desk.h"

/* Of one data set, from the first desk to the second. */
struct desk_delta {
	const char *dataset;
	uint64_t objects_gained, objects_lost;
	uint64_t records_gained, records_lost;
};

/**
 * desk_compare(a, b, each, ctx): each data set of either desk of which they
 * show different objects or records. NULL: a desk that shows nothing. What each
 * returns other than 0 ends it.
 */
int desk_compare(const struct desk *a, const struct desk *b,
		 int (*each)(void *ctx, const struct desk_delta *d),
		 void *ctx) MUST_CHECK NONNULL(3);

#endif
