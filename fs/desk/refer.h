/* Where the files are seen that the contents of others name by their paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_REFER_H
#define DESK_REFER_H

#include "fs/desk/desk_in.h"
#include "policy/redact/index.h"

/** refer_shows(d, s): where an object of this summary is shown by the decision,
 * paths of other files stand in it as they are seen. */
bool refer_shows(const struct decision *d,
		 const struct index_summary *s) NONNULL_ALL;

/**
 * refer_open(d): the nodes stand: from now on paths are known. Objects that
 * name others are no longer measured: what they are as long as depends on
 * names. -ENOMEM.
 */
int refer_open(struct desk *d) MUST_CHECK NONNULL_ALL;
/** refer_close(d): what refer_open made. */
void refer_close(struct desk *d) NONNULL_ALL;

/** refer_file(set, stored, out): the `file` of a struct standin; set is a
 * struct desk_set. */
int refer_file(const void *set, struct bytes stored, struct buf *out) MUST_CHECK
	NONNULL(1, 3);

/** refer_digest(d, h): add where files are seen, of an object that names
 * others. */
struct hasher;
void refer_digest(const struct desk *d, struct hasher *h) NONNULL_ALL;

#endif
