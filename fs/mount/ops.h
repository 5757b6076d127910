/* Opens, reads, listings: one event first, then one reply. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_OPS_H
#define MOUNT_OPS_H

#include "fs/mount/serve.h"

/** ops_fill(o): put what this file serves into the table: everything that
 * hands out bytes or names, and what belongs to it. */
void ops_fill(struct fuse_lowlevel_ops *o) NONNULL_ALL;

/** ops_denied(m, req, op, path, err): count and log a refusal; returns the
 * errno (positive) to answer with: EIO where it could not be logged. */
int ops_denied(struct mount *m, fuse_req_t req, const char *op,
	       struct bytes path, int err) MUST_CHECK;

/** ops_answer_work(req, h, data): the answer to a question about the work area,
 * which is not logged: EIO where h is no handle of the session's own. */
void ops_answer_work(fuse_req_t req, struct handle *h, struct bytes data);

/** ops_close(m, h): CLOSE with its counts, handle freed. A log that is dead
 * does not keep the handle. */
void ops_close(struct mount *m, struct handle *h) NONNULL_ALL;

#endif
