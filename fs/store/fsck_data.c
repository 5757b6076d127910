/* The half of fsck that knows data sets, entries and objects. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each check has two halves because of one lock: rows are collected while the
 * catalog is held, objects are opened afterwards, since opening one asks the
 * catalog again. An object whose row has no key is one that was erased
 * (-ENOKEY): that is its right state, and no damage.
 *
 * A problem does not end the check. Each is told with the object it concerns,
 * by id and never by name, and the next object follows; only a failure of this
 * machine (memory, input and output) stops it, because what comes after such a
 * failure would be blamed on the store.
 */
#include <errno.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "fs/store/fsck.h"

/* An object to look at once the catalog's lock is free. */
struct job {
	uint8_t id[STORE_ID], content[HASH_LEN];
	uint64_t version;
	uint32_t spanset, blobs;
	bool whole;  /* content: see digest.h */
	bool erased; /* the entry has no cell */
};

struct jobs {
	struct fsck *f;
	struct job *v;
	size_t n, cap;
};

static void jobs_free(struct jobs *j)
{
	mem_free(j->v);
}

static int jobs_add(struct jobs *j, const struct job *one)
{
	size_t cap = j->cap == 0 ? 256 : j->cap * 2;
	struct job *v = j->v;

	if (j->n == j->cap) {
		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		j->v = v;
		j->cap = cap;
	}
	v[j->n++] = *one;
	return 0;
}

/* ---- objects: rows and places ---- */

struct where {
	struct fsck *f;
	char what[80];
};

static void place_one(void *ctx, const uint8_t *pack, uint64_t off,
		      uint64_t len)
{
	struct where *w = ctx;

	fsck_place(w->f, w->what, pack, off, len);
}

static void where_name(struct where *w, const struct job *j)
{
	char id[2 * STORE_ID + 1];

	hex_encode(id, bytes_of(j->id, STORE_ID));
	snprintf(w->what, sizeof(w->what), "object %s version %llu", id,
		 (unsigned long long)j->version);
}

/* What an interrupted ingest left is deleted once another run publishes. */
static bool is_gone(struct fsck *f, const struct job *j)
{
	CLEANUP(buf_free) struct buf cell = {0};

	return catalog_spans_get(f->s->catalog, j->id, j->version, j->spanset,
				 &cell) == -ENOENT;
}

static void object_check(struct fsck *f, const struct job *j)
{
	struct where w = {.f = f};
	struct store_object *o = NULL;
	struct err e = {0};
	int rc = store_object_open(f->s, j->id, j->version, j->spanset, &o, &e);

	if (!fsck_code(f, rc))
		return;
	where_name(&w, j);
	if (rc == 0) {
		store_object_places(o, place_one, &w);
		f->out->segments += segment_count(store_object_size(o));
	} else if (rc != -ENOKEY && !(rc == -ENOENT && is_gone(f, j))) {
		fsck_bad(f, "%s: %s", w.what, e.text);
	}
	store_object_close(o);
}

static int object_row(void *ctx, const uint8_t *id, uint64_t version,
		      bool spans, uint32_t spanset)
{
	struct job one = {.version = version, .spanset = spanset};

	if (!spans)
		return 0;
	memcpy(one.id, id, STORE_ID);
	return jobs_add(ctx, &one);
}

void fsck_data_objects(struct fsck *f)
{
	CLEANUP(jobs_free) struct jobs j = {.f = f};
	int rc = catalog_object_each(f->s->catalog, object_row, &j);

	if (!fsck_code(f, rc))
		return;
	if (rc != 0)
		fsck_bad(f, "catalog.db: rows of objects cannot be read; "
			    "restore it from a backup");
	for (size_t i = 0; f->stop == 0 && i < j.n; i++)
		object_check(f, &j.v[i]);
}

/* ---- deep: every byte ---- */

static int content_hash(struct fsck *f, struct store_object *o, bool whole,
			uint8_t *out)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	size_t step = (size_t)CACHE_RUN * STORE_SEGMENT;
	uint64_t size = store_object_size(o);
	struct digest d;
	int rc = buf_reserve(&b, step);

	digest_begin(&d, f->s->digest, whole);
	for (uint64_t at = 0; rc == 0 && at < size; at += step) {
		size_t n = size - at < step ? (size_t)(size - at) : step;

		rc = store_object_read(o, at, b.p, n);
		if (rc == 0)
			digest_add(&d, f->lanes, bytes_of(b.p, n));
	}
	digest_end(&d, out);
	return rc;
}

static int blobs_read(struct store_object *o, uint32_t n)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		buf_clear(&b);
		rc = store_object_blob(o, i, &b);
	}
	return rc;
}

static void object_deep(struct fsck *f, const struct job *j)
{
	struct where w = {.f = f};
	struct store_object *o = NULL;
	struct err e = {0};
	uint8_t hash[HASH_LEN];
	int rc = store_object_open(f->s, j->id, j->version, j->spanset, &o,
				   NULL);

	if (!fsck_code(f, rc) || rc != 0)
		return; /* told by object_check, or erased */
	where_name(&w, j);
	rc = content_hash(f, o, j->whole, hash);
	if (rc == 0 && memcmp(hash, j->content, HASH_LEN) != 0)
		fsck_bad(f,
			 "%s: its content is not what its entry says; "
			 "restore the store from a backup",
			 w.what);
	if (rc == 0)
		rc = blobs_read(o, j->blobs);
	if (fsck_code(f, rc) && rc != 0) {
		store_object_why(o, &e);
		fsck_bad(f, "%s", e.text);
	}
	store_object_close(o);
}

/* ---- entries of one version ---- */

struct members {
	struct jobs jobs;
	const struct store_dataset *d;
	uint64_t version;
	struct rows_root root;
};

static int entry_open(struct store *s, const struct catalog_entry *e,
		      struct buf *plain, struct rows_entry *r)
{
	uint8_t leaf[HASH_LEN];
	struct bytes cell;
	struct ad ad;
	int rc;

	rows_bind_entry(&ad, e);
	rc = cell_open(plain, s->cells, &ad, e->cell, &cell);
	if (rc == 0)
		rc = rows_entry_get(cell, r);
	if (rc != 0)
		return rc;
	rows_leaf(leaf, e->id, e->version, e->spanset, r);
	return memcmp(leaf, e->leaf, HASH_LEN) == 0 ? 0 : -EBADMSG;
}

/* A row is opened in the version where it appears; its leaf counts in all. */
static int entry_row(void *ctx, const struct catalog_entry *e)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct members *m = ctx;
	struct fsck *f = m->jobs.f;
	struct job one = {.version = e->version, .spanset = e->spanset};
	struct rows_entry r;
	int rc;

	rows_root_add(&m->root, e->leaf);
	if (e->first != m->version)
		return 0;
	memcpy(one.id, e->id, STORE_ID);
	one.erased = e->cell.n == 0;
	if (one.erased)
		return jobs_add(&m->jobs, &one);
	rc = entry_open(f->s, e, &plain, &r);
	if (!fsck_code(f, rc))
		return rc;
	f->out->objects++;
	if (rc != 0) {
		fsck_bad(f,
			 "data set %s: an entry of version %llu in "
			 "catalog.db is not what was written; restore it "
			 "from a backup, or ingest again",
			 (const char *)m->d->name.p,
			 (unsigned long long)m->version);
		return 0;
	}
	memcpy(one.content, r.content.p, HASH_LEN);
	one.whole = r.whole;
	one.blobs = r.blobs;
	return jobs_add(&m->jobs, &one);
}

/* object_check looks at the rows there are; that there are any, an entry that
 * stands wants. Erased objects have theirs, without a key. */
static void entry_check(struct fsck *f, const struct job *j)
{
	struct where w = {.f = f};

	if (!is_gone(f, j))
		return;
	where_name(&w, j);
	fsck_bad(f,
		 "%s: its rows are gone from catalog.db; restore it from a "
		 "backup, or ingest the data set again",
		 w.what);
}

/* An entry loses its cell when the content's key is destroyed: who only empties
 * it hides an object. */
static void erased_check(struct fsck *f, const struct job *j)
{
	CLEANUP(buf_free) struct buf key = {0};
	CLEANUP(buf_free) struct buf cell = {0};
	struct where w = {.f = f};
	uint8_t dataset[STORE_ID];
	int rc = catalog_content_get(f->s->catalog, j->id, j->version, dataset,
				     &key, &cell);

	f->out->erased += rc == 0 && key.n == 0;
	if (!fsck_code(f, rc) || (rc == 0 && key.n == 0))
		return;
	where_name(&w, j);
	fsck_bad(f,
		 "%s: its entry was emptied, but its key stands; restore "
		 "catalog.db from a backup",
		 w.what);
}

static void jobs_run(struct fsck *f, const struct jobs *j)
{
	for (size_t i = 0; f->stop == 0 && i < j->n; i++) {
		if (j->v[i].erased)
			erased_check(f, &j->v[i]);
		else
			entry_check(f, &j->v[i]);
		if (f->deep && !j->v[i].erased)
			object_deep(f, &j->v[i]);
		if (f->stop == 0 &&
		    progress_tick(f->progress, i + 1, j->n, i + 1) != 0)
			f->stop = -ECANCELED;
	}
}

/* Version v of the data set d; signed says whether it is published. */
static void version_check(struct fsck *f, const struct store_dataset *d,
			  uint64_t v, bool published)
{
	struct members m = {.jobs.f = f, .d = d, .version = v};
	uint8_t root[HASH_LEN];
	int rc;

	rows_root_start(&m.root, f->s->config.id, d->id, v);
	rc = catalog_entry_each(f->s->catalog, d->id, v, entry_row, &m);
	if (rc == -EUCLEAN)
		fsck_bad(f,
			 "data set %s: its entries in catalog.db cannot be "
			 "read; restore it from a backup",
			 (const char *)d->name.p);
	else if (rc != 0)
		f->stop = rc;
	rows_root_end(&m.root, root);
	if (rc == 0 && published &&
	    (d->objects != m.root.objects ||
	     memcmp(root, d->root, HASH_LEN) != 0))
		fsck_bad(f,
			 "data set %s version %llu: entries were added, "
			 "removed or exchanged (the manifest root differs); "
			 "restore catalog.db from a backup",
			 (const char *)d->name.p, (unsigned long long)v);
	jobs_run(f, &m.jobs);
	jobs_free(&m.jobs);
}

/* ---- data sets ---- */

struct name {
	uint8_t id[STORE_ID];
	uint64_t newest;
	struct buf text;
	bool ok;
};

struct names {
	struct fsck *f;
	struct name *v;
	size_t n;
};

static void names_free(struct names *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_free(&l->v[i].text);
	mem_free(l->v);
}

static int name_open(struct store *s, const struct catalog_dataset *row,
		     struct buf *text)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct bytes name;
	struct ad ad;
	int rc;

	rows_bind_dataset(&ad, "cell", row->id);
	rc = cell_open(&plain, s->cells, &ad, row->cell, &name);
	if (rc == 0)
		rc = buf_putb(text, name);
	return rc != 0 || buf_str(text) != NULL ? rc : -ENOMEM;
}

static int name_row(void *ctx, const struct catalog_dataset *row)
{
	struct names *l = ctx;
	struct name *v = mem_grow(l->v, l->n + 1, sizeof(*v));
	const struct key *key;
	int rc;

	if (v == NULL)
		return -ENOMEM;
	l->v = v;
	v = &l->v[l->n++];
	*v = (struct name){.newest = row->newest, .text.secret = true};
	memcpy(v->id, row->id, STORE_ID);
	rc = name_open(l->f->s, row, &v->text);
	if (rc == 0)
		rc = inner_dataset_key(l->f->s, row->id, &key);
	v->ok = rc == 0;
	return fsck_code(l->f, rc) ? 0 : rc;
}

static void dataset_check(struct fsck *f, struct name *n)
{
	struct store_dataset d = {0};
	struct err e = {0};

	if (!n->ok) {
		fsck_bad(f, "catalog.db: the row of a data set is not what was "
			    "written; restore catalog.db from a backup");
		return;
	}
	for (uint64_t v = 1; f->stop == 0 && v <= n->newest; v++) {
		int rc = store_dataset_get(f->s, (char *)n->text.p, v, &d, &e);

		if (!fsck_code(f, rc))
			return;
		if (rc == 0)
			version_check(f, &d, v, true);
		else
			fsck_bad(f, "%s version %llu: %s", e.place,
				 (unsigned long long)v, e.text);
		store_dataset_free(&d);
	}
	memcpy(d.id, n->id, STORE_ID);
	d.name = n->text;
	if (f->stop == 0)
		version_check(f, &d, n->newest + 1, false);
}

void fsck_data_datasets(struct fsck *f)
{
	CLEANUP(names_free) struct names l = {.f = f};
	int rc = catalog_dataset_each(f->s->catalog, name_row, &l);

	if (!fsck_code(f, rc))
		return;
	if (rc != 0)
		fsck_bad(f, "catalog.db: the rows of data sets cannot be read; "
			    "restore it from a backup");
	for (size_t i = 0; f->stop == 0 && i < l.n; i++)
		dataset_check(f, &l.v[i]);
	f->out->datasets = l.n;
}
