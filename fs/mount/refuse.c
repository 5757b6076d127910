/* The operations that would change the view: all answered with EROFS. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/refuse.h"

#include <errno.h>
#include <unistd.h>

#include "fs/mount/flag.h"
#include "fs/mount/inode.h"
#include "fs/mount/ops.h"

/*
 * The mode bits already say that nothing can be written; these are the
 * answers to who tries nevertheless. Each attempt is an event: what somebody
 * tried to do to the data is worth knowing. What concerns the work area never
 * comes here: workops.c stands before this table.
 */
static void refuse(fuse_req_t req, const char *op, fuse_ino_t ino,
		   const char *name)
{
	struct mount *m = serve_of(req);
	struct buf path CLEANUP(buf_free) = {0};
	int r = inode_path(&m->want, inode_get(&m->want, ino), &path);

	if (r == 0 && name != NULL) {
		if (path.n > 0 && path.p[path.n - 1] != '/')
			r = buf_putc(&path, '/');
		if (r == 0)
			r = buf_puts(&path, name);
	}
	if (r != 0)
		buf_clear(&path);
	fuse_reply_err(req, ops_denied(m, req, op, buf_bytes(&path), EROFS));
}

static void refuse_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st,
			   int what, struct fuse_file_info *fi)
{
	(void)st;
	(void)fi;
	refuse(req, (what & FUSE_SET_ATTR_SIZE) != 0 ? "truncate" : "setattr",
	       ino, NULL);
}

static void refuse_mknod(fuse_req_t req, fuse_ino_t parent, const char *name,
			 mode_t mode, dev_t dev)
{
	(void)mode;
	(void)dev;
	refuse(req, "mknod", parent, name);
}

static void refuse_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name,
			 mode_t mode)
{
	(void)mode;
	refuse(req, "mkdir", parent, name);
}

static void refuse_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	refuse(req, "unlink", parent, name);
}

static void refuse_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	refuse(req, "rmdir", parent, name);
}

static void refuse_symlink(fuse_req_t req, const char *to, fuse_ino_t parent,
			   const char *name)
{
	(void)to;
	refuse(req, "symlink", parent, name);
}

static void refuse_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
			  fuse_ino_t to, const char *toname, unsigned flags)
{
	(void)to;
	(void)toname;
	(void)flags;
	refuse(req, "rename", parent, name);
}

static void refuse_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t to,
			const char *name)
{
	(void)ino;
	refuse(req, "link", to, name);
}

static void refuse_write(fuse_req_t req, fuse_ino_t ino, const char *p,
			 size_t n, off_t off, struct fuse_file_info *fi)
{
	(void)p;
	(void)n;
	(void)off;
	(void)fi;
	refuse(req, "write", ino, NULL);
}

static void refuse_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
			    const char *p, size_t n, int flags)
{
	(void)flags;
	if (!flag_takes(req, ino, name, bytes_of(p, n)))
		refuse(req, "setxattr", ino, NULL);
}

static void refuse_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	(void)name;
	refuse(req, "removexattr", ino, NULL);
}

static void refuse_create(fuse_req_t req, fuse_ino_t parent, const char *name,
			  mode_t mode, struct fuse_file_info *fi)
{
	(void)mode;
	(void)fi;
	refuse(req, "create", parent, name);
}

static void refuse_fallocate(fuse_req_t req, fuse_ino_t ino, int mode,
			     off_t off, off_t n, struct fuse_file_info *fi)
{
	(void)mode;
	(void)off;
	(void)n;
	(void)fi;
	refuse(req, "fallocate", ino, NULL);
}

/* access(2) asks in advance; asking is no attempt, so it is not logged. */
static void refuse_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	struct mount *m = serve_of(req);
	struct inode i = inode_get(&m->want, ino);

	if (i.kind == INODE_ABSENT)
		fuse_reply_err(req, ENOENT);
	else if ((mask & W_OK) != 0)
		fuse_reply_err(req, EROFS);
	else if ((mask & X_OK) != 0 && !inode_is_folder(i))
		fuse_reply_err(req, EACCES);
	else
		fuse_reply_err(req, 0);
}

void refuse_fill(struct fuse_lowlevel_ops *o)
{
	o->setattr = refuse_setattr;
	o->mknod = refuse_mknod;
	o->mkdir = refuse_mkdir;
	o->unlink = refuse_unlink;
	o->rmdir = refuse_rmdir;
	o->symlink = refuse_symlink;
	o->rename = refuse_rename;
	o->link = refuse_link;
	o->write = refuse_write;
	o->setxattr = refuse_setxattr;
	o->removexattr = refuse_removexattr;
	o->create = refuse_create;
	o->fallocate = refuse_fallocate;
	o->access = refuse_access;
}
