/* An annotator flags a value that was missed: the file goes from his view. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_FLAG_H
#define MOUNT_FLAG_H

#include "fs/mount/inode.h"
#include "fs/mount/serve.h"

#define FLAG_ATTR "user.carrel.flag"

/**
 * flag_takes(req, ino, name, text): answer a setxattr(2) of a file of the view;
 * false: it is not about flags, and not answered. Errors as setxattr(2) gives
 * them: EINVAL no words (of a recording: no seconds), E2BIG too many, EISDIR a
 * folder, EPERM what is no file of the data, EDQUOT the limit, EIO.
 */
bool flag_takes(fuse_req_t req, fuse_ino_t ino, const char *name,
		struct bytes text) MUST_CHECK;

/**
 * flag_refuses(m, req, i): the file was flagged and is not to be shown: EACCES,
 * which is an event, or EIO; 0: it may be.
 */
int flag_refuses(struct mount *m, fuse_req_t req, struct inode i) MUST_CHECK;

#endif
