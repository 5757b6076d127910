/* Inside of a view: one walk over a block, and the literals it puts. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_VIEW_WALK_H
#define REDACT_VIEW_WALK_H

#include "policy/redact/view_memo.h"
#include "policy/redact/view_swap.h"

#define RULES_KNOWN 64

struct view_walk {
	const struct view_in *in;
	struct view_block *out;
	bool keep;		   /* pieces too, not only lengths */
	uint64_t lo, hi;	   /* source bytes of the block */
	uint64_t pos;		   /* source byte to be shown next */
	size_t span, cut;	   /* next ones */
	uint64_t seen;		   /* visible records before the one at hand */
	struct buf raw, text, lit; /* scratch */
	struct view_memo memo;	   /* keyed literals */
	struct swap swap;	   /* of the record at hand */
	const struct transform *rules[RULES_KNOWN]; /* by type */
};

/** view_circumstance(in, s): who said it and for which work: what conditions
 * look at. */
struct circumstance view_circumstance(const struct view_in *in,
				      const struct span *s) NONNULL_ALL;

/** view_literal_rule(w, s): the transform of a span where it stands. */
const struct transform *view_literal_rule(struct view_walk *w,
					  const struct span *s) NONNULL_ALL;

/** view_literal_put(w, s, record): what stands for the span, at the end of the
 * view. -EPROTO: it has no value; -ENOMEM, -ENOKEY, what the source said. */
int view_literal_put(struct view_walk *w, const struct span *s,
		     struct bytes record) MUST_CHECK NONNULL(1, 2);

#endif
