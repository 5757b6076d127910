/* The exclusion set: real values that no stand-in may be. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_EXCLUDE_H
#define DESK_EXCLUDE_H

#include "fs/desk/desk_in.h"

/**
 * exclude_load(d, e): d->exclusions from every object of the pinned data sets,
 * visible or not, where a decision of the desk draws realistic stand-ins;
 * empty otherwise. Kept as one sealed cell per data set version.
 */
int exclude_load(struct desk *d, struct err *e) MUST_CHECK NONNULL(1);

#endif
