/* Dealing units to annotators by rendezvous hashing. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_ASSIGN_H
#define POLICY_ASSIGN_H

#include "policy/rules.h"

/* One question; all borrowed. */
struct assign_in {
	const struct policy *policy;
	const struct task *task;
	const struct key *key; /* the project's assign key */
	uint32_t me;	       /* annotator */
	struct bytes unit;     /* as policy.h states it */
};

/**
 * assign_dealt(in): is the unit among those of `me`? By the lists of the task
 * where one names the unit, else by the formula.
 */
bool assign_dealt(const struct assign_in *in) MUST_CHECK NONNULL_ALL;

/**
 * assign_possible(t, me): false when no unit at all can be dealt to me.
 */
bool assign_possible(const struct task *t, uint32_t me);

/**
 * assign_unit(out, by, dataset, path, last): append the unit's bytes; last is
 * the group, or the record's id. A group that is empty counts as its object.
 * -ENOMEM.
 */
int assign_unit(struct buf *out, enum deal_by by, const char *dataset,
		struct bytes path, struct bytes last) MUST_CHECK;

#endif
