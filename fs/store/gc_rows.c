/* The places a row names, and other ones in their stead. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/store/gc.h"

/* Both kinds of rows, opened. */
struct opened {
	uint8_t dataset[STORE_ID];
	struct buf key; /* wrapped; empty: erased */
	struct rows_content content;
	struct rows_spans spans;
};

static void opened_free(struct opened *o)
{
	buf_free(&o->key);
	places_free(&o->content.at);
	places_free(&o->spans.at);
}

static int cell_plain(struct store *s, const struct ad *ad, const struct buf *b,
		      struct buf *plain, struct bytes *cell)
{
	return cell_open(plain, s->cells, ad, buf_bytes(b), cell);
}

static int row_open(struct store *s, const struct gc_row *r, struct opened *o)
{
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf box = {0};
	struct bytes cell;
	struct ad ad;
	int rc = catalog_content_get(s->catalog, r->id, r->version, o->dataset,
				     &o->key, &box);

	if (rc != 0 || o->key.n == 0)
		return inner_damaged(rc);
	if (r->spanset == 0) {
		rows_bind_content(&ad, "cell", r->id, r->version, o->dataset);
		rc = cell_plain(s, &ad, &box, &plain, &cell);
		if (rc == 0)
			rc = rows_content_get(cell, &o->content);
		return inner_damaged(rc);
	}
	buf_clear(&box);
	rc = catalog_spans_get(s->catalog, r->id, r->version, r->spanset, &box);
	rows_bind_spans(&ad, r->id, r->version, r->spanset);
	if (rc == 0)
		rc = cell_plain(s, &ad, &box, &plain, &cell);
	if (rc == 0)
		rc = rows_spans_get(cell, &o->spans);
	return inner_damaged(rc);
}

int gc_row_places(struct store *s, const struct gc_row *r, struct places *at)
{
	CLEANUP(opened_free) struct opened o = {.key = {0}};
	int rc = row_open(s, r, &o);
	struct places *own = r->spanset == 0 ? &o.content.at : &o.spans.at;

	*at = *own;
	*own = (struct places){.n = 0};
	return rc;
}

int gc_row_move(struct store *s, const struct gc_row *r,
		const struct places *at)
{
	CLEANUP(opened_free) struct opened o = {.key = {0}};
	CLEANUP(buf_free) struct buf plain = {.secret = true};
	CLEANUP(buf_free) struct buf cell = {0};
	struct ad ad;
	int rc = row_open(s, r, &o);

	if (rc != 0 || o.key.n == 0)
		return rc;
	if (r->spanset == 0) {
		rc = rows_content_put(
			&plain, &(struct rows_content){.size = o.content.size,
						       .at = *at});
		rows_bind_content(&ad, "cell", r->id, r->version, o.dataset);
	} else {
		struct rows_spans spans = {.at = *at};

		memcpy(spans.salt, o.spans.salt, ROWS_SALT);
		rc = rows_spans_put(&plain, &spans);
		rows_bind_spans(&ad, r->id, r->version, r->spanset);
	}
	if (rc == 0)
		rc = cell_seal(&cell, s->cells, &ad, buf_bytes(&plain));
	if (rc != 0)
		return rc;
	return r->spanset == 0
		       ? catalog_content_put(s->catalog, r->id, r->version,
					     o.dataset, buf_bytes(&o.key),
					     buf_bytes(&cell))
		       : catalog_spans_put(s->catalog, r->id, r->version,
					   r->spanset, buf_bytes(&cell));
}
