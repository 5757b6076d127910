/* One object as its annotator sees it: size, bytes, recipe. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/shown.h"

#include <errno.h>

#include "base/hash.h"
#include "base/mem.h"
#include "fs/desk/desk_in.h"
#include "fs/desk/lens.h"

/*
 * A read finds its block by binary search in the marks, the block's pieces in
 * the desk's bounded cache (else they are built from the block's index alone),
 * and its pieces by binary search again; copies go from the opened segment
 * straight to the caller's buffer, or, where a long read has many small pieces,
 * by way of a few segments opened together. Nothing is locked while bytes move.
 *
 * What view_build makes must be as long as the view index says; a difference
 * means damage or a bug, and is -EIO: never other bytes than those the size
 * was told for.
 *
 * One struct per object that anyone has open, counted, found through
 * desk->open under desk->lock. The last few that were closed stay, with the
 * blocks that were built for them: programs open the same file again and
 * again. Where keys are short none is added to them: each holds one.
 */
#define SHOWN_FEW 64 /* open objects that anybody may have */

struct shown {
	struct desk *desk;
	const struct desk_object *of;
	uint32_t object;
	struct lens lens;
	struct view_index index; /* borrows the object's marks, or small */
	struct view_mark small[2];
	struct blocks_entry **slots;
	atomic_bool recipe_begun, recipe_made; /* by one thread */
	uint8_t recipe[HASH_LEN];
	const struct key *recipe_key;
	/* Guarded by desk->lock: */
	struct shown *next; /* of its chain */
	unsigned refs;
};

static void shown_free(struct shown *s)
{
	if (s == NULL)
		return;
	if (s->slots != NULL)
		blocks_drop(&s->desk->blocks, s->slots, s->of->of->nblocks);
	mem_free(s->slots);
	lens_close(&s->lens);
	mem_free(s);
}

static void shown_freep(struct shown **s)
{
	shown_free(*s);
}

static int make(struct desk *d, uint32_t object, struct shown **out,
		struct err *e)
{
	struct shown *CLEANUP(shown_freep) s = mem_new(1, sizeof(*s));
	const struct desk_object *o = &d->objects[object];
	int rc;

	if (s == NULL)
		return err_nomem(e);
	*s = (struct shown){.desk = d,
			    .of = o,
			    .object = object,
			    .refs = 1,
			    .index = {.size = o->view_size,
				      .visible = o->visible,
				      .nblocks = o->of->nblocks}};
	s->index.marks = desk_marks(o, s->small);
	s->slots = mem_new(o->of->nblocks + (size_t)1, sizeof(*s->slots));
	if (s->slots == NULL)
		return err_nomem(e);
	rc = lens_open(d, o, &s->lens, e);
	if (rc != 0)
		return rc;
	*out = STEAL(s);
	return 0;
}

static struct shown **chain_of(struct desk *d, uint32_t object)
{
	return &d->open[object % DESK_OPEN];
}

static void enchain(struct shown *s)
{
	struct shown **at = chain_of(s->desk, s->object);

	s->next = *at;
	*at = s;
	s->desk->nopen++;
}

static void unchain(struct shown *s)
{
	struct shown **at = chain_of(s->desk, s->object);

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
}

/* Nobody has s open any more: it is kept, and what it takes the place of is
 * given, to be freed; or itself. */
static struct shown *keep(struct desk *d, struct shown *s)
{
	unsigned quarters = keypool_quarters(store_pool(d->store));
	unsigned room = quarters == 0 ? DESK_KEPT : DESK_KEPT / 3;
	struct shown **at = &d->kept[d->next_kept % room], *out = s;

	d->nopen--;
	if (quarters < 2) {
		d->next_kept = (d->next_kept + 1) % room;
		out = *at;
		*at = s;
	}
	if (out != NULL)
		unchain(out);
	return out;
}

/* Somebody has opened it again. */
static void unkeep(struct shown *s)
{
	struct desk *d = s->desk;

	for (size_t i = 0; i < DESK_KEPT; i++)
		if (d->kept[i] == s)
			d->kept[i] = NULL;
	d->nopen++;
}

void shown_forget(struct desk *d)
{
	for (size_t i = 0; i < DESK_KEPT; i++) {
		if (d->kept[i] == NULL)
			continue;
		unchain(d->kept[i]);
		shown_free(STEAL(d->kept[i]));
	}
}

static struct shown *find_open(struct desk *d, uint32_t object)
{
	struct shown *s = *chain_of(d, object);

	while (s != NULL && s->object != object)
		s = s->next;
	if (s != NULL && s->refs++ == 0)
		unkeep(s);
	return s;
}

/* An open object holds a key. Where half of the pool is out, who has many gets
 * no more of them, so that the others, and the log, still do. */
static bool has_many(struct desk *d)
{
	return d->nopen >= SHOWN_FEW &&
	       keypool_quarters(store_pool(d->store)) >= 2;
}

int shown_open(struct desk *d, uint32_t nr, struct shown **out, struct err *e)
{
	const struct desk_node *n = desk_node(d, nr);
	struct shown *s = NULL, *there;
	bool many;
	int rc;

	*out = NULL;
	if (n == NULL)
		return err_set(e, -ENOENT, NULL, "no such node");
	if (n->folder)
		return err_set(e, -EISDIR, NULL, "a folder has no bytes");
	pthread_mutex_lock(&d->lock);
	*out = find_open(d, n->object);
	many = has_many(d);
	pthread_mutex_unlock(&d->lock);
	if (*out != NULL)
		return 0;
	if (many)
		return err_set(e, -ENFILE, NULL,
			       "too many files are open; close some");
	/* Opening takes time: not under the lock; who is second gives way. */
	rc = make(d, n->object, &s, e);
	if (rc != 0)
		return rc;
	pthread_mutex_lock(&d->lock);
	there = find_open(d, n->object);
	if (there == NULL)
		enchain(s);
	pthread_mutex_unlock(&d->lock);
	*out = there != NULL ? there : s;
	if (there != NULL)
		shown_free(s);
	return 0;
}

void shown_close(struct shown *s)
{
	struct shown *gone = NULL;
	struct desk *d;

	if (s == NULL)
		return;
	d = s->desk;
	pthread_mutex_lock(&d->lock);
	if (--s->refs == 0)
		gone = keep(d, s);
	pthread_mutex_unlock(&d->lock);
	shown_free(gone);
}

uint64_t shown_size(const struct shown *s)
{
	return s->of->view_size;
}

const uint8_t *shown_object(const struct shown *s)
{
	return s->of->of->id;
}

uint64_t shown_version(const struct shown *s)
{
	return s->of->of->version;
}

/* ---- reading ---- */

static int build(struct shown *s, uint32_t nr, struct view_block *view)
{
	CLEANUP(lens_block_free) struct lens_block b = {0};
	const struct view_mark *m = &s->index.marks[nr];
	int rc = lens_block(&s->lens, nr, m->before, &b, NULL);

	if (rc == 0)
		rc = view_build(&b.in, view, NULL);
	if (rc != 0)
		return rc;
	if (view->len == m[1].offset - m[0].offset &&
	    view->visible == m[1].before - m[0].before)
		return 0;
	view_block_free(view);
	return -EUCLEAN;
}

/* The block's view, with a reference. */
static int block_of(struct shown *s, uint32_t nr, struct blocks_entry **out)
{
	struct blocks *cache = &s->desk->blocks;
	struct view_block view = {0};
	int rc;

	*out = blocks_get(cache, &s->slots[nr]);
	if (*out != NULL)
		return 0;
	rc = build(s, nr, &view);
	if (rc != 0)
		return rc;
	*out = blocks_put(cache, &s->slots[nr], &view);
	return *out == NULL ? -ENOMEM : 0;
}

static size_t least(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

static int read_block(struct shown *s, const struct view_in *in, uint64_t off,
		      uint8_t *dst, size_t n, size_t *got)
{
	struct blocks_entry *CLEANUP(blocks_unrefp) b = NULL;
	uint32_t nr = view_index_find(&s->index, off);
	const struct view_mark *m = &s->index.marks[nr];
	int rc = block_of(s, nr, &b);

	*got = least(m[1].offset - off, n);
	return rc == 0 ? view_read(&b->view, in, off - m->offset, dst, *got)
		       : rc;
}

/* Bytes at off from what is there: prefix, a block, or suffix. */
static int read_some(struct shown *s, const struct view_in *in, uint64_t off,
		     uint8_t *dst, size_t n, size_t *got)
{
	const struct index_head *h = &s->lens.head;
	uint64_t first = s->index.marks[0].offset;
	uint64_t end = s->index.marks[s->index.nblocks].offset;

	if (off >= first && off < end)
		return read_block(s, in, off, dst, n, got);
	if (first != h->prefix.n || s->index.size - end != h->suffix.n)
		return -EUCLEAN;
	if (off < first) {
		*got = least(first - off, n);
		memcpy(dst, h->prefix.p + off, *got);
	} else {
		*got = least(s->index.size - off, n);
		memcpy(dst, h->suffix.p + (off - end), *got);
	}
	return 0;
}

ssize_t shown_read(struct shown *s, uint64_t off, void *dst, size_t n)
{
	CLEANUP(lens_near_done)
	struct lens_near near = {.object = s->lens.object};
	struct view_in in = {.source = lens_near_source, .ctx = &near};
	uint8_t *to = dst;
	size_t left, got;

	if (off >= s->index.size)
		return 0;
	n = least(s->index.size - off, n);
	near.wanted =
		n >= LENS_NEAR && (!s->of->whole || s->lens.head.nspans > 0);
	near.left = n;
	for (left = n; left > 0; left -= got) {
		int rc = read_some(s, &in, off, to, left, &got);

		if (rc != 0)
			return rc == -ENOMEM ? rc : -EIO;
		off += got;
		to += got;
	}
	return (ssize_t)n;
}

/* ---- which records ---- */

/* The records of one block's bytes; off lies in it, n is cut at its end. */
static int part_of(struct shown *s, uint64_t off, size_t n, uint64_t *first,
		   uint64_t *end)
{
	struct blocks_entry *CLEANUP(blocks_unrefp) b = NULL;
	uint32_t nr = view_index_find(&s->index, off);
	const struct view_mark *m = &s->index.marks[nr];
	int rc = block_of(s, nr, &b);

	if (rc == 0)
		view_records(&b->view, off - m->offset,
			     least(m[1].offset - off, n), first, end);
	return rc == 0 || rc == -ENOMEM ? rc : -EIO;
}

int shown_part(struct shown *s, uint64_t off, size_t n, struct shown_part *out)
{
	const struct view_index *x = &s->index;
	uint64_t lo = x->marks[0].offset, hi = x->marks[x->nblocks].offset;
	uint64_t to = off < UINT64_MAX - n ? off + n : UINT64_MAX, same;
	int rc;

	*out = (struct shown_part){.object = s->object, .of = x->visible};
	lo = off > lo ? off : lo;
	hi = to < hi ? to : hi;
	if (lo >= hi || x->visible == 0)
		return 0; /* nothing, or of the frame alone */
	out->end = 1;
	if (x->visible == 1)
		return 0;
	rc = part_of(s, lo, (size_t)(hi - lo), &out->first, &out->end);
	if (rc == 0 && view_index_find(x, lo) != view_index_find(x, hi - 1))
		rc = part_of(s, hi - 1, 1, &same, &out->end);
	if (rc == 0 && (out->first >= out->end || out->end > x->visible))
		rc = -EIO; /* the index and the block do not agree */
	return rc;
}

int shown_record_at(struct shown *s, uint64_t record, uint64_t *off)
{
	struct blocks_entry *CLEANUP(blocks_unrefp) b = NULL;
	const struct view_index *x = &s->index;
	uint32_t lo = 0, hi = x->nblocks;
	int rc;

	*off = x->marks[hi].offset;
	if (record >= x->visible)
		return 0;
	while (lo + 1 < hi) { /* the last block with no more before it */
		uint32_t mid = lo + (hi - lo) / 2;

		if (x->marks[mid].before <= record)
			lo = mid;
		else
			hi = mid;
	}
	rc = block_of(s, lo, &b);
	if (rc == 0)
		*off = x->marks[lo].offset + view_record_at(&b->view, record);
	return rc == 0 || rc == -ENOMEM ? rc : -EIO;
}

/* ---- the recipe ---- */

static bool make_recipe(const struct shown *s, const struct key *key,
			uint8_t out[HASH_LEN])
{
	struct hasher h;
	int rc;

	hasher_blake2b(&h, key);
	hasher_field(&h, bytes_str("carrel-recipe/1"));
	hasher_field(&h, bytes_of(store_id(s->desk->store), STORE_ID));
	rc = desk_digest(s->desk, s->of, &h);
	hasher_u64(&h, s->index.size);
	hasher_u64(&h, s->index.visible);
	hasher_end(&h, out);
	if (rc != 0) /* without memory: what nothing equals */
		random_bytes(out, 32);
	return rc == 0;
}

/* Of the object and the session: made once while the object is kept. */
void shown_recipe(struct shown *s, const struct key *key, uint8_t out[32])
{
	if (atomic_load(&s->recipe_made) && s->recipe_key == key) {
		memcpy(out, s->recipe, HASH_LEN);
		return;
	}
	if (!make_recipe(s, key, out) ||
	    atomic_exchange(&s->recipe_begun, true))
		return;
	memcpy(s->recipe, out, HASH_LEN);
	s->recipe_key = key;
	atomic_store(&s->recipe_made, true);
}

void shown_prepare(struct desk *d, uint32_t nr, const struct key *key)
{
	struct shown *CLEANUP(shown_closep) s = NULL;
	struct blocks_entry *CLEANUP(blocks_unrefp) b = NULL;
	uint8_t recipe[HASH_LEN];

	/* Where keys are short it would not be kept. */
	if (keypool_quarters(store_pool(d->store)) >= 1 ||
	    shown_open(d, nr, &s, NULL) != 0)
		return;
	shown_recipe(s, key, recipe);
	if (s->index.nblocks > 0 && block_of(s, 0, &b) != 0)
		return; /* who reads it will be told */
}
