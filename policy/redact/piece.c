/* Collecting the pieces of a block, or only their length. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/piece.h"

#include <errno.h>

#include "base/mem.h"

static struct piece *last_of(struct view_block *b, enum piece_kind kind)
{
	struct piece *p = b->npieces == 0 ? NULL : &b->pieces[b->npieces - 1];

	return p != NULL && p->kind == kind ? p : NULL;
}

/* n more bytes at from still fit a piece's 32 bits. */
static bool fits(const struct view_block *b, uint64_t from, uint64_t n)
{
	return n <= UINT32_MAX && from <= UINT32_MAX &&
	       b->len + n <= UINT32_MAX;
}

static int append(struct view_block *b, enum piece_kind kind, uint64_t from,
		  uint64_t n)
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
						 .len = (uint32_t)n,
						 .from = (uint32_t)from,
						 .kind = kind};
	return 0;
}

static int put_source(struct view_block *b, bool keep, enum piece_kind kind,
		      uint64_t from, uint64_t n)
{
	struct piece *p = last_of(b, kind);
	int rc = 0;

	if (n == 0)
		return 0;
	from -= b->base;
	if (!fits(b, from, n))
		return -EFBIG;
	if (keep && p != NULL && (uint64_t)p->from + p->len == from)
		p->len += (uint32_t)n;
	else if (keep)
		rc = append(b, kind, from, n);
	if (rc == 0)
		b->len += n;
	return rc;
}

int piece_copy(struct view_block *b, bool keep, uint64_t from, uint64_t n)
{
	return put_source(b, keep, PIECE_COPY, from, n);
}

int piece_fill(struct view_block *b, bool keep, uint64_t from, uint64_t n)
{
	return put_source(b, keep, PIECE_FILL, from, n);
}

int piece_literal(struct view_block *b, bool keep, struct bytes text)
{
	struct piece *p = last_of(b, PIECE_LITERAL);
	uint64_t from = b->literals.n;
	int rc = 0;

	if (text.n == 0)
		return 0;
	if (!fits(b, from, text.n))
		return -EFBIG;
	if (keep)
		rc = buf_putb(&b->literals, text);
	if (rc == 0 && keep && p != NULL)
		p->len += (uint32_t)text.n;
	else if (rc == 0 && keep)
		rc = append(b, PIECE_LITERAL, from, text.n);
	if (rc == 0)
		b->len += text.n;
	return rc;
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

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if ((uint64_t)b->pieces[mid].view + b->pieces[mid].len <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
