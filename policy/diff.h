/* What changes for whom from one policy to another: rules compared. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_DIFF_H
#define POLICY_DIFF_H

#include "policy/policy.h"

/**
 * diff_seats(a, b, as, each, ctx): every annotator of either policy with every
 * task that either gives them, by name; task NULL: none. as: only this one.
 * What each returns other than 0 ends it and is returned. -ENOENT: neither
 * knows as; -ENOMEM.
 */
int diff_seats(const struct policy *a, const struct policy *b, const char *as,
	       int (*each)(void *ctx, const char *annotator, const char *task),
	       void *ctx) MUST_CHECK NONNULL(1, 2, 4);

enum diff_way {
	DIFF_CHANGES = 0, /* neither more nor less can be told */
	DIFF_GAINS,
	DIFF_LOSES
};

/* One difference for one seat. Words for people; empty: nothing is there. */
struct diff_line {
	const char
		*what; /* "PERSON", "default", "see", "fields", "names" ... */
	enum diff_way way;
	struct bytes before, after;
};

/**
 * diff_seat(a, b, annotator, task, each, ctx): each difference between what the
 * two policies say for the seat: whether it may be taken at all, and then which
 * records, how each type is shown, which fields are taken out or exchanged, how
 * names are shown. -ENOMEM; what each returned.
 */
int diff_seat(const struct policy *a, const struct policy *b,
	      const char *annotator, const char *task,
	      int (*each)(void *ctx, const struct diff_line *l),
	      void *ctx) MUST_CHECK NONNULL(1, 2, 3, 5);

/** diff_way_name(w): "gains". */
const char *diff_way_name(enum diff_way w);

#endif
