/* Names and attributes: what the kernel may remember for the session. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_NAMES_H
#define MOUNT_NAMES_H

#include "fs/mount/inode.h"
#include "fs/mount/serve.h"

/** names_fill(o): lookups, attributes, statfs, xattrs into the table. */
void names_fill(struct fuse_lowlevel_ops *o) NONNULL_ALL;

/** names_entry(m, i, p): the entry of an inode; an absent one is an entry with
 * number 0, which the kernel remembers as absent. -EIO. */
int names_entry(struct mount *m, struct inode i,
		struct fuse_entry_param *p) MUST_CHECK NONNULL_ALL;

#define NAMES_WORK_TTL 1.0 /* seconds that names of work/ stay cached */

/** names_stopped(req): true when the mount denies all; then it was answered
 * with EACCES. */
bool names_stopped(fuse_req_t req);

#endif
