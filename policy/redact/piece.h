/* Collecting the pieces of a block, or only their length. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PIECE_H
#define REDACT_PIECE_H

#include "policy/redact/view.h"

/**
 * piece_copy(b, keep, from, n): n source bytes at from go on the end of the
 * view; joined with a copy that ends there. Nothing for n = 0. keep false:
 * only b->len grows. -ENOMEM; -EFBIG: a view of 4 GiB from one block, or from
 * 1 GiB around it.
 */
int piece_copy(struct view_block *b, bool keep, uint64_t from,
	       uint64_t n) MUST_CHECK NONNULL_ALL;

/**
 * piece_fill(b, keep, from, n): likewise, with b->bleeps over them.
 */
int piece_fill(struct view_block *b, bool keep, uint64_t from,
	       uint64_t n) MUST_CHECK NONNULL_ALL;

/**
 * piece_literal(b, keep, text): likewise with bytes of our own.
 */
int piece_literal(struct view_block *b, bool keep, struct bytes text) MUST_CHECK
	NONNULL(1);

/**
 * piece_again(b, keep, from, n): the n bytes that stand at from in the literals
 * once more, for a text that comes again.
 */
int piece_again(struct view_block *b, bool keep, uint64_t from,
		uint64_t n) MUST_CHECK NONNULL_ALL;

/** piece_len(b, i): view bytes of piece i. */
uint64_t piece_len(const struct view_block *b, size_t i) NONNULL_ALL;

/**
 * piece_trim(b): give back room that was kept for more. -ENOMEM.
 */
int piece_trim(struct view_block *b) MUST_CHECK NONNULL_ALL;

/**
 * piece_find(b, off): the piece whose view bytes hold off; b->npieces past the
 * end.
 */
size_t piece_find(const struct view_block *b, uint64_t off) NONNULL_ALL;

#endif
