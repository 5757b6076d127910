/* The view index: where each block's view begins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/cbor.h"
#include "policy/redact/view.h"

/*
 * CBOR: [1, size, visible, nblocks, first offset, then per block the length of
 * its view and the visible records that begin in it]. Sums give the marks, so
 * that they can only ascend.
 */
#define FORM 1
#define FIXED 5

int view_index_put(struct buf *b, const struct view_index *x)
{
	const uint64_t fixed[FIXED] = {FORM, x->size, x->visible, x->nblocks,
				       x->marks[0].offset};
	int rc = cbor_put_array(b, FIXED + 2 * (uint64_t)x->nblocks);

	for (size_t i = 0; rc == 0 && i < FIXED; i++)
		rc = cbor_put_uint(b, fixed[i]);
	for (uint32_t i = 0; rc == 0 && i < x->nblocks; i++) {
		const struct view_mark *m = &x->marks[i];

		rc = cbor_put_uint(b, m[1].offset - m[0].offset);
		if (rc == 0)
			rc = cbor_put_uint(b, m[1].before - m[0].before);
	}
	return rc;
}

static int get_marks(struct cbor *c, struct view_index *x)
{
	struct view_mark *m = x->marks;

	for (uint32_t i = 0; i < x->nblocks; i++, m++)
		if (__builtin_add_overflow(m->offset, cbor_get_uint(c),
					   &m[1].offset) ||
		    __builtin_add_overflow(m->before, cbor_get_uint(c),
					   &m[1].before))
			return -EPROTO;
	if (cbor_end(c) != 0 || m->offset > x->size || m->before != x->visible)
		return -EPROTO;
	return 0;
}

static int get(struct bytes in, struct view_index *x)
{
	struct cbor c = {.in = in};
	uint64_t n = cbor_get_array(&c), blocks, first;

	if (cbor_get_uint(&c) != FORM)
		return -EPROTO;
	x->size = cbor_get_uint(&c);
	x->visible = cbor_get_uint(&c);
	blocks = cbor_get_uint(&c);
	first = cbor_get_uint(&c);
	/* Two bytes at least per block: no size without bytes to match. */
	if (c.err != 0 || blocks > in.n / 2 || n != FIXED + 2 * blocks)
		return -EPROTO;
	x->nblocks = (uint32_t)blocks;
	x->arena = arena_new();
	if (x->arena == NULL)
		return -ENOMEM;
	x->marks = arena_array(x->arena, blocks + 1, sizeof(*x->marks));
	if (x->marks == NULL)
		return -ENOMEM;
	x->marks[0].offset = first;
	return get_marks(&c, x);
}

int view_index_get(struct bytes in, struct view_index *x, struct err *e)
{
	int rc;

	*x = (struct view_index){0};
	rc = get(in, x);
	if (rc == 0)
		return 0;
	view_index_free(x);
	return err_set(e, rc, NULL, "view index is malformed");
}

void view_index_free(struct view_index *x)
{
	arena_free(x->arena);
	*x = (struct view_index){0};
}

uint32_t view_index_find(const struct view_index *x, uint64_t off)
{
	uint32_t lo = 0, hi = x->nblocks;

	/* The last block that begins at or before off. */
	while (lo + 1 < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (x->marks[mid].offset <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}
