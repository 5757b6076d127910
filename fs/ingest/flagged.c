/* What annotators flagged and the owner took, for an ingest. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Such a value belongs to what is detected in its file from then on, whoever
 * ingests or detects it anew: it is part of the stamp of its group, and the
 * child is told of it behind the file.
 */
#include "fs/ingest/flagged.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/ingest/erase.h"
#include "fs/ingest/job.h"

struct load {
	struct flagged *f;
	struct bytes dataset;
	uint64_t *ids;
};

void flagged_free(struct flagged *f)
{
	mem_free(f->paths);
	mem_free(f->v);
	arena_free(f->arena);
	*f = (struct flagged){0};
}

static int grow(struct load *l)
{
	struct flagged *f = l->f;
	size_t cap = f->cap == 0 ? 16 : 2 * f->cap;
	void *p = mem_grow(f->paths, cap, sizeof(*f->paths));

	if (p == NULL)
		return -ENOMEM;
	f->paths = p;
	p = mem_grow(f->v, cap, sizeof(*f->v));
	if (p == NULL)
		return -ENOMEM;
	f->v = p;
	p = mem_grow(l->ids, cap, sizeof(*l->ids));
	if (p == NULL)
		return -ENOMEM;
	l->ids = p;
	f->cap = cap;
	return 0;
}

/* Kept sorted by path, then by number: a stamp must not depend on the order of
 * the catalog. They are few. */
static int add(void *ctx, const struct store_flag *x)
{
	struct load *l = ctx;
	struct flagged *f = l->f;
	size_t i = f->n;
	int rc = 0;

	if ((x->state != FLAG_TAKING && x->state != FLAG_TAKEN) ||
	    !bytes_eq(x->dataset, l->dataset))
		return 0;
	if (f->n == f->cap)
		rc = grow(l);
	for (; rc == 0 && i > 0; i--) {
		int c = bytes_cmp(f->paths[i - 1], x->path);

		if (c < 0 || (c == 0 && l->ids[i - 1] < x->id))
			break;
		f->paths[i] = f->paths[i - 1];
		f->v[i] = f->v[i - 1];
		l->ids[i] = l->ids[i - 1];
	}
	if (rc != 0)
		return rc;
	f->n++;
	l->ids[i] = x->id;
	rc = arena_dup(f->arena, x->path, &f->paths[i]);
	if (rc == 0)
		rc = arena_dup(f->arena, x->type, &f->v[i].type);
	return rc == 0 ? arena_dup(f->arena, x->words, &f->v[i].text) : rc;
}

int flagged_load(struct flagged *f, struct store *s, const char *dataset,
		 struct err *e)
{
	struct load l = {.f = f, .dataset = bytes_str(dataset)};
	int rc;

	f->arena = arena_new();
	rc = f->arena == NULL ? -ENOMEM : store_flag_each(s, add, &l);
	mem_free(l.ids);
	return rc == 0 ? 0
		       : err_set(e, rc, dataset,
				 "what annotators flagged in it cannot be "
				 "read: %s",
				 strerror(-rc));
}

const struct flag *flagged_of(const struct flagged *f, struct bytes path,
			      size_t *n)
{
	size_t i = 0;

	*n = 0;
	while (i < f->n && !bytes_eq(f->paths[i], path))
		i++;
	while (i + *n < f->n && bytes_eq(f->paths[i + *n], path))
		++*n;
	return *n == 0 ? NULL : &f->v[i];
}

int flagged_group(struct ingest_run *run, const char *path, struct err *e)
{
	struct walk *w = &run->walk;
	struct bytes group = {0};
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (bytes_is(w->v[i].stored, path))
			group = w->v[i].group;
	if (group.p == NULL)
		return err_set(e, -ENOENT, path,
			       "is no longer in the data set");
	w->bytes = 0;
	for (size_t i = 0; i < w->n; i++)
		if (bytes_eq(w->v[i].group, group)) {
			w->bytes += w->v[i].size;
			w->v[n++] = w->v[i];
		}
	w->n = n;
	return 0;
}

/* ---- erasing ---- */

struct going {
	const struct erase_want *w;
	const char *dataset;
	struct buf ids; /* uint64_t each */
};

static bool goes(const struct going *g, const struct store_flag *f)
{
	struct bytes top = g->w->path;

	if (!bytes_is(f->dataset, g->dataset))
		return false;
	if (g->w->values != NULL)
		return needles_in(g->w->values, f->words);
	return g->w->record == NULL && f->path.n >= top.n &&
	       bytes_eq(bytes_sub(f->path, 0, top.n), top) &&
	       (top.n == 0 || f->path.n == top.n || f->path.p[top.n] == '/');
}

static int going_add(void *ctx, const struct store_flag *f)
{
	struct going *g = ctx;

	return goes(g, f) ? buf_put(&g->ids, &f->id, sizeof(f->id)) : 0;
}

int flagged_erase(const struct erase_want *w, const char *dataset,
		  struct err *e)
{
	struct going g = {.w = w, .dataset = dataset};
	int rc = store_flag_each(w->store, going_add, &g);
	uint64_t id;

	for (size_t i = 0; rc == 0 && i < g.ids.n; i += sizeof(id)) {
		memcpy(&id, g.ids.p + i, sizeof(id));
		rc = store_flag_del(w->store, id);
	}
	buf_free(&g.ids);
	return rc == 0 ? 0
		       : err_set(e, rc, dataset,
				 "what was flagged there cannot be erased: %s",
				 strerror(-rc));
}
