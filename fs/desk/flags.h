/* Files that an annotator flagged and does not see until the owner decided. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_FLAGS_H
#define DESK_FLAGS_H

#include "fs/desk/desk.h"

/* One session's; threads share it. */
struct flags;

/**
 * flags_open(s, d, project, annotator, out, e): those of before that nobody
 * decided on. s is locked; all is borrowed. -EUCLEAN: they cannot be read: then
 * nothing may be shown. flags_close(f): NULL is fine.
 */
int flags_open(struct store *s, struct desk *d, const char *project,
	       const char *annotator, struct flags **out,
	       struct err *e) MUST_CHECK;
void flags_close(struct flags *f);

/** flags_hide(f, nr): the file behind this node is not to be shown. Reads a
 * bit. */
bool flags_hide(const struct flags *f, uint32_t nr) MUST_CHECK NONNULL_ALL;

/**
 * flags_again(f, nr): as flags_hide, of one that was hidden: unless the owner
 * has meanwhile rejected all that was flagged of it. Asks the store, at most
 * once a second.
 */
bool flags_again(struct flags *f, uint32_t nr) MUST_CHECK NONNULL_ALL;

/**
 * flags_add(f, nr, id, at, words): a value of the file, by the event `id` at
 * `at` (ns): hidden from now on, and durable on return. Where that fails it is
 * hidden as long as the session lasts, and so is all that was flagged.
 */
int flags_add(struct flags *f, uint32_t nr, uint64_t id, int64_t at,
	      struct bytes words) MUST_CHECK NONNULL_ALL;

#endif
