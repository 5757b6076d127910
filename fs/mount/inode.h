/* What an inode number means in a mount: root, TASK.md, the desk's nodes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_INODE_H
#define MOUNT_INODE_H

#include <sys/stat.h>

#include "fs/mount/mount.h"

#define INODE_ROOT_NR 1 /* given by FUSE */
#define INODE_TASK_NR 2
#define INODE_WORK_SHIFT 52	 /* the work area has 2^52 + its own numbers */
#define INODE_BLKSIZE (1u << 20) /* Python and others read by st_blksize */

/* The tree is fixed for the life of the mount: an inode is a value, nothing is
 * counted, FORGET has nothing to do. */
enum inode_kind {
	INODE_ABSENT = 0,
	INODE_ROOT,
	INODE_TASK,   /* TASK.md */
	INODE_FOLDER, /* below data/, that one included */
	INODE_FILE,
	INODE_WORK, /* work/ itself; what is in it workops.c serves */
};

struct inode {
	enum inode_kind kind;
	uint32_t nr; /* of the desk's node */
	uint64_t ino;
};

/** inode_is_work(ino), inode_of_work(id), inode_work_id(ino): numbers of the
 * work area, and back. */
static inline bool inode_is_work(uint64_t ino)
{
	return ino >> INODE_WORK_SHIFT == 1;
}

static inline uint64_t inode_of_work(uint64_t id)
{
	return id | 1ull << INODE_WORK_SHIFT;
}

static inline uint64_t inode_work_id(uint64_t ino)
{
	return ino ^ 1ull << INODE_WORK_SHIFT;
}

/** inode_get(w, ino): INODE_ABSENT where there is none. */
struct inode inode_get(const struct mount_want *w, uint64_t ino) NONNULL_ALL;

/** inode_find(w, dir, name): the child of that name, or INODE_ABSENT. */
struct inode inode_find(const struct mount_want *w, struct inode dir,
			struct bytes name) NONNULL_ALL;

/**
 * inode_at(w, dir, i, child, name): the i-th entry of a listing, "." and ".."
 * being the first two; false past the end.
 */
bool inode_at(const struct mount_want *w, struct inode dir, uint64_t i,
	      struct inode *child, struct bytes *name) NONNULL_ALL;

/** inode_is_folder(i): root or a folder of the desk. */
bool inode_is_folder(struct inode i);

/**
 * inode_stat(w, i, st): neutral attributes: owner is the session's user, all
 * times are the data set's release, sizes those of the view. -EIO where the
 * size cannot be known.
 */
int inode_stat(const struct mount_want *w, struct inode i,
	       struct stat *st) MUST_CHECK NONNULL_ALL;

/**
 * inode_path(w, i, b): append the path that the log names: below data/ as
 * desk_path gives it, empty for data/ itself, "/" for the root, "TASK.md".
 */
int inode_path(const struct mount_want *w, struct inode i,
	       struct buf *b) MUST_CHECK NONNULL_ALL;

#endif
