/* Making ready the files that a program which walks a folder opens next. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_COMING_H
#define MOUNT_COMING_H

#include "base/secret.h"
#include "fs/desk/desk.h"

#define COMING_DEPTH 8u /* files made ready beyond the one that was opened */

/* Zero is not one: coming_new. Any thread may call. */
struct coming;

/**
 * coming_new(d, key): for one session over d; key is its replay key. Both are
 * borrowed and must last until coming_free. NULL: no memory.
 */
struct coming *coming_new(struct desk *d,
			  const struct key *key) MUST_CHECK NONNULL_ALL;
void coming_free(struct coming *c);

/** coming_opened(c, nr): the file of node nr is being opened. */
void coming_opened(struct coming *c, uint32_t nr) NONNULL_ALL;

/** coming_make(c): the calling thread has time until the next request: it makes
 * one file ready; false: there is none to be. */
bool coming_make(struct coming *c) NONNULL_ALL;

#endif
