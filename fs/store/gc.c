/* Removes packs in which nothing is alive. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alive is what a content with a key names: its extents and its index blobs. A
 * pack without any, whether its objects were erased or an ingest was cut off
 * before their rows, is of no use to anybody, and goes. The caller is the one
 * writer: no pack waits for its rows meanwhile. Who reads needs only what is
 * alive; a reader that has an erased object open still has its key in memory
 * and loses the bytes.
 *
 * Packs in which something is alive stay as they are, with the dead bytes in
 * them, which no key opens.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/store/inner.h"

struct pack {
	uint8_t name[BACKEND_NAME];
	uint64_t size, alive; /* bytes */
};

struct gc {
	struct store *s;
	struct pack *packs; /* sorted by name */
	size_t n, cap;
};

struct row {
	uint8_t id[STORE_ID];
	uint64_t version;
	uint32_t spanset;
};

struct rows {
	struct row *v;
	size_t n, cap;
};

static int pack_add(void *ctx, const uint8_t *name, uint64_t size)
{
	struct gc *g = ctx;
	struct pack *v = g->packs;

	if (g->n == g->cap) {
		size_t cap = g->cap == 0 ? 64 : 2 * g->cap;

		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		g->packs = v;
		g->cap = cap;
	}
	v[g->n] = (struct pack){.size = size};
	memcpy(v[g->n++].name, name, BACKEND_NAME);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return memcmp(a, b, BACKEND_NAME);
}

/* Collected first: opening an object asks the catalog again. */
static int row_add(void *ctx, const uint8_t *id, uint64_t version, bool spans,
		   uint32_t spanset)
{
	struct rows *r = ctx;
	struct row *v = r->v;

	if (!spans)
		return 0;
	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 256 : 2 * r->cap;

		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		r->v = v;
		r->cap = cap;
	}
	v[r->n] = (struct row){.version = version, .spanset = spanset};
	memcpy(v[r->n++].id, id, STORE_ID);
	return 0;
}

static void place_alive(void *ctx, const uint8_t *pack, uint64_t off,
			uint64_t len)
{
	struct gc *g = ctx;
	struct pack *p = g->n == 0 ? NULL
				   : bsearch(pack, g->packs, g->n,
					     sizeof(*g->packs), by_name);

	(void)off;
	if (p != NULL)
		p->alive += len;
}

/* Damage stops it: what a broken row named might be alive. */
static int object_alive(struct gc *g, const struct row *r)
{
	struct store_object *o = NULL;
	int rc = store_object_open(g->s, r->id, r->version, r->spanset, &o,
				   NULL);

	if (rc == 0)
		store_object_places(o, place_alive, g);
	store_object_close(o);
	return rc == -ENOKEY ? 0 : rc;
}

static int find_alive(struct gc *g, const struct progress *progress)
{
	struct rows r = {.n = 0};
	int rc = catalog_object_each(g->s->catalog, row_add, &r);

	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		rc = object_alive(g, &r.v[i]);
		if (rc == 0 && progress_tick(progress, i + 1, r.n, i + 1) != 0)
			rc = -ECANCELED;
	}
	mem_free(r.v);
	return rc;
}

static int sweep(struct gc *g, bool dry, struct store_gc *out)
{
	struct backend *b = &g->s->packs;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < g->n; i++) {
		const struct pack *p = &g->packs[i];

		out->packs++;
		out->bytes += p->size;
		if (p->alive > 0) {
			out->dead_kept += p->size - p->alive;
			continue;
		}
		if (!dry)
			rc = b->delete (b->self, p->name);
		out->removed += rc == 0;
		out->freed += rc == 0 ? p->size : 0;
	}
	return rc;
}

int store_gc(struct store *s, bool dry, const struct progress *progress,
	     struct store_gc *out, struct err *e)
{
	struct gc g = {.s = s};
	int rc;

	*out = (struct store_gc){.packs = 0};
	if (!atomic_load(&s->writer))
		return err_set(e, -EROFS, s->dir,
			       "collecting needs the store's lock");
	rc = s->packs.list(s->packs.self, pack_add, &g);
	if (rc == 0 && g.n > 0)
		qsort(g.packs, g.n, sizeof(*g.packs), by_name);
	if (rc == 0)
		rc = find_alive(&g, progress);
	if (rc == 0)
		rc = sweep(&g, dry, out);
	mem_free(g.packs);
	if (rc == 0)
		return 0;
	return err_set(e, rc, s->dir,
		       rc == -EUCLEAN || rc == -ENOENT
			       ? "the store is damaged: run `carrel fsck`; no "
				 "pack was touched"
			       : "packs could not be collected: %s",
		       strerror(-rc));
}
