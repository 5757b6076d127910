/* Erasing, as the store's own files see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include "fs/store/root.h"
#include "fs/store/writer.h"

#define ERASE_CELL "erase" /* the plan */

/** store_cell_forget(s, kind, total): every cell of a kind goes; *total grows
 * by their number. */
int store_cell_forget(struct store *s, const char *kind,
		      uint64_t *total) MUST_CHECK;

#endif
