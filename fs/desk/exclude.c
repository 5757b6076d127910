/* The exclusion set: real values that no stand-in may be. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/exclude.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "policy/redact/pseudonym.h"

/*
 * A stand-in "Clara Linwood" must not be the name of a person who is in the
 * data. Only values that the tables could give by chance matter, and those are
 * few: of a million names some hundreds are left. Likewise a number of a range
 * that is kept for examples, where somebody took one from. Each is kept as its
 * keyed hash, so the cell ("exclusions", named by data set, version and key)
 * tells no name even to who can open it.
 *
 * The set belongs to the pinned data set version, not to what one annotator
 * sees: else the same person would be another stand-in at another desk. A
 * session keeps its version's; a later ingest makes another set for later
 * sessions. Where a person was erased since, replay could not gather the set of
 * then any more, and every stand-in that had avoided that name would be told as
 * a mismatch: so it is then taken from its cell.
 */
#define KIND "exclusions"

struct hashes {
	uint64_t *v;
	size_t n, cap;
};

static void hashes_free(struct hashes *h)
{
	mem_free(h->v);
}

static int push(struct hashes *h, uint64_t v)
{
	if (h->n == h->cap) {
		size_t cap = h->cap == 0 ? 64 : 2 * h->cap;
		void *p = mem_grow(h->v, cap, sizeof(*h->v));

		if (p == NULL)
			return -ENOMEM;
		h->v = p;
		h->cap = cap;
	}
	h->v[h->n++] = v;
	return 0;
}

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort_unique(struct hashes *h)
{
	size_t n = 0;

	if (h->n > 0)
		qsort(h->v, h->n, sizeof(*h->v), cmp_u64);
	for (size_t i = 0; i < h->n; i++)
		if (n == 0 || h->v[n - 1] != h->v[i])
			h->v[n++] = h->v[i];
	h->n = n;
}

/* ---- is it needed? ---- */

static bool draws_names(const struct transform *t)
{
	return t->action == ACTION_PSEUDONYM && t->style == STYLE_REALISTIC;
}

/* Whatever its conditions: the set is of the data, not of one place. */
static bool needs(const struct decision *d)
{
	bool any = draws_names(&d->fallback);

	for (size_t i = 0; i < d->nrules; i++)
		any = any || draws_names(&d->rules[i].t);
	return any;
}

static bool anyone_needs(const struct desk *d)
{
	const struct decision *last = NULL;

	for (uint32_t i = 0; i < d->nobjects; i++) {
		if (d->objects[i].decision == last)
			continue;
		last = d->objects[i].decision;
		if (needs(last))
			return true;
	}
	return false;
}

/* ---- gathering ---- */

struct gathering {
	struct desk *desk;
	struct hashes *out;
	struct arena *arena;
	struct buf form;
	bool gone; /* an object was erased: its names are not there */
};

static void gathering_free(struct gathering *g)
{
	buf_free(&g->form);
	arena_free(g->arena);
}

static int gather_value(struct gathering *g, struct bytes type,
			struct bytes canon)
{
	int rc;

	buf_clear(&g->form);
	rc = pseudonym_possible(type, canon, &g->form);
	if (rc <= 0)
		return rc;
	return push(g->out,
		    hash_u64(g->desk->standin_key, buf_bytes(&g->form)));
}

static int gather_block(struct gathering *g, const struct index_head *h,
			struct bytes blob)
{
	struct index_block k;
	int rc;

	arena_reset(g->arena);
	rc = index_block_get(blob, g->arena, &k, NULL);
	for (uint32_t i = 0; rc == 0 && i < k.nvalues; i++) {
		const struct value *v = &k.values[i];

		if (v->type < h->ntypes)
			rc = gather_value(g, h->types[v->type],
					  value_own(v->canon));
	}
	return rc;
}

static int gather_blobs(struct gathering *g, struct store_object *o,
			uint32_t blobs)
{
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct buf CLEANUP(buf_free) head = {.secret = true};
	struct buf CLEANUP(buf_free) blob = {.secret = true};
	struct index_head h = {0};
	int rc = a == NULL ? -ENOMEM : store_object_blob(o, 0, &head);

	if (rc == 0)
		rc = index_head_get(buf_bytes(&head), a, &h, NULL);
	for (uint32_t nr = 1; rc == 0 && nr < blobs && h.nvalues > 0; nr++) {
		buf_clear(&blob);
		rc = store_object_blob(o, nr, &blob);
		if (rc == 0)
			rc = gather_block(g, &h, buf_bytes(&blob));
	}
	return rc;
}

static void close_object(struct store_object **o)
{
	store_object_close(*o);
}

static int gather_entry(void *ctx, const struct store_entry *s)
{
	struct gathering *g = ctx;
	CLEANUP(close_object) struct store_object *o = NULL;
	struct index_summary summary;
	int rc;

	arena_reset(g->arena);
	rc = index_summary_get(s->summary, g->arena, &summary, NULL);
	for (uint32_t i = 0; rc == 0 && i < summary.nnames; i++)
		rc = gather_value(g, summary.names[i].type,
				  value_own(summary.names[i].canon));
	if (rc != 0 || summary.nspans == 0)
		return rc;
	rc = store_object_open(g->desk->store, s->id, s->version, s->spanset,
			       &o, NULL);
	if (rc == -ENOKEY) { /* erased: nobody's name any more */
		g->gone = true;
		return 0;
	}
	return rc == 0 ? gather_blobs(g, o, s->blobs) : rc;
}

/* ---- one data set: from its cell, or gathered ---- */

static void name_cell(const struct desk *d, const struct desk_set *s,
		      uint8_t name[HASH_LEN])
{
	uint8_t key_id[HASH_LEN];
	struct hasher h;

	hash_blake2b(key_id, d->standin_key, bytes_str("key id"));
	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("exclusions/2 " VIEW_RENDERER));
	hasher_field(&h, bytes_of(s->info.id, sizeof(s->info.id)));
	hasher_u64(&h, s->info.version);
	hasher_add(&h, bytes_of(s->info.root, sizeof(s->info.root)));
	hasher_add(&h, bytes_of(key_id, sizeof(key_id)));
	hasher_end(&h, name);
}

static int from_cell(struct desk *d, const uint8_t name[HASH_LEN],
		     struct hashes *out)
{
	struct buf CLEANUP(buf_free) b = {0};
	int rc = store_cell_get(d->store, KIND, bytes_of(name, HASH_LEN), &b);

	if (rc == 0 && b.n % sizeof(uint64_t) != 0)
		return -EPROTO;
	for (size_t i = 0; rc == 0 && i < b.n; i += sizeof(uint64_t)) {
		uint64_t v = 0;

		for (size_t k = 0; k < sizeof(v); k++)
			v = v << 8 | b.p[i + k];
		rc = push(out, v);
	}
	return rc;
}

/* A cell that makes no sense is no failure: its values are gathered again. */
static bool is_missing(int rc)
{
	return rc == -ENOENT || rc == -EPROTO;
}

static int to_cell(struct desk *d, const uint8_t name[HASH_LEN],
		   const struct hashes *h)
{
	struct buf CLEANUP(buf_free) b = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < h->n; i++)
		for (unsigned k = 8; rc == 0 && k-- > 0;)
			rc = buf_putc(&b, (int)(h->v[i] >> 8 * k & 0xff));
	return rc == 0 ? store_cell_put(d->store, KIND,
					bytes_of(name, HASH_LEN), buf_bytes(&b))
		       : rc;
}

/* Gathered, and kept for the next. */
static int gather(struct desk *d, const struct desk_set *s,
		  const uint8_t name[HASH_LEN], struct hashes *own)
{
	CLEANUP(gathering_free)
	struct gathering g = {.desk = d,
			      .out = own,
			      .arena = arena_new(),
			      .form = {.secret = true}};
	int rc;

	if (g.arena == NULL)
		return -ENOMEM;
	rc = store_members(d->store, &s->info, gather_entry, &g);
	if (rc == 0 && g.gone && d->no_cache) {
		struct hashes kept = {0};

		rc = from_cell(d, name, &kept);
		if (rc == 0) {
			hashes_free(own);
			*own = kept;
			return 0;
		}
		hashes_free(&kept);
		rc = is_missing(rc) ? 0 : rc;
	}
	sort_unique(own);
	return rc == 0 && !d->no_cache ? to_cell(d, name, own) : rc;
}

/* Desks that come together would all read every value: one does. */
static int gather_once(struct desk *d, const struct desk_set *s,
		       const uint8_t name[HASH_LEN], struct hashes *own)
{
	struct turns *turns = shelves_turns(d->shelves);
	struct turn turn;
	int rc;

	memcpy(turn.key, name, HASH_LEN);
	rc = turn_take(turns, &turn, d->progress);
	if (rc != 0)
		return rc;
	rc = from_cell(d, name, own);
	if (is_missing(rc))
		rc = gather(d, s, name, own);
	turn_give(turns, &turn);
	return rc;
}

static int load_set(struct desk *d, const struct desk_set *s,
		    struct hashes *out)
{
	CLEANUP(hashes_free) struct hashes own = {0};
	uint8_t name[HASH_LEN];
	int rc = -ENOENT;

	/* Also where others are not read: of a version with erased objects the
	 * names can no longer be gathered, and every stand-in would be doubted.
	 */
	name_cell(d, s, name);
	if (!d->no_cache || s->shelf->erased)
		rc = from_cell(d, name, &own);
	if (is_missing(rc))
		rc = d->no_cache || d->shelves == NULL
			     ? gather(d, s, name, &own)
			     : gather_once(d, s, name, &own);
	for (size_t i = 0; rc == 0 && i < own.n; i++)
		rc = push(out, own.v[i]);
	return rc;
}

static void digest(struct desk *d)
{
	struct hasher h;

	hasher_blake2b(&h, NULL);
	hasher_field(&h, bytes_str("exclusions"));
	for (size_t i = 0; i < d->nexclusions; i++)
		hasher_u64(&h, d->exclusions[i]);
	hasher_end(&h, d->exclusions_digest);
}

int exclude_load(struct desk *d, struct err *e)
{
	CLEANUP(hashes_free) struct hashes all = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->nsets && anyone_needs(d); i++)
		rc = load_set(d, &d->sets[i], &all);
	if (rc != 0)
		return err_set(e, rc, NULL,
			       "cannot gather the names that stand-ins "
			       "must not be");
	sort_unique(&all);
	d->exclusions = STEAL(all.v);
	d->nexclusions = all.n;
	digest(d);
	return 0;
}
