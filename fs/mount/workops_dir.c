/* Folders of the work area, for the kernel. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "fs/mount/workops.h"

/*
 * Places in a listing: 1 behind ".", 2 behind "..", then 2 more than the
 * area's own, which stay what they are while names come and go.
 */
#define DOTS 2

static void op_opendir(fuse_req_t req, fuse_ino_t ino,
		       struct fuse_file_info *fi)
{
	struct mount *m = serve_of(req);
	struct work_by by = workops_by(req);
	struct handle *h = NULL;
	int r;

	if (!workops_ours(ino)) {
		m->data.opendir(req, ino, fi);
		return;
	}
	if (names_stopped(req))
		return;
	r = work_hold(m->want.work, &by, inode_work_id(ino), O_RDONLY);
	if (r == 0) {
		h = workops_open(m, inode_work_id(ino), fi);
		r = h == NULL ? -ENOMEM : 0;
	}
	fi->direct_io = fi->noflush = 0;
	if (r != 0)
		fuse_reply_err(req, -r);
	else if (fuse_reply_open(req, fi) == -ENOENT)
		ops_close(m, h);
}

static void op_releasedir(fuse_req_t req, fuse_ino_t ino,
			  struct fuse_file_info *fi)
{
	if (workops_ours(ino))
		ops_close(serve_of(req), (struct handle *)(uintptr_t)fi->fh);
	fuse_reply_err(req, 0);
}

struct listing {
	fuse_req_t req;
	char *p;
	size_t n, size;
	bool plus;
};

/* 1: no room. */
static int put(struct listing *l, const char *name,
	       const struct fuse_entry_param *e, uint64_t next)
{
	char *at = l->p + l->n;
	size_t room = l->size - l->n, need;

	need = l->plus ? fuse_add_direntry_plus(l->req, at, room, name, e,
						(off_t)next)
		       : fuse_add_direntry(l->req, at, room, name, &e->attr,
					   (off_t)next);
	if (need > room)
		return 1;
	l->n += need;
	return 0;
}

static int put_entry(void *ctx, const struct work_entry *e)
{
	struct listing *l = ctx;
	struct fuse_entry_param p;
	char name[NAME_MAX + 1];
	int r;

	memcpy(name, e->name.p, e->name.n);
	name[e->name.n] = '\0';
	workops_entry(serve_of(l->req), &e->st, &p);
	r = put(l, name, &p, e->next + DOTS);
	if (r == 0 && l->plus)
		work_keep(workops_area(l->req), e->st.st_ino);
	return r;
}

/* They carry no attributes: the kernel takes none for them. */
static int put_dots(struct listing *l, uint64_t id, uint64_t from)
{
	struct work *w = workops_area(l->req);
	struct fuse_entry_param p = {.attr.st_mode = S_IFDIR};
	int r = 0;

	p.attr.st_ino = inode_of_work(id);
	if (from == 0)
		r = put(l, ".", &p, 1);
	p.attr.st_ino = id == WORK_ROOT ? INODE_ROOT_NR
					: inode_of_work(work_parent(w, id));
	if (r == 0 && from <= 1)
		r = put(l, "..", &p, 2);
	return r;
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
		 struct fuse_file_info *fi, bool plus)
{
	struct mount *m = serve_of(req);
	uint64_t id = inode_work_id(ino), from = (uint64_t)off;
	uint8_t *p = pool_take(m->pool);
	struct listing l = {.req = req,
			    .p = (char *)p,
			    .plus = plus,
			    .size = n < MOUNT_REQUEST ? n : MOUNT_REQUEST};
	int r = p == NULL ? -ENOMEM : put_dots(&l, id, from);

	if (r == 0)
		r = work_readdir(m->want.work, id,
				 from > DOTS ? from - DOTS : 0, put_entry, &l);
	if (r < 0)
		fuse_reply_err(req, -r);
	else
		ops_answer_work(req, (struct handle *)(uintptr_t)fi->fh,
				bytes_of(p, l.n));
	pool_give(m->pool, p);
}

static void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
		       struct fuse_file_info *fi)
{
	if (workops_ours(ino))
		list(req, ino, n, off, fi, false);
	else
		serve_of(req)->data.readdir(req, ino, n, off, fi);
}

static void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
			   struct fuse_file_info *fi)
{
	if (workops_ours(ino))
		list(req, ino, n, off, fi, true);
	else
		serve_of(req)->data.readdirplus(req, ino, n, off, fi);
}

void workops_dir_fill(struct fuse_lowlevel_ops *o)
{
	o->opendir = op_opendir;
	o->releasedir = op_releasedir;
	o->readdir = op_readdir;
	o->readdirplus = op_readdirplus;
}
