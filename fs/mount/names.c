/* Names and attributes: what the kernel may remember for the session. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/names.h"

#include <errno.h>
#include <limits.h>

bool names_stopped(fuse_req_t req)
{
	if (!atomic_load(&serve_of(req)->denying))
		return false;
	fuse_reply_err(req, EACCES);
	return true;
}

static void names_init(void *userdata, struct fuse_conn_info *conn)
{
	struct mount *m = userdata;

	init_negotiate(&m->init, conn);
}

int names_entry(struct mount *m, struct inode i, struct fuse_entry_param *p)
{
	*p = (struct fuse_entry_param){.ino = i.ino,
				       .attr_timeout = m->ttl_forever,
				       .entry_timeout = m->ttl_forever};
	if (i.kind == INODE_WORK)
		p->attr_timeout = p->entry_timeout = NAMES_WORK_TTL;
	return i.kind == INODE_ABSENT ? 0 : inode_stat(&m->want, i, &p->attr);
}

static void names_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct mount *m = serve_of(req);
	struct fuse_entry_param p;
	struct inode dir = inode_get(&m->want, parent);
	int r;

	if (names_stopped(req))
		return;
	if (!inode_is_folder(dir)) {
		fuse_reply_err(req, ENOTDIR);
		return;
	}
	/* ino 0 is an absent name that the kernel may remember */
	r = names_entry(m, inode_find(&m->want, dir, bytes_str(name)), &p);
	if (r != 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_entry(req, &p);
}

static void names_getattr(fuse_req_t req, fuse_ino_t ino,
			  struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct stat st;
	int r;

	(void)fi;
	if (names_stopped(req))
		return;
	r = inode_stat(&m->want, inode_get(&m->want, ino), &st);
	if (r != 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_attr(req, &st, m->ttl_forever);
}

static void names_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n)
{
	(void)ino;
	(void)n;
	fuse_reply_none(req);
}

static void names_forget_multi(fuse_req_t req, size_t n,
			       struct fuse_forget_data *f)
{
	(void)n;
	(void)f;
	fuse_reply_none(req);
}

/* No counts: how much there is that is not shown must not be seen here. */
static void names_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs v = {
		.f_bsize = 4096, .f_frsize = 4096, .f_namemax = NAME_MAX};

	(void)ino;
	fuse_reply_statfs(req, &v);
}

static void names_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
			   size_t n)
{
	(void)ino;
	(void)name;
	(void)n;
	fuse_reply_err(req, ENODATA);
}

/* An empty list: a count of 0 when asked for the size, else no bytes. */
static void names_listxattr(fuse_req_t req, fuse_ino_t ino, size_t n)
{
	(void)ino;
	if (n == 0)
		fuse_reply_xattr(req, 0);
	else
		fuse_reply_err(req, 0);
}

void names_fill(struct fuse_lowlevel_ops *o)
{
	o->init = names_init;
	o->lookup = names_lookup;
	o->forget = names_forget;
	o->forget_multi = names_forget_multi;
	o->getattr = names_getattr;
	o->statfs = names_statfs;
	o->getxattr = names_getxattr;
	o->listxattr = names_listxattr;
}
