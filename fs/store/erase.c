/* Destroys the keys of contents, and what in the catalog told of them. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object's content, its index and the values found in it lie under one
 * random key per content (a version of the object). To erase a content is to
 * destroy that key. What is left of it: sealed bytes in packs, which nothing
 * opens; a row that says where they lie, until the packs are gone (gc.c); and
 * the leaf in the manifest root of each version it was in, a hash, so that the
 * signatures of those versions still hold. Its entries lose their cell (path,
 * group, attributes), and are not listed any more.
 *
 * Which contents go is decided above (fs/ingest/erase.c), and in this order:
 *
 *   1. objects that are to live on without a record are sealed anew, as
 *      entries of the coming version;
 *   2. a sealed cell says which contents are to go once that version is
 *      current: the plan;
 *   3. it becomes current;
 *   4. keys and cells go, a few at a time, each time in one transaction;
 *   5. cells made from contents (view indexes, field sets) go, all of them:
 *      they come back when they are asked for;
 *   6. the plan goes, the WAL is cut: SQLite has overwritten what was deleted
 *      with zeros (secure_delete), and no older page is left in a file.
 *
 * A crash before 3 leaves a plan whose version never came: the next writer
 * drops it, nothing was erased. After 3 the next writer does the rest.
 */
#include "fs/store/erase.h"

#include <errno.h>

#include "base/cbor.h"
#include "base/clock.h"
#include "base/mem.h"

static const struct bytes none;

struct plan {
	uint8_t dataset[STORE_ID];
	uint64_t coming;
	struct store_victim *v;
	size_t n;
};

static void plan_free(struct plan *p)
{
	mem_free(p->v);
}

/* [data set, coming version, id, version, id, version ...] */
int store_erase_plan(struct store_ingest *i, const struct store_victim *v,
		     size_t n, bool waits, struct err *e)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = cbor_put_array(&b, 2 + 2 * n);

	if (rc == 0)
		rc = cbor_put_bytes(&b, bytes_of(i->dataset, STORE_ID));
	if (rc == 0)
		rc = cbor_put_uint(&b, waits ? i->coming : i->newest);
	for (size_t k = 0; rc == 0 && k < n; k++) {
		rc = cbor_put_bytes(&b, bytes_of(v[k].id, STORE_ID));
		if (rc == 0)
			rc = cbor_put_uint(&b, v[k].version);
	}
	if (rc == 0)
		rc = store_cell_put(i->s, ERASE_CELL, none, buf_bytes(&b));
	return root_words(i->s, rc, e);
}

static int plan_parse(struct bytes in, struct plan *p)
{
	struct cbor c = {.in = in};
	uint64_t n = cbor_get_array(&c);
	struct bytes id = cbor_get_bytes(&c);

	if (n < 2 || n % 2 != 0 || n > in.n || id.n != STORE_ID)
		return -EUCLEAN;
	memcpy(p->dataset, id.p, STORE_ID);
	p->coming = cbor_get_uint(&c);
	p->v = mem_new((size_t)n / 2, sizeof(*p->v));
	if (p->v == NULL)
		return -ENOMEM;
	for (; p->n < n / 2 - 1; p->n++) {
		id = cbor_get_bytes(&c);
		if (id.n != STORE_ID)
			return -EUCLEAN;
		memcpy(p->v[p->n].id, id.p, STORE_ID);
		p->v[p->n].version = cbor_get_uint(&c);
	}
	return cbor_end(&c) == 0 ? 0 : -EUCLEAN;
}

static int plan_read(struct store *s, struct plan *p)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = store_cell_get(s, ERASE_CELL, none, &b);

	return rc == 0 ? plan_parse(buf_bytes(&b), p) : rc;
}

/* Has the version that does without them become current? */
static int plan_due(struct store *s, const struct plan *p, bool *due)
{
	CLEANUP(buf_free) struct buf key = {0};
	CLEANUP(buf_free) struct buf cell = {0};
	uint64_t newest = 0;
	int rc = catalog_dataset_get(s->catalog, p->dataset, &newest, &key,
				     &cell);

	*due = newest >= p->coming;
	return rc;
}

static int shred(struct store *s, const struct plan *p,
		 const struct store_victim *v)
{
	int rc = catalog_content_shred(s->catalog, v->id, v->version);

	return rc != 0 ? rc
		       : catalog_entry_shred(s->catalog, p->dataset, v->id,
					     v->version);
}

/* Destroy from *at on, as many as one transaction should; *at moves. */
static int shred_batch(struct store *s, const struct plan *p, size_t *at)
{
	uint64_t start;
	size_t from = *at;
	int rc = catalog_begin(s->catalog);

	if (rc != 0)
		return rc;
	start = clock_ns();
	while (rc == 0 && *at < p->n && *at - from < INNER_BATCH &&
	       clock_ns() - start < INNER_HOLD_NS)
		rc = shred(s, p, &p->v[(*at)++]);
	return catalog_end(s->catalog, rc);
}

static int forget_made(struct store *s, uint64_t *total)
{
	static const char *const kinds[] = {"view-index", "field-set"};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(kinds); i++)
		rc = store_cell_forget(s, kinds[i], total);
	return rc;
}

int store_made_forget(struct store *s, uint64_t *total, struct err *e)
{
	*total = 0;
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "collecting needs the store's lock");
	return root_words(s, forget_made(s, total), e);
}

static int plan_run(struct store *s, const struct plan *p,
		    const struct progress *progress)
{
	uint64_t total = 0;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < p->n;) {
		rc = shred_batch(s, p, &at);
		(void)!progress_tick(progress, at, p->n, at);
	}
	return rc == 0 ? forget_made(s, &total) : rc;
}

int store_erase_finish(struct store *s, const struct progress *progress,
		       struct err *e)
{
	CLEANUP(plan_free) struct plan p = {.n = 0};
	bool due = false;
	int rc = plan_read(s, &p);

	if (rc == -ENOENT)
		return 0;
	if (rc == 0)
		rc = plan_due(s, &p, &due);
	if (rc == 0 && due)
		rc = plan_run(s, &p, progress);
	if (rc == 0)
		rc = store_cell_del(s, ERASE_CELL, none);
	if (rc == 0 && due)
		rc = catalog_truncate(s->catalog);
	if (rc == -EBUSY)
		return err_set(e, rc, s->dir,
			       "the keys are destroyed, but a reader keeps "
			       "catalog.db-wal, where pages of before stand; "
			       "end what reads the store, then run any command "
			       "that writes to it");
	return root_words(s, inner_damaged(rc), e);
}
