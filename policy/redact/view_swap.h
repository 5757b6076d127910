/* Two fields of a record change places, by a coin that nobody can guess. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_VIEW_SWAP_H
#define REDACT_VIEW_SWAP_H

#include "policy/redact/view.h"

/* A stretch of a record in the order of the view. */
struct swap_part {
	uint64_t at;	     /* the source byte at which it stands */
	uint64_t start, end; /* the source bytes that stand there */
	bool moved;
};

/* [TYPE_n] counts in the order of the view: the record's values, by type and
 * number. */
struct swap_ord {
	uint32_t value, ord;
	uint64_t at; /* while counting: where it is first met */
	uint16_t type;
};

struct swap {
	struct swap_part *parts;
	size_t nparts; /* 0: the record is shown as it lies */
	struct swap_ord *ords;
	size_t nords;
	uint64_t rules; /* bit i: the pairs of the decision's field i moved */
};

/**
 * view_swap(in, r, out): how record r is shown: its parts, ascending in `at`,
 * touching, from r->sep to r->end. All or nothing: where any pair of the
 * decision does not have as many firsts as seconds in the record, where two of
 * its values overlap or a cut takes one out, the record is shown as it lies.
 * Pure. -ENOMEM, -ENOKEY.
 */
int view_swap(const struct view_in *in, const struct record *r,
	      struct swap *out) MUST_CHECK NONNULL_ALL;

/** view_swap_ord(x, s): the ord of a span of an exchanged record. */
uint32_t view_swap_ord(const struct swap *x, const struct span *s) NONNULL_ALL;
/** view_swap_free(x): a zeroed one is fine. */
void view_swap_free(struct swap *x) NONNULL_ALL;

/** view_swap_cut(in, at): the first cut that ends behind at. */
size_t view_swap_cut(const struct view_in *in, uint64_t at) NONNULL_ALL;

#endif
