/* Collecting the pieces of a block, or only their length. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/piece.h"

#include <errno.h>

#include "base/mem.h"

#define PIECE_MOST ((1u << PIECE_BITS) - 1)

static const struct piece *last_of(const struct view_block *b,
				   enum piece_kind kind)
{
	const struct piece *p =
		b->npieces == 0 ? NULL : &b->pieces[b->npieces - 1];

	return p != NULL && p->kind == kind ? p : NULL;
}

/* n more bytes at from still fit a piece's bits. */
static bool fits(const struct view_block *b, uint64_t from, uint64_t n)
{
	return n <= UINT32_MAX && from <= PIECE_MOST &&
	       b->len + n <= UINT32_MAX;
}

uint64_t piece_len(const struct view_block *b, size_t i)
{
	uint64_t end = i + 1 < b->npieces ? b->pieces[i + 1].view : b->len;

	return end - b->pieces[i].view;
}

/* The last piece goes on with what lies at from. */
static bool goes_on(const struct view_block *b, enum piece_kind kind,
		    uint64_t from)
{
	const struct piece *p = last_of(b, kind);

	return p != NULL && p->from + piece_len(b, b->npieces - 1) == from;
}

static int append(struct view_block *b, enum piece_kind kind, uint64_t from)
{
	if (b->npieces == b->cap) {
		size_t cap = b->cap == 0 ? 16 : 2 * b->cap;
		void *p = mem_grow(b->pieces, cap, sizeof(*b->pieces));

		if (p == NULL)
			return -ENOMEM;
		b->pieces = p;
		b->cap = cap;
	}
	b->pieces[b->npieces++] = (struct piece){.view = (uint32_t)b->len,
						 .from = from & PIECE_MOST,
						 .kind = kind & 3u};
	return 0;
}

static int put(struct view_block *b, bool keep, enum piece_kind kind,
	       uint64_t from, uint64_t n)
{
	int rc = 0;

	if (n == 0)
		return 0;
	if (!fits(b, from, n))
		return -EFBIG;
	if (keep && !goes_on(b, kind, from))
		rc = append(b, kind, from);
	if (rc == 0)
		b->len += n;
	return rc;
}

int piece_copy(struct view_block *b, bool keep, uint64_t from, uint64_t n)
{
	return put(b, keep, PIECE_COPY, from - b->base, n);
}

int piece_fill(struct view_block *b, bool keep, uint64_t from, uint64_t n)
{
	return put(b, keep, PIECE_FILL, from - b->base, n);
}

int piece_literal(struct view_block *b, bool keep, struct bytes text)
{
	uint64_t from = b->literals.n;
	int rc = keep && text.n > 0 ? buf_putb(&b->literals, text) : 0;

	return rc == 0 ? piece_again(b, keep, from, text.n) : rc;
}

int piece_again(struct view_block *b, bool keep, uint64_t from, uint64_t n)
{
	return put(b, keep, PIECE_LITERAL, from, n);
}

int piece_trim(struct view_block *b)
{
	struct buf exact = {.secret = b->literals.secret};
	void *p;

	if (b->npieces == 0 || b->npieces == b->cap)
		return 0;
	p = mem_grow(b->pieces, b->npieces, sizeof(*b->pieces));
	if (p == NULL)
		return -ENOMEM;
	b->pieces = p;
	b->cap = b->npieces;
	if (buf_putb(&exact, buf_bytes(&b->literals)) != 0)
		return -ENOMEM;
	buf_free(&b->literals);
	b->literals = exact;
	return 0;
}

size_t piece_find(const struct view_block *b, uint64_t off)
{
	size_t lo = 0, hi = b->npieces;

	if (off >= b->len)
		return hi;
	while (hi - lo > 1) { /* the last one that begins at or before off */
		size_t mid = lo + (hi - lo) / 2;

		if (b->pieces[mid].view <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}
