/* Made-up lines whose fields a and b may change places. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SWAP_LINES_H
#define TEST_SWAP_LINES_H

#include "policy/redact/view.h"

#define MAX 600 /* lines */

/* Lines {"a":"...","b":"...","c":"..."} with names in them. */
struct lines {
	struct buf data;
	struct index_head head;
	struct bytes types[1];
	struct record records[MAX];
	char ids[MAX][12];
	struct span spans[4 * MAX];
	struct value values[8];
	struct place places[2 * MAX];
	size_t nplaces;
	struct cut cuts[MAX];
	size_t ncuts;
	bool visible[MAX];
};

/** lines_below(seed, n): the next number of seed, below n. */
uint64_t lines_below(uint64_t *seed, uint64_t n);

/** lines_new(): no line yet; lines_put(l, seed, a, b): one more, with so many
 * bytes between the names of its first two values; lines_done(l): no more. */
struct lines *lines_new(void);
void lines_put(struct lines *l, uint64_t *seed, size_t a, size_t b);
void lines_done(struct lines *l);
void lines_free(struct lines **l);

/** lines_view(l, nr, k, s): what a lens hands on for block nr: its records, and
 * all of each of them. Tags, and a swap of a with b by the project's coin. */
struct view_in lines_view(struct lines *l, uint32_t nr, struct index_block *k,
			  const struct standin *s);

/** lines_render(l, s, out): the views of all blocks, read in pieces. */
void lines_render(struct lines *l, const struct standin *s, struct buf *out);

#endif
