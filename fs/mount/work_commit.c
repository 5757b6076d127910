/* Commits of a work area: from memory to a state on disk that holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "fs/mount/work_in.h"

/*
 * A commit takes the whole area as it is at one moment:
 *   1  under the lock: dirty blocks are sealed into free slots and written;
 *      the changed rows are sealed into a batch; the sum and the head follow
 *   2  the block file is synced
 *   3  one SQLite transaction (synchronous=FULL) makes the rows the state
 *   4  under the lock: slots that the batch no longer names become free
 * A crash before the end of 3 leaves the state before: nothing that it names
 * was written over. A crash after it leaves the new one. So after any crash the
 * area is what it was at some commit, names and contents together; fsync waits
 * for a commit that began after it was called, one commit serves all who wait.
 *
 * Where 3 fails without a doubt about the disk (no room), the rows are marked
 * as changed again and the next commit tries anew. A failed sync leaves a
 * doubt, and pages that the kernel may have dropped: the area is then dead
 * until it is opened again, in the last state that held.
 */

/* A chunk of which nothing is left. Its row goes, its reference too. */
static int bury(struct work *w, struct work_chunk *c)
{
	struct work_node *n = c->node;
	size_t i = work_ref_find(n, c->nr);
	int r = 0;

	if (n->refs[i].stored) {
		r = work_gone_add(w, false, work_map_id(n, c->nr));
		if (r == 0)
			work_row_forget(w, false, work_map_id(n, c->nr),
					n->refs[i].stamp);
	}
	if (r != 0)
		return r;
	n->refs[i].stored = false;
	work_chunk_forget(w, n, i);
	return 0;
}

static bool is_empty(const struct work_chunk *c)
{
	for (unsigned i = 0; i < WORK_CHUNK; i++)
		if (c->b[i].slot != 0)
			return false;
	return c->dirty == 0;
}

/* Its dirty blocks get places: slots, or the row itself. */
static int place(struct work *w, struct work_chunk *c)
{
	uint8_t *b;
	int r;

	if (!work_chunk_inlined(c)) {
		/* What stood in the row moves out. */
		if (c->b[0].slot == WORK_INLINE && (c->dirty & 1) == 0) {
			r = work_block_buf(w, c, 0, false, &b);
			if (r != 0)
				return r;
			work_block_dirty(w, c, 0);
		}
		return work_chunk_flush(w, c);
	}
	if (c->b[0].slot == 0 && c->dirty == 0)
		return 0;
	/* What stood in a slot moves in. */
	r = work_block_buf(w, c, 0, false, &b);
	if (r == 0)
		r = work_slot_free(w, c->b[0].slot);
	if (r != 0)
		return r;
	/* Who reads the slot without the lock is to notice that it is freed. */
	if (c->b[0].slot != 0 && c->b[0].slot != WORK_INLINE)
		c->state = ++w->states;
	c->b[0] = (struct work_block){.slot = WORK_INLINE};
	if ((c->dirty & 1) != 0)
		work_space_unpromise(&w->space, 1);
	c->dirty = 0;
	if (c->is_hot)
		TAILQ_REMOVE(&w->hot, c, hot);
	c->is_hot = false;
	return 0;
}

static int take_chunk(struct work *w, struct work_chunk *c,
		      struct work_batch *b)
{
	int r = place(w, c);

	if (r != 0)
		return r;
	if (is_empty(c))
		return bury(w, c);
	r = work_row_chunk(w, c, b);
	if (r != 0)
		return r;
	TAILQ_REMOVE(&w->rows, c, row);
	w->owed--;
	c->is_row = false;
	c->flying = true;
	return 0;
}

static int take_gone(struct work *w, struct work_batch *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < w->ngone; i++) {
		struct work_op op = {.table = w->gone[i].node ? WORK_NODE
							      : WORK_MAP,
				     .id = w->gone[i].id};

		r = work_batch_add(b, &op);
	}
	if (r == 0)
		w->ngone = 0;
	return r;
}

/* Step 1. What was taken into b before a failure is put back by undo. */
static int snapshot(struct work *w, struct work_batch *b)
{
	struct work_chunk *c;
	struct work_node *n;
	int r = 0;

	while (r == 0 && (c = TAILQ_FIRST(&w->rows)) != NULL)
		r = take_chunk(w, c, b);
	while (r == 0 && (n = TAILQ_FIRST(&w->node_rows)) != NULL) {
		r = work_row_node(w, n, b);
		if (r == 0) {
			TAILQ_REMOVE(&w->node_rows, n, row);
			n->is_row = false;
		}
	}
	if (r == 0)
		r = take_gone(w, b);
	if (r == 0)
		r = work_row_head(w, b);
	if (r == 0) {
		b->freed = w->freed;
		w->freed = (struct buf){0};
	}
	return r;
}

static struct work_chunk *chunk_of(struct work *w, uint64_t id,
				   struct work_ref **ref)
{
	struct work_node *n = work_node_get(w, id >> WORK_CHUNK_BITS);
	uint32_t nr = (uint32_t)(id & ((1u << WORK_CHUNK_BITS) - 1));
	size_t i;

	if (n == NULL)
		return NULL;
	i = work_ref_find(n, nr);
	if (i == n->nrefs || n->refs[i].nr != nr)
		return NULL;
	*ref = &n->refs[i];
	return n->refs[i].c;
}

static void land(struct work *w, const struct work_op *op)
{
	struct work_ref *ref = NULL;
	struct work_chunk *c;

	if (op->table != WORK_MAP || op->n == 0)
		return;
	c = chunk_of(w, op->id, &ref);
	if (c == NULL || !c->flying)
		return;
	c->flying = false;
	if (c->b[0].slot == WORK_INLINE && c->buf[0] != NULL &&
	    (c->dirty & 1) == 0)
		work_block_calm(w, c, 0);
	if (c->node->opens == 0 || w->nchunks > WORK_CHUNKS_HIGH)
		work_chunk_unload(w, ref);
}

/* Step 4. */
static void done(struct work *w, const struct work_batch *b)
{
	uint32_t slot;

	for (size_t i = 0; i < b->freed.n; i += sizeof(slot)) {
		memcpy(&slot, b->freed.p + i, sizeof(slot));
		work_space_give(&w->space, slot);
	}
	for (size_t i = 0; i < b->nops; i++)
		land(w, &b->ops[i]);
	w->commits++;
	if (work_pool_used(w->pool) == 0)
		work_pool_rest(w->pool);
}

static int undo_one(struct work *w, const struct work_op *op)
{
	struct work_ref *ref = NULL;
	struct work_chunk *c;
	struct work_node *n;

	if (op->table == WORK_HEAD)
		return 0;
	if (op->n == 0)
		return work_gone_add(w, op->table == WORK_NODE, op->id);
	if (op->table == WORK_NODE) {
		n = work_node_get(w, op->id);
		if (n != NULL && !n->gone)
			work_node_changed(w, n);
		return 0;
	}
	c = chunk_of(w, op->id, &ref);
	if (c == NULL)
		return 0;
	c->flying = false;
	if (c->b[0].slot == WORK_INLINE && (c->dirty & 1) == 0)
		work_block_dirty(w, c, 0);
	work_chunk_row(w, c);
	return 0;
}

/* Nothing of b came to be: all of it is to be done again. */
static void undo(struct work *w, struct work_batch *b)
{
	int r = buf_putb(&w->freed, buf_bytes(&b->freed));

	for (size_t i = 0; r == 0 && i < b->nops; i++)
		r = undo_one(w, &b->ops[i]);
	if (r != 0)
		w->dead = -EIO;
}

static bool doubtful(int r)
{
	return r != -ENOSPC && r != -EDQUOT && r != -ENOMEM && r != -EBUSY;
}

/* Steps 2 and 3, no lock held but `committing`. */
static int to_disk(struct work *w, const struct work_batch *b, bool blocks)
{
	if (blocks && fdatasync(w->blockfd) != 0)
		return -EIO;
	return work_db_apply(w->db, b);
}

static int commit(struct work *w)
{
	struct work_batch b CLEANUP(work_batch_free) = {0};
	uint64_t upto;
	bool blocks;
	int r = w->dead;

	if (r != 0 || w->changes == w->committed)
		return r;
	upto = w->changes;
	r = snapshot(w, &b);
	if (r != 0) {
		undo(w, &b);
		return r;
	}
	upto = w->changes;
	blocks = w->blocks_written;
	w->blocks_written = false;
	pthread_mutex_unlock(&w->lock);
	r = to_disk(w, &b, blocks);
	pthread_mutex_lock(&w->lock);
	if (r == 0) {
		done(w, &b);
		w->committed = upto;
		return 0;
	}
	undo(w, &b);
	w->blocks_written = w->blocks_written || blocks;
	if (doubtful(r))
		w->dead = -EIO;
	return r;
}

int work_commit(struct work *w, uint64_t upto)
{
	int r = 0;

	pthread_mutex_lock(&w->committing);
	pthread_mutex_lock(&w->lock);
	if (w->committed < upto)
		r = commit(w);
	pthread_mutex_unlock(&w->lock);
	pthread_mutex_unlock(&w->committing);
	return r;
}

int work_sync(struct work *w)
{
	uint64_t upto;

	pthread_mutex_lock(&w->lock);
	upto = w->changes;
	pthread_mutex_unlock(&w->lock);
	return work_commit(w, upto);
}
