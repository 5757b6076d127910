/* Building view indexes: the length of every block of every object. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_MEASURE_H
#define DESK_MEASURE_H

#include "fs/desk/desk_in.h"

/**
 * measure_all(d, e): give every object of the desk that has no marks yet its
 * marks, size and count, on d->jobs threads. An object that turns out not to
 * be shown (erased, its fields not found) gets visible = 0 and size 0.
 * -ECANCELED: progress said so; damage as found.
 */
int measure_all(struct desk *d, struct err *e) MUST_CHECK NONNULL(1);

/** measure_shows(o): a measured object stands in the tree: it has a visible
 * record, or is shown whole and never had one. */
bool measure_shows(const struct desk_object *o) NONNULL_ALL;

#endif
