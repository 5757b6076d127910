/* The rows of a finished object, sealed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/store/keys.h"
#include "fs/store/writer.h"

/* The places of all blobs, the head (placed last) first. */
static int blobs_order(const struct writer_object *o, struct rows_spans *out)
{
	const struct places *in = &o->blobs.at;
	int rc = 0;

	memcpy(out->salt, o->blobs.salt, ROWS_SALT);
	for (size_t i = 0; rc == 0 && i < in->n; i++) {
		const struct place *p = &in->v[i == 0 ? in->n - 1 : i - 1];

		rc = places_add(&out->at, in->packs[p->pack], p->off, p->len,
				0);
	}
	return rc;
}

static int row_spans(struct store_writer *w, struct writer_row *r)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct rows_spans spans = {0};
	struct ad ad;
	int rc = blobs_order(&w->o, &spans);

	if (rc == 0)
		rc = rows_spans_put(&plain, &spans);
	places_free(&spans.at);
	rows_bind_spans(&ad, r->id, r->version, r->spanset);
	return rc != 0 ? rc
		       : cell_seal(&r->spans, w->i->s->cells, &ad,
				   buf_bytes(&plain));
}

static int row_content(struct store_writer *w, struct writer_row *r)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	const struct key *parent;
	struct ad ad;
	int rc = rows_content_put(&plain, &w->o.at);

	if (rc != 0)
		return rc;
	rows_bind_content(&ad, "cell", r->id, w->i->coming, w->i->dataset);
	rc = cell_seal(&r->content, w->i->s->cells, &ad, buf_bytes(&plain));
	if (rc == 0)
		rc = inner_dataset_key(w->i->s, w->i->dataset, &parent);
	if (rc != 0)
		return rc;
	rows_bind_content(&ad, "key", r->id, w->i->coming, w->i->dataset);
	return keys_wrap(&r->key, parent, &ad, w->o.key);
}

static int row_entry(struct store_writer *w, struct writer_row *r,
		     const struct rows_entry *what)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	struct catalog_entry e = {.dataset = w->i->dataset,
				  .id = r->id,
				  .first = w->i->coming,
				  .version = r->version,
				  .spanset = r->spanset,
				  .leaf = r->leaf};
	struct ad ad;
	int rc = rows_entry_put(&plain, what);

	if (rc != 0)
		return rc;
	rows_leaf(r->leaf, r->id, e.version, e.spanset, what);
	rows_bind_entry(&ad, &e);
	return cell_seal(&r->entry, w->i->s->cells, &ad, buf_bytes(&plain));
}

static int row_keep(struct store_writer *w, struct writer_row *r)
{
	size_t cap = w->rows_cap == 0 ? 64 : w->rows_cap * 2;
	struct writer_row *v = w->rows;

	if (w->nrows == w->rows_cap) {
		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		w->rows = v;
		w->rows_cap = cap;
	}
	if (w->nrows == 0)
		w->oldest_ns = clock_ns();
	v[w->nrows++] = *r;
	memset(r, 0, sizeof(*r));
	return 0;
}

int writer_row_make(struct store_writer *w, struct bytes summary,
		    const uint8_t stamp[32])
{
	CLEANUP(writer_row_free) struct writer_row r = {0};
	uint8_t digest[HASH_LEN];
	struct rows_entry what = {.size = w->o.at.size,
				  .blobs = w->o.nblobs + 1,
				  .content = bytes_of(digest, HASH_LEN),
				  .whole = w->o.digest.whole,
				  .stamp = bytes_of(stamp, HASH_LEN),
				  .path = buf_bytes(&w->o.path),
				  .summary = summary};
	int rc;

	digest_end(&w->o.digest, digest);
	if (w->o.again)
		memcpy(digest, w->o.content_hash, HASH_LEN);
	memcpy(r.id, w->o.id, STORE_ID);
	r.version = w->o.version;
	r.spanset = w->o.spanset;
	rc = row_entry(w, &r, &what);
	if (rc == 0 && !w->o.again)
		rc = row_content(w, &r);
	if (rc == 0)
		rc = row_spans(w, &r);
	return rc == 0 ? row_keep(w, &r) : rc;
}
