/* Sensitive values in names of folders, from all objects below them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_FOLDERS_H
#define DESK_FOLDERS_H

#include "base/arena.h"
#include "policy/redact/index.h"

struct folders; /* zero-initialised by folders_new */

/** folders_new(a, out): a outlives it and holds its strings. -ENOMEM. */
int folders_new(struct arena *a, struct folders **out) MUST_CHECK NONNULL_ALL;
/** folders_free(f): NULL is fine; what folders_find gave goes with it. */
void folders_free(struct folders *f);

/**
 * folders_add(f, path, s): what the summary of one object, at path in the data
 * set, says of its folders. -ENOMEM.
 */
int folders_add(struct folders *f, struct bytes path,
		const struct index_summary *s) MUST_CHECK NONNULL_ALL;

/** folders_done(f): everything was added; sorts. -ENOMEM. */
int folders_done(struct folders *f) MUST_CHECK NONNULL_ALL;

/**
 * folders_find(f, folder, spans, n): the values in the last component of
 * a folder's path within its data set; by start, they may overlap. False: an
 * object below it was not searched, so nobody knows.
 */
bool folders_find(const struct folders *f, struct bytes folder,
		  const struct name_span **spans, uint32_t *n) NONNULL_ALL;

#endif
