/* Running an erasure on a house, and trying all that its keys open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/ingest/erasing.h"

#include <errno.h>
#include <stdio.h>

/* ---- running it ---- */

static int log_event(void *ctx, struct event *ev)
{
	struct seen *s = ctx;

	assert_int_equal(ev->kind, EV_ERASE);
	assert_false(event_has(ev, EF_PATH)); /* the log stays */
	s->events++;
	return 0;
}

static int clear(void *ctx, struct err *e)
{
	(void)e;
	((struct seen *)ctx)->cleared++;
	return 0;
}

static void found(void *ctx, const struct erase_found *f)
{
	struct seen *s = ctx;

	s->found++;
	s->whole += f->whole;
	s->records += (unsigned)f->nids;
	snprintf(s->last, sizeof(s->last), "%.*s", (int)f->path.n,
		 (const char *)f->path.p);
}

int run(struct house *h, struct erase_want *w, struct seen *s,
	struct erase_sum *sum)
{
	return run_cut(h, w, clear, s, sum);
}

int run_cut(struct house *h, struct erase_want *w,
	    int (*cut)(void *ctx, struct err *e), struct seen *s,
	    struct erase_sum *sum)
{
	*s = (struct seen){0};
	w->store = h->s;
	w->log = log_event;
	w->clear = cut;
	w->hold = s;
	w->found = found;
	w->ctx = s;
	h->e = (struct err){0};
	return erase_run(w, sum, &h->e);
}

void erased(struct house *h, struct erase_want *w)
{
	struct erase_sum sum;
	struct seen s;

	if (run(h, w, &s, &sum) != 0)
		fail_msg("erase: %s: %s", h->e.place, h->e.text);
	assert_int_equal(s.cleared, sum.datasets);
	assert_int_equal(s.events, 2 * sum.datasets);
	assert_true(sum.contents > 0);
}

void sound(struct house *h)
{
	struct store_fsck out;

	if (store_fsck(h->s, true, NULL, NULL, NULL, &out, &h->e) != 0)
		fail_msg("fsck: %s", h->e.text);
}

static const char by_id[] =
	"carrel-dataset: 1\n"
	"name: d\n"
	"terms: { purposes: [qa], projects: [p] }\n"
	"files:\n"
	"  - { match: \"n/*.json\", records: \"$.turns[*]\","
	" id: \"$.turns[*].id\", text: [\"$.turns[*].t\"] }\n"
	"  - { match: \"m/*.json\", records: \"$[*]\", id: \"$[*].id\","
	" text: [\"$[*].t\"] }\n"
	"  - { match: \"*.json\", records: \"$[*]\", id: \"$[*].id\","
	" text: [\"$[*].t\"] }\n"
	"  - { match: \"*.jsonl\", records: \"$[*]\", id: \"$[*].id\","
	" text: [\"$[*].t\"] }\n";

void manifest(struct house *h, char out[300])
{
	FILE *f;

	snprintf(out, 300, "%s/manifest.yaml", h->f->dir);
	f = fopen(out, "w");
	assert_non_null(f);
	assert_true(fputs(by_id, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* ---- trying ---- */

static void look(struct trying *t, struct bytes b)
{
	static const char *const what[] = {"quintessa", "quint.example",
					   "xaver"};
	struct buf low = {0};

	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(buf_putc(&low, b.p[i] >= 'A' && b.p[i] <= 'Z'
							? b.p[i] + 32
							: b.p[i]),
				 0);
	for (size_t i = 0; b.n > 0 && i < ARRAY_LEN(what); i++)
		t->hit |=
			memmem(low.p, low.n, what[i], strlen(what[i])) != NULL;
	buf_free(&low);
}

static int try_cell(void *ctx, struct bytes kind, struct bytes name,
		    struct bytes box)
{
	struct trying *t = ctx;
	struct buf plain = {0};
	struct bytes v;
	struct ad ad;

	ad_start(&ad, "cell|value");
	ad_put(&ad, kind.p, kind.n);
	ad_put(&ad, name.p, name.n);
	assert_int_equal(cell_open(&plain, t->h->s->cells, &ad, box, &v), 0);
	look(t, v);
	t->cells++;
	buf_free(&plain);
	return 0;
}

static int try_entry(void *ctx, const struct catalog_entry *e)
{
	struct trying *t = ctx;
	struct buf plain = {0};
	struct bytes v;
	struct ad ad;

	if (e->cell.n == 0)
		return 0;
	rows_bind_entry(&ad, e);
	assert_int_equal(cell_open(&plain, t->h->s->cells, &ad, e->cell, &v),
			 0);
	look(t, v);
	buf_free(&plain);
	return 0;
}

static int note(void *ctx, const uint8_t *id, uint64_t version, bool spans,
		uint32_t spanset)
{
	struct ids *l = ctx;

	if (!spans)
		return 0;
	l->spanset[l->n] = spanset;
	memcpy(l->v[l->n].id, id, STORE_ID);
	l->v[l->n++].version = version;
	return 0;
}

static void try_content(struct trying *t, const struct store_victim *v,
			uint32_t spanset)
{
	struct store_object *o = NULL;
	struct buf b = {0};
	int rc = store_object_open(t->h->s, v->id, v->version, spanset, &o,
				   NULL);

	t->keyless += rc == -ENOKEY;
	t->contents += rc == 0;
	if (rc != 0)
		return;
	assert_int_equal(buf_reserve(&b, store_object_size(o) + 1), 0);
	b.n = store_object_size(o);
	assert_int_equal(store_object_read(o, 0, b.p, b.n), 0);
	look(t, buf_bytes(&b));
	for (uint32_t nr = 0;; nr++) {
		buf_clear(&b);
		if (store_object_blob(o, nr, &b) != 0)
			break;
		look(t, buf_bytes(&b));
	}
	store_object_close(o);
	buf_free(&b);
}

struct ids ids_all(struct house *h)
{
	struct ids l = {0};

	assert_int_equal(catalog_object_each(h->s->catalog, note, &l), 0);
	return l;
}

/* Everything that any key in the store opens. */
struct trying try_all(struct house *h)
{
	struct trying t = {.h = h};
	struct ids l = ids_all(h);
	uint8_t id[STORE_ID];

	inner_dataset_id(h->s, "d", id);
	assert_int_equal(catalog_cell_each(h->s->catalog, bytes_of(NULL, 0),
					   try_cell, &t),
			 0);
	assert_int_equal(catalog_entry_all(h->s->catalog, id, try_entry, &t),
			 0);
	for (unsigned i = 0; i < l.n; i++)
		try_content(&t, &l.v[i], l.spanset[i]);
	return t;
}
