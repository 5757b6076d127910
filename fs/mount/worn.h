/* Folders whose files were read since they were last listed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORN_H
#define MOUNT_WORN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Whenever a file was read the kernel forgets its attributes, since its access
 * time may have changed, and asks for them once more at the next stat: a
 * request a file. A listing with attributes (READDIRPLUS) tells it a hundred in
 * one. So a folder of which files were read is listed anew when it is opened
 * next, where the kernel would else take the names it has. (Kernels that ask
 * for a page at a time may take the attributes of the first names only.)
 *
 * A bit a node; any thread.
 */
struct worn;

/** worn_new(n): for nodes 0 to n - 1, none worn; NULL: no memory. worn_free(w):
 * NULL is fine. */
struct worn *worn_new(uint32_t n) MUST_CHECK;
void worn_free(struct worn *w);

/** worn_set(w, nr): a file in the folder was read. */
void worn_set(struct worn *w, uint32_t nr) NONNULL_ALL;

/** worn_take(w, nr): whether one was; from now on none. */
bool worn_take(struct worn *w, uint32_t nr) NONNULL_ALL;

#endif
