/* Removes packs in which nothing is alive, rewrites those with dead bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alive is what a content with a key names: its extents and its index blobs. A
 * pack without any, whether its objects were erased or an ingest was cut off
 * before their rows, is of no use to anybody, and goes. Of a pack in which
 * something is alive that goes into a new one (gc_move.c), where the old one is
 * smaller without the rest. The caller is the one writer: no pack waits for its
 * rows meanwhile. Who reads needs only what is alive; a reader that has an
 * erased object open still has its key in memory and loses the bytes.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/store/gc.h"
#include "fs/store/pack.h"

static int pack_add(void *ctx, const uint8_t *name, uint64_t size)
{
	struct gc *g = ctx;
	struct gc_pack *v = g->packs;

	if (g->npacks == g->cap) {
		size_t cap = g->cap == 0 ? 64 : 2 * g->cap;

		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		g->packs = v;
		g->cap = cap;
	}
	v[g->npacks] = (struct gc_pack){.size = size};
	memcpy(v[g->npacks++].name, name, BACKEND_NAME);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return memcmp(a, b, BACKEND_NAME);
}

struct gc_pack *gc_pack(const struct gc *g, const uint8_t *name)
{
	return g->npacks == 0 ? NULL
			      : bsearch(name, g->packs, g->npacks,
					sizeof(*g->packs), by_name);
}

/* Collected first: to open a row asks the catalog again. */
static int row_add(void *ctx, const uint8_t *id, uint64_t version,
		   bool spans UNUSED, uint32_t spanset)
{
	struct gc *g = ctx;
	struct gc_row *v = g->rows;

	if (g->nrows == g->rows_cap) {
		size_t cap = g->rows_cap == 0 ? 256 : 2 * g->rows_cap;

		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		g->rows = v;
		g->rows_cap = cap;
	}
	v[g->nrows] = (struct gc_row){.version = version, .spanset = spanset};
	memcpy(v[g->nrows++].id, id, STORE_ID);
	return 0;
}

/* Damage stops it: what a broken row named might be alive. */
static int row_alive(struct gc *g, struct gc_row *r)
{
	CLEANUP(places_free) struct places at = {.n = 0};
	int rc = gc_row_places(g->s, r, &at);

	r->pack = g->npacks;
	for (size_t i = 0; rc == 0 && i < at.n; i++) {
		struct gc_pack *p = gc_pack(g, at.packs[at.v[i].pack]);

		if (p == NULL)
			continue;
		p->alive += at.v[i].len;
		p->left = p->alive;
		if ((size_t)(p - g->packs) < r->pack)
			r->pack = (size_t)(p - g->packs);
	}
	return rc;
}

static int find_alive(struct gc *g)
{
	int rc = catalog_object_each(g->s->catalog, row_add, g);

	for (size_t i = 0; rc == 0 && i < g->nrows; i++) {
		rc = row_alive(g, &g->rows[i]);
		if (rc == 0 &&
		    progress_tick(g->progress, i + 1, g->nrows, i + 1) != 0)
			rc = -ECANCELED;
	}
	return rc;
}

/* What a pack would take with only this in it. */
static uint64_t packed(uint64_t alive)
{
	return (PACK_HEAD + alive + PACK_ROUND - 1) / PACK_ROUND * PACK_ROUND;
}

static int by_pack(const void *a, const void *b)
{
	const struct gc_row *x = a, *y = b;

	return (x->pack > y->pack) - (x->pack < y->pack);
}

static bool find_moves(struct gc *g)
{
	bool any = false;

	for (size_t i = 0; i < g->npacks; i++) {
		struct gc_pack *p = &g->packs[i];

		p->move = p->alive > 0 && packed(p->alive) < p->size;
		any = any || p->move;
	}
	if (any)
		qsort(g->rows, g->nrows, sizeof(*g->rows), by_pack);
	return any;
}

int gc_remove(struct gc *g)
{
	struct backend *b = &g->s->packs;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < g->npacks; i++) {
		struct gc_pack *p = &g->packs[i];

		if (p->left > 0 || p->gone)
			continue;
		rc = b->delete (b->self, p->name);
		p->gone = rc == 0;
	}
	return rc;
}

static void count(const struct gc *g, enum store_gc_how how,
		  struct store_gc *out)
{
	for (size_t i = 0; i < g->npacks; i++) {
		const struct gc_pack *p = &g->packs[i];
		bool moves = p->move && how != STORE_GC_REMOVE;

		out->packs++;
		out->bytes += p->size;
		out->removed += p->alive == 0;
		out->rewritten += moves;
		if (p->alive > 0 && !moves)
			out->dead_kept += p->size - p->alive;
		else
			out->freed += p->size - (moves ? packed(p->alive) : 0);
	}
}

static int words(struct store *s, int rc, struct err *e)
{
	const char *why = strerror(-rc);

	if (rc == -EUCLEAN || rc == -ENOENT)
		why = "the store is damaged: run `carrel fsck`";
	if (rc == -ENOSPC || rc == -EDQUOT)
		why = "what is alive in a pack is written anew before the "
		      "pack goes, and there is no room for it on the disk";
	return err_set(e, rc, s->dir, "packs could not be collected: %s", why);
}

int store_gc(struct store *s, enum store_gc_how how,
	     const struct progress *progress, struct store_gc *out,
	     struct err *e)
{
	struct gc g = {.s = s, .progress = progress};
	int rc;

	*out = (struct store_gc){.packs = 0};
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "collecting needs the store's lock");
	rc = s->packs.list(s->packs.self, pack_add, &g);
	if (rc == 0 && g.npacks > 0)
		qsort(g.packs, g.npacks, sizeof(*g.packs), by_name);
	if (rc == 0)
		rc = find_alive(&g);
	if (rc == 0 && how != STORE_GC_LOOK)
		rc = gc_remove(&g);
	if (rc == 0 && find_moves(&g) && how == STORE_GC_REWRITE)
		rc = gc_move(&g);
	if (rc == 0)
		count(&g, how, out);
	mem_free(g.packs);
	mem_free(g.rows);
	return rc == 0 ? 0 : words(s, rc, e);
}
