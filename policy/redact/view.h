/* The one pure function that makes shown bytes: pieces over the source. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_VIEW_H
#define REDACT_VIEW_H

#include "policy/redact/decision.h"
#include "policy/redact/index.h"

/* Bump whenever any input could give other bytes; part of every recipe. */
#define VIEW_RENDERER "carrel-view/6"

/* A field taken out: [start, end) of the source becomes lit (raw, escaped
 * already; empty for remove). Sorted, disjoint; wins over spans inside. */
struct cut {
	uint64_t start, end;
	struct bytes lit;
};

/* Where a value stands that may change places with another of its record. */
struct place {
	uint64_t start, end;
	uint32_t rule; /* of the decision's fields */
	bool second;   /* its `with` */
};

#define PIECE_BITS 30

enum piece_kind {
	PIECE_NONE = 0,
	PIECE_COPY,
	PIECE_LITERAL,
	PIECE_FILL
};

/* The block's view from view on, up to where the next piece begins, comes from
 * the source at base + from, as it is or with bleeps over it, or from the
 * literals at from. As small as can be: what lies in memory of the blocks that
 * are kept is mostly pieces. */
struct piece {
	uint32_t view;
	uint32_t from : PIECE_BITS;
	uint32_t kind : 2; /* enum piece_kind */
};

/* Everything a block's bytes depend on. All borrowed. */
struct view_in {
	const struct index_head *head;
	const struct index_block *block;
	uint32_t nr;		/* which block */
	const bool *visible;	/* per record of the block */
	uint64_t before;	/* visible records that begin (sep)
				   before this block */
	const struct cut *cuts; /* that overlap the block or one
				   of its spans */
	size_t ncuts;
	/* By start; those of every record that overlaps the block, whole. Then
	 * the block's spans and values are those of whole records, too, and
	 * cuts likewise: what stands in the block may come from `reach` bytes
	 * before it, or from behind it. */
	const struct place *places;
	size_t nplaces;
	uint64_t reach;
	const struct decision *decision;
	const struct standin *standin;
	/* The span's source bytes, for masks and partly kept values. */
	int (*source)(void *ctx, uint64_t off, void *dst, size_t n);
	void *ctx;
};

struct bleeps;
struct view_block {
	struct piece *pieces; /* ascending, touching, no empty ones */
	size_t npieces, cap;
	struct buf literals;
	struct bleeps *bleeps; /* of a recording; NULL: none */
	uint64_t base;	       /* source byte that pieces count from */
	uint64_t len;	       /* view bytes of this block */
	uint64_t visible; /* visible records whose sep lies in this block */
	uint32_t *starts; /* view byte each visible record begins at here */
	size_t nrecords;
	uint64_t first; /* which visible record of the object starts[0] is */
};

/**
 * view_build(in, out, e): the pieces of one block. Pure: no clock, no
 * randomness, no globals. Bytes of the block that belong to no visible record
 * give no piece. -ENOMEM, -EPROTO, what source returned.
 */
int view_build(const struct view_in *in, struct view_block *out,
	       struct err *e) MUST_CHECK;
void view_block_free(struct view_block *b);

/**
 * view_records(b, off, n, first, end): the visible records of the object that
 * bytes [off, off + n) of the block's view show, n > 0 of them and all within
 * it: numbers [*first, *end) in the order of the view, from 0.
 * view_record_at(b, record): the view byte of the block at which that record's
 * part of it begins; 0 for one that began before.
 */
void view_records(const struct view_block *b, uint64_t off, uint64_t n,
		  uint64_t *first, uint64_t *end);
uint64_t view_record_at(const struct view_block *b, uint64_t record);

/**
 * view_measure(in, len, visible, e): only the length and the count, without
 * keeping pieces; equal to view_build's by test.
 */
int view_measure(const struct view_in *in, uint64_t *len, uint64_t *visible,
		 struct err *e) MUST_CHECK;

/**
 * view_read(b, in, off, dst, n): bytes [off, off + n) of the block's view, n
 * within it; copies come through in->source.
 */
int view_read(const struct view_block *b, const struct view_in *in,
	      uint64_t off, void *dst, size_t n) MUST_CHECK;

/* ---- the view index: block -> offset in the view ---- */

struct view_mark {
	uint64_t offset; /* view offset of the block's first byte */
	uint64_t before; /* visible records that begin before the block */
};
struct view_index {
	uint64_t size;	  /* of the whole view: prefix, blocks, suffix */
	uint64_t visible; /* visible records in all */
	uint32_t nblocks;
	struct view_mark *marks; /* nblocks + 1; the last is the end */
	struct arena *arena;	 /* owns marks; NULL in a borrowed one */
};
/** view_index_put(b, x): append its CBOR; -ENOMEM. */
int view_index_put(struct buf *b, const struct view_index *x) MUST_CHECK;
/** view_index_get(in, x, e): -EPROTO for anything whose sums do not fit, also
 * from a hostile cell; x owns its marks. view_index_free(x): a zeroed one is
 * fine. */
int view_index_get(struct bytes in, struct view_index *x,
		   struct err *e) MUST_CHECK;
/** view_index_free(x): see above; fits CLEANUP. */
void view_index_free(struct view_index *x);
/** view_index_find(x, off): the block whose view bytes hold off. */
uint32_t view_index_find(const struct view_index *x, uint64_t off);

#endif
