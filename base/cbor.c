/* Deterministic CBOR: one head writer, one head reader, one item walker. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoder hands out values while the caller walks a known shape, so it
 * keeps no stack. What a cursor cannot see (order and type of map keys, that
 * an array's items are there at all) is checked when a map is entered: item_end
 * walks over the whole map once, without recursion, and fails it as a whole.
 * A nested map is walked again when it is entered: at most MAX_DEPTH times
 * over, and entries are small.
 */
#include "base/cbor.h"

#include <errno.h>

#include "base/utf8.h"

#define MAX_DEPTH 16

enum major {
	MAJOR_UINT = 0,
	MAJOR_NINT = 1,
	MAJOR_BYTES = 2,
	MAJOR_TEXT = 3,
	MAJOR_ARRAY = 4,
	MAJOR_MAP = 5,
	MAJOR_SIMPLE = 7,
};

enum simple {
	SIMPLE_FALSE = 20,
	SIMPLE_TRUE = 21,
	SIMPLE_NULL = 22,
};

static int put_head(struct buf *b, enum major major, uint64_t v)
{
	static const uint8_t info[] = {0, 24, 25, 0, 26, 0, 0, 0, 27};
	size_t n = v < 24 ? 0 : v <= 0xFF ? 1 : v <= 0xFFFF ? 2 : 4;
	uint8_t *out;
	int rc;

	if (v > 0xFFFFFFFF)
		n = 8;
	rc = buf_reserve(b, n + 1);
	if (rc != 0)
		return rc;
	out = b->p + b->n;
	b->n += n + 1;
	out[0] = (uint8_t)((unsigned)major << 5 | (n == 0 ? v : info[n]));
	for (size_t i = n; i > 0; i--, v >>= 8)
		out[i] = (uint8_t)v;
	return 0;
}

static int put_string(struct buf *b, enum major major, struct bytes v)
{
	size_t n = b->n;
	int rc = put_head(b, major, v.n);

	if (rc == 0)
		rc = buf_putb(b, v);
	if (rc != 0)
		b->n = n;
	return rc;
}

int cbor_put_uint(struct buf *b, uint64_t v)
{
	return put_head(b, MAJOR_UINT, v);
}

int cbor_put_int(struct buf *b, int64_t v)
{
	if (v >= 0)
		return put_head(b, MAJOR_UINT, (uint64_t)v);
	return put_head(b, MAJOR_NINT, ~(uint64_t)v);
}

int cbor_put_bytes(struct buf *b, struct bytes v)
{
	return put_string(b, MAJOR_BYTES, v);
}

int cbor_put_text(struct buf *b, struct bytes v)
{
	if (!utf8_valid(v))
		return -EINVAL;
	return put_string(b, MAJOR_TEXT, v);
}

int cbor_put_array(struct buf *b, uint64_t n)
{
	return put_head(b, MAJOR_ARRAY, n);
}

int cbor_put_map(struct buf *b, uint64_t n)
{
	return put_head(b, MAJOR_MAP, n);
}

int cbor_put_bool(struct buf *b, bool v)
{
	return put_head(b, MAJOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

int cbor_put_null(struct buf *b)
{
	return put_head(b, MAJOR_SIMPLE, SIMPLE_NULL);
}

/* One item's head; body is where its content starts. */
struct head {
	enum cbor_type type;
	uint64_t v;
	size_t body;
};

static enum cbor_type simple_type(uint64_t v)
{
	if (v == SIMPLE_FALSE || v == SIMPLE_TRUE)
		return CBOR_BOOL;
	return v == SIMPLE_NULL ? CBOR_NULL : CBOR_NONE;
}

static enum cbor_type head_type(uint8_t first, uint64_t v)
{
	switch (first >> 5) {
	case MAJOR_UINT:
		return CBOR_UINT;
	case MAJOR_NINT:
		return CBOR_NINT;
	case MAJOR_BYTES:
		return CBOR_BYTES;
	case MAJOR_TEXT:
		return CBOR_TEXT;
	case MAJOR_ARRAY:
		return CBOR_ARRAY;
	case MAJOR_MAP:
		return CBOR_MAP;
	case MAJOR_SIMPLE:
		return simple_type(v);
	default:
		return CBOR_NONE;
	}
}

/*
 * Read the head at off; type CBOR_NONE when malformed, not the shortest, of a
 * kind we do not use, or announcing more than the input holds.
 */
static struct head head_read(struct bytes in, size_t off)
{
	static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
	struct head h = {.type = CBOR_NONE};
	unsigned info;
	size_t n = 0;

	if (off >= in.n)
		return h;
	info = in.p[off] & 31;
	h.v = info;
	if (info >= 24) {
		if (info > 27 || (n = (size_t)1 << (info - 24)) >= in.n - off)
			return h;
		h.v = 0;
		for (size_t i = 1; i <= n; i++)
			h.v = h.v << 8 | in.p[off + i];
		if (h.v < least[info - 24])
			return h;
	}
	h.body = off + 1 + n;
	h.type = head_type(in.p[off], h.v);
	if (h.type >= CBOR_BYTES && h.type <= CBOR_ARRAY && h.v > in.n - h.body)
		h.type = CBOR_NONE;
	if (h.type == CBOR_MAP && h.v > (in.n - h.body) / 2)
		h.type = CBOR_NONE;
	return h;
}

/* An open array or map of the walk. */
struct frame {
	uint64_t left;	/* items (map: keys and values) still to come */
	uint64_t least; /* smallest key that may come next */
	bool map, full; /* full: the key 2^64 - 1 has been */
};

/* A key comes: unsigned, and above the one before. */
static bool key_fits(struct frame *f, const struct head *h)
{
	if (h->type != CBOR_UINT || f->full || h->v < f->least)
		return false;
	f->full = h->v == UINT64_MAX;
	f->least = h->v + 1;
	return true;
}

/*
 * The end of the item at off, everything in it checked: maps' keys, UTF-8 of
 * texts, depth. 0 when malformed (no item ends at 0).
 */
static size_t item_end(struct bytes in, size_t off)
{
	struct frame stack[MAX_DEPTH + 1] = {{.left = 1}};
	size_t depth = 0;

	for (;;) {
		struct frame *f = &stack[depth];
		struct head h;

		if (f->left == 0) {
			if (depth == 0)
				return off;
			depth--;
			continue;
		}
		h = head_read(in, off);
		if (h.type == CBOR_NONE ||
		    (f->map && f->left % 2 == 0 && !key_fits(f, &h)))
			return 0;
		f->left--;
		off = h.body;
		if (h.type == CBOR_BYTES || h.type == CBOR_TEXT)
			off += h.v;
		if (h.type == CBOR_TEXT &&
		    !utf8_valid(bytes_sub(in, h.body, h.v)))
			return 0;
		if (h.type != CBOR_ARRAY && h.type != CBOR_MAP)
			continue;
		if (depth == MAX_DEPTH)
			return 0;
		stack[++depth] = (struct frame){
			.left = h.type == CBOR_MAP ? h.v * 2 : h.v,
			.map = h.type == CBOR_MAP,
		};
	}
}

enum cbor_type cbor_peek(const struct cbor *c)
{
	return c->err != 0 ? CBOR_NONE : head_read(c->in, c->at).type;
}

/* Consume a head of the wanted type; false, and the error, when it is not. */
static bool take(struct cbor *c, enum cbor_type want, struct head *h)
{
	if (c->err != 0)
		return false;
	*h = head_read(c->in, c->at);
	if (h->type != want) {
		c->err = -EPROTO;
		return false;
	}
	c->at = h->body;
	return true;
}

/* Most heads are of one to three bytes, and an index has many thousands, read
 * at each first look at a block. *v is what such a one says, and it is
 * consumed; all that is not plain is left to head_read. */
static bool take_short(struct cbor *c, enum major major, uint64_t *v)
{
	size_t left = c->in.n - c->at, n = 1;
	const uint8_t *p;

	if (c->err != 0 || left < 3)
		return false;
	p = c->in.p + c->at;
	if (p[0] >> 5 != (unsigned)major)
		return false;
	*v = p[0] & 31;
	if (*v == 24) {
		*v = p[1];
		n = *v < 24 ? 0 : 2;
	} else if (*v == 25) {
		*v = (uint64_t)p[1] << 8 | p[2];
		n = *v < 0x100 ? 0 : 3;
	} else if (*v > 25) {
		n = 0;
	}
	if (n == 0 || (major != MAJOR_UINT && *v > left - n))
		return false;
	c->at += n;
	return true;
}

uint64_t cbor_get_uint(struct cbor *c)
{
	struct head h;
	uint64_t v;

	if (take_short(c, MAJOR_UINT, &v))
		return v;
	return take(c, CBOR_UINT, &h) ? h.v : 0;
}

int64_t cbor_get_int(struct cbor *c)
{
	enum cbor_type t = cbor_peek(c);
	struct head h;

	if (!take(c, t == CBOR_NINT ? CBOR_NINT : CBOR_UINT, &h))
		return 0;
	if (h.v > INT64_MAX) {
		c->err = -EPROTO;
		return 0;
	}
	return t == CBOR_NINT ? -1 - (int64_t)h.v : (int64_t)h.v;
}

static struct bytes get_string(struct cbor *c, enum cbor_type want)
{
	struct bytes v = {NULL, 0};
	uint64_t n;
	struct head h;

	if (want == CBOR_BYTES && take_short(c, MAJOR_BYTES, &n)) {
		v = bytes_of(c->in.p + c->at, (size_t)n);
		c->at += (size_t)n;
		return v;
	}
	if (!take(c, want, &h))
		return v;
	v = bytes_sub(c->in, h.body, h.v);
	c->at += h.v;
	return v;
}

struct bytes cbor_get_bytes(struct cbor *c)
{
	return get_string(c, CBOR_BYTES);
}

struct bytes cbor_get_text(struct cbor *c)
{
	struct bytes v = get_string(c, CBOR_TEXT);

	if (utf8_valid(v))
		return v;
	c->err = -EPROTO;
	return (struct bytes){NULL, 0};
}

uint64_t cbor_get_array(struct cbor *c)
{
	struct head h;
	uint64_t v;

	if (take_short(c, MAJOR_ARRAY, &v))
		return v;
	return take(c, CBOR_ARRAY, &h) ? h.v : 0;
}

uint64_t cbor_get_map(struct cbor *c)
{
	size_t at = c->at;
	struct head h;

	if (!take(c, CBOR_MAP, &h))
		return 0;
	if (item_end(c->in, at) == 0) {
		c->err = -EPROTO;
		return 0;
	}
	return h.v;
}

bool cbor_get_bool(struct cbor *c)
{
	struct head h;

	return take(c, CBOR_BOOL, &h) && h.v == SIMPLE_TRUE;
}

void cbor_get_null(struct cbor *c)
{
	struct head h;

	(void)take(c, CBOR_NULL, &h);
}

void cbor_skip(struct cbor *c)
{
	size_t end = c->err != 0 ? 0 : item_end(c->in, c->at);

	if (end == 0)
		c->err = c->err != 0 ? c->err : -EPROTO;
	else
		c->at = end;
}

int cbor_end(const struct cbor *c)
{
	if (c->err != 0)
		return c->err;
	return c->at == c->in.n ? 0 : -EPROTO;
}
