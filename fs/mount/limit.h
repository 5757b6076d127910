/* The limits of the role, at the mount: how much may go, and what is told. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_LIMIT_H
#define MOUNT_LIMIT_H

#include "fs/mount/inode.h"
#include "fs/mount/serve.h"

/**
 * limit_open(m, req, i): may this file be opened? 0, or the errno (positive)
 * to answer with: EDQUOT where a limit is reached, which is an event.
 */
int limit_open(struct mount *m, fuse_req_t req, struct inode i) MUST_CHECK;

/**
 * limit_read(m, req, h, off, whole, data): bytes of a view at off are about to
 * go: they count, and data is cut to what may go; whole: all or none. 0, or a
 * negative errno, which is an event: -EDQUOT where a limit is reached.
 */
int limit_read(struct mount *m, fuse_req_t req, struct handle *h, uint64_t off,
	       bool whole, struct bytes *data) MUST_CHECK;

/**
 * limit_flag(m, req, i): may a value of this file be flagged? As limit_open.
 */
int limit_flag(struct mount *m, fuse_req_t req, struct inode i) MUST_CHECK;

/**
 * limit_rest(m): at the end: what was refused since the log was last told, one
 * event for each limit. Nobody asks any more.
 */
void limit_rest(struct mount *m);

#endif
