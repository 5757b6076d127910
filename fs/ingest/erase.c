/* Erasing objects, records, and the values of a person from a store. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing is done content by content (an object as one version of its data set
 * brought it; store/erase.c says what becomes of one). All contents that still
 * have a key are searched, those of old versions too: a pinned session, replay
 * or a later reader of the store could open them.
 *
 *   - One that is to go whole, or is of an old version only: its key goes. If
 *     the newest version has it, the coming one has not.
 *   - One that the newest version has, and of which records stay, is sealed
 *     anew without the others, under the same path and a new key, and becomes
 *     part of the coming version; then the old key goes.
 *
 * Nothing else of the data set changes: not a byte of any other object, no
 * other key. The stamp of what was sealed anew stays, so that an ingest of the
 * unchanged source finds it standing and does not bring the record back.
 *
 * What an interrupted ingest sealed and did not publish is not searched: it
 * goes unseen, from each data set that is changed, and where a person's values
 * are to go, from all. The next ingest makes it again, from sources of which
 * the owner knows that they are without them.
 *
 * In the log: an ERASE before anything is changed, and one when it is done. Its
 * fields tell how much, never what: the log stays.
 */
#include "fs/ingest/erase.h"

#include <errno.h>

#include "base/mem.h"
#include "fs/ingest/erase_in.h"
#include "fs/ingest/flagged.h"
#include "fs/ingest/source.h"

/* One data set. */
struct run {
	const struct erase_want *w;
	struct erase_sum *sum;
	struct store_dataset d;
	struct store_ingest *txn; /* NULL: only looking */
	struct store_writer *writer;
	struct store_victim *v;
	size_t n, cap;
	uint64_t live; /* victims that the newest version has */
	uint64_t objects, records;
	uint64_t done; /* contents looked at */
	struct erase_groups groups;
	struct err *e;
};

static void run_free(struct run *r)
{
	(void)!store_writer_close(r->writer, NULL);
	store_ingest_free(r->txn);
	store_dataset_free(&r->d);
	erase_groups_free(&r->groups);
	mem_free(r->v);
}

/* ---- one content ---- */

static bool below(struct bytes path, struct bytes top)
{
	if (top.n == 0)
		return true;
	return path.n >= top.n && memcmp(path.p, top.p, top.n) == 0 &&
	       (path.n == top.n || path.p[top.n] == '/');
}

/* Everywhere: what was never published goes, too. */
static bool is_all(const struct erase_want *w)
{
	return w->values != NULL || w->path.n == 0;
}

static bool asked(const struct run *r, const struct store_entry *o)
{
	const struct erase_want *w = r->w;

	if (w->values != NULL)
		return true;
	return w->record != NULL ? bytes_eq(o->path, w->path)
				 : below(o->path, w->path);
}

static int victim(struct run *r, const struct store_entry *o)
{
	struct store_victim *v = r->v;

	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 64 : 2 * r->cap;

		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return err_nomem(r->e);
		r->v = v;
		r->cap = cap;
	}
	v[r->n].version = o->version;
	memcpy(v[r->n++].id, o->id, STORE_ID);
	return 0;
}

static int tell(const struct run *r, const struct erase_object *x, bool live)
{
	struct bytes *ids = mem_new(x->ngone + (size_t)1, sizeof(*ids));
	struct erase_found f = {.dataset = (const char *)r->d.name.p,
				.id = x->entry->id,
				.path = x->entry->path,
				.version = x->entry->version,
				.live = live,
				.whole = x->whole,
				.ids = ids};

	if (ids == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; !x->whole && i < x->strip.nrecords; i++)
		if (x->strip.gone[i])
			ids[f.nids++] = x->strip.records[i].id;
	if (r->w->found != NULL)
		r->w->found(r->w->ctx, &f);
	mem_free(ids);
	return 0;
}

/* Who names a file may bring it again; who asks for a record or a value to go
 * must not find it back with the unchanged file. */
static int mark(const struct run *r, const struct erase_object *x)
{
	int rc = r->w->values == NULL && r->w->record == NULL
			 ? 0
			 : source_put(r->w->store, x->entry, r->d.version + 1,
				      x->whole);

	if (x->whole && (rc == -EBADMSG || rc == -EUCLEAN))
		return 0; /* damaged: it need not be read to go */
	return rc == 0 ? 0
		       : err_set(r->e, rc, "",
				 "an object cannot be read: %s; run `carrel "
				 "fsck`",
				 strerror(-rc));
}

static int replace_it(struct run *r, struct erase_object *x)
{
	int rc = mark(r, x);

	if (rc != 0)
		return rc;
	return x->whole ? store_ingest_drop(r->txn, x->entry->id)
			: erase_reseal(x, r->writer, r->e);
}

/* In the coming version it is less, or not there. */
static int replace(struct run *r, struct erase_object *x)
{
	r->live++;
	r->objects += x->whole;
	r->records += x->whole ? 0 : x->ngone;
	return r->txn == NULL ? 0 : replace_it(r, x);
}

/* To go whole it need not be read: what is damaged can go, too. */
static int read_it(const struct run *r, const struct store_entry *o,
		   struct erase_object *x)
{
	const struct erase_want *w = r->w;
	int rc;

	x->entry = o;
	x->whole = w->values == NULL && w->record == NULL;
	if (x->whole)
		return 0;
	rc = erase_object_open(w->store, o, x, r->e);
	if (rc == -ENOKEY) {
		*r->e = (struct err){0};
		return 0; /* erased already */
	}
	return rc == 0 ? erase_search(w, x, r->e) : rc;
}

static int take(struct run *r, struct erase_object *x, bool live)
{
	int rc = r->txn == NULL ? tell(r, x, live) : 0;

	if (rc == 0)
		rc = victim(r, x->entry);
	return rc == 0 && live ? replace(r, x) : rc;
}

static int look(struct run *r, const struct store_entry *o, bool live)
{
	CLEANUP(erase_object_free) struct erase_object x = {0};
	int rc = read_it(r, o, &x);

	if (rc != 0 || (!x.whole && x.ngone == 0))
		return rc;
	if (erase_groups_add(&r->groups, &x) != 0)
		return err_nomem(r->e);
	return take(r, &x, live);
}

static bool is_it(const struct store_victim *v, const struct store_entry *o)
{
	return v->version == o->version && memcmp(v->id, o->id, STORE_ID) == 0;
}

/* What was said of the object before it was detected anew. */
static int look_older(struct run *r, const struct store_entry *o, bool live)
{
	struct erase_object x = {.entry = o, .whole = true};
	int rc = 0;

	if (r->w->values != NULL && (r->n == 0 || !is_it(&r->v[r->n - 1], o)))
		rc = erase_told(r->w, o, r->e);
	return rc == 1 ? take(r, &x, live) : rc;
}

static int each(void *ctx, const struct store_entry *o, bool live, bool older)
{
	struct run *r = ctx;
	int rc = !asked(r, o) ? 0
		 : older      ? look_older(r, o, live)
			      : look(r, o, live);

	r->done += !older;
	if (rc == 0 &&
	    progress_tick(r->w->progress, r->done, r->d.objects, r->n) != 0)
		rc = err_set(r->e, -ECANCELED, "", "stopped on request");
	return rc;
}

static bool is_taken(const struct run *r, const struct store_entry *o)
{
	for (size_t i = 0; i < r->n; i++)
		if (is_it(&r->v[i], o))
			return true;
	return false;
}

/* What is heard of what goes, and was not found by itself. */
static int each_heard(void *ctx, const struct store_entry *o, bool live,
		      bool older)
{
	struct erase_object x = {.entry = o, .whole = true};
	struct run *r = ctx;

	return !older && erase_groups_goes(&r->groups, o) && !is_taken(r, o)
		       ? take(r, &x, live)
		       : 0;
}

static int search(struct run *r)
{
	int rc = store_past_each(r->w->store, &r->d, each, r);

	if (rc == 0 && r->groups.n > 0)
		rc = store_past_each(r->w->store, &r->d, each_heard, r);
	return rc == 0 || r->e->code != 0
		       ? rc
		       : err_set(r->e, rc, (const char *)r->d.name.p,
				 "the data set cannot be searched: %s; run "
				 "`carrel fsck`",
				 strerror(-rc));
}

/* ---- one data set ---- */

static int log_it(const struct run *r, const char *op)
{
	const struct erase_want *w = r->w;
	struct event ev = {.kind = EV_ERASE};
	int rc;

	event_text(&ev, EF_OP, op);
	event_text(&ev, EF_KIND,
		   w->values != NULL   ? "values"
		   : w->record != NULL ? "record"
		   : w->path.n == 0    ? "dataset"
				       : "path");
	event_text(&ev, EF_DATASET, (const char *)r->d.name.p);
	event_uint(&ev, EF_VERSION, r->d.version);
	event_uint(&ev, EF_COUNT, r->n);
	rc = w->log(w->hold, &ev);
	return rc == 0 ? 0
		       : err_set(r->e, rc, "", "the log cannot record this: %s",
				 strerror(-rc));
}

static int begin(struct run *r)
{
	int rc = store_ingest_begin(r->w->store, (const char *)r->d.name.p,
				    buf_bytes(&r->d.info), &r->txn, r->e);

	if (rc == 0)
		rc = store_ingest_forget(r->txn, r->e);
	if (rc == 0 && store_writer_new(r->txn, &r->writer) != 0)
		rc = err_nomem(r->e);
	return rc;
}

static int publish(struct run *r)
{
	uint64_t version;
	uint8_t root[32];
	int rc = store_writer_close(STEAL(r->writer), r->e);

	if (rc == 0)
		rc = store_erase_plan(r->txn, r->v, r->n, r->live > 0, r->e);
	if (rc == 0)
		rc = store_ingest_publish(r->txn, true, &version, root, r->e);
	return rc;
}

/* Whoever holds an old version still has keys in memory. */
static int destroy(struct run *r)
{
	int rc = r->w->clear(r->w->hold, r->e);

	if (rc == 0)
		rc = flagged_erase(r->w, (const char *)r->d.name.p, r->e);
	if (rc == 0)
		rc = store_erase_finish(r->w->store, NULL, r->e);
	return rc == 0 ? log_it(r, "erased") : rc;
}

/* The first search said that there is something; this one is the one that
 * counts: the right to write is held. */
static int do_dataset(struct run *r)
{
	int rc = log_it(r, "begin");

	if (rc == 0)
		rc = begin(r);
	r->n = r->live = r->objects = r->records = 0;
	if (rc == 0)
		rc = search(r);
	if (rc == 0)
		rc = publish(r);
	return rc == 0 ? destroy(r) : rc;
}

static int forget(const struct erase_want *w, const char *name,
		  struct bytes info, struct err *e)
{
	struct store_ingest *i = NULL;
	int rc = store_ingest_begin(w->store, name, info, &i, e);

	if (rc == 0)
		rc = store_ingest_forget(i, e);
	store_ingest_free(i);
	return rc;
}

static int dataset(const struct erase_want *w, const char *name,
		   struct erase_sum *sum, struct err *e)
{
	CLEANUP(run_free) struct run r = {.w = w, .sum = sum, .e = e};
	int rc = store_dataset_get(w->store, name, 0, &r.d, e);

	if (rc == 0 && is_all(w) && !w->dry_run)
		rc = forget(w, name, buf_bytes(&r.d.info), e);
	if (rc == 0)
		rc = search(&r);
	if (rc == 0 && r.n > 0 && !w->dry_run)
		rc = do_dataset(&r);
	if (rc != 0)
		return rc;
	sum->datasets += r.n > 0;
	sum->objects += r.objects;
	sum->records += r.records;
	sum->contents += r.n;
	return 0;
}

/* ---- all of them ---- */

static int name_add(void *ctx, const struct store_dataset *d)
{
	/* One that was never published has no version to search. */
	int rc = buf_putc(ctx, d->version == 0 ? '0' : '1');

	return rc == 0 ? buf_put(ctx, d->name.p, d->name.n + 1) : rc;
}

static int all(const struct erase_want *w, struct erase_sum *sum, struct err *e)
{
	CLEANUP(buf_free) struct buf names = {.secret = true};
	int rc = store_dataset_each(w->store, name_add, &names);

	if (rc != 0)
		return err_set(e, rc, "", "the data sets cannot be listed: %s",
			       strerror(-rc));
	for (size_t at = 0; rc == 0 && at < names.n;) {
		const char *name = (const char *)names.p + at + 1;

		if (names.p[at] == '1')
			rc = dataset(w, name, sum, e);
		else if (!w->dry_run)
			rc = forget(w, name, (struct bytes){0}, e);
		at += strlen(name) + 2;
	}
	return rc;
}

static int nothing(const struct erase_want *w, struct err *e)
{
	if (w->values != NULL)
		return err_set(e, -ENOENT, "",
			       "none of these values was found in any content "
			       "or index that still has a key");
	return err_set(e, -ENOENT, w->record != NULL ? w->record : w->dataset,
		       "nothing there to erase; `carrel ls %s` lists paths, "
		       "`carrel policy explain` ids of records",
		       w->dataset);
}

int erase_run(const struct erase_want *w, struct erase_sum *sum, struct err *e)
{
	struct err own = {0};
	int rc;

	if (e == NULL)
		e = &own;
	*sum = (struct erase_sum){.datasets = 0};
	/* What a run that was killed left to do. */
	rc = w->dry_run ? 0 : store_erase_finish(w->store, NULL, e);
	if (rc == 0)
		rc = w->dataset != NULL ? dataset(w, w->dataset, sum, e)
					: all(w, sum, e);
	if (rc == 0 && sum->contents == 0)
		return nothing(w, e);
	if (rc == 0 && !w->dry_run)
		rc = store_gc(w->store, STORE_GC_REMOVE, NULL, &sum->gc, e);
	return rc;
}
