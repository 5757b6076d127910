/* The work area served: requests about its inodes, and what is logged. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORKOPS_H
#define MOUNT_WORKOPS_H

#include "fs/mount/inode.h"
#include "fs/mount/names.h"
#include "fs/mount/ops.h"
#include "fs/mount/work.h"

/**
 * workops_fill(m, o): keep o, which serves the data, in m and put functions
 * before it that take what concerns the work area. Watches the area.
 */
void workops_fill(struct mount *m, struct fuse_lowlevel_ops *o) NONNULL_ALL;

/** workops_data_fill(o), workops_dir_fill(o): the parts of that in
 * workops_data.c and workops_dir.c. */
void workops_data_fill(struct fuse_lowlevel_ops *o) NONNULL_ALL;
void workops_dir_fill(struct fuse_lowlevel_ops *o) NONNULL_ALL;

/** workops_close(m, h): a handle of the area: WRITE with bytes, size and digest
 * where it wrote; then the node is let go. h stays the caller's. */
void workops_close(struct mount *m, struct handle *h) NONNULL_ALL;

/** workops_told(m, req, h, off, n): the handle's first WRITE is in the log;
 * -EIO. */
int workops_told(struct mount *m, fuse_req_t req, struct handle *h,
		 uint64_t off, uint64_t n) MUST_CHECK;
/** workops_xattr(m, req, id, op, n): WRITE of n bytes of an attribute, op being
 * setxattr or removexattr; -EIO. */
int workops_xattr(struct mount *m, fuse_req_t req, uint64_t id, const char *op,
		  uint64_t n) MUST_CHECK;
/** workops_watch: for work_watch; ctx is the mount, by's ctx the request. */
int workops_watch(void *ctx, const struct work_by *by,
		  const struct work_event *ev);

/** workops_by(req): who asks. workops_entry(m, st, p): an entry of the kernel's
 * with owner and times of caching, from the area's attributes. */
struct work_by workops_by(fuse_req_t req);
void workops_entry(const struct mount *m, const struct stat *st,
		   struct fuse_entry_param *p);

/** workops_open(m, req, st, fi): a handle for the node, which was held; NULL.
 */
struct handle *workops_open(struct mount *m, uint64_t id,
			    struct fuse_file_info *fi) MUST_CHECK;

/** workops_area(req): the area; workops_ours(ino): it is about it. */
static inline struct work *workops_area(fuse_req_t req)
{
	return serve_of(req)->want.work;
}

#define workops_ours inode_is_work

#endif
