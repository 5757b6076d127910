/* Contents of the work area, for the kernel: open, read, write, sync. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>

#include "fs/mount/flag.h"
#include "fs/mount/workops.h"

static struct handle *handle_of(const struct fuse_file_info *fi)
{
	return (struct handle *)(uintptr_t)fi->fh;
}

struct handle *workops_open(struct mount *m, uint64_t id,
			    struct fuse_file_info *fi)
{
	struct handle *h = handle_new(&m->handles, inode_of_work(id), NULL,
				      bytes_of(NULL, 0));

	if (h == NULL) {
		work_release(m->want.work, id);
		return NULL;
	}
	h->area = m->want.work;
	h->node = id;
	fi->fh = (uintptr_t)h;
	fi->direct_io = 1;
	fi->noflush = 1;
	fi->keep_cache = 0;
	return h;
}

static void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct work_by by = workops_by(req);
	struct handle *h = NULL;
	int r;

	if (!workops_ours(ino)) {
		m->data.open(req, ino, fi);
		return;
	}
	if (names_stopped(req))
		return;
	r = work_hold(m->want.work, &by, inode_work_id(ino), fi->flags);
	if (r == 0) {
		h = workops_open(m, inode_work_id(ino), fi);
		r = h == NULL ? -ENOMEM : 0;
	}
	if (r != 0)
		fuse_reply_err(req, -r);
	else if (fuse_reply_open(req, fi) == -ENOENT)
		ops_close(m, h); /* interrupted: no RELEASE will come */
}

/* A new file, or one that stands. Who made it may write to it, whatever its
 * mode says. */
static int create(fuse_req_t req, uint64_t dir, struct bytes name, mode_t mode,
		  int flags, struct stat *st)
{
	struct work *w = workops_area(req);
	struct work_by by = workops_by(req);
	bool made;
	int r = work_make(w, &by, dir, name, (mode & 07777) | S_IFREG,
			  bytes_of(NULL, 0), st);

	made = r == 0;
	if (r == -EEXIST && (flags & O_EXCL) == 0)
		r = work_lookup(w, &by, dir, name, st);
	if (r != 0)
		return r;
	r = work_hold(w, made ? NULL : &by, st->st_ino, flags);
	if (r != 0)
		work_forget(w, st->st_ino, 1);
	return r;
}

static void op_create(fuse_req_t req, fuse_ino_t parent, const char *name,
		      mode_t mode, struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct fuse_entry_param p;
	struct handle *h = NULL;
	struct stat st;
	int r;

	if (!workops_ours(parent)) {
		m->data.create(req, parent, name, mode, fi);
		return;
	}
	if (names_stopped(req))
		return;
	r = create(req, inode_work_id(parent), bytes_str(name), mode, fi->flags,
		   &st);
	if (r == 0) {
		h = workops_open(m, st.st_ino, fi);
		r = h == NULL ? -ENOMEM : 0;
		if (r != 0)
			work_forget(m->want.work, st.st_ino, 1);
	}
	if (r != 0) {
		fuse_reply_err(req, -r);
		return;
	}
	workops_entry(m, &st, &p);
	if (fuse_reply_create(req, &p, fi) == -ENOENT) {
		ops_close(m, h);
		work_forget(m->want.work, st.st_ino, 1);
	}
}

static void op_read(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
		    struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct handle *h = handle_of(fi);
	uint8_t *p;
	ssize_t got;

	if (!workops_ours(ino)) {
		m->data.read(req, ino, n, off, fi);
		return;
	}
	n = n < MOUNT_REQUEST ? n : MOUNT_REQUEST;
	p = pool_take(m->pool);
	got = p == NULL ? -ENOMEM
			: work_read(m->want.work, h->node, (uint64_t)off, p, n);
	if (got < 0)
		fuse_reply_err(req, got == -EUCLEAN ? EIO : (int)-got);
	else
		ops_answer_work(req, h, bytes_of(p, (size_t)got));
	pool_give(m->pool, p);
}

/* What the kernel still holds of a mapping is taken also at the end of the
 * session: it was written while that was allowed. */
static bool stopped(fuse_req_t req, const struct fuse_file_info *fi)
{
	return !fi->writepage && names_stopped(req);
}

static void op_write(fuse_req_t req, fuse_ino_t ino, const char *p, size_t n,
		     off_t off, struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct handle *h = handle_of(fi);
	uint64_t at = (uint64_t)off;
	ssize_t r;

	if (!workops_ours(ino)) {
		m->data.write(req, ino, p, n, off, fi);
		return;
	}
	if (stopped(req, fi))
		return;
	if ((fi->flags & O_APPEND) != 0 && !fi->writepage)
		at = WORK_APPEND;
	r = workops_told(m, req, h, (uint64_t)off, n);
	if (r == 0)
		r = work_write(m->want.work, inode_work_id(ino), at, p, n);
	if (r < 0) {
		fuse_reply_err(req, r == -EUCLEAN ? EIO : (int)-r);
		return;
	}
	atomic_fetch_add(&h->writes, 1);
	atomic_fetch_add(&h->written, (uint64_t)r);
	fuse_reply_write(req, (size_t)r);
}

static void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off,
			 off_t n, struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct handle *h = handle_of(fi);
	int r;

	if (!workops_ours(ino)) {
		m->data.fallocate(req, ino, mode, off, n, fi);
		return;
	}
	if (names_stopped(req))
		return;
	r = workops_told(m, req, h, (uint64_t)off, (uint64_t)n);
	if (r == 0)
		r = work_allocate(m->want.work, inode_work_id(ino), mode,
				  (uint64_t)off, (uint64_t)n);
	if (r == 0)
		atomic_fetch_add(&h->writes, 1);
	fuse_reply_err(req, -r);
}

static void op_release(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	if (!workops_ours(ino)) {
		serve_of(req)->data.release(req, ino, fi);
		return;
	}
	ops_close(serve_of(req), handle_of(fi));
	fuse_reply_err(req, 0);
}

static void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync,
		     struct fuse_file_info *fi)
{
	(void)datasync;
	(void)fi;
	fuse_reply_err(req,
		       workops_ours(ino) ? -work_sync(workops_area(req)) : 0);
}

/* ---- extended attributes ---- */

/* A question without an open file: a handle that lives as long as the answer.
 */
static void answer_xattr(fuse_req_t req, fuse_ino_t ino, int r, size_t n,
			 struct bytes b)
{
	struct handle h = {.ino = ino, .area = workops_area(req)};

	if (r == 0 && n > 0 && b.n > n)
		r = -ERANGE;
	if (r != 0)
		fuse_reply_err(req, -r);
	else if (n == 0)
		fuse_reply_xattr(req, b.n);
	else
		ops_answer_work(req, &h, b);
}

static void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
			size_t n)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	int r;

	if (!workops_ours(ino)) {
		serve_of(req)->data.getxattr(req, ino, name, n);
		return;
	}
	r = work_xattr_get(workops_area(req), inode_work_id(ino),
			   bytes_str(name), &b);
	answer_xattr(req, ino, r, n, buf_bytes(&b));
}

static void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t n)
{
	struct buf b CLEANUP(buf_free) = {.secret = true};
	int r;

	if (!workops_ours(ino)) {
		serve_of(req)->data.listxattr(req, ino, n);
		return;
	}
	r = work_xattr_list(workops_area(req), inode_work_id(ino), &b);
	answer_xattr(req, ino, r, n, buf_bytes(&b));
}

/* Nothing is to look flagged that is not: what is saved is never. */
static int may_set(const char *name)
{
	if (strcmp(name, FLAG_ATTR) == 0)
		return -EPERM;
	return strncmp(name, "user.", 5) == 0 ? 0 : -ENOTSUP;
}

static void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name,
			const char *p, size_t n, int flags)
{
	struct mount *m = serve_of(req);
	int r;

	if (!workops_ours(ino)) {
		m->data.setxattr(req, ino, name, p, n, flags);
		return;
	}
	if (names_stopped(req))
		return;
	r = may_set(name);
	if (r == 0)
		r = workops_xattr(m, req, inode_work_id(ino), "setxattr", n);
	if (r == 0)
		r = work_xattr_set(m->want.work, inode_work_id(ino),
				   bytes_str(name), bytes_of(p, n), flags);
	fuse_reply_err(req, -r);
}

static void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	struct mount *m = serve_of(req);
	int r;

	if (!workops_ours(ino)) {
		m->data.removexattr(req, ino, name);
		return;
	}
	if (names_stopped(req))
		return;
	r = workops_xattr(m, req, inode_work_id(ino), "removexattr", 0);
	if (r == 0)
		r = work_xattr_del(m->want.work, inode_work_id(ino),
				   bytes_str(name));
	fuse_reply_err(req, -r);
}

void workops_data_fill(struct fuse_lowlevel_ops *o)
{
	o->open = op_open;
	o->create = op_create;
	o->read = op_read;
	o->write = op_write;
	o->fallocate = op_fallocate;
	o->release = op_release;
	o->fsync = op_fsync;
	o->fsyncdir = op_fsync;
	o->getxattr = op_getxattr;
	o->listxattr = op_listxattr;
	o->setxattr = op_setxattr;
	o->removexattr = op_removexattr;
}
