/* What a data set version holds, listed once for all desks pinned to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/shelf.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/index.h"

/*
 * Paths, ids and summaries are most of what a desk would hold, and the same in
 * every session over a version: ten annotators on twenty thousand files have
 * one listing, not ten. A version never changes once it is published, so a
 * shelf that is found is right. One that nobody has any more goes at once: the
 * next session reads and checks it anew, in a moment for what fits in memory.
 */
#define SLAB 65536u /* bytes of paths and summaries asked for at once */

struct shelves {
	pthread_mutex_t lock; /* guards first, next and refs */
	struct shelf *first;
	struct turns turns;
};

static void shelf_free(struct shelf *s)
{
	if (s == NULL)
		return;
	folders_free(s->folders);
	arena_free(s->arena);
	mem_free(s->objects);
	mem_free(s);
}

static void shelf_freep(struct shelf **s)
{
	shelf_free(*s);
}

void shelves_free(struct shelves *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	turns_done(&s->turns);
	mem_free(s);
}

struct shelves *shelves_new(void)
{
	struct shelves *s = mem_new(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	turns_init(&s->turns);
	return s;
}

struct turns *shelves_turns(struct shelves *s)
{
	return &s->turns;
}

/* ---- reading ---- */

struct reading {
	struct shelf *shelf;
	struct arena *scratch;
	struct shelf_room room;
	struct bytes dataset; /* its name */
	uint64_t n;	      /* entries seen */
	struct err *e;
};

static struct shelf_object *next(struct shelf *s)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap == 0 ? 64 : s->cap + s->cap / 2;
		void *p = mem_grow(s->objects, cap, sizeof(*s->objects));

		if (p == NULL)
			return NULL;
		s->objects = p;
		s->cap = cap;
	}
	return &s->objects[s->n];
}

/* n bytes; not aligned, so that a million of them lie without gaps. */
static char *cut(struct shelf_room *r, size_t n)
{
	char *p;

	if (n > r->n) {
		r->n = n < SLAB ? SLAB : n;
		r->p = arena_array(r->arena, r->n, 1);
		if (r->p == NULL) {
			r->n = 0;
			return NULL;
		}
	}
	p = r->p;
	r->p += n;
	r->n -= n;
	return p;
}

int shelf_object_set(struct shelf_object *o, struct shelf_room *r,
		     struct bytes dataset, const struct store_entry *e,
		     const struct index_summary *s)
{
	size_t set = dataset.n + 1;
	char *p = cut(r, set + e->path.n + e->summary.n);

	if (e->version > UINT32_MAX)
		return -EFBIG;
	if (p == NULL)
		return -ENOMEM;
	memcpy(p, dataset.p, dataset.n);
	p[dataset.n] = '/';
	memcpy(p + set, e->path.p, e->path.n);
	memcpy(p + set + e->path.n, e->summary.p, e->summary.n);
	*o = (struct shelf_object){.path = (const uint8_t *)p + set,
				   .size = e->size,
				   .npath = (uint32_t)e->path.n,
				   .nsummary = (uint32_t)e->summary.n,
				   .version = (uint32_t)e->version,
				   .spanset = e->spanset,
				   .nblocks = s->nblocks,
				   .bare = s->nrecords == 0};
	memcpy(o->id, e->id, sizeof(o->id));
	return 0;
}

struct bytes shelf_full(const struct shelf_object *o, size_t set)
{
	return bytes_of(o->path - set - 1, o->npath + set + 1);
}

static int add(void *ctx, const struct store_entry *entry)
{
	struct reading *r = ctx;
	struct index_summary summary;
	struct shelf_object *o;
	int rc;

	r->n++;
	arena_reset(r->scratch);
	rc = index_summary_get(entry->summary, r->scratch, &summary, r->e);
	if (rc == 0)
		rc = folders_add(r->shelf->folders, entry->path, &summary);
	if (rc != 0)
		return rc;
	if (summary.denied != DENIAL_NONE || summary.format == FORMAT_DENIED)
		return 0;
	o = next(r->shelf);
	if (o == NULL)
		return -ENOMEM;
	rc = shelf_object_set(o, &r->room, r->dataset, entry, &summary);
	r->shelf->n += rc == 0;
	return rc;
}

static int by_path(const void *a, const void *b)
{
	return bytes_cmp(shelf_path(a), shelf_path(b));
}

static int fill(struct shelf *s, struct store *store,
		const struct store_dataset *d, struct err *e)
{
	struct arena *CLEANUP(arena_freep) scratch = arena_new();
	struct reading r = {.shelf = s,
			    .scratch = scratch,
			    .dataset = buf_bytes(&d->name),
			    .e = e};
	void *tight;
	int rc;

	s->arena = arena_new();
	r.room.arena = s->arena;
	if (scratch == NULL || s->arena == NULL ||
	    folders_new(s->arena, &s->folders) != 0)
		return err_nomem(e);
	memcpy(s->dataset, d->id, sizeof(s->dataset));
	s->version = d->version;
	rc = store_members(store, d, add, &r);
	if (s->n > 0)
		qsort(s->objects, s->n, sizeof(*s->objects), by_path);
	s->erased = r.n < d->objects;
	if (rc == 0)
		rc = folders_done(s->folders);
	if (rc != 0 && (e == NULL || e->code == 0))
		return err_set(e, rc, NULL, "cannot list data set \"%.*s\"",
			       (int)d->name.n, (const char *)d->name.p);
	if (rc == 0 && s->n > 0) {
		tight = mem_grow(s->objects, s->n, sizeof(*s->objects));
		s->objects = tight == NULL ? s->objects : tight;
	}
	return rc;
}

/* ---- taking and giving ---- */

static struct shelf *find(struct shelves *s, const struct store_dataset *d)
{
	struct shelf *at = s->first;

	while (at != NULL && (at->version != d->version ||
			      memcmp(at->dataset, d->id, STORE_ID) != 0))
		at = at->next;
	return at;
}

/* Read under the lock: who comes at the same time waits for the first. */
static int take(struct shelves *s, struct store *store,
		const struct store_dataset *d, struct shelf **out,
		struct err *e)
{
	struct shelf *made CLEANUP(shelf_freep) = NULL;
	int rc;

	*out = s == NULL ? NULL : find(s, d);
	if (*out != NULL)
		return 0;
	made = mem_new(1, sizeof(*made));
	if (made == NULL)
		return err_nomem(e);
	rc = fill(made, store, d, e);
	if (rc != 0)
		return rc;
	if (s != NULL) {
		made->next = s->first;
		s->first = made;
	}
	*out = STEAL(made);
	return 0;
}

int shelf_take(struct shelves *s, struct store *store,
	       const struct store_dataset *d, struct shelf **out, struct err *e)
{
	int rc;

	if (s != NULL)
		pthread_mutex_lock(&s->lock);
	rc = take(s, store, d, out, e);
	if (rc == 0)
		(*out)->refs++;
	if (s != NULL)
		pthread_mutex_unlock(&s->lock);
	return rc;
}

/* True: nobody has it any more and it is out of the list. */
static bool leave(struct shelves *s, struct shelf *shelf)
{
	struct shelf **at = &s->first;

	if (--shelf->refs > 0)
		return false;
	while (*at != shelf)
		at = &(*at)->next;
	*at = shelf->next;
	return true;
}

void shelf_give(struct shelves *s, struct shelf *shelf)
{
	bool last = true;

	if (shelf == NULL)
		return;
	if (s != NULL) {
		pthread_mutex_lock(&s->lock);
		last = leave(s, shelf);
		pthread_mutex_unlock(&s->lock);
	}
	if (last)
		shelf_free(shelf);
}
