/* View indexes that were built before, kept as sealed cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_SIZES_H
#define DESK_SIZES_H

#include "fs/desk/desk_in.h"

/**
 * sizes_load(d, e): give marks to every object whose view index is kept; what
 * is missing or does not fit is left to be measured. sizes_save(d, e): keep
 * those that were built since. Both do nothing on a desk without cache.
 */
int sizes_load(struct desk *d, struct err *e) MUST_CHECK NONNULL(1);
int sizes_save(struct desk *d, struct err *e) MUST_CHECK NONNULL(1);
/** sizes_key(d, key): desks of one key would keep the same. */
int sizes_key(const struct desk *d,
	      uint8_t key[HASH_LEN]) MUST_CHECK NONNULL_ALL;

#endif
