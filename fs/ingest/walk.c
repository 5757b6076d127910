/* The files below the paths an ingest names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/walk.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "fs/store/store.h"

int walk_add(struct walk *w, const struct walk_file *f)
{
	if (w->n == w->cap) {
		size_t cap = w->cap == 0 ? 256 : 2 * w->cap;
		struct walk_file *v = mem_grow(w->v, cap, sizeof(*v));

		if (v == NULL)
			return -ENOMEM;
		w->v = v;
		w->cap = cap;
	}
	w->v[w->n++] = *f;
	w->bytes += f->size;
	return 0;
}

int walk_stored(struct walk *w, const struct store_entry *o)
{
	struct walk_file f = {.size = o->size};
	struct store_entry *own;

	if (w->arena == NULL)
		w->arena = arena_new();
	own = w->arena == NULL ? NULL : arena_array(w->arena, 1, sizeof(*own));
	if (own == NULL || arena_dup(w->arena, o->path, &f.stored) != 0)
		return -ENOMEM;
	*own = *o;
	own->path = f.stored;
	own->summary = (struct bytes){0};
	f.entry = own;
	return walk_add(w, &f);
}

static int add(struct walk *w, const char *path, size_t skip, uint64_t size)
{
	struct walk_file f = {.size = size};

	f.path = arena_str(w->arena, bytes_str(path));
	if (f.path == NULL)
		return -ENOMEM;
	f.stored = bytes_str(f.path + skip);
	return walk_add(w, &f);
}

static void leave(struct walk *w, const char *path, const char *words)
{
	w->left++;
	if (w->complain != NULL)
		w->complain(w->ctx, bytes_str(path), words);
}

static int visit(struct walk *w, FTSENT *f, size_t skip, struct err *e)
{
	switch (f->fts_info) {
	case FTS_F:
		return add(w, f->fts_path, skip,
			   (uint64_t)f->fts_statp->st_size) == 0
			       ? 0
			       : err_nomem(e);
	case FTS_D:
	case FTS_DP:
		return 0;
	case FTS_SL:
	case FTS_SLNONE:
		leave(w, f->fts_path,
		      "a symbolic link: not followed; name its "
		      "target if it is wanted");
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		leave(w, f->fts_path, strerror(f->fts_errno));
		return 0;
	default:
		leave(w, f->fts_path, "no regular file: not taken");
		return 0;
	}
}

static int walk_one(struct walk *w, char *path, size_t skip, struct err *e)
{
	char *roots[] = {path, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *f;
	int r = 0;

	if (fts == NULL)
		return err_errno(e, path, "cannot be walked");
	while (r == 0 && (f = fts_read(fts)) != NULL)
		r = visit(w, f, skip, e);
	fts_close(fts);
	return r;
}

/* Bytes of a path before what its files' stored paths begin with. */
static size_t parent_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

static size_t common_parent(char *const *paths, size_t n)
{
	size_t len = parent_length(paths[0]);

	for (size_t i = 1; i < n; i++) {
		size_t k = 0;

		while (k < len && paths[i][k] == paths[0][k])
			k++;
		while (k > 0 && paths[0][k - 1] != '/')
			k--;
		len = k;
	}
	return len;
}

int walk_by_stored(const void *a, const void *b)
{
	return bytes_cmp(((const struct walk_file *)a)->stored,
			 ((const struct walk_file *)b)->stored);
}

static int check_twice(const struct walk *w, struct err *e)
{
	for (size_t i = 1; i < w->n; i++)
		if (bytes_eq(w->v[i - 1].stored, w->v[i].stored))
			return err_set(e, -EINVAL, w->v[i].path,
				       "is named twice");
	return 0;
}

/* How many bytes of a root's path its files do not carry. */
static size_t skip_of(char *const *roots, size_t n, size_t i)
{
	struct stat st;

	if (n > 1)
		return common_parent(roots, n);
	if (stat(roots[i], &st) == 0 && S_ISDIR(st.st_mode))
		return strlen(roots[i]) + 1;
	return parent_length(roots[i]);
}

int walk_paths(struct walk *w, const char *const *paths, size_t n,
	       struct err *e)
{
	char **roots = mem_new(n + 1, sizeof(*roots));
	int r = 0;

	w->arena = arena_new();
	if (roots == NULL || w->arena == NULL)
		r = err_nomem(e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		roots[i] = realpath(paths[i], NULL);
		if (roots[i] == NULL)
			r = err_errno(e, paths[i], "cannot be found");
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		r = walk_one(w, roots[i], skip_of(roots, n, i), e);
	for (size_t i = 0; roots != NULL && i < n; i++)
		mem_free(roots[i]);
	mem_free(roots);
	if (r == 0 && w->n > 0)
		qsort(w->v, w->n, sizeof(*w->v), walk_by_stored);
	return r == 0 ? check_twice(w, e) : r;
}

void walk_free(struct walk *w)
{
	mem_free(w->v);
	arena_free(w->arena);
	w->v = NULL;
	w->arena = NULL;
	w->n = w->cap = 0;
}

void walk_drop(struct walk *w, const char *path)
{
	char *real = realpath(path, NULL);
	size_t k = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (real != NULL && strcmp(w->v[i].path, real) == 0)
			w->bytes -= w->v[i].size;
		else
			w->v[k++] = w->v[i];
	}
	w->n = k;
	mem_free(real);
}
