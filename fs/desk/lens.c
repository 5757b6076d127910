/* One object opened for rendering: its head, its cuts, its blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/lens.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/redact/csv.h"

int lens_source(void *ctx, uint64_t off, void *dst, size_t n)
{
	return store_object_read(ctx, off, dst, n);
}

/* From off's segment on, as much as fits and will be wanted: the store opens
 * neighbouring segments in one go. */
static int near_fill(struct lens_near *w, uint64_t off)
{
	uint64_t size = store_object_size(w->object);
	uint64_t at = off - off % STORE_SEGMENT;
	uint64_t want = off % STORE_SEGMENT + w->left + STORE_SEGMENT - 1;
	size_t n = size - at < LENS_NEAR ? (size_t)(size - at) : LENS_NEAR;
	int rc;

	want -= want % STORE_SEGMENT;
	if (want != 0 && want < n)
		n = (size_t)want;
	w->n = 0;
	if (w->p == NULL) /* not zeroed: it is filled before it is read */
		w->p = mem_grow(NULL, LENS_NEAR, 1);
	if (w->p == NULL)
		return -ENOMEM;
	w->used = n > w->used ? n : w->used;
	rc = store_object_read(w->object, at, w->p, n);
	if (rc != 0)
		return rc;
	w->at = at;
	w->n = n;
	return 0;
}

int lens_near_source(void *ctx, uint64_t off, void *dst, size_t n)
{
	struct lens_near *w = ctx;
	uint64_t size = store_object_size(w->object);
	uint8_t *to = dst;

	if (!w->wanted || n >= LENS_NEAR / 2 || off > size || n > size - off)
		return lens_source(w->object, off, dst, n);
	while (n > 0) {
		size_t skip, part;

		/* What lies near may be damaged where what is asked is not. */
		if ((off < w->at || off - w->at >= w->n) &&
		    near_fill(w, off) != 0)
			return lens_source(w->object, off, to, n);
		skip = (size_t)(off - w->at);
		part = w->n - skip < n ? w->n - skip : n;
		memcpy(to, w->p + skip, part);
		to += part;
		off += part;
		n -= part;
		w->left -= part < w->left ? part : w->left;
	}
	return 0;
}

void lens_near_done(struct lens_near *w)
{
	if (w->p != NULL)
		secret_wipe(w->p, w->used);
	mem_free(w->p);
}

static int read_head(struct lens *l, struct err *e)
{
	const struct desk_object *o = l->of;
	int rc = store_object_blob(l->object, 0, &l->head_blob);

	if (rc != 0)
		return err_set(e, rc, NULL, "cannot read an object's index");
	rc = index_head_get(buf_bytes(&l->head_blob), l->arena, &l->head, e);
	if (rc == 0)
		rc = index_summary_get(shelf_summary(o->of), l->arena,
				       &l->summary, e);
	if (rc != 0)
		return rc;
	/* The catalog and the sealed head must speak of one object. */
	if (l->head.size != o->of->size ||
	    l->head.size != store_object_size(l->object) ||
	    l->head.nblocks != o->of->nblocks)
		return err_set(e, -EUCLEAN, NULL,
			       "an object's index does not fit it");
	return l->head.denied != DENIAL_NONE ? -EACCES : 0;
}

/* What a policy takes out must be known, or nothing is shown. */
/* Other files have no members or columns. */
static bool has_fields(enum format f)
{
	return f == FORMAT_JSON || f == FORMAT_JSONL || csv_separator(f) != 0;
}

static int open_fields(struct lens *l, struct err *e)
{
	const struct decision *d = l->of->decision;
	const struct fieldset_want w = {.store = l->desk->store,
					.children = l->desk->children,
					.object = l->object,
					.id = l->of->of->id,
					.version = l->of->of->version,
					.spanset = l->of->of->spanset,
					.head = &l->head,
					.fields = d->fields,
					.nfields = d->nfields,
					.no_cache = l->desk->no_cache};
	int rc;

	if (d->nfields == 0 || !has_fields(l->head.format))
		return 0;
	if (l->desk->children == NULL)
		return -EACCES;
	rc = fieldset_open(&w, &l->fields, e);
	return rc == -ENOMEM || rc == 0 ? rc : -EACCES;
}

int lens_open(const struct desk *d, const struct desk_object *o, struct lens *l,
	      struct err *e)
{
	int rc;

	*l = (struct lens){.desk = d,
			   .of = o,
			   .arena = arena_new(),
			   .head_blob = {.secret = true}};
	if (l->arena == NULL)
		return err_nomem(e);
	l->cand = (struct candidate){.dataset = d->sets[o->set].name,
				     .path = shelf_path(o->of),
				     .summary = &l->summary};
	rc = store_object_open(d->store, o->of->id, o->of->version,
			       o->of->spanset, &l->object, e);
	if (rc == 0)
		rc = read_head(l, e);
	if (rc == 0)
		rc = open_fields(l, e);
	if (rc == 0)
		rc = desk_standin(d, o, &l->path, &l->standin);
	return rc;
}

void lens_close(struct lens *l)
{
	fieldset_free(l->fields);
	store_object_close(l->object);
	arena_free(l->arena);
	buf_free(&l->path);
	buf_free(&l->head_blob);
	*l = (struct lens){0};
}

/* ---- one block ---- */

/* What the seat said when the object was measured: dealing a record costs more
 * than rendering it. */
static bool remembered(const struct lens *l, uint32_t nr, struct lens_block *b,
		       bool *v)
{
	struct bytes bits;

	if (l->of->whole || l->of->bits == NULL)
		return false;
	bits = l->of->bits[nr];
	if (bits.n != (b->block.nrecords + (size_t)7) / 8)
		return false;
	for (uint32_t i = 0; i < b->block.nrecords; i++)
		v[i] = b->block.records[i].denied == DENIAL_NONE &&
		       (bits.p[i / 8] >> (i % 8) & 1) != 0;
	return true;
}

static int ask_seat(const struct lens *l, uint32_t nr, struct lens_block *b)
{
	struct seat_memo memo = {0};
	bool *v = arena_array(b->arena, b->block.nrecords + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	b->in.visible = v;
	if (remembered(l, nr, b, v))
		return 0;
	for (uint32_t i = 0; i < b->block.nrecords; i++) {
		const struct record *r = &b->block.records[i];

		if (r->denied != DENIAL_NONE)
			continue;
		v[i] = l->of->whole ||
		       seat_record_memo(l->desk->seat, &l->cand, r, &memo);
	}
	return 0;
}

/* Cuts and places of block nr are appended to those at hand; a cut that crosses
 * an edge stands in both blocks and is taken once. */
static int add_fields(const struct lens *l, uint32_t nr, struct lens_block *b)
{
	struct fieldset_part p;
	size_t at = b->in.ncuts, were = b->in.nplaces;
	struct cut *cuts;
	struct place *places;
	int rc = fieldset_block(l->fields, nr, b->arena, &p);

	if (rc != 0)
		return rc;
	cuts = arena_array(b->arena, at + p.ncuts + 1, sizeof(*cuts));
	places = arena_array(b->arena, were + p.nplaces + 1, sizeof(*places));
	if (cuts == NULL || places == NULL)
		return -ENOMEM;
	if (at > 0)
		memcpy(cuts, b->in.cuts, at * sizeof(*cuts));
	if (were > 0)
		memcpy(places, b->in.places, were * sizeof(*places));
	for (size_t i = 0; i < p.ncuts; i++)
		if (at == 0 || p.cuts[i].start >= cuts[at - 1].end)
			cuts[at++] = p.cuts[i];
	for (size_t i = 0; i < p.nplaces; i++)
		places[were++] = p.places[i];
	b->in.cuts = cuts;
	b->in.ncuts = at;
	b->in.places = places;
	b->in.nplaces = were;
	return 0;
}

/* A span that goes on into later blocks may meet a cut there. */
static int find_fields(const struct lens *l, uint32_t nr, struct lens_block *b)
{
	const struct index_block *k = &b->block;
	uint64_t end = ((uint64_t)b->last + 1) * INDEX_BLOCK;
	int rc = 0;

	if (l->fields == NULL)
		return 0;
	if (k->nspans > 0 && k->spans[k->nspans - 1].end > end)
		end = k->spans[k->nspans - 1].end;
	for (uint64_t i = b->first;
	     rc == 0 && i * INDEX_BLOCK < end && i < l->head.nblocks; i++)
		rc = add_fields(l, (uint32_t)i, b);
	b->in.reach = (uint64_t)(nr - b->first) * INDEX_BLOCK;
	return rc;
}

/* ---- records whose fields change places ---- */

static bool swaps(const struct lens *l)
{
	const struct decision *d = l->of->decision;

	for (size_t i = 0; i < d->nfields; i++)
		if (d->fields[i].action == FIELD_SWAP)
			return true;
	return false;
}

/* The blocks that the shown records of block nr reach into. */
static void find_reach(uint32_t nr, struct lens_block *b)
{
	for (uint32_t i = 0; i < b->block.nrecords; i++) {
		const struct record *r = &b->block.records[i];
		uint32_t first = (uint32_t)(r->start / INDEX_BLOCK);
		uint32_t last = first;

		if (!b->in.visible[i] || r->end == r->start)
			continue;
		last = (uint32_t)((r->end - 1) / INDEX_BLOCK);
		b->first = first < b->first ? first : b->first;
		b->last = last > b->last ? last : b->last;
	}
	if (b->first > nr)
		b->first = nr;
}

/* All spans of x that end behind those of k, and all its values. */
static int join(struct arena *a, struct index_block *k,
		const struct index_block *x)
{
	uint64_t end = k->nspans > 0 ? k->spans[k->nspans - 1].end : 0;
	struct span *s =
		arena_array(a, (size_t)k->nspans + x->nspans + 1, sizeof(*s));
	struct value *v =
		arena_array(a, (size_t)k->nvalues + x->nvalues + 1, sizeof(*v));
	uint32_t n = k->nspans, i = 0, j = 0, m = 0;

	if (s == NULL || v == NULL)
		return -ENOMEM;
	if (n > 0)
		memcpy(s, k->spans, n * sizeof(*s));
	for (uint32_t t = 0; t < x->nspans; t++)
		if (x->spans[t].start >= end)
			s[n++] = x->spans[t];
	while (i < k->nvalues || j < x->nvalues) {
		bool own = j == x->nvalues ||
			   (i < k->nvalues &&
			    k->values[i].number <= x->values[j].number);

		if (own && j < x->nvalues &&
		    k->values[i].number == x->values[j].number)
			j++;
		v[m++] = own ? k->values[i++] : x->values[j++];
	}
	k->spans = s;
	k->values = v;
	k->nspans = n;
	k->nvalues = m;
	return 0;
}

static int decode(const struct lens *l, uint32_t nr, struct arena *a,
		  struct index_block *k)
{
	struct buf CLEANUP(buf_free) blob = {.secret = true};
	struct bytes copy;
	int rc = store_object_blob(l->object, nr + 1, &blob);

	if (rc == 0)
		rc = arena_dup(a, buf_bytes(&blob), &copy);
	return rc == 0 ? index_block_get(copy, a, k, NULL) : rc;
}

/* Spans and values of whole records, from the blocks they reach into. */
static int gather(const struct lens *l, uint32_t nr, struct lens_block *b)
{
	struct index_block all = {0}, other;
	int rc = 0;

	b->first = b->last = nr;
	if (l->fields == NULL || !swaps(l))
		return 0;
	find_reach(nr, b);
	if (b->first == b->last)
		return 0;
	for (uint32_t i = b->first; rc == 0 && i <= b->last; i++) {
		if (i != nr)
			rc = decode(l, i, b->arena, &other);
		if (rc == 0)
			rc = join(b->arena, &all, i == nr ? &b->block : &other);
	}
	b->block.spans = all.spans;
	b->block.nspans = all.nspans;
	b->block.values = all.values;
	b->block.nvalues = all.nvalues;
	return rc;
}

static int read_index(const struct lens *l, uint32_t nr, struct lens_block *b,
		      struct err *e)
{
	int rc;

	b->arena = arena_new();
	if (b->arena == NULL)
		return err_nomem(e);
	rc = store_object_blob(l->object, nr + 1, &b->blob);
	if (rc != 0)
		return err_set(e, rc, NULL, "cannot read the index of block %u",
			       nr);
	return index_block_get(buf_bytes(&b->blob), b->arena, &b->block, e);
}

int lens_block(const struct lens *l, uint32_t nr, uint64_t before,
	       struct lens_block *b, struct err *e)
{
	int rc;

	*b = (struct lens_block){.blob = {.secret = true}};
	rc = read_index(l, nr, b, e);
	if (rc != 0)
		return rc;
	b->in = (struct view_in){.head = &l->head,
				 .block = &b->block,
				 .nr = nr,
				 .before = before,
				 .decision = l->of->decision,
				 .standin = &l->standin,
				 .source = lens_source,
				 .ctx = l->object};
	rc = ask_seat(l, nr, b);
	if (rc == 0)
		rc = gather(l, nr, b);
	if (rc == 0)
		rc = find_fields(l, nr, b);
	return rc == 0 ? 0
		       : err_set(e, rc, NULL, "cannot prepare block %u", nr);
}

void lens_block_free(struct lens_block *b)
{
	arena_wipe(b->arena); /* the values that are hidden */
	arena_free(b->arena);
	buf_free(&b->blob);
	*b = (struct lens_block){0};
}
