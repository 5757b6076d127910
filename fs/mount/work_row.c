/* What stands in the sealed rows of a work area, and the sum over them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/cbor.h"
#include "base/mem.h"
#include "fs/mount/work_in.h"
#include "fs/store/cell.h"

/*
 * A row is a cell: padded, XChaCha20-Poly1305 under a random nonce, bound to
 * area, table and number. That keeps it in its place, but an older row of the
 * same place would open too. So the head, itself a row, pins all others: it
 * holds the sum modulo 2^256 of a keyed hash of (table, number, first 8 bytes
 * of the nonce) over all rows. A commit subtracts the rows it replaces and
 * adds the new ones; who loads the area adds up what he finds. One row put
 * back, left out or added makes another sum. (All of the area put back
 * together with its head is a valid earlier state; the log tells then.)
 */
#define NODE_FIELDS 14
#define PLACES 1 /* kinds of map rows */
#define INLINED 2
#define PLACE (4 + WORK_NONCE + WORK_TAG)
#define HEAD_FORMAT 1

static struct ad bind(const struct work *w, enum work_table t, uint64_t id)
{
	static const char *const labels[WORK_TABLES] = {"work node", "work map",
							"work head"};
	struct ad ad;

	ad_start(&ad, labels[t]);
	ad_put(&ad, w->id, STORE_ID);
	ad_u64(&ad, id);
	return ad;
}

/* ---- the sum ---- */

static struct work_sum term(const struct work *w, bool node, uint64_t id,
			    const uint8_t *stamp)
{
	uint8_t in[1 + 8 + WORK_STAMP], out[HASH_LEN];
	struct work_sum s;

	in[0] = node ? WORK_NODE : WORK_MAP;
	for (unsigned i = 0; i < 8; i++)
		in[1 + i] = (uint8_t)(id >> (56 - 8 * i));
	memcpy(in + 9, stamp, WORK_STAMP);
	hash_blake2b(out, w->keys.sum, bytes_of(in, sizeof(in)));
	for (unsigned i = 0; i < 4; i++) {
		s.v[i] = 0;
		for (unsigned k = 0; k < 8; k++)
			s.v[i] |= (uint64_t)out[8 * i + k] << (8 * k);
	}
	return s;
}

void work_row_count(struct work *w, bool node, uint64_t id,
		    const uint8_t *stamp)
{
	struct work_sum t = term(w, node, id, stamp);
	unsigned carry = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint64_t v = w->sum.v[i] + t.v[i];
		unsigned over = v < t.v[i];

		over += v + carry < v;
		w->sum.v[i] = v + carry;
		carry = over;
	}
	w->nrows++;
}

void work_row_forget(struct work *w, bool node, uint64_t id,
		     const uint8_t *stamp)
{
	struct work_sum t = term(w, node, id, stamp);
	unsigned borrow = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint64_t v = w->sum.v[i];
		unsigned under = v < t.v[i];

		v -= t.v[i];
		under += v < borrow;
		w->sum.v[i] = v - borrow;
		borrow = under;
	}
	w->nrows--;
}

/* ---- sealing ---- */

static int seal(struct work *w, enum work_table t, struct work_op *op,
		struct bytes plain, struct work_batch *b)
{
	struct ad ad = bind(w, t, op->id);
	int r;

	op->table = t;
	op->off = b->cells.n;
	r = cell_seal(&b->cells, w->keys.rows, &ad, plain);
	op->n = b->cells.n - op->off;
	return r == 0 ? work_batch_add(b, op) : r;
}

/* The sum counts the new row in place of the old. */
static void restamp(struct work *w, bool node, uint64_t id, bool *stored,
		    uint8_t *stamp, const uint8_t *cell)
{
	if (*stored)
		work_row_forget(w, node, id, stamp);
	memcpy(stamp, cell, WORK_STAMP);
	work_row_count(w, node, id, stamp);
	*stored = true;
}

static int put_time(struct buf *b, struct timespec t)
{
	int r = cbor_put_int(b, t.tv_sec);

	return r == 0 ? cbor_put_uint(b, (uint64_t)t.tv_nsec) : r;
}

static int put_xattrs(struct buf *b, const struct work_node *n)
{
	uint64_t count = 0;
	int r;

	for (const struct work_xattr *x = n->xattrs; x != NULL; x = x->next)
		count += 2;
	r = cbor_put_array(b, count);
	for (const struct work_xattr *x = n->xattrs; r == 0 && x != NULL;
	     x = x->next) {
		r = cbor_put_bytes(b, buf_bytes(&x->name));
		if (r == 0)
			r = cbor_put_bytes(b, buf_bytes(&x->value));
	}
	return r;
}

static int put_node(struct buf *b, const struct work_node *n)
{
	int r = cbor_put_array(b, NODE_FIELDS);

	if (r == 0)
		r = cbor_put_uint(b, n->parent == NULL ? 0 : n->parent->id);
	if (r == 0)
		r = cbor_put_uint(b, n->mode);
	if (r == 0)
		r = cbor_put_uint(b, n->size);
	if (r == 0)
		r = cbor_put_uint(b, n->blocks);
	if (r == 0)
		r = put_time(b, n->atime);
	if (r == 0)
		r = put_time(b, n->mtime);
	if (r == 0)
		r = put_time(b, n->ctime);
	if (r == 0)
		r = cbor_put_uint(b, n->versions);
	if (r == 0)
		r = cbor_put_bytes(b, buf_bytes(&n->name));
	if (r == 0)
		r = cbor_put_bytes(b, buf_bytes(&n->target));
	return r == 0 ? put_xattrs(b, n) : r;
}

/* The keyed hash of a name in its folder: no two rows may have the same. */
static void name_hash(const struct work *w, const struct work_node *n,
		      uint8_t out[WORK_HASH])
{
	uint8_t full[HASH_LEN];
	struct hasher h;

	hasher_blake2b(&h, w->keys.names);
	hasher_u64(&h, n->parent->id);
	hasher_field(&h, buf_bytes(&n->name));
	hasher_end(&h, full);
	memcpy(out, full, WORK_HASH);
}

int work_row_node(struct work *w, struct work_node *n, struct work_batch *b)
{
	struct buf plain CLEANUP(buf_free) = {.secret = true};
	struct work_op op = {.id = n->id};
	int r = put_node(&plain, n);

	if (r == 0 && n->parent != NULL) {
		op.hashed = true;
		name_hash(w, n, op.hash);
	}
	if (r == 0)
		r = seal(w, WORK_NODE, &op, buf_bytes(&plain), b);
	if (r == 0)
		restamp(w, true, n->id, &n->stored, n->stamp,
			b->cells.p + op.off);
	return r;
}

static int put_places(struct buf *b, const struct work_chunk *c)
{
	int r = buf_putc(b, PLACES);

	if (r == 0)
		r = buf_putc(b, c->hashed);
	if (r == 0)
		r = buf_put(b, c->hash, WORK_DIGEST);
	for (unsigned i = 0; r == 0 && i < WORK_CHUNK; i++) {
		const struct work_block *p = &c->b[i];
		uint8_t slot[4] = {(uint8_t)(p->slot >> 24),
				   (uint8_t)(p->slot >> 16),
				   (uint8_t)(p->slot >> 8), (uint8_t)p->slot};

		r = buf_put(b, slot, sizeof(slot));
		if (r == 0)
			r = buf_put(b, p->nonce, WORK_NONCE);
		if (r == 0)
			r = buf_put(b, p->tag, WORK_TAG);
	}
	return r;
}

int work_row_chunk(struct work *w, struct work_chunk *c, struct work_batch *b)
{
	struct buf plain CLEANUP(buf_free) = {.secret = true};
	struct work_node *n = c->node;
	struct work_ref *ref = &n->refs[work_ref_find(n, c->nr)];
	struct work_op op = {.id = work_map_id(n, c->nr)};
	int r = buf_reserve(&plain, WORK_BLOCK + 64);

	if (r == 0 && c->b[0].slot == WORK_INLINE) {
		r = buf_putc(&plain, INLINED);
		if (r == 0)
			r = buf_put(&plain, c->buf[0], (size_t)n->size);
	} else if (r == 0) {
		r = put_places(&plain, c);
	}
	if (r == 0)
		r = seal(w, WORK_MAP, &op, buf_bytes(&plain), b);
	if (r == 0)
		restamp(w, false, op.id, &ref->stored, ref->stamp,
			b->cells.p + op.off);
	return r;
}

int work_row_head(struct work *w, struct work_batch *b)
{
	struct buf plain CLEANUP(buf_free) = {0};
	struct work_op op = {.id = WORK_HEAD_ID};
	int r = cbor_put_array(&plain, 8);

	if (r == 0)
		r = cbor_put_uint(&plain, HEAD_FORMAT);
	if (r == 0)
		r = cbor_put_uint(&plain, w->commits + 1);
	if (r == 0)
		r = cbor_put_uint(&plain, w->next_id);
	if (r == 0)
		r = cbor_put_uint(&plain, w->nrows);
	for (unsigned i = 0; r == 0 && i < 4; i++)
		r = cbor_put_uint(&plain, w->sum.v[i]);
	return r == 0 ? seal(w, WORK_HEAD, &op, buf_bytes(&plain), b) : r;
}

/* ---- opening ---- */

static int unseal(struct work *w, enum work_table t, uint64_t id,
		  struct bytes cell, struct buf *plain, struct bytes *out)
{
	struct ad ad = bind(w, t, id);
	int r;

	plain->secret = true;
	r = cell_open(plain, w->keys.rows, &ad, cell, out);
	return r == -EBADMSG ? -EUCLEAN : r;
}

int work_row_head_get(struct work *w, struct bytes cell, struct work_head *h)
{
	struct buf plain CLEANUP(buf_free) = {0};
	struct cbor c = {0};
	int r = unseal(w, WORK_HEAD, WORK_HEAD_ID, cell, &plain, &c.in);

	if (r != 0)
		return r;
	if (cbor_get_array(&c) != 8 || cbor_get_uint(&c) != HEAD_FORMAT)
		return -EUCLEAN;
	h->commits = cbor_get_uint(&c);
	h->next_id = cbor_get_uint(&c);
	h->nrows = cbor_get_uint(&c);
	for (unsigned i = 0; i < 4; i++)
		h->sum.v[i] = cbor_get_uint(&c);
	return cbor_end(&c) == 0 ? 0 : -EUCLEAN;
}

static struct timespec get_time(struct cbor *c)
{
	struct timespec t = {.tv_sec = cbor_get_int(c)};

	t.tv_nsec = (long)cbor_get_uint(c);
	if (t.tv_nsec < 0 || t.tv_nsec > 999999999)
		c->err = -EPROTO;
	return t;
}

static int get_xattrs(struct cbor *c, struct work_node *n)
{
	uint64_t count = cbor_get_array(c) / 2;
	struct work_xattr **end = &n->xattrs;
	int r = 0;

	while (r == 0 && c->err == 0 && count-- > 0) {
		struct bytes name = cbor_get_bytes(c);
		struct bytes value = cbor_get_bytes(c);
		struct work_xattr *x = mem_new(1, sizeof(*x));

		if (x == NULL)
			return -ENOMEM;
		*end = x;
		end = &x->next;
		x->name.secret = x->value.secret = true;
		r = buf_putb(&x->name, name);
		if (r == 0)
			r = buf_putb(&x->value, value);
		n->xattr_bytes += name.n + value.n + 8;
	}
	return r;
}

static int get_node(struct cbor *c, struct work_node *n, uint64_t *parent)
{
	int r;

	if (cbor_get_array(c) != NODE_FIELDS)
		return -EUCLEAN;
	*parent = cbor_get_uint(c);
	n->mode = (mode_t)cbor_get_uint(c);
	n->size = cbor_get_uint(c);
	n->blocks = cbor_get_uint(c);
	n->atime = get_time(c);
	n->mtime = get_time(c);
	n->ctime = get_time(c);
	n->versions = (uint32_t)cbor_get_uint(c);
	r = buf_putb(&n->name, cbor_get_bytes(c));
	if (r == 0)
		r = buf_putb(&n->target, cbor_get_bytes(c));
	if (r == 0)
		r = get_xattrs(c, n);
	if (r == 0 && cbor_end(c) != 0)
		r = -EUCLEAN;
	return r;
}

int work_row_node_get(struct work *w, struct work_node *n, struct bytes cell,
		      uint64_t *parent)
{
	struct buf plain CLEANUP(buf_free) = {0};
	struct cbor c = {0};
	int r = unseal(w, WORK_NODE, n->id, cell, &plain, &c.in);

	if (r == 0)
		r = get_node(&c, n, parent);
	if (r == 0 && n->size > WORK_MOST)
		r = -EUCLEAN;
	return r;
}

static void get_places(struct bytes in, struct work_chunk *c)
{
	const uint8_t *p = in.p + 2;

	c->hashed = in.p[1] != 0;
	memcpy(c->hash, p, WORK_DIGEST);
	p += WORK_DIGEST;
	for (unsigned i = 0; i < WORK_CHUNK; i++, p += PLACE) {
		struct work_block *b = &c->b[i];

		b->slot = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			  (uint32_t)p[2] << 8 | p[3];
		memcpy(b->nonce, p + 4, WORK_NONCE);
		memcpy(b->tag, p + 4 + WORK_NONCE, WORK_TAG);
	}
}

int work_row_chunk_get(struct work *w, uint64_t id, struct bytes cell,
		       struct work_chunk *c, struct buf *inlined)
{
	struct buf plain CLEANUP(buf_free) = {0};
	struct bytes in;
	int r = unseal(w, WORK_MAP, id, cell, &plain, &in);

	if (r != 0)
		return r;
	if (in.n == 2 + WORK_DIGEST + WORK_CHUNK * PLACE && in.p[0] == PLACES) {
		if (c != NULL)
			get_places(in, c);
		return inlined == NULL ? 0 : -EUCLEAN;
	}
	if (in.n < 1 || in.n > 1 + WORK_BLOCK || in.p[0] != INLINED)
		return -EUCLEAN;
	if (c != NULL)
		c->b[0].slot = WORK_INLINE;
	return inlined == NULL ? 0
			       : buf_putb(inlined, bytes_sub(in, 1, in.n - 1));
}
