/* One content: its index read, searched, and sealed anew without records. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/ingest/erase_in.h"

#define WINDOW (1u << 20) /* bytes of content at once */

void erase_object_free(struct erase_object *x)
{
	store_object_close(x->o);
	arena_free(x->arena);
	buf_free(&x->head_blob);
}

/* ---- reading ---- */

static int read_blocks(struct erase_object *x)
{
	CLEANUP(buf_free) struct buf blob = {.secret = true};
	CLEANUP(arena_freep) struct arena *a = arena_new();
	int rc = a == NULL ? -ENOMEM : 0;

	for (uint32_t nr = 0; rc == 0 && nr < x->head.nblocks; nr++) {
		struct index_block k;

		arena_reset(a);
		buf_clear(&blob);
		rc = store_object_blob(x->o, 1 + nr, &blob);
		if (rc == 0)
			rc = index_block_get(buf_bytes(&blob), a, &k, NULL);
		if (rc == 0)
			rc = strip_add(&x->strip, &k);
	}
	return rc;
}

static int read_index(struct erase_object *x)
{
	int rc = store_object_blob(x->o, 0, &x->head_blob);

	if (rc == 0)
		rc = index_head_get(buf_bytes(&x->head_blob), x->arena,
				    &x->head, NULL);
	if (rc == 0)
		rc = index_summary_get(x->entry->summary, x->arena, &x->summary,
				       NULL);
	if (rc == 0 && x->head.size != store_object_size(x->o))
		rc = -EUCLEAN;
	x->strip.arena = x->arena;
	x->strip.head = &x->head;
	return rc == 0 ? read_blocks(x) : rc;
}

int erase_object_open(struct store *s, const struct store_entry *entry,
		      struct erase_object *x, struct err *e)
{
	int rc;

	*x = (struct erase_object){.entry = entry,
				   .arena = arena_new(),
				   .head_blob = {.secret = true}};
	if (x->arena == NULL)
		return err_nomem(e);
	rc = store_object_open(s, entry->id, entry->version, entry->spanset,
			       &x->o, e);
	if (rc != 0)
		return rc;
	rc = read_index(x);
	if (rc == 0 || store_object_why(x->o, e) != 0)
		return rc;
	return err_set(e, rc, NULL,
		       "the index of an object cannot be read: %s; run `carrel "
		       "fsck`",
		       strerror(-rc));
}

/* ---- searching ---- */

static void mark(struct erase_object *x, uint32_t nr)
{
	x->whole |= nr == UINT32_MAX;
	if (nr == UINT32_MAX || x->strip.gone[nr])
		return;
	x->strip.gone[nr] = true;
	x->ngone++;
}

/* A value that begins in one record and ends in the next is in both. */
static void mark_bytes(struct erase_object *x, uint64_t at, size_t len)
{
	uint32_t a = strip_at(&x->strip, at);
	uint32_t b = strip_at(&x->strip, at + len - 1);

	mark(x, a);
	for (uint32_t i = a; i != UINT32_MAX && i != b && b != UINT32_MAX;)
		mark(x, ++i);
	mark(x, b);
}

static bool in_attrs(const struct needles *n, const struct attribute *a,
		     uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (needles_in(n, a[i].value) || needles_in(n, a[i].key))
			return true;
	return false;
}

/* 1: found. */
static int in_summary(struct needles *n, const struct index_summary *s)
{
	int rc = needles_in(n, s->group) || in_attrs(n, s->attrs, s->nattrs);

	for (uint32_t i = 0; rc == 0 && i < s->nnames; i++)
		rc = needles_canon(n, s->names[i].type,
				   value_own(s->names[i].canon));
	return rc;
}

int erase_told(const struct erase_want *w, const struct store_entry *o,
	       struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct index_summary s;
	int rc = a == NULL ? -ENOMEM
			   : index_summary_get(o->summary, a, &s, NULL);

	if (rc == 0)
		rc = in_summary(w->values, &s);
	return rc >= 0 ? rc
		       : err_set(e, rc, NULL, "an entry cannot be searched: %s",
				 strerror(-rc));
}

/* What is said of the object as a whole, or stands around its records. */
static int search_around(struct needles *n, struct erase_object *x)
{
	int rc = in_summary(n, &x->summary);

	x->whole |= rc == 1 || needles_in(n, x->entry->path) ||
		    needles_in(n, x->head.prefix) ||
		    needles_in(n, x->head.suffix);
	return rc < 0 ? rc : 0;
}

/* Values behind spans, each asked about once; then their spans. */
static int search_values(struct needles *n, struct erase_object *x)
{
	struct strip *s = &x->strip;
	bool *hit = arena_array(x->arena, x->head.nvalues + 1, sizeof(*hit));

	if (hit == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->nvalues; i++) {
		const struct value *v = &s->values[i];
		int rc;

		if (v->number >= x->head.nvalues || v->type >= x->head.ntypes)
			return -EUCLEAN;
		rc = hit[v->number] ? 1
				    : needles_canon(n, x->head.types[v->type],
						    value_own(v->canon));
		if (rc < 0)
			return rc;
		hit[v->number] = rc == 1;
	}
	for (uint64_t i = 0; i < s->nspans; i++)
		if (s->spans[i].value < x->head.nvalues &&
		    hit[s->spans[i].value])
			mark(x, strip_at(s, s->spans[i].start));
	return 0;
}

static void search_records(const struct needles *n, struct erase_object *x)
{
	for (uint32_t i = 0; i < x->strip.nrecords; i++) {
		const struct record *r = &x->strip.records[i];

		if (needles_in(n, r->id) || needles_in(n, r->group) ||
		    in_attrs(n, r->attrs, r->nattrs))
			mark(x, i);
	}
}

/* Windows overlap by more than the longest value, so that each value is seen
 * once with what stands around it; where it touches an edge, in the other. */
static bool inside(const struct buf *b, uint64_t from, uint64_t size, size_t at,
		   size_t len)
{
	return (at > 1 || from == 0) &&
	       (at + len < b->n || from + b->n == size);
}

static int search_bytes(const struct needles *n, struct erase_object *x)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	size_t over = needles_longest(n) + 4;
	uint64_t size = x->head.size;
	int rc = buf_reserve(&b, WINDOW + over);

	for (uint64_t at = 0; rc == 0 && at < size; at += WINDOW) {
		uint64_t from = at > over ? at - over : 0;
		size_t hit, len, next = 0;

		b.n = (size_t)((size - from < WINDOW + over) ? size - from
							     : WINDOW + over);
		rc = store_object_read(x->o, from, b.p, b.n);
		while (rc == 0 &&
		       needles_find(n, buf_bytes(&b), next, &hit, &len)) {
			if (inside(&b, from, size, hit, len))
				mark_bytes(x, from + hit, len);
			next = hit + 1;
		}
	}
	return rc;
}

/* What was found in one of its older span sets: the records of x there go. */
static int search_older(struct needles *n, struct store *s, uint32_t spanset,
			struct erase_object *x)
{
	CLEANUP(erase_object_free) struct erase_object old = {0};
	struct store_entry e = *x->entry;
	int rc;

	e.spanset = spanset;
	rc = erase_object_open(s, &e, &old, NULL);
	if (rc == -ENOENT)
		return 0;
	if (rc == 0)
		rc = search_values(n, &old);
	if (rc == 0)
		search_records(n, &old);
	x->whole |= old.whole;
	for (uint32_t i = 0; rc == 0 && i < old.strip.nrecords; i++) {
		const struct record *r = &old.strip.records[i];

		if (old.strip.gone[i] && r->end > r->start)
			mark_bytes(x, r->start, (size_t)(r->end - r->start));
	}
	return rc;
}

static int search_all(struct needles *n, struct store *s,
		      struct erase_object *x)
{
	int rc = search_around(n, x);

	for (uint32_t i = 1; rc == 0 && !x->whole && i < x->entry->spanset; i++)
		rc = search_older(n, s, i, x);

	if (rc == 0 && !x->whole)
		rc = search_values(n, x);
	if (rc == 0 && !x->whole)
		search_records(n, x);
	/* Samples are no text: three of them are like anybody's name. */
	if (x->head.format == FORMAT_WAV)
		return rc;
	return rc == 0 && !x->whole ? search_bytes(n, x) : rc;
}

static void search_id(const char *id, struct erase_object *x)
{
	for (uint32_t i = 0; i < x->strip.nrecords; i++)
		if (bytes_is(x->strip.records[i].id, id))
			mark(x, i);
}

int erase_search(const struct erase_want *w, struct erase_object *x,
		 struct err *e)
{
	int rc = 0;

	if (w->values != NULL)
		rc = search_all(w->values, w->store, x);
	else
		search_id(w->record, x);
	/* An object without records is none. */
	if (x->summary.whole || x->head.denied != DENIAL_NONE)
		x->whole |= x->ngone > 0;
	x->whole |= x->ngone > 0 && x->ngone == x->strip.nrecords;
	if (rc == 0 || store_object_why(x->o, e) != 0)
		return rc;
	return err_set(e, rc, NULL, "an object cannot be searched: %s",
		       strerror(-rc));
}

/* ---- sealing anew ---- */

static int put_content(struct erase_object *x, struct store_writer *w)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int rc = buf_reserve(&b, WINDOW);

	for (uint32_t i = 0; rc == 0 && i < x->strip.nruns; i++) {
		uint64_t at = x->strip.runs[i].start;
		uint64_t end = x->strip.runs[i].end;

		for (; rc == 0 && at < end; at += b.n) {
			b.n = end - at < WINDOW ? (size_t)(end - at) : WINDOW;
			rc = store_object_read(x->o, at, b.p, b.n);
			if (rc == 0)
				rc = store_put_data(w, buf_bytes(&b));
		}
	}
	return rc;
}

/* Checked as what a child answers is: nothing false gets a seal. */
static int put_blocks(struct erase_object *x, struct store_writer *w)
{
	struct index_check check = {.size = x->strip.out.size};
	int rc = 0;

	for (uint32_t nr = 0; rc == 0 && nr < x->strip.out.nblocks; nr++) {
		CLEANUP(buf_free) struct buf b = {.secret = true};
		struct index_block k;

		rc = strip_block(&x->strip, nr, &k);
		if (rc == 0)
			rc = index_check_block(&check, &k, NULL);
		if (rc == 0)
			rc = index_block_put(&b, &k);
		if (rc == 0)
			rc = store_put_blob(w, buf_bytes(&b));
	}
	return rc == 0 ? index_check_head(&check, &x->strip.out, NULL) : rc;
}

static int put_finish(struct erase_object *x, struct store_writer *w,
		      struct err *e)
{
	CLEANUP(buf_free) struct buf head = {.secret = true};
	CLEANUP(buf_free) struct buf summary = {.secret = true};
	struct index_summary s = x->summary;
	int rc = index_head_put(&head, &x->strip.out);

	s.nrecords = x->strip.out.nrecords;
	s.nspans = x->strip.out.nspans;
	s.nblocks = x->strip.out.nblocks;
	if (rc == 0)
		rc = index_summary_put(&summary, &s);
	return rc == 0 ? store_put_finish(w, buf_bytes(&head),
					  buf_bytes(&summary), x->entry->stamp,
					  e)
		       : rc;
}

int erase_reseal(struct erase_object *x, struct store_writer *w, struct err *e)
{
	int rc = strip_make(&x->strip);

	if (rc == 0)
		rc = store_put_begin(w, x->entry->path);
	if (rc == 0)
		rc = put_content(x, w);
	if (rc == 0)
		rc = put_blocks(x, w);
	if (rc == 0)
		rc = put_finish(x, w, e);
	if (rc == 0)
		return 0;
	store_put_abort(w);
	return e->code != 0 ? rc
			    : err_set(e, rc, NULL,
				      "an object cannot be sealed anew: %s",
				      strerror(-rc));
}
