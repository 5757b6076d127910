/* The digest of a file's content, kept up to date chunk by chunk. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * digest = H(size, for each chunk that is not all zeros: its number, its hash),
 * hash of a chunk = H(for each block that is not all zeros: its number, its
 * 4096 bytes), H keyed BLAKE2b-256, numbers 8 bytes big endian. It depends on
 * the content alone: holes and written zeros are the same, and a sparse file
 * costs what is in it. A chunk's hash is kept with it, so that closing a large
 * file after a small change does not read all of it again.
 */

struct digesting {
	struct work *w;
	uint8_t *plain, *room; /* a chunk; sealed, and a tag */
	/* A chunk as it was when the lock was let go. */
	struct work_block b[WORK_CHUNK];
	bool have[WORK_CHUNK]; /* plain has it, or it is a hole */
	bool hole[WORK_CHUNK];
	unsigned used; /* blocks of plain that may hold something */
	uint64_t id;
	uint32_t nr;
	uint64_t state;
};

static bool is_zero(const uint8_t *p)
{
	return p[0] == 0 && memcmp(p, p + 1, WORK_BLOCK - 1) == 0;
}

static void hash_plain(const struct digesting *d, uint8_t out[WORK_DIGEST])
{
	struct hasher h;
	bool any = false;

	hasher_blake2b(&h, d->w->keys.digest);
	for (unsigned i = 0; i < WORK_CHUNK; i++) {
		const uint8_t *p = d->plain + (size_t)i * WORK_BLOCK;

		if (d->hole[i] || is_zero(p))
			continue;
		any = true;
		hasher_u64(&h, i);
		hasher_add(&h, bytes_of(p, WORK_BLOCK));
	}
	memset(out, 0, WORK_DIGEST);
	if (any)
		hasher_end(&h, out);
}

/* Lock held. What is in memory or in the row is copied. */
static int take(struct digesting *d, struct work_chunk *c)
{
	int r = 0;

	d->id = c->node->id;
	d->nr = c->nr;
	d->state = c->state;
	memcpy(d->b, c->b, sizeof(d->b));
	for (unsigned i = 0; r == 0 && i < WORK_CHUNK; i++) {
		uint32_t slot = c->b[i].slot;

		d->hole[i] = c->buf[i] == NULL && slot == 0;
		d->have[i] =
			c->buf[i] != NULL || slot == 0 || slot == WORK_INLINE;
		if (!d->hole[i] && i >= d->used)
			d->used = i + 1;
		if (d->have[i] && !d->hole[i])
			r = work_block_read(d->w, c, i,
					    d->plain + (size_t)i * WORK_BLOCK);
	}
	return r;
}

/* Without the lock. */
static int open_rest(struct digesting *d)
{
	int r = 0;

	for (unsigned i = 0, n; r == 0 && i < WORK_CHUNK; i += n) {
		for (n = 1; !d->have[i] && i + n < WORK_CHUNK &&
			    !d->have[i + n] &&
			    d->b[i + n].slot == d->b[i].slot + n;)
			n++;
		if (!d->have[i])
			r = work_block_open(d->w, d->id,
					    (uint64_t)d->nr * WORK_CHUNK + i,
					    &d->b[i], n, d->room,
					    d->plain + (size_t)i * WORK_BLOCK);
	}
	return r;
}

static void keep(struct work *w, struct work_chunk *c, const uint8_t *hash)
{
	memcpy(c->hash, hash, WORK_DIGEST);
	c->hashed = true;
	/* Worth keeping where it was read from slots. */
	if (c->b[0].slot != WORK_INLINE && !w->readonly && !c->node->gone &&
	    !work_chunk_inlined(c))
		work_chunk_row(w, c);
}

/* The chunk that was taken, where it is still there and the same. */
static struct work_chunk *again(const struct digesting *d)
{
	struct work_node *n = work_node_get(d->w, d->id);
	size_t i = n == NULL ? 0 : work_ref_find(n, d->nr);
	struct work_chunk *c;

	if (n == NULL || i == n->nrefs || n->refs[i].nr != d->nr)
		return NULL;
	c = n->refs[i].c;
	return c != NULL && c->state == d->state ? c : NULL;
}

/* Lock held, and given back while the work is done: large files take long.
 * 0 also where the chunk changed meanwhile: then it has no hash yet. */
static int hash_apart(struct digesting *d, struct work_chunk *c)
{
	uint8_t hash[WORK_DIGEST];
	int r = take(d, c);

	if (r != 0)
		return r;
	pthread_mutex_unlock(&d->w->lock);
	r = open_rest(d);
	if (r == 0)
		hash_plain(d, hash);
	pthread_mutex_lock(&d->w->lock);
	c = again(d);
	if (c == NULL)
		return 0; /* its slots may be others' now */
	if (r == 0)
		keep(d->w, c, hash);
	return r;
}

static int hash_here(struct digesting *d, struct work_chunk *c)
{
	uint8_t hash[WORK_DIGEST];
	int r = take(d, c);

	if (r == 0)
		r = open_rest(d);
	if (r == 0) {
		hash_plain(d, hash);
		keep(d->w, c, hash);
	}
	return r;
}

/* The first chunk from *nr on that has no hash gets one, and *nr goes behind
 * it. 1: go on. */
static int step(struct digesting *d, struct work_node *n, uint32_t *nr)
{
	struct work_chunk *c;
	int r = 0;

	for (size_t i = work_ref_find(n, *nr); i < n->nrefs; i++) {
		r = work_chunk_get(d->w, n, n->refs[i].nr, false, &c);
		if (r != 0)
			return r;
		*nr = c->nr + 1;
		if (!c->hashed) {
			r = hash_apart(d, c);
			return r == 0 ? 1 : r;
		}
	}
	return 0;
}

/* From the hashes of chunks; what lost or changed its own meanwhile is done
 * here, `most` of them; 1 where that was not enough. */
static int combine(struct digesting *d, struct work_node *n, unsigned most,
		   uint8_t *out)
{
	struct work *w = d->w;
	static const uint8_t zeros[WORK_DIGEST];
	struct work_chunk *c;
	struct hasher h;
	int r = 0;

	hasher_blake2b(&h, w->keys.digest);
	hasher_u64(&h, n->size);
	for (size_t i = 0; r == 0 && i < n->nrefs; i++) {
		r = work_chunk_get(w, n, n->refs[i].nr, false, &c);
		if (r == 0 && !c->hashed) {
			if (most-- == 0)
				return 1;
			r = hash_here(d, c);
		}
		if (r == 0 && memcmp(c->hash, zeros, WORK_DIGEST) != 0) {
			hasher_u64(&h, c->nr);
			hasher_add(&h, bytes_of(c->hash, WORK_DIGEST));
		}
	}
	if (r == 0)
		hasher_end(&h, out);
	work_chunks_idle(w, n);
	return r;
}

static int digest(struct digesting *d, uint64_t id, uint8_t *out)
{
	struct work *w = d->w;
	struct work_node *n;
	uint32_t nr = 0;
	unsigned rounds = 0;
	int r = 1;

	pthread_mutex_lock(&w->lock);
	while (r == 1) {
		n = work_node_get(w, id);
		/* also where it lost its name meanwhile: whoever closes a
		 * file that is gone waits to give its room back */
		r = n == NULL || n->gone ? -ENOENT
		    : S_ISREG(n->mode)	 ? 0
					 : -EINVAL;
		if (r == 0)
			r = step(d, n, &nr);
		if (r == 0) {
			r = combine(d, n, rounds++ < 4 ? 1 : UINT32_MAX, out);
			nr = 0;
		}
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

void work_digesting_free(struct digesting *d)
{
	if (d == NULL)
		return;
	mem_free(d->plain);
	mem_free(d->room);
	mem_free(d);
}

static struct digesting *digesting_new(void)
{
	const size_t size = (size_t)WORK_BLOCK * WORK_CHUNK;
	struct digesting *d = mem_new(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->plain = mem_new(size, 1);
	d->room = mem_new(size + WORK_TAG, 1);
	if (d->plain != NULL && d->room != NULL)
		return d;
	work_digesting_free(d);
	return NULL;
}

/* Small files are closed often: one set of buffers stays with the area. */
static struct digesting *borrow(struct work *w)
{
	struct digesting *d;

	pthread_mutex_lock(&w->lock);
	d = w->digesting;
	w->digesting = NULL;
	pthread_mutex_unlock(&w->lock);
	return d != NULL ? d : digesting_new();
}

static void give_back(struct work *w, struct digesting *d)
{
	secret_wipe(d->plain, (size_t)d->used * WORK_BLOCK);
	d->used = 0;
	pthread_mutex_lock(&w->lock);
	if (w->digesting == NULL)
		w->digesting = STEAL(d);
	pthread_mutex_unlock(&w->lock);
	work_digesting_free(d);
}

int work_digest(struct work *w, uint64_t id, uint8_t out[WORK_DIGEST])
{
	struct digesting *d = borrow(w);
	int r;

	if (d == NULL)
		return -ENOMEM;
	d->w = w;
	r = digest(d, id, out);
	give_back(w, d);
	return work_meanwhile(w, r);
}
