/* The nodes of a work area in memory: tables, folders, paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"

#define TABLE_FIRST 1024 /* chains of each table */

int work_tree_init(struct work *w)
{
	w->table = TABLE_FIRST;
	w->by_id = mem_new(w->table, sizeof(struct work_node *));
	w->by_name = mem_new(w->table, sizeof(struct work_node *));
	random_bytes(w->seed, sizeof(w->seed));
	TAILQ_INIT(&w->node_rows);
	TAILQ_INIT(&w->hot);
	TAILQ_INIT(&w->rows);
	return w->by_id == NULL || w->by_name == NULL ? -ENOMEM : 0;
}

/* FNV-1a from a random start: enough for a table that only the annotator's own
 * names are in. */
static size_t name_slot(const struct work *w, const struct work_node *dir,
			struct bytes name)
{
	uint64_t h, seed;

	memcpy(&h, w->seed, sizeof(h));
	memcpy(&seed, w->seed + 8, sizeof(seed));
	h ^= dir->id * 0x9e3779b97f4a7c15ull;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ name.p[i]) * 0x100000001b3ull;
	h ^= seed;
	h ^= h >> 29;
	return (size_t)h & (w->table - 1);
}

static size_t id_slot(const struct work *w, uint64_t id)
{
	return (size_t)id & (w->table - 1);
}

struct work_node *work_node_get(struct work *w, uint64_t id)
{
	struct work_node *n = w->by_id[id_slot(w, id)];

	while (n != NULL && n->id != id)
		n = n->by_id;
	return n;
}

struct work_node *work_node_child(struct work *w, const struct work_node *dir,
				  struct bytes name)
{
	struct work_node *n = w->by_name[name_slot(w, dir, name)];

	while (n != NULL &&
	       (n->parent != dir || !bytes_eq(buf_bytes(&n->name), name)))
		n = n->by_name;
	return n;
}

/* Failing to grow only makes chains longer. */
static void grow(struct work *w)
{
	size_t old = w->table;
	struct work_node **ids = w->by_id, **v, **names;

	v = mem_new(old * 4, sizeof(struct work_node *));
	names = mem_new(old * 4, sizeof(struct work_node *));
	if (v == NULL || names == NULL) {
		mem_free(v);
		mem_free(names);
		return;
	}
	mem_free(w->by_name);
	w->by_id = v;
	w->by_name = names;
	w->table = old * 4;
	for (size_t i = 0; i < old; i++) {
		for (struct work_node *n = ids[i], *next; n != NULL; n = next) {
			size_t at = id_slot(w, n->id);

			next = n->by_id;
			n->by_id = v[at];
			v[at] = n;
			if (n->parent == NULL)
				continue;
			at = name_slot(w, n->parent, buf_bytes(&n->name));
			n->by_name = names[at];
			names[at] = n;
		}
	}
	mem_free(ids);
}

struct work_node *work_node_new(struct work *w, uint64_t id)
{
	struct work_node *n = mem_new(1, sizeof(*n));
	size_t at;

	if (n == NULL)
		return NULL;
	if (w->nnodes >= w->table * 2)
		grow(w);
	n->id = id;
	n->name.secret = n->target.secret = true;
	TAILQ_INIT(&n->children);
	at = id_slot(w, id);
	n->by_id = w->by_id[at];
	w->by_id[at] = n;
	w->nnodes++;
	return n;
}

void work_node_link(struct work *w, struct work_node *dir, struct work_node *n)
{
	size_t at = name_slot(w, dir, buf_bytes(&n->name));

	n->parent = dir;
	n->by_name = w->by_name[at];
	w->by_name[at] = n;
	n->cookie = ++dir->last_cookie;
	TAILQ_INSERT_TAIL(&dir->children, n, sibling);
	dir->nchildren++;
	dir->nfolders += S_ISDIR(n->mode);
}

void work_node_unlink(struct work *w, struct work_node *n)
{
	struct work_node *dir = n->parent, **at;

	at = &w->by_name[name_slot(w, dir, buf_bytes(&n->name))];
	while (*at != n)
		at = &(*at)->by_name;
	*at = n->by_name;
	TAILQ_REMOVE(&dir->children, n, sibling);
	dir->nchildren--;
	dir->nfolders -= S_ISDIR(n->mode);
	n->parent = NULL;
}

static void xattrs_free(struct work_node *n)
{
	for (struct work_xattr *x = n->xattrs, *next; x != NULL; x = next) {
		next = x->next;
		buf_free(&x->name);
		buf_free(&x->value);
		mem_free(x);
	}
	n->xattrs = NULL;
}

void work_node_free(struct work *w, struct work_node *n)
{
	struct work_node **at = &w->by_id[id_slot(w, n->id)];

	while (*at != n)
		at = &(*at)->by_id;
	*at = n->by_id;
	if (n->is_row)
		TAILQ_REMOVE(&w->node_rows, n, row);
	w->nnodes--;
	xattrs_free(n);
	buf_free(&n->name);
	buf_free(&n->target);
	mem_free(n->refs);
	mem_free(n);
}

void work_node_drop(struct work *w, struct work_node *n)
{
	if (!n->gone || n->opens > 0 || n->lookups > 0)
		return;
	work_chunks_drop(w, n);
	w->used -= work_node_cost(n);
	work_node_free(w, n);
}

void work_tree_done(struct work *w)
{
	for (size_t i = 0; w->by_id != NULL && i < w->table; i++) {
		while (w->by_id[i] != NULL) {
			struct work_node *n = w->by_id[i];

			for (size_t k = 0; k < n->nrefs; k++)
				mem_free(n->refs[k].c);
			work_node_free(w, n);
		}
	}
	mem_free(w->by_id);
	mem_free(w->by_name);
	w->by_id = w->by_name = NULL;
}

/* From the end backwards would need the length; folders are not deep. */
int work_node_path(const struct work_node *n, struct bytes name, struct buf *b)
{
	size_t at = b->n;
	int r = 0;

	if (n->parent == NULL && n->id != WORK_ROOT)
		return -ENOENT;
	if (n->parent != NULL)
		r = work_node_path(n->parent, buf_bytes(&n->name), b);
	if (r == 0 && name.n > 0 && b->n > at)
		r = buf_putc(b, '/');
	if (r == 0)
		r = buf_putb(b, name);
	return r;
}

void work_node_changed(struct work *w, struct work_node *n)
{
	w->changes++;
	if (n->is_row || n->gone)
		return;
	n->is_row = true;
	TAILQ_INSERT_TAIL(&w->node_rows, n, row);
}

uint64_t work_node_cost(const struct work_node *n)
{
	return 1 + (n->xattr_bytes + WORK_BLOCK - 1) / WORK_BLOCK;
}

void work_node_stat(const struct work_node *n, struct stat *st)
{
	*st = (struct stat){.st_ino = n->id,
			    .st_mode = n->mode,
			    .st_size = (off_t)n->size,
			    .st_blksize = 1 << 20,
			    .st_blocks = (blkcnt_t)(n->blocks * 8),
			    .st_atim = n->atime,
			    .st_mtim = n->mtime,
			    .st_ctim = n->ctime};
	if (S_ISDIR(n->mode))
		st->st_nlink = n->gone ? 0 : 2 + n->nfolders;
	else
		st->st_nlink = n->gone ? 0 : 1;
	if (S_ISDIR(n->mode))
		st->st_size = WORK_BLOCK;
	if (S_ISLNK(n->mode))
		st->st_size = (off_t)n->target.n;
}

struct timespec work_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t;
}

unsigned work_node_depth(const struct work_node *n)
{
	unsigned d = 0;

	while ((n = n->parent) != NULL)
		d++;
	return d;
}

unsigned work_node_height(const struct work_node *n)
{
	const struct work_node *c;
	unsigned most = 0, h;

	TAILQ_FOREACH(c, &n->children, sibling)
	{
		h = S_ISDIR(c->mode) ? work_node_height(c) + 1 : 1;
		most = h > most ? h : most;
	}
	return most;
}

int work_node_may(const struct work_node *n, const struct work_by *by, int mask)
{
	unsigned have = (n->mode >> 6) & 7u, want = (unsigned)mask;

	if (by == NULL || (have & want) == want)
		return 0;
	/* root may all, but execute what nobody can */
	if (by->root &&
	    ((want & X_OK) == 0 || S_ISDIR(n->mode) || (n->mode & 0111) != 0))
		return 0;
	return -EACCES;
}

int work_tell(struct work *w, const struct work_by *by,
	      const struct work_event *ev)
{
	if (w->watch == NULL || by == NULL)
		return 0;
	return w->watch(w->watch_ctx, by, ev);
}

int work_writable(const struct work *w)
{
	if (w->dead != 0)
		return w->dead;
	return w->readonly ? -EROFS : 0;
}

int work_gone_add(struct work *w, bool node, uint64_t id)
{
	size_t cap = w->cgone * 2 + 64;
	struct work_gone *v;

	if (w->ngone == w->cgone) {
		v = mem_grow(w->gone, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		w->gone = v;
		w->cgone = cap;
	}
	w->gone[w->ngone++] = (struct work_gone){node, id};
	w->changes++;
	return 0;
}
