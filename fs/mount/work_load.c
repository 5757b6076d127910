/* Loads a work area: the tree, the map of its blocks, the sum of its rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * All node rows become nodes; map rows are only looked through: which slots are
 * taken, how many blocks there are. Then three things must hold, or the area
 * is refused: the sum over all rows is the head's, every node hangs below the
 * root under a name of its own, and no two blocks lie in one slot. So a row
 * that was swapped, put back, or left out is noticed before anything is shown.
 */
struct loading {
	struct work *w;
	struct buf parents; /* of each node in order of rows: id, parent */
	struct buf orphans; /* map rows of no node: number, stamp */
	struct buf head;
};

static int head_row(void *ctx, uint64_t id, struct bytes cell)
{
	struct loading *l = ctx;

	if (id != WORK_HEAD_ID || l->head.n > 0)
		return -EUCLEAN;
	return buf_putb(&l->head, cell);
}

static int node_row(void *ctx, uint64_t id, struct bytes cell)
{
	struct loading *l = ctx;
	struct work *w = l->w;
	struct work_node *n;
	uint64_t pair[2] = {id, 0};
	int r;

	if (id == 0 || cell.n < WORK_STAMP)
		return -EUCLEAN;
	n = work_node_new(w, id);
	if (n == NULL)
		return -ENOMEM;
	r = work_row_node_get(w, n, cell, &pair[1]);
	if (r != 0)
		return r;
	memcpy(n->stamp, cell.p, WORK_STAMP);
	n->stored = true;
	work_row_count(w, true, id, n->stamp);
	w->used += work_node_cost(n);
	n->blocks = 0; /* counted from the map */
	return buf_put(&l->parents, pair, sizeof(pair));
}

static int mark(struct work *w, struct work_node *n, const struct work_chunk *c)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < WORK_CHUNK; i++) {
		if (c->b[i].slot == 0)
			continue;
		n->blocks++;
		w->used++;
		if (c->b[i].slot != WORK_INLINE)
			r = work_space_mark(&w->space, c->b[i].slot);
	}
	return r;
}

static int add_ref(struct work_node *n, uint32_t nr, const uint8_t *stamp)
{
	size_t cap = n->crefs == 0 ? 1 : n->crefs * 2;
	struct work_ref *v = n->refs;

	if (n->nrefs == n->crefs) {
		v = mem_grow(v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		n->refs = v;
		n->crefs = cap;
	}
	/* rows come in ascending order */
	v[n->nrefs] = (struct work_ref){.nr = nr, .stored = true};
	memcpy(v[n->nrefs++].stamp, stamp, WORK_STAMP);
	return 0;
}

/* Of a file that was open when it lost its name, and was not closed. */
static int orphan(struct loading *l, uint64_t id, const uint8_t *stamp)
{
	int r = buf_put(&l->orphans, &id, sizeof(id));

	work_row_count(l->w, false, id, stamp);
	return r == 0 ? buf_put(&l->orphans, stamp, WORK_STAMP) : r;
}

/* Once the sum was found right. */
static int forget_orphans(struct loading *l)
{
	const size_t each = sizeof(uint64_t) + WORK_STAMP;
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->orphans.n; i += each) {
		uint64_t id;

		memcpy(&id, l->orphans.p + i, sizeof(id));
		r = work_gone_add(l->w, false, id);
		if (r == 0)
			work_row_forget(l->w, false, id,
					l->orphans.p + i + sizeof(id));
	}
	return r;
}

static int map_row(void *ctx, uint64_t id, struct bytes cell)
{
	struct loading *l = ctx;
	struct work *w = l->w;
	struct work_chunk *c CLEANUP(mem_freep) = mem_new(1, sizeof(*c));
	struct work_node *n = work_node_get(w, id >> WORK_CHUNK_BITS);
	int r;

	if (c == NULL)
		return -ENOMEM;
	if (cell.n < WORK_STAMP)
		return -EUCLEAN;
	if (n == NULL)
		return orphan(l, id, cell.p);
	if (!S_ISREG(n->mode))
		return -EUCLEAN;
	r = work_row_chunk_get(w, id, cell, c, NULL);
	if (r == 0)
		r = mark(w, n, c);
	if (r == 0)
		r = add_ref(n, (uint32_t)(id & ((1u << WORK_CHUNK_BITS) - 1)),
			    cell.p);
	if (r == 0)
		work_row_count(w, false, id, cell.p);
	return r;
}

/* Every node below its folder. */
static int link_all(struct loading *l)
{
	struct work *w = l->w;
	uint64_t pair[2];

	for (size_t i = 0; i < l->parents.n; i += sizeof(pair)) {
		struct work_node *n, *dir;

		memcpy(pair, l->parents.p + i, sizeof(pair));
		n = work_node_get(w, pair[0]);
		dir = work_node_get(w, pair[1]);
		if (n->id == WORK_ROOT) {
			if (pair[1] != 0 || !S_ISDIR(n->mode))
				return -EUCLEAN;
			w->root = n;
			continue;
		}
		if (dir == NULL || dir == n || !S_ISDIR(dir->mode) ||
		    n->name.n == 0 ||
		    work_node_child(w, dir, buf_bytes(&n->name)) != NULL)
			return -EUCLEAN;
		work_node_link(w, dir, n);
	}
	return w->root == NULL ? -EUCLEAN : 0;
}

/* A ring of folders would hang from nothing. */
static uint64_t reached(const struct work_node *dir)
{
	const struct work_node *n;
	uint64_t count = 1;

	TAILQ_FOREACH(n, &dir->children, sibling)
	count += S_ISDIR(n->mode) ? reached(n) : 1;
	return count;
}

static int check(struct loading *l)
{
	struct work_head h;
	struct work *w = l->w;
	int r = work_row_head_get(w, buf_bytes(&l->head), &h);

	if (r == 0 && (memcmp(&h.sum, &w->sum, sizeof(h.sum)) != 0 ||
		       h.nrows != w->nrows))
		r = -EUCLEAN;
	if (r == 0)
		r = link_all(l);
	if (r == 0 && reached(w->root) != w->nnodes)
		r = -EUCLEAN;
	if (r == 0 && !w->readonly)
		r = forget_orphans(l);
	if (r != 0)
		return r;
	w->commits = h.commits;
	w->next_id = h.next_id;
	return 0;
}

/* An area that was just made: a root, nothing else. */
static int fresh(struct work *w)
{
	struct work_node *n = work_node_new(w, WORK_ROOT);

	if (n == NULL)
		return -ENOMEM;
	n->mode = S_IFDIR | 0700;
	n->atime = n->mtime = n->ctime = work_now();
	w->root = n;
	w->next_id = WORK_ROOT + 1;
	w->used = 1;
	work_node_changed(w, n);
	return 0;
}

int work_load(struct work *w, bool make, struct err *e)
{
	struct loading l = {.w = w};
	int r = work_db_each(w->db, WORK_HEAD, head_row, &l);

	if (r == 0)
		r = work_db_each(w->db, WORK_NODE, node_row, &l);
	if (r == 0)
		r = work_db_each(w->db, WORK_MAP, map_row, &l);
	/* Empty though it was made: somebody took all its rows. */
	if (r == 0 && l.head.n == 0)
		r = make && w->nnodes == 0 ? fresh(w) : -EUCLEAN;
	else if (r == 0)
		r = check(&l);
	buf_free(&l.parents);
	buf_free(&l.orphans);
	buf_free(&l.head);
	if (r == -EUCLEAN || r == -EBADMSG)
		return err_set(e, -EUCLEAN, w->dir,
			       "the work area is not what was written: a row "
			       "of its tree is damaged, swapped, missing or of "
			       "another time; restore this folder from a "
			       "backup (the rest of the store is not touched)");
	return r == 0	      ? 0
	       : r == -ENOMEM ? err_nomem(e)
			      : err_set(e, r, w->dir,
					"the work area cannot be read: "
					"%s",
					strerror(-r));
}

/* A commit frees slots that the state before it names, and what is written
 * after it may lie in them. So it is the number of the last commit that says
 * whether such a slot can have been written over, asked after the read: not
 * the lock, which is free again once the session has ended. */
static int newest(struct work *w, uint64_t *commits)
{
	struct loading l = {.w = w};
	struct work_db *db = NULL;
	struct work_head h = {0};
	int r = work_db_open(w->dir, false, false, &db, NULL);

	if (r == 0)
		r = work_db_each(db, WORK_HEAD, head_row, &l);
	if (r == 0)
		r = work_row_head_get(w, buf_bytes(&l.head), &h);
	*commits = h.commits;
	buf_free(&l.head);
	work_db_close(db);
	return r;
}

int work_meanwhile(struct work *w, int r)
{
	uint64_t commits = 0;
	int looked;

	if (!w->readonly || (r != -EUCLEAN && r != -EBADMSG))
		return r;
	looked = newest(w, &commits);
	if (looked == -ENOMEM || looked == -EBUSY)
		return looked;
	return looked == 0 && commits != w->commits ? -EBUSY : r;
}
