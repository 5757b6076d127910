/* Sealing blocks into slots of the block file, and opening them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/aead.h"
#include "base/fdio.h"
#include "fs/mount/work_in.h"
#include "fs/store/ad.h"

/*
 * A slot holds 4096 bytes of ciphertext and nothing else; nonce and tag stand
 * in the map's row, which is sealed itself and counted by the head's sum. So a
 * slot opens only as the very block that was last written there for this file
 * and this place: an older one, or one of elsewhere, is refused.
 *
 * Slots in a row are written and read together. The AEAD puts its tag behind
 * the ciphertext; in a run the next block is sealed over it, after it was
 * copied out. Opening goes from the last block to the first for that reason.
 */
static struct ad bind(const struct work *w, uint64_t id, uint64_t nr)
{
	struct ad ad;

	ad_start(&ad, "work block");
	ad_put(&ad, w->id, STORE_ID);
	ad_u64(&ad, id);
	ad_u64(&ad, nr);
	return ad;
}

int work_block_open(const struct work *w, uint64_t id, uint64_t nr,
		    const struct work_block *b, unsigned n, uint8_t *room,
		    uint8_t *dst)
{
	ssize_t got = fd_pread_full(w->blockfd, room, (size_t)n * WORK_BLOCK,
				    (uint64_t)b->slot * WORK_BLOCK);

	if (got < 0)
		return (int)got;
	if ((size_t)got < (size_t)n * WORK_BLOCK)
		return -EUCLEAN; /* cut short */
	for (unsigned k = n; k-- > 0;) {
		uint8_t *p = room + (size_t)k * WORK_BLOCK;
		struct ad ad = bind(w, id, nr + k);
		int r;

		memcpy(p + WORK_BLOCK, b[k].tag, WORK_TAG);
		r = aead_xchacha_open(w->keys.blocks, b[k].nonce, ad_bytes(&ad),
				      bytes_of(p, WORK_BLOCK + WORK_TAG),
				      dst + (size_t)k * WORK_BLOCK);
		if (r != 0)
			return -EUCLEAN;
	}
	return 0;
}

static uint64_t number(const struct work_chunk *c, unsigned i)
{
	return (uint64_t)c->nr * WORK_CHUNK + i;
}

/* Slots [i, i + n) of c lie in a row in the file. */
static int open_run(struct work *w, struct work_chunk *c, unsigned i,
		    unsigned n, uint8_t *dst)
{
	return work_block_open(w, c->node->id, number(c, i), &c->b[i], n,
			       w->scratch, dst);
}

/* The content of a small file stands in the map's row. */
static int read_inlined(struct work *w, struct work_chunk *c, uint8_t *dst)
{
	struct buf cell CLEANUP(buf_free) = {0};
	struct buf plain CLEANUP(buf_free) = {.secret = true};
	struct work_node *n = c->node;
	struct work_ref *ref = &n->refs[work_ref_find(n, c->nr)];
	uint64_t id = work_map_id(n, c->nr);
	int r = work_db_get(w->db, WORK_MAP, id, &cell);

	if (r == 0 && (cell.n < WORK_STAMP ||
		       memcmp(cell.p, ref->stamp, WORK_STAMP) != 0))
		r = -EUCLEAN;
	if (r == 0)
		r = work_row_chunk_get(w, id, buf_bytes(&cell), NULL, &plain);
	if (r == 0 && plain.n > WORK_BLOCK)
		r = -EUCLEAN;
	if (r != 0)
		return r == -ENOENT ? -EUCLEAN : r;
	memcpy(dst, plain.p, plain.n);
	memset(dst + plain.n, 0, WORK_BLOCK - plain.n);
	return 0;
}

int work_block_read(struct work *w, struct work_chunk *c, unsigned i,
		    uint8_t *dst)
{
	if (c->buf[i] != NULL) {
		memcpy(dst, c->buf[i], WORK_BLOCK);
		return 0;
	}
	if (c->b[i].slot == WORK_INLINE)
		return read_inlined(w, c, dst);
	if (c->b[i].slot != 0)
		return open_run(w, c, i, 1, dst);
	memset(dst, 0, WORK_BLOCK);
	return 0;
}

/* How many blocks from i on can be read together. */
static unsigned run_at(const struct work_chunk *c, unsigned i, unsigned n)
{
	uint32_t slot = c->b[i].slot;
	unsigned k = 1;

	if (c->buf[i] != NULL || slot == 0 || slot == WORK_INLINE)
		return 1;
	while (k < n && c->buf[i + k] == NULL && c->b[i + k].slot == slot + k)
		k++;
	return k;
}

int work_blocks_read(struct work *w, struct work_chunk *c, unsigned i,
		     unsigned n, uint8_t *dst)
{
	int r = 0;

	while (r == 0 && n > 0) {
		unsigned k = run_at(c, i, n);

		r = k == 1 ? work_block_read(w, c, i, dst)
			   : open_run(w, c, i, k, dst);
		i += k;
		n -= k;
		dst += (size_t)k * WORK_BLOCK;
	}
	return r;
}

/* ---- sealing ---- */

static void seal_run(struct work *w, struct work_chunk *c, unsigned i,
		     unsigned n, struct work_block *b)
{
	uint8_t nonces[WORK_CHUNK][WORK_NONCE];

	random_bytes(nonces, (size_t)n * WORK_NONCE);
	for (unsigned k = 0; k < n; k++) {
		uint8_t *p = w->scratch + (size_t)k * WORK_BLOCK;
		struct ad ad = bind(w, c->node->id, number(c, i + k));

		memcpy(b[k].nonce, nonces[k], WORK_NONCE);
		aead_xchacha_seal(w->keys.blocks, nonces[k], ad_bytes(&ad),
				  bytes_of(c->buf[i + k], WORK_BLOCK), p);
		memcpy(b[k].tag, p + WORK_BLOCK, WORK_TAG);
	}
}

/* The old slots are free after the next commit; the new ones hold the run. */
static int settle(struct work *w, struct work_chunk *c, unsigned i, unsigned n,
		  const struct work_block *b)
{
	int r = buf_reserve(&w->freed, n * sizeof(uint32_t));

	for (unsigned k = 0; r == 0 && k < n; k++) {
		r = work_slot_free(w, c->b[i + k].slot);
		c->b[i + k] = b[k];
		c->dirty &= ~(1ull << (i + k));
		work_block_calm(w, c, i + k);
	}
	return r;
}

/* Dirty blocks [i, i + n), as many as get slots in a row; *done of them. */
static int flush_run(struct work *w, struct work_chunk *c, unsigned i,
		     unsigned n, unsigned *done)
{
	struct work_block b[WORK_CHUNK];
	uint32_t got = 0, first;
	int r = work_space_ensure(&w->space, w->blockfd, 0);

	*done = 0;
	if (r != 0)
		return r;
	first = work_space_take(&w->space, n, &got);
	if (got == 0)
		return -ENOSPC;
	*done = got;
	for (unsigned k = 0; k < got; k++)
		b[k].slot = first + k;
	seal_run(w, c, i, got, b);
	r = fd_pwrite_full(w->blockfd,
			   bytes_of(w->scratch, (size_t)got * WORK_BLOCK),
			   (uint64_t)first * WORK_BLOCK);
	if (r == 0)
		r = settle(w, c, i, got, b);
	if (r != 0) {
		for (unsigned k = 0; k < got; k++)
			work_space_give(&w->space, first + k);
		work_space_promise(&w->space, got);
	}
	return r;
}

int work_chunk_flush(struct work *w, struct work_chunk *c)
{
	int r = 0;

	while (r == 0 && c->dirty != 0) {
		unsigned i = (unsigned)__builtin_ctzll(c->dirty), n = 1, done;

		while (i + n < WORK_CHUNK && (c->dirty >> (i + n) & 1) != 0)
			n++;
		r = flush_run(w, c, i, n, &done);
		w->blocks_written = true;
	}
	if (r == 0 && c->is_hot) {
		c->is_hot = false;
		TAILQ_REMOVE(&w->hot, c, hot);
	}
	return r;
}

bool work_chunk_inlined(const struct work_chunk *c)
{
	const struct work_node *n = c->node;

	return c->nr == 0 && n->nrefs == 1 && n->size <= WORK_BLOCK &&
	       (c->dirty & ~1ull) == 0;
}

int work_flush(struct work *w, unsigned below)
{
	struct work_chunk *c, *next;
	int r = 0;

	for (c = TAILQ_FIRST(&w->hot);
	     r == 0 && c != NULL && work_pool_used(w->pool) > below; c = next) {
		next = TAILQ_NEXT(c, hot);
		if (!work_chunk_inlined(c))
			r = work_chunk_flush(w, c);
	}
	return r;
}
