/* Attributes of nodes: mode, times, size, extended ones; opening. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"

int work_getattr(struct work *w, uint64_t id, struct stat *st)
{
	struct work_node *n;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	if (n != NULL)
		work_node_stat(n, st);
	pthread_mutex_unlock(&w->lock);
	return n == NULL ? -ENOENT : 0;
}

static int tell_size(struct work *w, const struct work_by *by,
		     const struct work_node *n, uint64_t size)
{
	struct buf path CLEANUP(buf_free) = {.secret = true};
	struct work_event ev = {.change = WORK_TRUNCATE, .size = size};
	int r;

	if (w->watch == NULL || by == NULL)
		return 0;
	r = n->gone ? 0 : work_node_path(n, bytes_of(NULL, 0), &path);
	ev.path = buf_bytes(&path);
	return r == 0 ? work_tell(w, by, &ev) : r;
}

static int resize(struct work *w, const struct work_by *by, struct work_node *n,
		  uint64_t size)
{
	int r = work_space_ensure(&w->space, w->blockfd, 1);

	if (r == 0 && work_pool_used(w->pool) > WORK_BUFS_HIGH)
		r = work_flush(w, WORK_BUFS_HIGH);
	if (r == 0)
		r = tell_size(w, by, n, size);
	return r == 0 ? work_resize(w, n, size) : r;
}

static int check_set(const struct work_node *n, const struct work_by *by,
		     const struct work_set *s)
{
	if ((s->what & WORK_SET_MODE) != 0 &&
	    (s->mode & (S_ISUID | S_ISGID)) != 0)
		return -EPERM;
	if ((s->what & WORK_SET_SIZE) == 0)
		return 0;
	if (!S_ISREG(n->mode))
		return S_ISDIR(n->mode) ? -EISDIR : -EINVAL;
	return s->held ? 0 : work_node_may(n, by, W_OK);
}

static int set(struct work *w, const struct work_by *by, struct work_node *n,
	       const struct work_set *s)
{
	int r = check_set(n, by, s);

	if (r == 0)
		r = work_writable(w);
	if (r == 0 && (s->what & WORK_SET_SIZE) != 0)
		r = resize(w, by, n, s->size);
	if (r != 0)
		return r;
	if ((s->what & WORK_SET_MODE) != 0)
		n->mode = (n->mode & S_IFMT) | (s->mode & 01777);
	if ((s->what & WORK_SET_ATIME) != 0)
		n->atime = s->atime;
	if ((s->what & WORK_SET_MTIME) != 0)
		n->mtime = s->mtime;
	n->ctime = work_now();
	work_node_changed(w, n);
	return 0;
}

int work_setattr(struct work *w, const struct work_by *by, uint64_t id,
		 const struct work_set *s, struct stat *st)
{
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : set(w, by, n, s);
	if (r == 0)
		work_node_stat(n, st);
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_access(struct work *w, const struct work_by *by, uint64_t id, int mask)
{
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : work_node_may(n, by, mask);
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_readlink(struct work *w, uint64_t id, struct buf *b)
{
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL	       ? -ENOENT
	    : S_ISLNK(n->mode) ? buf_putb(b, buf_bytes(&n->target))
			       : -EINVAL;
	pthread_mutex_unlock(&w->lock);
	return r;
}

void work_statfs(struct work *w, struct statvfs *v)
{
	pthread_mutex_lock(&w->lock);
	*v = (struct statvfs){.f_bsize = WORK_BLOCK,
			      .f_frsize = WORK_BLOCK,
			      .f_blocks = w->quota,
			      .f_namemax = NAME_MAX};
	if (w->quota > w->used)
		v->f_bfree = v->f_bavail = w->quota - w->used;
	v->f_files = w->nnodes + v->f_bfree;
	v->f_ffree = v->f_favail = v->f_bfree;
	pthread_mutex_unlock(&w->lock);
}

/* ---- opening ---- */

static int hold(struct work *w, const struct work_by *by, struct work_node *n,
		int flags)
{
	int mode = flags & O_ACCMODE, mask = 0, r;

	if (S_ISLNK(n->mode))
		return -ELOOP;
	if (mode != O_WRONLY)
		mask |= R_OK;
	if (mode != O_RDONLY || (flags & O_TRUNC) != 0)
		mask |= W_OK;
	if (S_ISDIR(n->mode) && (mask & W_OK) != 0)
		return -EISDIR;
	r = work_node_may(n, by, mask);
	if (r == 0 && (mask & W_OK) != 0)
		r = work_writable(w);
	if (r == 0 && (flags & O_TRUNC) != 0 && n->size > 0)
		r = resize(w, by, n, 0);
	if (r == 0)
		n->opens++;
	return r;
}

int work_hold(struct work *w, const struct work_by *by, uint64_t id, int flags)
{
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : hold(w, by, n, flags);
	pthread_mutex_unlock(&w->lock);
	return r;
}

void work_release(struct work *w, uint64_t id)
{
	struct work_node *n;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	if (n != NULL && n->opens > 0) {
		n->opens--;
		work_chunks_idle(w, n);
		work_node_drop(w, n);
	}
	pthread_mutex_unlock(&w->lock);
}

uint32_t work_version(struct work *w, uint64_t id)
{
	struct work_node *n;
	uint32_t v = 0;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	if (n != NULL) {
		v = ++n->versions;
		work_node_changed(w, n);
	}
	pthread_mutex_unlock(&w->lock);
	return v;
}

/* ---- extended attributes ---- */

static bool is_user(struct bytes name)
{
	return name.n > 5 && memcmp(name.p, "user.", 5) == 0;
}

static struct work_xattr **find(struct work_node *n, struct bytes name)
{
	struct work_xattr **x = &n->xattrs;

	while (*x != NULL && !bytes_eq(buf_bytes(&(*x)->name), name))
		x = &(*x)->next;
	return x;
}

static size_t weight(const struct work_xattr *x)
{
	return x == NULL ? 0 : x->name.n + x->value.n + 8;
}

/* The cost of the node follows. */
static void swap(struct work *w, struct work_node *n, struct work_xattr **x,
		 struct work_xattr *new)
{
	struct work_xattr *old = *x;

	w->used -= work_node_cost(n);
	n->xattr_bytes = n->xattr_bytes - weight(old) + weight(new);
	w->used += work_node_cost(n);
	if (new != NULL)
		new->next = old == NULL ? NULL : old->next;
	*x = new != NULL ? new : old->next;
	if (old != NULL) {
		buf_free(&old->name);
		buf_free(&old->value);
		mem_free(old);
	}
	n->ctime = work_now();
	work_node_changed(w, n);
}

static struct work_xattr *xattr_new(struct bytes name, struct bytes value)
{
	struct work_xattr *x = mem_new(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->name.secret = x->value.secret = true;
	if (buf_putb(&x->name, name) == 0 && buf_putb(&x->value, value) == 0)
		return x;
	buf_free(&x->name);
	buf_free(&x->value);
	mem_free(x);
	return NULL;
}

static int xattr_set(struct work *w, struct work_node *n, struct bytes name,
		     struct bytes value, int flags)
{
	struct work_xattr **x = find(n, name), *new;
	size_t bytes = name.n + value.n + 8;

	if (*x != NULL && (flags & XATTR_CREATE) != 0)
		return -EEXIST;
	if (*x == NULL && (flags & XATTR_REPLACE) != 0)
		return -ENODATA;
	bytes += n->xattr_bytes - weight(*x);
	if (bytes > WORK_XATTRS)
		return -ENOSPC;
	if (bytes > n->xattr_bytes &&
	    w->used + bytes / WORK_BLOCK + 1 > w->quota)
		return -EDQUOT;
	new = xattr_new(name, value);
	if (new == NULL)
		return -ENOMEM;
	swap(w, n, x, new);
	return 0;
}

int work_xattr_set(struct work *w, uint64_t id, struct bytes name,
		   struct bytes value, int flags)
{
	struct work_node *n;
	int r;

	if (!is_user(name))
		return -ENOTSUP;
	if (name.n > XATTR_NAME_MAX)
		return -ERANGE;
	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : work_writable(w);
	if (r == 0 && !S_ISREG(n->mode) && !S_ISDIR(n->mode))
		r = -EPERM;
	if (r == 0)
		r = xattr_set(w, n, name, value, flags);
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_xattr_del(struct work *w, uint64_t id, struct bytes name)
{
	struct work_xattr **x;
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : work_writable(w);
	if (r == 0) {
		x = find(n, name);
		r = *x == NULL ? -ENODATA : 0;
		if (r == 0)
			swap(w, n, x, NULL);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_xattr_get(struct work *w, uint64_t id, struct bytes name,
		   struct buf *b)
{
	struct work_xattr *x;
	struct work_node *n;
	int r;

	if (!is_user(name))
		return -ENODATA;
	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : 0;
	if (r == 0) {
		x = *find(n, name);
		r = x == NULL ? -ENODATA : buf_putb(b, buf_bytes(&x->value));
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_xattr_list(struct work *w, uint64_t id, struct buf *b)
{
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : 0;
	for (struct work_xattr *x = r == 0 ? n->xattrs : NULL;
	     r == 0 && x != NULL; x = x->next) {
		r = buf_putb(b, buf_bytes(&x->name));
		if (r == 0)
			r = buf_putc(b, 0);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}
