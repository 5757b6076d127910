/* The operations that would change the view: all answered with EROFS. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_REFUSE_H
#define MOUNT_REFUSE_H

#include "fs/mount/serve.h"

/** refuse_fill(o): put them into the table. */
void refuse_fill(struct fuse_lowlevel_ops *o) NONNULL_ALL;

#endif
