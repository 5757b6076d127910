/* Which objects a desk may have: pins, terms, and the seat's answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_ROSTER_H
#define DESK_ROSTER_H

#include "fs/desk/desk_in.h"

/**
 * roster_pin(d, pins, n, e): the data sets, by name; NULL pins: the newest
 * versions of those the policy names. Terms are checked for each. -EACCES,
 * -ENOENT.
 */
int roster_pin(struct desk *d, const struct desk_pin *pins, size_t n,
	       struct err *e) MUST_CHECK NONNULL(1);

/**
 * roster_fill(d, e): the objects of all of them that the seat may show, by
 * data set and stored path. Denied ones and those no rule shows are not kept.
 */
int roster_fill(struct desk *d, struct err *e) MUST_CHECK NONNULL(1);

/** roster_thin(d): drop what measuring found to show nothing. */
void roster_thin(struct desk *d) NONNULL_ALL;

/** roster_free(d): data sets and objects go; a half-filled desk is fine. */
void roster_free(struct desk *d) NONNULL_ALL;

#endif
