/* Names and attributes of the work area, for the kernel. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/workops.h"

#include <errno.h>
#include <fcntl.h>

/*
 * Two file systems behind one connection: what concerns the data side goes on
 * to its table as if this one were not there. Here as there, ENOSYS would speak
 * for all of the connection, so what only the work area knows (fsync, ...) is
 * answered with success for data, where there is nothing to do.
 *
 * Attributes may stay in the kernel for a second. Nothing changes behind its
 * back: one session is the only one that writes.
 */
struct work_by workops_by(fuse_req_t req)
{
	return (struct work_by){.ctx = req,
				.root = fuse_req_ctx(req)->uid == 0};
}

static void own(const struct mount *m, struct stat *st)
{
	st->st_ino = inode_of_work(st->st_ino);
	st->st_uid = m->want.uid;
	st->st_gid = m->want.gid;
}

void workops_entry(const struct mount *m, const struct stat *st,
		   struct fuse_entry_param *p)
{
	*p = (struct fuse_entry_param){.ino = inode_of_work(st->st_ino),
				       .attr = *st,
				       .attr_timeout = NAMES_WORK_TTL,
				       .entry_timeout = NAMES_WORK_TTL};
	own(m, &p->attr);
}

/* An entry counts as a lookup; one that did not arrive does not. */
static void reply_entry(fuse_req_t req, int r, const struct stat *st)
{
	struct mount *m = serve_of(req);
	struct fuse_entry_param p;

	if (r != 0) {
		fuse_reply_err(req, -r);
		return;
	}
	workops_entry(m, st, &p);
	if (fuse_reply_entry(req, &p) != 0)
		work_forget(m->want.work, st->st_ino, 1);
}

static void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct work_by by = workops_by(req);
	struct stat st;
	int r;

	if (!workops_ours(parent)) {
		serve_of(req)->data.lookup(req, parent, name);
		return;
	}
	if (names_stopped(req))
		return;
	r = work_lookup(workops_area(req), &by, inode_work_id(parent),
			bytes_str(name), &st);
	reply_entry(req, r, &st);
}

static void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n)
{
	if (workops_ours(ino))
		work_forget(workops_area(req), inode_work_id(ino), n);
	fuse_reply_none(req);
}

static void op_forget_multi(fuse_req_t req, size_t n,
			    struct fuse_forget_data *f)
{
	for (size_t i = 0; i < n; i++)
		if (workops_ours(f[i].ino))
			work_forget(workops_area(req), inode_work_id(f[i].ino),
				    f[i].nlookup);
	fuse_reply_none(req);
}

static void reply_attr(fuse_req_t req, int r, struct stat *st)
{
	if (r != 0) {
		fuse_reply_err(req, -r);
		return;
	}
	own(serve_of(req), st);
	fuse_reply_attr(req, st, NAMES_WORK_TTL);
}

static void op_getattr(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct stat st;
	int r;

	if (!workops_ours(ino)) {
		serve_of(req)->data.getattr(req, ino, fi);
		return;
	}
	if (names_stopped(req))
		return;
	r = work_getattr(workops_area(req), inode_work_id(ino), &st);
	reply_attr(req, r, &st);
}

static void wish(struct work_set *s, const struct stat *st, int what)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if ((what & FUSE_SET_ATTR_MODE) != 0)
		s->what |= WORK_SET_MODE;
	if ((what & FUSE_SET_ATTR_SIZE) != 0)
		s->what |= WORK_SET_SIZE;
	if ((what & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW)) != 0)
		s->what |= WORK_SET_ATIME;
	if ((what & (FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW)) != 0)
		s->what |= WORK_SET_MTIME;
	s->mode = st->st_mode;
	s->size = (uint64_t)st->st_size;
	s->atime = (what & FUSE_SET_ATTR_ATIME_NOW) != 0 ? now : st->st_atim;
	s->mtime = (what & FUSE_SET_ATTR_MTIME_NOW) != 0 ? now : st->st_mtim;
}

/* chown to whom it belongs already does nothing; to others it is refused. */
static int check_owner(const struct mount *m, const struct stat *st, int what)
{
	if ((what & FUSE_SET_ATTR_UID) != 0 && st->st_uid != m->want.uid)
		return -EPERM;
	if ((what & FUSE_SET_ATTR_GID) != 0 && st->st_gid != m->want.gid)
		return -EPERM;
	return 0;
}

static void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st,
		       int what, struct fuse_file_info *fi)
{
	struct work_by by = workops_by(req);
	struct work_set s = {.held = fi != NULL};
	struct stat out;
	int r;

	if (!workops_ours(ino)) {
		serve_of(req)->data.setattr(req, ino, st, what, fi);
		return;
	}
	if (names_stopped(req))
		return;
	wish(&s, st, what);
	r = check_owner(serve_of(req), st, what);
	if (r == 0)
		r = work_setattr(workops_area(req), &by, inode_work_id(ino), &s,
				 &out);
	reply_attr(req, r, &out);
}

static void op_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	struct work_by by = workops_by(req);

	if (!workops_ours(ino)) {
		serve_of(req)->data.access(req, ino, mask);
		return;
	}
	if (!names_stopped(req))
		fuse_reply_err(req, -work_access(workops_area(req), &by,
						 inode_work_id(ino), mask));
}

static void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs v;

	if (!workops_ours(ino)) {
		serve_of(req)->data.statfs(req, ino);
		return;
	}
	work_statfs(workops_area(req), &v);
	fuse_reply_statfs(req, &v);
}

/* ---- making and removing ---- */

static void make(fuse_req_t req, fuse_ino_t parent, const char *name,
		 mode_t mode, const char *target)
{
	struct work_by by = workops_by(req);
	struct stat st;
	int r;

	if (names_stopped(req))
		return;
	r = work_make(workops_area(req), &by, inode_work_id(parent),
		      bytes_str(name), mode, bytes_str(target), &st);
	reply_entry(req, r, &st);
}

static void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name,
		     mode_t mode, dev_t dev)
{
	if (workops_ours(parent))
		make(req, parent, name, mode, NULL);
	else
		serve_of(req)->data.mknod(req, parent, name, mode, dev);
}

/* A folder's set-group bit comes from its parent, which has none. */
static void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name,
		     mode_t mode)
{
	if (workops_ours(parent))
		make(req, parent, name, (mode & 07777) | S_IFDIR, NULL);
	else
		serve_of(req)->data.mkdir(req, parent, name, mode);
}

static void op_symlink(fuse_req_t req, const char *to, fuse_ino_t parent,
		       const char *name)
{
	if (workops_ours(parent))
		make(req, parent, name, S_IFLNK | 0777, to);
	else
		serve_of(req)->data.symlink(req, to, parent, name);
}

static void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct work_by by = workops_by(req);

	if (!workops_ours(parent))
		serve_of(req)->data.unlink(req, parent, name);
	else if (!names_stopped(req))
		fuse_reply_err(req, -work_unlink(workops_area(req), &by,
						 inode_work_id(parent),
						 bytes_str(name)));
}

static void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct work_by by = workops_by(req);

	if (!workops_ours(parent))
		serve_of(req)->data.rmdir(req, parent, name);
	else if (!names_stopped(req))
		fuse_reply_err(req, -work_rmdir(workops_area(req), &by,
						inode_work_id(parent),
						bytes_str(name)));
}

/* Out of the data or into it: refused and logged there. */
static void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name,
		      fuse_ino_t to, const char *toname, unsigned flags)
{
	struct work_by by = workops_by(req);
	struct mount *m = serve_of(req);

	if (!workops_ours(parent))
		m->data.rename(req, parent, name, to, toname, flags);
	else if (!workops_ours(to))
		m->data.rename(req, to, toname, parent, name, flags);
	else if (!names_stopped(req))
		fuse_reply_err(
			req,
			-work_rename(m->want.work, &by,
				     (struct work_place){inode_work_id(parent),
							 bytes_str(name)},
				     (struct work_place){inode_work_id(to),
							 bytes_str(toname)},
				     flags));
}

static void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t to,
		    const char *name)
{
	if (workops_ours(ino) && workops_ours(to))
		fuse_reply_err(req, EPERM); /* as file systems without them */
	else if (workops_ours(to))
		serve_of(req)->data.link(req, ino, ino, name);
	else
		serve_of(req)->data.link(req, ino, to, name);
}

static void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	int r;

	if (!workops_ours(ino)) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	if (names_stopped(req))
		return;
	r = work_readlink(workops_area(req), inode_work_id(ino), &b);
	if (r == 0 && buf_str(&b) == NULL)
		r = -ENOMEM;
	if (r != 0)
		fuse_reply_err(req, -r);
	else
		fuse_reply_readlink(req, buf_str(&b));
}

void workops_fill(struct mount *m, struct fuse_lowlevel_ops *o)
{
	m->data = *o;
	o->lookup = op_lookup;
	o->forget = op_forget;
	o->forget_multi = op_forget_multi;
	o->getattr = op_getattr;
	o->setattr = op_setattr;
	o->access = op_access;
	o->statfs = op_statfs;
	o->mknod = op_mknod;
	o->mkdir = op_mkdir;
	o->symlink = op_symlink;
	o->unlink = op_unlink;
	o->rmdir = op_rmdir;
	o->rename = op_rename;
	o->link = op_link;
	o->readlink = op_readlink;
	workops_data_fill(o);
	workops_dir_fill(o);
	work_watch(m->want.work, workops_watch, m);
}
