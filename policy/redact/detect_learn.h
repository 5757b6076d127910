/* Inside of detection: what is kept of a group between its two passes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_LEARN_H
#define REDACT_DETECT_LEARN_H

#include "policy/redact/detect.h"

/* The hits of all records of the first pass, in order, to be taken in the same
 * order in the second. */
struct detect_kept {
	struct hit *hits;
	uint32_t *counts; /* per record */
	size_t nhits, caphits, ncounts, capcounts;
	size_t at_hit, at_count; /* where taking goes on */
};
int detect_kept_put(struct detect_kept *k, const struct hits *h) MUST_CHECK;
/** detect_kept_take(k, out): the next record's hits, copied; -EPROTO where the
 * second pass has more records than the first. */
int detect_kept_take(struct detect_kept *k, struct hits *out) MUST_CHECK;
void detect_kept_free(struct detect_kept *k);

/*
 * Groups of records within a file, by hash of their name: how many records
 * each has, and what is known in it where there are several.
 */
struct detect_shared {
	uint64_t hash; /* never 0 in a used slot */
	uint32_t records;
	struct propagate *known;
};
struct detect_groups {
	struct detect_shared *slots;
	uint32_t cap, n;
	bool several; /* some group has more than one record */
};
int detect_groups_count(struct detect_groups *g, struct bytes name) MUST_CHECK;
/** detect_groups_find(g, name): the group with several records of that name;
 * NULL: none, or the record is alone in its group. */
struct detect_shared *detect_groups_find(const struct detect_groups *g,
					 struct bytes name);
void detect_groups_free(struct detect_groups *g);

#endif
