/* Listings and paths: one folder, or all of a work area. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"
#include "policy/redact/dataset.h"

int work_readdir(struct work *w, uint64_t dir, uint64_t from,
		 int (*fn)(void *ctx, const struct work_entry *e), void *ctx)
{
	struct work_node *d, *n;
	struct work_entry e;
	int r = 0;

	pthread_mutex_lock(&w->lock);
	d = work_node_get(w, dir);
	if (d == NULL || !S_ISDIR(d->mode))
		r = d == NULL ? -ENOENT : -ENOTDIR;
	/* Listings go on near the end more often than near the start. */
	n = r == 0 ? TAILQ_LAST(&d->children, work_nodes) : NULL;
	while (n != NULL && n->cookie > from &&
	       TAILQ_PREV(n, work_nodes, sibling) != NULL)
		n = TAILQ_PREV(n, work_nodes, sibling);
	for (; r == 0 && n != NULL; n = TAILQ_NEXT(n, sibling)) {
		if (n->cookie <= from)
			continue;
		e = (struct work_entry){.name = buf_bytes(&n->name),
					.next = n->cookie};
		work_node_stat(n, &e.st);
		r = fn(ctx, &e);
	}
	pthread_mutex_unlock(&w->lock);
	return r < 0 ? r : 0;
}

uint64_t work_parent(struct work *w, uint64_t id)
{
	uint64_t up = WORK_ROOT;
	struct work_node *n;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	if (n != NULL && n->parent != NULL)
		up = n->parent->id;
	pthread_mutex_unlock(&w->lock);
	return up;
}

int work_path(struct work *w, uint64_t id, struct buf *b)
{
	struct work_node *n;
	int r;

	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	r = n == NULL ? -ENOENT : work_node_path(n, bytes_of(NULL, 0), b);
	pthread_mutex_unlock(&w->lock);
	return r;
}

/* Lock held. NULL where there is none; no symlink is followed. */
static struct work_node *walk(struct work *w, struct bytes path)
{
	struct work_node *n = w->root;
	size_t at = 0, end;

	while (n != NULL && at < path.n) {
		for (end = at; end < path.n && path.p[end] != '/';)
			end++;
		if (end > at)
			n = work_node_child(w, n,
					    bytes_sub(path, at, end - at));
		at = end + 1;
	}
	return n;
}

int work_find(struct work *w, struct bytes path, struct stat *st)
{
	struct work_node *n;

	pthread_mutex_lock(&w->lock);
	n = walk(w, path);
	if (n != NULL)
		work_node_stat(n, st);
	pthread_mutex_unlock(&w->lock);
	return n == NULL ? -ENOENT : 0;
}

int work_drop(struct work *w, struct bytes path)
{
	struct buf name CLEANUP(buf_free) = {.secret = true};
	struct work_node *n;
	uint64_t dir = 0;
	int r;

	pthread_mutex_lock(&w->lock);
	n = walk(w, path);
	r = n == NULL || n == w->root ? -ENOENT : 0;
	if (r == 0)
		r = buf_putb(&name, buf_bytes(&n->name));
	if (r == 0)
		dir = n->parent->id;
	pthread_mutex_unlock(&w->lock);
	return r == 0 ? work_unlink(w, NULL, dir, buf_bytes(&name)) : r;
}

/* ---- all of it ---- */

/* Numbers taken under the lock, then each asked for by itself: what goes in
 * between is left out, and fn may call into the area. */
struct all {
	struct buf ids;
	bool made;
};

static int collect(struct all *a, const struct work_node *dir)
{
	const struct work_node *n;
	int r = 0;

	TAILQ_FOREACH(n, &dir->children, sibling)
	{
		if (r == 0 && (!a->made || (n->made && !S_ISDIR(n->mode))))
			r = buf_put(&a->ids, &n->id, sizeof(n->id));
		if (r == 0 && S_ISDIR(n->mode))
			r = collect(a, n);
	}
	return r;
}

static int ids(struct work *w, struct all *a)
{
	int r;

	pthread_mutex_lock(&w->lock);
	r = collect(a, w->root);
	pthread_mutex_unlock(&w->lock);
	return r;
}

/* 1: it is gone. */
static int look(struct work *w, uint64_t id, struct work_file *f, struct buf *b)
{
	struct work_node *n;
	int r = 0;

	buf_clear(b);
	pthread_mutex_lock(&w->lock);
	n = work_node_get(w, id);
	if (n == NULL || n->gone)
		r = 1;
	else
		r = work_node_path(n, bytes_of(NULL, 0), b);
	if (r == 0) {
		work_node_stat(n, &f->st);
		f->versions = n->versions;
	}
	pthread_mutex_unlock(&w->lock);
	f->path = buf_bytes(b);
	return r;
}

/* A glob without a slash is about the name alone, wherever it lies. */
static bool named(const char *const *globs, size_t n, struct bytes path)
{
	struct bytes name = path;

	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			name = bytes_sub(path, i + 1, path.n);
	for (size_t i = 0; i < n; i++)
		if (glob_match(globs[i],
			       strchr(globs[i], '/') == NULL ? name : path))
			return true;
	return false;
}

static int each(struct work *w, bool made, const char *const *globs, size_t n,
		int (*fn)(void *ctx, const struct work_file *f), void *ctx)
{
	struct all a = {.made = made};
	struct buf path CLEANUP(buf_free) = {.secret = true};
	struct work_file f;
	uint64_t id;
	int r = ids(w, &a);

	for (size_t i = 0; r == 0 && i < a.ids.n; i += sizeof(id)) {
		memcpy(&id, a.ids.p + i, sizeof(id));
		r = look(w, id, &f, &path);
		if (r == 0 && !named(globs, n, f.path) &&
		    !(made && work_stood(w, f.path)))
			r = fn(ctx, &f);
		else if (r == 1)
			r = 0;
	}
	buf_free(&a.ids);
	return r;
}

int work_each(struct work *w, int (*fn)(void *ctx, const struct work_file *f),
	      void *ctx)
{
	return each(w, false, NULL, 0, fn, ctx);
}

int work_unnamed(struct work *w, const char *const *globs, size_t n,
		 int (*fn)(void *ctx, const struct work_file *f), void *ctx)
{
	return n == 0 ? 0 : each(w, true, globs, n, fn, ctx);
}
