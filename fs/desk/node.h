/* The visible tree: from objects with stored paths to nodes with numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_NODE_H
#define DESK_NODE_H

#include "fs/desk/desk_in.h"

/**
 * node_build(d, mode, e): d->nodes from d->objects, which are sorted by data
 * set and stored path: folders in breadth-first order, the children of each
 * consecutive and sorted by visible name. -EEXIST: two names are alike even
 * with their keyed suffixes (one in 10^12: nothing is shown then).
 */
int node_build(struct desk *d, enum names mode, struct err *e) MUST_CHECK
	NONNULL(1);

#endif
