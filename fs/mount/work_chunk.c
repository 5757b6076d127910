/* Chunks of files in memory: references, buffers, what is dirty. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * A file is a sorted array of references to chunks that are not all hole. A
 * chunk's places (where each of its 64 blocks lies) are loaded from its row at
 * the first touch. A block is in memory only while it is dirty, or while its
 * content is inlined in a row that a commit is just writing. So `dirty` counts
 * the memory taken, and an idle file costs one reference per 256 KiB.
 *
 * Counts that go with a block: `blocks` of its node and `used` of the area
 * count each block that is not a hole; a slot is promised for each dirty one.
 */

uint64_t work_map_id(const struct work_node *n, uint32_t nr)
{
	return n->id << WORK_CHUNK_BITS | nr;
}

size_t work_ref_find(const struct work_node *n, uint32_t nr)
{
	size_t lo = 0, hi = n->nrefs;

	if (hi > 0 && n->refs[hi - 1].nr < nr)
		return hi; /* files grow at their end */
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (n->refs[mid].nr < nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A new reference at place i; NULL. */
static struct work_ref *ref_add(struct work_node *n, size_t i, uint32_t nr)
{
	size_t cap = n->crefs * 2 + 1;
	struct work_ref *v = n->refs;

	if (n->nrefs == n->crefs) {
		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return NULL;
		n->refs = v;
		n->crefs = cap;
	}
	memmove(v + i + 1, v + i, (n->nrefs - i) * sizeof(*v));
	n->nrefs++;
	v[i] = (struct work_ref){.nr = nr};
	return &v[i];
}

static void ref_del(struct work_node *n, size_t i)
{
	n->nrefs--;
	memmove(n->refs + i, n->refs + i + 1,
		(n->nrefs - i) * sizeof(*n->refs));
}

static int load(struct work *w, struct work_node *n, struct work_ref *r)
{
	struct buf cell CLEANUP(buf_free) = {0};
	struct work_chunk *c = mem_new(1, sizeof(*c));
	uint64_t id = work_map_id(n, r->nr);
	int rc;

	if (c == NULL)
		return -ENOMEM;
	c->node = n;
	c->nr = r->nr;
	rc = work_db_get(w->db, WORK_MAP, id, &cell);
	if (rc == 0 &&
	    (cell.n < WORK_STAMP || memcmp(cell.p, r->stamp, WORK_STAMP) != 0))
		rc = -EUCLEAN; /* another row than the sum was made of */
	if (rc == 0)
		rc = work_row_chunk_get(w, id, buf_bytes(&cell), c, NULL);
	if (rc != 0) {
		mem_free(c);
		return rc == -ENOENT ? -EUCLEAN : rc;
	}
	r->c = c;
	c->state = ++w->states;
	w->nchunks++;
	return 0;
}

static int make(struct work *w, struct work_node *n, size_t i, uint32_t nr)
{
	struct work_chunk *c = mem_new(1, sizeof(*c));
	struct work_ref *r = c == NULL ? NULL : ref_add(n, i, nr);

	if (r == NULL) {
		mem_free(c);
		return -ENOMEM;
	}
	c->node = n;
	c->nr = nr;
	r->c = c;
	c->state = ++w->states;
	w->nchunks++;
	return 0;
}

int work_chunk_get(struct work *w, struct work_node *n, uint32_t nr, bool add,
		   struct work_chunk **out)
{
	size_t i = work_ref_find(n, nr);
	bool there = i < n->nrefs && n->refs[i].nr == nr;
	int r = 0;

	*out = NULL;
	if (!there && !add)
		return 0;
	if (!there)
		r = make(w, n, i, nr);
	else if (n->refs[i].c == NULL)
		r = load(w, n, &n->refs[i]);
	if (r == 0)
		*out = n->refs[i].c;
	return r;
}

/* ---- buffers ---- */

static bool is_dirty(const struct work_chunk *c, unsigned i)
{
	return (c->dirty >> i & 1) != 0;
}

void work_block_calm(struct work *w, struct work_chunk *c, unsigned i)
{
	work_pool_give(w->pool, c->buf[i]);
	c->buf[i] = NULL;
}

int work_block_buf(struct work *w, struct work_chunk *c, unsigned i, bool fresh,
		   uint8_t **out)
{
	uint8_t *b = c->buf[i];
	int r = 0;

	if (b == NULL) {
		b = work_pool_take(w->pool);
		if (b == NULL)
			return -ENOMEM;
		if (!fresh)
			r = work_block_read(w, c, i, b);
		if (r != 0) {
			work_pool_give(w->pool, b);
			return r;
		}
		c->buf[i] = b;
	}
	*out = b;
	return 0;
}

void work_chunk_row(struct work *w, struct work_chunk *c)
{
	w->changes++;
	if (c->is_row)
		return;
	c->is_row = true;
	TAILQ_INSERT_TAIL(&w->rows, c, row);
	w->owed++;
}

static void count(struct work *w, struct work_chunk *c, int by)
{
	c->node->blocks += (uint64_t)(int64_t)by;
	w->used += (uint64_t)(int64_t)by;
}

void work_block_dirty(struct work *w, struct work_chunk *c, unsigned i)
{
	c->hashed = false;
	c->state = ++w->states;
	if (c->b[i].slot == 0 && !is_dirty(c, i))
		count(w, c, 1);
	if (!is_dirty(c, i))
		work_space_promise(&w->space, 1);
	c->dirty |= 1ull << i;
	work_chunk_row(w, c);
	if (!c->is_hot) {
		c->is_hot = true;
		TAILQ_INSERT_TAIL(&w->hot, c, hot);
	}
}

int work_slot_free(struct work *w, uint32_t slot)
{
	if (slot == 0 || slot == WORK_INLINE)
		return 0;
	return buf_put(&w->freed, &slot, sizeof(slot));
}

int work_block_clear(struct work *w, struct work_chunk *c, unsigned i)
{
	int r = work_slot_free(w, c->b[i].slot);

	if (r != 0)
		return r;
	if (c->b[i].slot != 0 || is_dirty(c, i))
		count(w, c, -1);
	if (is_dirty(c, i))
		work_space_unpromise(&w->space, 1);
	c->dirty &= ~(1ull << i);
	if (c->buf[i] != NULL)
		work_block_calm(w, c, i);
	c->b[i] = (struct work_block){.slot = 0};
	c->hashed = false;
	c->state = ++w->states;
	work_chunk_row(w, c);
	return 0;
}

/* ---- letting go ---- */

/* Out of the lists, buffers back. */
static void chunk_free(struct work *w, struct work_chunk *c)
{
	if (c->is_hot)
		TAILQ_REMOVE(&w->hot, c, hot);
	if (c->is_row) {
		TAILQ_REMOVE(&w->rows, c, row);
		w->owed--;
	}
	for (unsigned i = 0; i < WORK_CHUNK; i++)
		if (c->buf[i] != NULL)
			work_block_calm(w, c, i);
	mem_free(c);
	w->nchunks--;
}

void work_chunk_unload(struct work *w, struct work_ref *r)
{
	struct work_chunk *c = r->c;

	if (c == NULL || c->dirty != 0 || c->is_row || c->flying || !r->stored)
		return;
	chunk_free(w, c);
	r->c = NULL;
}

void work_chunk_forget(struct work *w, struct work_node *n, size_t i)
{
	chunk_free(w, n->refs[i].c);
	ref_del(n, i);
}

void work_chunk_rest(struct work *w, struct work_node *n, uint64_t off)
{
	uint32_t nr = (uint32_t)(off / WORK_BLOCK / WORK_CHUNK);
	size_t i = work_ref_find(n, nr);

	if (i < n->nrefs && n->refs[i].nr == nr)
		work_chunk_unload(w, &n->refs[i]);
}

void work_chunks_idle(struct work *w, struct work_node *n)
{
	for (size_t i = 0; n->opens == 0 && i < n->nrefs; i++)
		work_chunk_unload(w, &n->refs[i]);
}

/* What cannot be given back for want of memory, or because its row is damaged,
 * is lost until the area is loaded again; a row that stays is then of no node.
 */
static void drop_one(struct work *w, struct work_node *n, struct work_ref *r)
{
	uint64_t id = work_map_id(n, r->nr);
	struct work_chunk *c = NULL;
	int lost = r->c == NULL ? load(w, n, r) : 0;

	c = r->c;
	for (unsigned i = 0; lost == 0 && i < WORK_CHUNK; i++)
		if (c->b[i].slot != 0 || is_dirty(c, i))
			lost = work_block_clear(w, c, i);
	if (c != NULL)
		chunk_free(w, c);
	if (r->stored && work_gone_add(w, false, id) == 0)
		work_row_forget(w, false, id, r->stamp);
}

void work_chunks_drop(struct work *w, struct work_node *n)
{
	while (n->nrefs > 0) {
		drop_one(w, n, &n->refs[n->nrefs - 1]);
		ref_del(n, n->nrefs - 1);
	}
	w->used -= n->blocks;
}
