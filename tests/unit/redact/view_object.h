/* Made-up objects for tests of views. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_VIEW_OBJECT_H
#define TEST_VIEW_OBJECT_H

#include "policy/redact/view.h"

/*
 * A made-up object of a few blocks. To keep it small, the block size is the
 * real one but most of an object is one long record or a few, with records,
 * spans and cuts crowded around the edges of blocks.
 */
#define MAX_RECORDS 400
#define MAX_SPANS 400
#define MAX_CUTS 60

struct view_object {
	uint8_t *data;
	struct index_head head;
	struct record records[MAX_RECORDS];
	bool visible[MAX_RECORDS];
	struct span spans[MAX_SPANS];
	struct value values[8];
	struct cut cuts[MAX_CUTS];
	size_t ncuts;
	struct bytes types[3];
	uint64_t source_calls;
};

/* One block of it, as the desk would hand it to a view. */
struct view_part {
	struct index_block k;
	const bool *visible;
	const struct cut *cuts;
	size_t ncuts;
	uint64_t before;
};

/* A tag, a keep with a score, a mask; all else is dropped. */
extern const struct decision view_object_decision;

/** view_object_below(seed, n): the next number of seed, below n. */
uint64_t view_object_below(uint64_t *seed, uint64_t n);

/** view_object_new(seed): an object; view_object_free(&o) gives it back. */
struct view_object *view_object_new(uint64_t seed);
void view_object_free(struct view_object **o);

/** view_object_part(o, nr, b): block nr, borrowed from o. */
void view_object_part(struct view_object *o, uint32_t nr, struct view_part *b);

/** view_object_in(o, nr, b): what view_build takes for it; the source counts
 * its calls in o. */
struct view_in view_object_in(struct view_object *o, uint32_t nr,
			      const struct view_part *b);

#endif
