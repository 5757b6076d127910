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

/* "r" 0, data set, "/", path, 0, id: path and id at most 4096 bytes each. */
#define ASSIGN_UNIT_MAX (2 + 64 + 1 + 4096 + 1 + 4096)

/**
 * assign_unit(out, by, dataset, path, last): write the unit's bytes; last is
 * the group, or the record's id. A group that is empty counts as its object.
 * Returns how many bytes, 0 when it is longer than the above: such a unit is
 * dealt to nobody. No allocation: an answer never depends on memory.
 */
size_t assign_unit(uint8_t out[ASSIGN_UNIT_MAX], enum deal_by by,
		   const char *dataset, struct bytes path,
		   struct bytes last) MUST_CHECK;

#endif
