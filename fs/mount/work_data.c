/* Contents of files: read, write, truncate, holes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>

#include "fs/mount/work_in.h"

/*
 * A write goes into dirty blocks in memory and returns; sealing and the disk
 * come later, many blocks at a time. Beyond the end of a file its last block is
 * always zeros, so growing needs nothing, and shrinking clears the rest of the
 * last block.
 *
 * Before it takes memory a write makes room where much is dirty: first blocks
 * are sealed into slots; what must wait for a commit (the content of small
 * files) waits for one.
 */

#define PART (1u << 20) /* of a write, for which memory is made free */

static int file(struct work *w, uint64_t id, struct work_node **out)
{
	*out = work_node_get(w, id);
	if (*out == NULL)
		return -ENOENT;
	return S_ISREG((*out)->mode)   ? 0
	       : S_ISDIR((*out)->mode) ? -EISDIR
				       : -EINVAL;
}

/* ---- reading ---- */

/* The part of one chunk. */
static int read_chunk(struct work *w, struct work_node *n, uint64_t off,
		      uint8_t *p, size_t len)
{
	uint32_t nr = (uint32_t)(off / WORK_BLOCK / WORK_CHUNK);
	unsigned i = (unsigned)(off / WORK_BLOCK % WORK_CHUNK);
	size_t skip = off % WORK_BLOCK;
	struct work_chunk *c;
	uint8_t one[WORK_BLOCK];
	int r = work_chunk_get(w, n, nr, false, &c);

	if (r == 0 && c == NULL)
		memset(p, 0, len);
	while (r == 0 && c != NULL && len > 0) {
		size_t part = len;

		if (skip == 0 && len >= WORK_BLOCK) {
			part = len / WORK_BLOCK * WORK_BLOCK;
			r = work_blocks_read(w, c, i,
					     (unsigned)(part / WORK_BLOCK), p);
		} else {
			if (part > WORK_BLOCK - skip)
				part = WORK_BLOCK - skip;
			r = work_block_read(w, c, i, one);
			if (r == 0)
				memcpy(p, one + skip, part);
			secret_wipe(one, sizeof(one));
		}
		i += (unsigned)((skip + part) / WORK_BLOCK);
		skip = 0;
		p += part;
		len -= part;
	}
	return r;
}

/* How much of [off, off + len) lies in one chunk. */
static size_t in_chunk(uint64_t off, size_t len)
{
	const uint64_t most = (uint64_t)WORK_BLOCK * WORK_CHUNK;
	uint64_t room = most - off % most;

	return len < room ? len : (size_t)room;
}

static ssize_t read_file(struct work *w, struct work_node *n, uint64_t off,
			 uint8_t *p, size_t len)
{
	size_t done = 0;
	int r = 0;

	if (off >= n->size)
		return 0;
	if (len > n->size - off)
		len = (size_t)(n->size - off);
	while (r == 0 && done < len) {
		size_t part = in_chunk(off + done, len - done);

		r = read_chunk(w, n, off + done, p + done, part);
		if (r == 0)
			done += part;
		if (w->nchunks > WORK_CHUNKS_HIGH)
			work_chunk_rest(w, n, off + done - 1);
	}
	return done > 0 ? (ssize_t)done : r;
}

ssize_t work_read(struct work *w, uint64_t id, uint64_t off, void *p, size_t n)
{
	struct work_node *f = NULL;
	ssize_t r;

	pthread_mutex_lock(&w->lock);
	r = file(w, id, &f);
	if (r == 0)
		r = read_file(w, f, off, p, n);
	pthread_mutex_unlock(&w->lock);
	return r < 0 ? work_meanwhile(w, (int)r) : r;
}

uint64_t work_next_data(struct work *w, uint64_t id, uint64_t off)
{
	const uint64_t chunk = (uint64_t)WORK_BLOCK * WORK_CHUNK;
	struct work_node *f = NULL;
	uint64_t at = off;
	size_t i;

	pthread_mutex_lock(&w->lock);
	if (file(w, id, &f) == 0 && off < f->size) {
		i = work_ref_find(f, (uint32_t)(off / chunk));
		at = i < f->nrefs ? f->refs[i].nr * chunk : f->size;
		at = at < off ? off : at;
	}
	pthread_mutex_unlock(&w->lock);
	return at;
}

/* ---- writing ---- */

static int write_block(struct work *w, struct work_node *n, uint64_t off,
		       const uint8_t *p, size_t len)
{
	uint32_t nr = (uint32_t)(off / WORK_BLOCK / WORK_CHUNK);
	unsigned i = (unsigned)(off / WORK_BLOCK % WORK_CHUNK);
	struct work_chunk *c;
	uint8_t *b = NULL;
	int r = work_chunk_get(w, n, nr, true, &c);

	if (r == 0)
		r = work_block_buf(w, c, i, len == WORK_BLOCK, &b);
	if (r != 0)
		return r;
	memcpy(b + off % WORK_BLOCK, p, len);
	work_block_dirty(w, c, i);
	return 0;
}

/* How many blocks of the range are holes now: what it would cost. Counted up
 * to `most`; a place that cannot be read counts as a hole. */
static uint64_t holes(struct work *w, struct work_node *n, uint64_t off,
		      uint64_t len, uint64_t most)
{
	uint64_t from = off / WORK_BLOCK, count = 0;
	uint64_t to = (off + len + WORK_BLOCK - 1) / WORK_BLOCK;
	struct work_chunk *c = NULL;
	uint32_t have = UINT32_MAX;

	for (uint64_t k = from; k < to && count <= most; k++) {
		uint32_t nr = (uint32_t)(k / WORK_CHUNK);
		unsigned i = (unsigned)(k % WORK_CHUNK);

		if (nr != have && work_chunk_get(w, n, nr, false, &c) != 0)
			c = NULL;
		have = nr;
		if (c == NULL && i == 0 && k + WORK_CHUNK <= to) {
			count += WORK_CHUNK;
			k += WORK_CHUNK - 1;
		} else if (c == NULL ||
			   (c->b[i].slot == 0 && (c->dirty >> i & 1) == 0)) {
			count++;
		}
	}
	return count;
}

static int room(struct work *w, struct work_node *n, uint64_t off, uint64_t len)
{
	uint64_t left = w->quota > w->used ? w->quota - w->used : 0;

	if (holes(w, n, off, len, left) > left)
		return -EDQUOT;
	return 0;
}

static ssize_t write_file(struct work *w, struct work_node *n, uint64_t off,
			  const uint8_t *p, size_t len)
{
	size_t done = 0;
	int r;

	if (off == WORK_APPEND)
		off = n->size;
	if (off > WORK_MOST || len > WORK_MOST - off)
		return -EFBIG;
	r = room(w, n, off, len);
	if (r == 0)
		r = work_space_ensure(&w->space, w->blockfd,
				      (uint32_t)(len / WORK_BLOCK) + 2);
	while (r == 0 && done < len) {
		size_t skip = (off + done) % WORK_BLOCK;
		size_t part = WORK_BLOCK - skip;

		part = part < len - done ? part : len - done;
		r = write_block(w, n, off + done, p + done, part);
		if (r == 0)
			done += part;
	}
	if (done == 0)
		return r;
	if (off + done > n->size)
		n->size = off + done;
	n->mtime = n->ctime = work_now();
	work_node_changed(w, n);
	return (ssize_t)done;
}

/* Lock held, and given back meanwhile where a commit is needed. */
static int relieve(struct work *w)
{
	int r = 0;

	if (work_pool_used(w->pool) > WORK_BUFS_HIGH)
		r = work_flush(w, WORK_BUFS_HIGH - 512);
	if (r == 0 &&
	    (work_pool_used(w->pool) > WORK_BUFS_HIGH || work_owes_much(w))) {
		pthread_mutex_unlock(&w->lock);
		r = work_commit(w, UINT64_MAX);
		pthread_mutex_lock(&w->lock);
	}
	return r;
}

/* Lock held. The node is asked for each time: the lock may have been away. */
static ssize_t write_part(struct work *w, uint64_t id, uint64_t off,
			  const uint8_t *p, size_t n)
{
	struct work_node *f = NULL;
	int r = work_writable(w);

	if (r == 0)
		r = relieve(w);
	if (r == 0)
		r = file(w, id, &f);
	return r == 0 ? write_file(w, f, off, p, n) : r;
}

ssize_t work_write(struct work *w, uint64_t id, uint64_t off, const void *p,
		   size_t n)
{
	const uint8_t *from = p;
	size_t done = 0;
	ssize_t r = 0;

	pthread_mutex_lock(&w->lock);
	do {
		size_t part = n - done < PART ? n - done : PART;

		r = write_part(w, id, off == WORK_APPEND ? off : off + done,
			       from + done, part);
		done += r > 0 ? (size_t)r : 0;
	} while (r > 0 && done < n);
	pthread_mutex_unlock(&w->lock);
	return done > 0 ? (ssize_t)done : r;
}

/* ---- sizes and holes ---- */

/* Zeros within one block; a hole stays one. */
static int zero_part(struct work *w, struct work_node *n, uint64_t off,
		     size_t len)
{
	uint32_t nr = (uint32_t)(off / WORK_BLOCK / WORK_CHUNK);
	unsigned i = (unsigned)(off / WORK_BLOCK % WORK_CHUNK);
	struct work_chunk *c;
	uint8_t *b = NULL;
	int r;

	if (len == 0)
		return 0;
	r = work_chunk_get(w, n, nr, false, &c);
	if (r != 0 || c == NULL ||
	    (c->b[i].slot == 0 && (c->dirty >> i & 1) == 0))
		return r;
	r = work_space_ensure(&w->space, w->blockfd, 1);
	if (r == 0)
		r = work_block_buf(w, c, i, false, &b);
	if (r != 0)
		return r;
	memset(b + off % WORK_BLOCK, 0, len);
	work_block_dirty(w, c, i);
	return 0;
}

/* Blocks [from, to) become holes. Only chunks that are there are visited. */
static int clear(struct work *w, struct work_node *n, uint64_t from,
		 uint64_t to)
{
	size_t i = work_ref_find(n, (uint32_t)(from / WORK_CHUNK));
	int r = 0;

	for (; r == 0 && i < n->nrefs; i++) {
		uint64_t base = (uint64_t)n->refs[i].nr * WORK_CHUNK;
		struct work_chunk *c;

		if (base >= to)
			break;
		r = work_chunk_get(w, n, n->refs[i].nr, false, &c);
		for (unsigned k = 0; r == 0 && k < WORK_CHUNK; k++)
			if (base + k >= from && base + k < to &&
			    (c->b[k].slot != 0 || (c->dirty >> k & 1) != 0))
				r = work_block_clear(w, c, k);
	}
	return r;
}

int work_punch(struct work *w, struct work_node *n, uint64_t off, uint64_t len)
{
	uint64_t end = off + len;
	uint64_t from = (off + WORK_BLOCK - 1) / WORK_BLOCK;
	uint64_t to = end / WORK_BLOCK;
	int r;

	if (from > to) /* within one block */
		return zero_part(w, n, off, (size_t)len);
	r = zero_part(w, n, off, (size_t)(from * WORK_BLOCK - off));
	if (r == 0)
		r = zero_part(w, n, to * WORK_BLOCK,
			      (size_t)(end - to * WORK_BLOCK));
	return r == 0 ? clear(w, n, from, to) : r;
}

int work_resize(struct work *w, struct work_node *n, uint64_t size)
{
	uint64_t end = (n->size + WORK_BLOCK - 1) / WORK_BLOCK * WORK_BLOCK;
	int r = 0;

	if (size > WORK_MOST)
		return -EFBIG;
	if (size < n->size)
		r = work_punch(w, n, size, end - size);
	if (r != 0)
		return r;
	n->size = size;
	n->mtime = n->ctime = work_now();
	work_node_changed(w, n);
	return 0;
}

static int allocate(struct work *w, struct work_node *n, int mode, uint64_t off,
		    uint64_t len)
{
	bool keep = (mode & FALLOC_FL_KEEP_SIZE) != 0;
	int kind = mode & ~FALLOC_FL_KEEP_SIZE, r;

	if (off > WORK_MOST || len > WORK_MOST - off)
		return -EFBIG;
	if (kind == 0) {
		r = room(w, n, off, len);
	} else {
		uint64_t end = off + len < n->size ? off + len : n->size;

		r = off < end ? work_punch(w, n, off, end - off) : 0;
	}
	if (r != 0)
		return r;
	if (!keep && off + len > n->size)
		return work_resize(w, n, off + len);
	n->mtime = n->ctime = work_now();
	work_node_changed(w, n);
	return 0;
}

int work_allocate(struct work *w, uint64_t id, int mode, uint64_t off,
		  uint64_t n)
{
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	int kind = mode & ~FALLOC_FL_KEEP_SIZE, r;
	struct work_node *f = NULL;

	if (kind != 0 && mode != punch && kind != FALLOC_FL_ZERO_RANGE)
		return -EOPNOTSUPP;
	pthread_mutex_lock(&w->lock);
	r = work_writable(w);
	if (r == 0)
		r = relieve(w);
	if (r == 0)
		r = file(w, id, &f);
	if (r == 0)
		r = allocate(w, f, mode, off, n);
	pthread_mutex_unlock(&w->lock);
	return r;
}
