/* Operations on names: look up, make, rename, unlink, list. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * Every operation has the same shape: find, check, make room for what will be
 * needed (memory, quota), ask the watcher, and only then change; what comes
 * after the watcher cannot fail.
 */

static int folder(struct work *w, uint64_t id, struct work_node **out)
{
	*out = work_node_get(w, id);
	if (*out == NULL)
		return -ENOENT;
	return S_ISDIR((*out)->mode) ? 0 : -ENOTDIR;
}

static int check_name(struct bytes name)
{
	if (name.n > WORK_NAME)
		return -ENAMETOOLONG;
	if (name.n == 0 || bytes_is(name, ".") || bytes_is(name, "..") ||
	    memchr(name.p, '/', name.n) != NULL ||
	    memchr(name.p, 0, name.n) != NULL)
		return -EINVAL;
	return 0;
}

/* The folder and, where there is one, its child of that name. */
static int at(struct work *w, const struct work_by *by,
	      const struct work_place *p, int mask, struct work_node **dir,
	      struct work_node **child)
{
	int r = folder(w, p->dir, dir);

	if (r == 0)
		r = work_node_may(*dir, by, mask);
	if (r == 0 && p->name.n > WORK_NAME)
		r = -ENAMETOOLONG;
	if (r == 0)
		*child = work_node_child(w, *dir, p->name);
	return r;
}

int work_lookup(struct work *w, const struct work_by *by, uint64_t dir,
		struct bytes name, struct stat *st)
{
	struct work_place p = {dir, name};
	struct work_node *d = NULL, *n = NULL;
	int r;

	pthread_mutex_lock(&w->lock);
	r = at(w, by, &p, X_OK, &d, &n);
	if (r == 0 && n == NULL)
		r = -ENOENT;
	if (r == 0) {
		n->lookups++;
		work_node_stat(n, st);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

void work_keep(struct work *w, uint64_t id)
{
	struct work_node *n = work_node_get(w, id);

	if (n != NULL)
		n->lookups++;
}

void work_forget(struct work *w, uint64_t id, uint64_t count)
{
	struct work_node *n;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	if (n != NULL) {
		n->lookups -= count < n->lookups ? count : n->lookups;
		work_node_drop(w, n);
	}
	pthread_mutex_unlock(&w->lock);
}

static int tell(struct work *w, const struct work_by *by,
		enum work_change change, const struct work_place *p,
		struct bytes to)
{
	struct buf path CLEANUP(buf_free) = {.secret = true};
	struct work_event ev = {.change = change, .to = to};
	int r;

	if (w->watch == NULL || by == NULL)
		return 0;
	r = work_node_path(work_node_get(w, p->dir), p->name, &path);
	if (r != 0)
		return r;
	ev.path = buf_bytes(&path);
	return work_tell(w, by, &ev);
}

/* ---- making ---- */

static int check_make(mode_t mode, struct bytes target)
{
	if ((mode & (S_ISUID | S_ISGID)) != 0)
		return -EPERM;
	if (S_ISLNK(mode))
		return target.n > WORK_TARGET ? -ENAMETOOLONG
		       : target.n == 0	      ? -ENOENT
					      : 0;
	return S_ISREG(mode) || S_ISDIR(mode) ? 0 : -EPERM;
}

static struct work_node *new_node(struct work *w, struct bytes name,
				  mode_t mode, struct bytes target)
{
	struct work_node *n = work_node_new(w, w->next_id);

	if (n == NULL)
		return NULL;
	if (buf_putb(&n->name, name) != 0 ||
	    buf_putb(&n->target, target) != 0) {
		work_node_free(w, n);
		return NULL;
	}
	w->next_id++;
	n->made = true;
	n->mode = S_ISLNK(mode) ? S_IFLNK | 0777 : mode & (S_IFMT | 01777);
	n->atime = n->mtime = n->ctime = work_now();
	return n;
}

static int make(struct work *w, const struct work_by *by,
		const struct work_place *p, mode_t mode, struct bytes target,
		struct stat *st)
{
	struct work_node *dir = NULL, *n = NULL;
	int r = at(w, by, p, W_OK | X_OK, &dir, &n);

	if (r == 0 && n != NULL)
		r = -EEXIST;
	if (r == 0 && dir->gone)
		r = -ENOENT;
	if (r == 0 && S_ISDIR(mode) && work_node_depth(dir) >= WORK_DEPTH)
		r = -ENAMETOOLONG;
	if (r == 0)
		r = work_writable(w);
	if (r == 0 && w->used >= w->quota)
		r = -EDQUOT;
	if (r != 0)
		return r;
	n = new_node(w, p->name, mode, target);
	if (n == NULL)
		return -ENOMEM;
	r = tell(w, by, WORK_CREATE, p, target);
	if (r != 0) {
		work_node_free(w, n);
		return r;
	}
	w->used++;
	n->lookups++;
	work_node_link(w, dir, n);
	work_node_changed(w, n);
	work_node_listed(w, dir);
	work_node_stat(n, st);
	return 0;
}

int work_make(struct work *w, const struct work_by *by, uint64_t dir,
	      struct bytes name, mode_t mode, struct bytes target,
	      struct stat *st)
{
	struct work_place p = {dir, name};
	int r = check_name(name);

	if (r == 0)
		r = check_make(mode, target);
	if (r != 0)
		return r;
	pthread_mutex_lock(&w->lock);
	r = make(w, by, &p, mode, target, st);
	pthread_mutex_unlock(&w->lock);
	return r;
}

/* ---- removing ---- */

static int check_gone(const struct work_node *n, bool dir)
{
	if (dir && !S_ISDIR(n->mode))
		return -ENOTDIR;
	if (!dir && S_ISDIR(n->mode))
		return -EISDIR;
	return n->nchildren > 0 ? -ENOTEMPTY : 0;
}

static int take_away(struct work *w, const struct work_by *by,
		     const struct work_place *p, bool is_dir)
{
	struct work_node *dir = NULL, *n = NULL;
	size_t had;
	int r;

	pthread_mutex_lock(&w->lock);
	had = w->ngone;
	r = at(w, by, p, W_OK | X_OK, &dir, &n);
	if (r == 0)
		r = n == NULL ? -ENOENT : check_gone(n, is_dir);
	if (r == 0)
		r = work_writable(w);
	if (r == 0)
		r = work_gone_prepare(w, n);
	if (r == 0)
		r = tell(w, by, WORK_UNLINK, p, bytes_of(NULL, 0));
	if (r == 0)
		work_gone_make(w, n);
	else
		w->ngone = had;
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_unlink(struct work *w, const struct work_by *by, uint64_t dir,
		struct bytes name)
{
	struct work_place p = {dir, name};

	return take_away(w, by, &p, false);
}

int work_rmdir(struct work *w, const struct work_by *by, uint64_t dir,
	       struct bytes name)
{
	struct work_place p = {dir, name};

	return take_away(w, by, &p, true);
}

/* ---- renaming ---- */

struct move {
	struct work_place from, to;
	struct work_node *dir, *n, *dir2, *n2;
	struct buf name, name2; /* new ones, allocated in time */
};

/* dir lies in n, or is it. */
static bool inside(const struct work_node *dir, const struct work_node *n)
{
	while (dir != NULL && dir != n)
		dir = dir->parent;
	return dir != NULL;
}

static int check_over(const struct move *m, unsigned flags)
{
	if (flags == RENAME_EXCHANGE)
		return m->n2 == NULL	       ? -ENOENT
		       : inside(m->dir, m->n2) ? -EINVAL
					       : 0;
	if (m->n2 == NULL)
		return 0;
	if (flags == RENAME_NOREPLACE)
		return -EEXIST;
	return check_gone(m->n2, S_ISDIR(m->n->mode));
}

static int check_depth(const struct move *m, unsigned flags)
{
	unsigned there = 0, back = 0;

	if (m->dir == m->dir2)
		return 0;
	if (S_ISDIR(m->n->mode))
		there = work_node_depth(m->dir2) + work_node_height(m->n);
	if (flags == RENAME_EXCHANGE && m->n2 != NULL && S_ISDIR(m->n2->mode))
		back = work_node_depth(m->dir) + work_node_height(m->n2);
	return there >= WORK_DEPTH || back >= WORK_DEPTH ? -ENAMETOOLONG : 0;
}

static int find_move(struct work *w, const struct work_by *by, struct move *m,
		     unsigned flags)
{
	int r = check_name(m->to.name);

	if (r == 0)
		r = at(w, by, &m->from, W_OK | X_OK, &m->dir, &m->n);
	if (r == 0)
		r = at(w, by, &m->to, W_OK | X_OK, &m->dir2, &m->n2);
	if (r == 0 && (m->n == NULL || m->dir2->gone))
		r = -ENOENT;
	if (r == 0 && inside(m->dir2, m->n))
		r = -EINVAL;
	if (r == 0)
		r = check_depth(m, flags);
	return r == 0 && m->n != m->n2 ? check_over(m, flags) : r;
}

static int tell_move(struct work *w, const struct work_by *by,
		     const struct move *m)
{
	struct buf to CLEANUP(buf_free) = {.secret = true};
	int r = work_node_path(m->dir2, m->to.name, &to);

	return r == 0 ? tell(w, by, WORK_RENAME, &m->from, buf_bytes(&to)) : r;
}

/* n gets another place; its old name leaves with *name. */
static void place(struct work *w, struct work_node *n, struct work_node *dir,
		  struct buf *name)
{
	struct buf old = n->name;

	n->name = *name;
	*name = old;
	n->ctime = work_now();
	work_node_link(w, dir, n);
	work_node_changed(w, n);
	work_node_listed(w, dir);
}

static void do_move(struct work *w, struct move *m, unsigned flags)
{
	if (flags == RENAME_EXCHANGE) {
		work_node_unlink(w, m->n2);
	} else if (m->n2 != NULL) {
		work_gone_make(w, m->n2);
	}
	work_node_unlink(w, m->n);
	if (flags == RENAME_EXCHANGE)
		place(w, m->n2, m->dir, &m->name2);
	place(w, m->n, m->dir2, &m->name);
	work_node_listed(w, m->dir);
}

static int move(struct work *w, const struct work_by *by, struct move *m,
		unsigned flags)
{
	size_t had = w->ngone;
	int r = find_move(w, by, m, flags);

	if (r == 0)
		r = work_writable(w);
	if (r != 0 || m->n == m->n2)
		return r;
	r = buf_putb(&m->name, m->to.name);
	if (r == 0)
		r = buf_putb(&m->name2, m->from.name);
	if (r == 0 && m->n2 != NULL && flags != RENAME_EXCHANGE)
		r = work_gone_prepare(w, m->n2);
	if (r == 0)
		r = tell_move(w, by, m);
	if (r == 0)
		do_move(w, m, flags);
	else
		w->ngone = had;
	return r;
}

int work_rename(struct work *w, const struct work_by *by,
		struct work_place from, struct work_place to, unsigned flags)
{
	struct move m = {.from = from,
			 .to = to,
			 .name.secret = true,
			 .name2.secret = true};
	int r;

	if (flags != 0 && flags != RENAME_NOREPLACE && flags != RENAME_EXCHANGE)
		return -EINVAL;
	pthread_mutex_lock(&w->lock);
	r = move(w, by, &m, flags);
	pthread_mutex_unlock(&w->lock);
	buf_free(&m.name);
	buf_free(&m.name2);
	return r;
}
