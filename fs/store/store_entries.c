/* Lists the objects of a data set version, checked against its root. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows come in order of ids, which is the order of the manifest root, so the
 * root is computed while they are read: a row that was added, taken away,
 * exchanged for an older one or moved to another version is found before the
 * first entry is handed out. Paths are sealed and can be sorted only after
 * opening; all opened cells lie in one secret buffer, wiped at the end.
 *
 * An entry without a cell was erased: its leaf counts, so that the signature of
 * the version holds; nobody sees it.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/store/inner.h"

#define PAGE 1024 /* entries opened at once, where their order is any */

struct item {
	size_t at; /* of its plain cell in the buffer */
	uint32_t n;
	uint32_t path_at, path_n; /* within the cell */
	uint32_t spanset;
	uint64_t version;
	uint8_t id[STORE_ID];
	bool live; /* not closed */
};

struct list {
	struct store *s;
	uint64_t newest; /* not 0: all versions up to it */
	struct rows_root root;
	struct buf plain;
	struct item *v;
	size_t n, cap;
};

static void list_free(struct list *l)
{
	buf_free(&l->plain);
	mem_free(l->v);
}

static int list_room(struct list *l)
{
	size_t cap = l->cap == 0 ? 256 : l->cap + l->cap / 2;
	struct item *v;

	if (l->n < l->cap)
		return 0;
	v = mem_grow(l->v, cap, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	l->v = v;
	l->cap = cap;
	return 0;
}

static int list_row(void *ctx, const struct catalog_entry *e)
{
	struct list *l = ctx;
	size_t at = l->plain.n;
	struct rows_entry r;
	struct bytes cell;
	struct ad ad;
	int rc = list_room(l);

	if (rc != 0)
		return rc;
	if (l->newest == 0)
		rows_root_add(&l->root, e->leaf);
	if (e->cell.n == 0 || (l->newest != 0 && e->first > l->newest))
		return 0; /* erased; or not published */
	rows_bind_entry(&ad, e);
	rc = cell_open(&l->plain, l->s->cells, &ad, e->cell, &cell);
	if (rc == 0)
		rc = rows_entry_get(cell, &r);
	if (rc != 0)
		return inner_damaged(rc);
	l->v[l->n] = (struct item){
		.at = (size_t)(cell.p - l->plain.p),
		.n = (uint32_t)cell.n,
		.path_at = (uint32_t)(r.path.p - cell.p),
		.path_n = (uint32_t)r.path.n,
		.spanset = e->spanset,
		.version = e->version,
		.live = e->last == CATALOG_LAST,
	};
	memcpy(l->v[l->n++].id, e->id, STORE_ID);
	l->plain.n = at + (size_t)(cell.p - (l->plain.p + at)) + cell.n;
	return 0;
}

/* Then by content, the newest span set first. */
static int by_path(const void *a, const void *b, void *ctx)
{
	const struct item *x = a, *y = b;
	const uint8_t *base = ctx;
	int c = bytes_cmp(bytes_of(base + x->at + x->path_at, x->path_n),
			  bytes_of(base + y->at + y->path_at, y->path_n));

	if (c == 0)
		c = (x->version > y->version) - (x->version < y->version);
	return c != 0 ? c
		      : (x->spanset < y->spanset) - (x->spanset > y->spanset);
}

/* A content that was detected anew has several entries. */
static bool is_same(const struct item *x, const struct item *y)
{
	return x->version == y->version && memcmp(x->id, y->id, STORE_ID) == 0;
}

static int item_get(const struct list *l, const struct item *i,
		    struct store_entry *o)
{
	struct rows_entry r;

	*o = (struct store_entry){.version = i->version, .spanset = i->spanset};
	if (rows_entry_get(bytes_of(l->plain.p + i->at, i->n), &r) != 0)
		return -EUCLEAN;
	memcpy(o->id, i->id, STORE_ID);
	memcpy(o->content, r.content.p, sizeof(o->content));
	o->whole = r.whole;
	memcpy(o->stamp, r.stamp.p, sizeof(o->stamp));
	o->size = r.size;
	o->blobs = r.blobs;
	o->path = r.path;
	o->summary = r.summary;
	return 0;
}

static void list_sort(struct list *l)
{
	if (l->n > 0)
		qsort_r(l->v, l->n, sizeof(*l->v), by_path, l->plain.p);
}

int store_entries(struct store *s, const struct store_dataset *d,
		  int (*fn)(void *ctx, const struct store_entry *o), void *ctx)
{
	CLEANUP(list_free) struct list l = {.s = s, .plain.secret = true};
	uint8_t root[HASH_LEN];
	int rc;

	if (d->version == 0)
		return 0;
	rows_root_start(&l.root, s->config.id, d->id, d->version);
	rc = catalog_entry_each(s->catalog, d->id, d->version, list_row, &l);
	if (rc != 0)
		return rc;
	rows_root_end(&l.root, root);
	if (memcmp(root, d->root, HASH_LEN) != 0)
		return -EUCLEAN;
	list_sort(&l);
	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		struct store_entry o;

		rc = item_get(&l, &l.v[i], &o);
		if (rc == 0)
			rc = fn(ctx, &o);
	}
	return rc;
}

/* Reads rows of one page; the last one's id is where the next begins. */
struct page {
	struct list l;
	uint8_t after[STORE_ID];
};

static int page_row(void *ctx, const struct catalog_entry *e)
{
	struct page *p = ctx;

	memcpy(p->after, e->id, STORE_ID);
	return list_row(&p->l, e);
}

static int page_tell(const struct list *l,
		     int (*fn)(void *ctx, const struct store_entry *o),
		     void *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		struct store_entry o;

		rc = item_get(l, &l->v[i], &o);
		if (rc == 0)
			rc = fn(ctx, &o);
	}
	return rc;
}

int store_members(struct store *s, const struct store_dataset *d,
		  int (*fn)(void *ctx, const struct store_entry *o), void *ctx)
{
	struct page p = {.l = {.s = s, .plain.secret = true}};
	uint8_t root[HASH_LEN];
	size_t count = d->version == 0 ? 0 : PAGE;
	bool begun = false;
	int rc = 0;

	rows_root_start(&p.l.root, s->config.id, d->id, d->version);
	while (rc == 0 && count == PAGE) {
		buf_clear(&p.l.plain);
		p.l.n = 0;
		rc = catalog_entry_some(s->catalog, d->id, d->version,
					begun ? p.after : NULL, PAGE, page_row,
					&p, &count);
		begun = true;
		if (rc == 0)
			rc = page_tell(&p.l, fn, ctx);
	}
	list_free(&p.l);
	rows_root_end(&p.l.root, root);
	if (rc == 0 && d->version != 0 && memcmp(root, d->root, HASH_LEN) != 0)
		rc = -EUCLEAN;
	return rc;
}

int store_past_each(struct store *s, const struct store_dataset *d,
		    int (*fn)(void *ctx, const struct store_entry *o, bool live,
			      bool older),
		    void *ctx)
{
	CLEANUP(list_free)
	struct list l = {.s = s, .newest = d->version, .plain.secret = true};
	bool live = false;
	int rc;

	if (d->version == 0)
		return 0;
	rc = catalog_entry_all(s->catalog, d->id, list_row, &l);
	list_sort(&l);
	for (size_t i = 0; rc == 0 && i < l.n; i++) {
		bool older = i > 0 && is_same(&l.v[i], &l.v[i - 1]);
		struct store_entry o;

		live = older ? live : l.v[i].live;
		rc = item_get(&l, &l.v[i], &o);
		if (rc == 0)
			rc = fn(ctx, &o, live, older);
	}
	return rc;
}
