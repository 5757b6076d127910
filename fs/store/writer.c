/* A worker's own pack, and the rows that wait until it is durable. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order is everything: first the pack with an object's bytes is durable, then
 * its rows are committed, so that no row ever names bytes that a power cut can
 * take. A crash between the two leaves a pack that nobody names (fsck counts
 * it as an orphan) and an object that the next run puts again.
 *
 * Both are done by a thread of their own, while the writer fills another pack:
 * else a CPU would wait for the disk. There is one at a time, so an object that
 * goes on in the next pack has its first bytes on the disk before its rows.
 *
 * Content segments of one object lie side by side in a pack. Its index blobs,
 * sealed as they come, wait aside and follow the content; so a long read of
 * content is one long read of the pack.
 *
 * A writer that failed stays failed: its waiting rows are dropped, which loses
 * nothing that was committed, and every later call returns the same code.
 */
#include "fs/store/writer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

int writer_fail(struct store_writer *w, int code, const char *what)
{
	const char *next = "run ingest again: it goes on where this stopped";

	if (code == -ENOSPC || code == -EDQUOT)
		next = "free disk space and run ingest again: what was "
		       "committed stays, the rest is made up for";
	if (w->why.code == 0)
		err_set(&w->why, code, w->i->s->dir, "%s: %s; %s", what,
			strerror(-code), next);
	return w->why.code;
}

void writer_row_free(struct writer_row *r)
{
	buf_free(&r->key);
	buf_free(&r->content);
	buf_free(&r->spans);
	buf_free(&r->entry);
}

static void rows_drop(struct writer_row *rows, size_t *n)
{
	while (*n > 0)
		writer_row_free(&rows[--*n]);
}

void writer_rows_drop(struct store_writer *w)
{
	rows_drop(w->rows, &w->nrows);
}

int writer_pending_drop(struct store_ingest *i, const struct catalog_entry *e)
{
	struct catalog *c = i->s->catalog;
	int rc = catalog_entry_del(c, i->dataset, e->id, e->first);

	if (rc != 0)
		return rc;
	if (e->version != e->first)
		return catalog_spans_drop(c, e->id, e->version, e->spanset);
	rc = catalog_content_del(c, e->id, e->version);
	return rc == 0 ? catalog_spans_del(c, e->id, e->version) : rc;
}

struct pending {
	struct store_ingest *i;
	bool is;
	uint8_t id[STORE_ID];
	struct catalog_entry e;
};

static int pending_note(void *ctx, const struct catalog_entry *e)
{
	struct pending *p = ctx;

	p->is = e->first == p->i->coming;
	memcpy(p->id, e->id, STORE_ID);
	p->e = *e;
	p->e.id = p->id;
	return 0;
}

/* A run that was cut off may have brought a content for the same path. */
static int pending_clear(struct store_ingest *i, const struct writer_row *r)
{
	struct pending p = {.i = i};
	int rc = catalog_entry_live(i->s->catalog, i->dataset, r->id,
				    pending_note, &p);

	if (rc == -ENOENT)
		return 0;
	return rc == 0 && p.is ? writer_pending_drop(i, &p.e) : rc;
}

static int content_commit(struct store_ingest *i, const struct writer_row *r)
{
	if (r->key.n == 0)
		return pending_clear(i, r);
	return catalog_content_put(i->s->catalog, r->id, r->version, i->dataset,
				   buf_bytes(&r->key), buf_bytes(&r->content));
}

static int row_commit(struct store_ingest *i, const struct writer_row *r)
{
	struct catalog_entry e = {.dataset = i->dataset,
				  .id = r->id,
				  .first = i->coming,
				  .last = CATALOG_LAST,
				  .version = r->version,
				  .spanset = r->spanset,
				  .leaf = r->leaf,
				  .cell = buf_bytes(&r->entry)};
	struct catalog *c = i->s->catalog;
	int rc = content_commit(i, r);

	if (rc == 0)
		rc = catalog_spans_put(c, r->id, r->version, r->spanset,
				       buf_bytes(&r->spans));
	return rc == 0 ? catalog_entry_put(c, &e) : rc;
}

/* Commit rows from at on, as many as one transaction should; *at moves. */
static int rows_batch(struct writer_behind *b, size_t *at)
{
	struct catalog *c = b->i->s->catalog;
	uint64_t start;
	size_t from = *at;
	int rc = catalog_begin(c);

	if (rc != 0)
		return rc;
	start = clock_ns();
	while (rc == 0 && *at < b->nrows && *at - from < INNER_BATCH &&
	       clock_ns() - start < INNER_HOLD_NS)
		rc = row_commit(b->i, &b->rows[(*at)++]);
	return catalog_end(c, rc);
}

static int by_id(const void *a, const void *b)
{
	const struct writer_row *x = a, *y = b;

	return memcmp(x->id, y->id, STORE_ID);
}

static void *behind_run(void *ctx)
{
	struct writer_behind *b = ctx;
	size_t at = 0;

	b->what = "cannot write a pack";
	b->rc = pack_empty(&b->pack) ? 0
				     : pack_write(&b->pack, &b->i->s->packs);
	if (b->rc == 0)
		b->what = "cannot write to the catalog";
	/* In order of ids, so that a transaction changes few pages. */
	if (b->nrows > 0)
		qsort(b->rows, b->nrows, sizeof(*b->rows), by_id);
	while (b->rc == 0 && at < b->nrows)
		b->rc = rows_batch(b, &at);
	rows_drop(b->rows, &b->nrows);
	return NULL;
}

int writer_wait(struct store_writer *w)
{
	struct writer_behind *b = &w->behind;

	if (b->runs)
		pthread_join(b->thread, NULL);
	b->runs = false;
	return b->rc == 0 ? 0 : writer_fail(w, b->rc, b->what);
}

int writer_aside(struct store_writer *w)
{
	size_t off = w->pack.b.n;
	uint8_t *to;
	int rc;

	if (w->naside == 0)
		return 0;
	rc = pack_room(&w->pack, w->aside.n, &to);
	if (rc != 0)
		return rc;
	memcpy(to, w->aside.p, w->aside.n);
	for (size_t i = 0; rc == 0 && i < w->naside; i++) {
		rc = places_add(&w->o.blobs.at, w->pack.name, (uint32_t)off,
				w->lengths[i], 0);
		off += w->lengths[i];
	}
	buf_clear(&w->aside);
	w->naside = 0;
	return rc;
}

/* What w has filled is behind's from now on, and the other way round. */
static void swap(struct store_writer *w)
{
	struct writer_behind *b = &w->behind, was = *b;

	b->i = w->i;
	b->pack = w->pack;
	b->rows = w->rows;
	b->nrows = w->nrows;
	b->rows_cap = w->rows_cap;
	w->pack = was.pack;
	w->rows = was.rows;
	w->nrows = was.nrows;
	w->rows_cap = was.rows_cap;
}

int writer_flush(struct store_writer *w)
{
	struct writer_behind *b = &w->behind;
	int rc = writer_aside(w);

	if (rc != 0)
		rc = writer_fail(w, rc, "cannot write a pack");
	if (rc == 0)
		rc = writer_wait(w);
	if (rc != 0) {
		writer_rows_drop(w);
		return rc;
	}
	swap(w);
	b->runs = pthread_create(&b->thread, NULL, behind_run, b) == 0;
	if (!b->runs)
		behind_run(b);
	if (pack_start(&w->pack) != 0)
		rc = writer_fail(w, -ENOMEM, "cannot begin a pack");
	w->o.start = w->pack.b.n;
	return rc;
}
