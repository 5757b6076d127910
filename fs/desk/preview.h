/* Rendering a desk to plain files for the owner, and explaining it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_PREVIEW_H
#define DESK_PREVIEW_H

#include "base/json.h"
#include "fs/desk/desk.h"

/**
 * preview_write(d, path, outfd, progress, files, e): write what lies below the
 * visible path (empty: everything) under the directory outfd, openat2 beneath
 * without symlinks, no exec bits; *files grows by their number. -ENOENT:
 * nothing visible there; -EEXIST: a file stands there already.
 */
int preview_write(struct desk *d, struct bytes path, int outfd,
		  const struct progress *p, uint64_t *files,
		  struct err *e) MUST_CHECK;

/**
 * preview_read(d, path, b, e): append the whole view of one file, named by its
 * visible or its stored path.
 */
int preview_read(struct desk *d, struct bytes path, struct buf *b,
		 struct err *e) MUST_CHECK;

/**
 * explain_write(d, path, o, e): for a stored or visible path, one JSON object
 * per record and span through o: visible or the reason why not (no rule,
 * where, not assigned, denied: ...), type, rule, score, action, the policy
 * line that decided and words of context. Owner only: names hidden things.
 */
int explain_write(struct desk *d, struct bytes path, struct json_out *o,
		  struct err *e) MUST_CHECK;
/** explain_names(d, path, o, e): likewise one object per value in its stored
 * path (bytes within the data set), as far as it or its group tells: a folder's
 * name is shown without what any other object below it knows, too. */
int explain_names(struct desk *d, struct bytes path, struct json_out *o,
		  struct err *e) MUST_CHECK;

#endif
