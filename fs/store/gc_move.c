/* Takes what is alive in a pack into a new one, without what is dead. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Row by row: each place that lies in a pack to be rewritten is copied, sealed
 * as it is, to the end of a new pack in memory. A full pack is written, and
 * durable, before a row names it; then the rows whose places have all moved are
 * changed, some in one transaction. Only when no row names an old pack any more
 * is it deleted. So whatever a kill cuts off, each row names bytes that are
 * there; at worst bytes lie in two packs, of which one is then dead.
 *
 * Who collects may do so because the disk is full. Rows come in the order of
 * the old packs, so that these empty one after the other, and each goes at
 * once: a pack and the largest object is the room that is needed meanwhile.
 *
 * Readers find a pack gone, ask the catalog again and go on in the new one
 * (store_object_read.c). A place moves whole: nothing that is sealed depends on
 * where it lies.
 */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/store/gc.h"
#include "fs/store/pack.h"

/* A row whose places are all known, but not yet durable. */
struct moved {
	const struct gc_row *row;
	struct places at;
};

struct move {
	struct gc *g;
	struct pack pack;
	struct moved *v;
	size_t n, cap;
};

static void move_free(struct move *m)
{
	for (size_t i = 0; i < m->n; i++)
		places_free(&m->v[i].at);
	mem_free(m->v);
	pack_free(&m->pack);
}

static int commit_some(struct move *m, size_t *at)
{
	struct store *s = m->g->s;
	size_t from = *at;
	uint64_t start;
	int rc = catalog_begin(s->catalog);

	if (rc != 0)
		return rc;
	start = clock_ns();
	for (; rc == 0 && *at < m->n && *at - from < INNER_BATCH &&
	       clock_ns() - start < INNER_HOLD_NS;
	     ++*at)
		rc = gc_row_move(s, m->v[*at].row, &m->v[*at].at);
	return catalog_end(s->catalog, rc);
}

static int flush(struct move *m)
{
	int rc = 0;

	if (!pack_empty(&m->pack))
		rc = pack_write(&m->pack, &m->g->s->packs);
	for (size_t at = 0; rc == 0 && at < m->n;)
		rc = commit_some(m, &at);
	while (m->n > 0)
		places_free(&m->v[--m->n].at);
	if (rc == 0)
		rc = gc_remove(m->g);
	return rc == 0 ? pack_start(&m->pack) : rc;
}

static int copy(struct move *m, const uint8_t *from, const struct place *p,
		struct places *out)
{
	const struct backend *b = &m->g->s->packs;
	uint8_t *to;
	size_t off;
	int rc = 0;

	if (pack_full(&m->pack, p->len) && !pack_empty(&m->pack))
		rc = flush(m);
	off = m->pack.b.n;
	if (rc == 0)
		rc = pack_room(&m->pack, p->len, &to);
	if (rc == 0)
		rc = b->get(b->self, from, p->off, to, p->len);
	return rc == 0 ? places_add(out, m->pack.name, (uint32_t)off, p->len, 0)
		       : rc;
}

/* Packs written on the way have what of this row was copied before. */
static int copy_row(struct move *m, const struct places *at, struct places *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < at->n; i++) {
		const struct place *p = &at->v[i];
		const uint8_t *name = at->packs[p->pack];
		const struct gc_pack *pack = gc_pack(m->g, name);

		rc = pack != NULL && pack->move
			     ? copy(m, name, p, out)
			     : places_add(out, name, p->off, p->len, 0);
	}
	return rc;
}

static int keep(struct move *m, const struct gc_row *r, struct places *at)
{
	if (m->n == m->cap) {
		size_t cap = m->cap == 0 ? 64 : 2 * m->cap;
		struct moved *v = mem_grow(m->v, cap, sizeof(*v));

		if (v == NULL)
			return -ENOMEM;
		m->v = v;
		m->cap = cap;
	}
	m->v[m->n++] = (struct moved){.row = r, .at = *at};
	*at = (struct places){.n = 0};
	return 0;
}

/* With the next flush its row names them elsewhere. */
static void leave(struct gc *g, const struct places *at)
{
	for (size_t i = 0; i < at->n; i++) {
		struct gc_pack *p = gc_pack(g, at->packs[at->v[i].pack]);

		if (p != NULL && p->move)
			p->left -= at->v[i].len;
	}
}

static bool must_move(const struct gc *g, const struct places *at)
{
	for (size_t i = 0; i < at->npacks; i++) {
		const struct gc_pack *p = gc_pack(g, at->packs[i]);

		if (p != NULL && p->move)
			return true;
	}
	return false;
}

static int move_row(struct move *m, const struct gc_row *r)
{
	CLEANUP(places_free) struct places at = {.n = 0};
	CLEANUP(places_free) struct places out = {.n = 0};
	int rc = gc_row_places(m->g->s, r, &at);

	if (rc != 0 || !must_move(m->g, &at))
		return rc;
	rc = copy_row(m, &at, &out);
	if (rc == 0)
		rc = keep(m, r, &out);
	if (rc == 0)
		leave(m->g, &at);
	return rc;
}

int gc_move(struct gc *g)
{
	CLEANUP(move_free) struct move m = {.g = g};
	int rc = pack_start(&m.pack);

	for (size_t i = 0; rc == 0 && i < g->nrows; i++) {
		rc = move_row(&m, &g->rows[i]);
		if (rc == 0 &&
		    progress_tick(g->progress, i + 1, g->nrows, i + 1) != 0)
			rc = -ECANCELED;
	}
	return rc == 0 ? flush(&m) : rc;
}
