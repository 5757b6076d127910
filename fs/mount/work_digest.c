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

static bool is_zero(const uint8_t *p)
{
	return p[0] == 0 && memcmp(p, p + 1, WORK_BLOCK - 1) == 0;
}

static int hash_chunk(struct work *w, struct work_chunk *c, uint8_t *room)
{
	struct hasher h;
	bool any = false;
	int r = work_blocks_read(w, c, 0, WORK_CHUNK, room);

	if (r != 0)
		return r;
	hasher_blake2b(&h, w->keys.digest);
	for (unsigned i = 0; i < WORK_CHUNK; i++) {
		const uint8_t *p = room + (size_t)i * WORK_BLOCK;

		if (is_zero(p))
			continue;
		any = true;
		hasher_u64(&h, i);
		hasher_add(&h, bytes_of(p, WORK_BLOCK));
	}
	memset(c->hash, 0, WORK_DIGEST);
	if (any)
		hasher_end(&h, c->hash);
	c->hashed = true;
	/* Worth keeping where it was read from slots. */
	if (c->b[0].slot != WORK_INLINE && !w->readonly && !c->node->gone &&
	    !work_chunk_inlined(c))
		work_chunk_row(w, c);
	return 0;
}

/* The first chunk from *nr on that has no hash gets one, and *nr goes behind
 * it: one at a time, so that others get the lock in between. 1: go on. */
static int step(struct work *w, struct work_node *n, uint32_t *nr,
		uint8_t *room)
{
	struct work_chunk *c;
	int r = 0;

	for (size_t i = work_ref_find(n, *nr); i < n->nrefs; i++) {
		r = work_chunk_get(w, n, n->refs[i].nr, false, &c);
		if (r != 0)
			return r;
		*nr = c->nr + 1;
		if (!c->hashed) {
			r = hash_chunk(w, c, room);
			return r == 0 ? 1 : r;
		}
	}
	return 0;
}

/* From the hashes of chunks; what lost or changed its own meanwhile is done
 * here, `most` of them; 1 where that was not enough. */
static int combine(struct work *w, struct work_node *n, uint8_t *room,
		   unsigned most, uint8_t *out)
{
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
			r = hash_chunk(w, c, room);
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

static int digest(struct work *w, uint64_t id, uint8_t *room, uint8_t *out)
{
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
			r = step(w, n, &nr, room);
		if (r == 0) {
			r = combine(w, n, room, rounds < 4 ? 1 : UINT32_MAX,
				    out);
			rounds++;
			nr = 0;
		}
		if (r != 1)
			break;
		pthread_mutex_unlock(&w->lock);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

int work_digest(struct work *w, uint64_t id, uint8_t out[WORK_DIGEST])
{
	const size_t size = (size_t)WORK_BLOCK * WORK_CHUNK;
	uint8_t *room = mem_new(size, 1);
	int r = room == NULL ? -ENOMEM : digest(w, id, room, out);

	if (room != NULL)
		secret_wipe(room, size);
	mem_free(room);
	return r;
}
