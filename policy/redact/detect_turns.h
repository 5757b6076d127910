/* Inside of detection: values that are said over several turns. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_TURNS_H
#define REDACT_DETECT_TURNS_H

#include "base/arena.h"
#include "policy/redact/detect.h"

#define TURNS_PIECES 24 /* of one value */
#define TURNS_CHAINS 16 /* keys that texts stand under at the same time */

/* A stretch of a run, and where it stands in the joined text (end 0: nowhere,
 * it is the other speaker's). */
struct turn_piece {
	uint32_t record, run, from, n, start;
	bool echo;
	bool only; /* an echo and no other words */
};

/* Turns in the making under one key. */
struct turn_chain {
	uint64_t key;  /* hash of it; 0: the chain is free */
	uint64_t who;  /* whose value it is */
	uint64_t used; /* when the last turn came */
	struct turn_piece v[TURNS_PIECES];
	unsigned n;	  /* pieces; n less echoes are joined */
	unsigned joined;  /* of them */
	unsigned idle;	  /* turns since the last piece */
	bool strong;	  /* it ends in parts of a value, not in words */
	struct buf text;  /* question and pieces, blanks between */
	struct buf said;  /* texts of the echoes, one behind the other */
	struct buf other; /* the end of the last turn */
};

/* A part of a value that was found so. */
struct turn_hit {
	uint32_t record;
	struct hit hit;
	struct bytes whole; /* the value as it is joined */
};

/* Zeroed is empty. */
struct detect_turns {
	struct turn_chain chains[TURNS_CHAINS];
	struct talk talk;
	struct arena *a;    /* wholes */
	struct turn_hit *v; /* sorted when they are taken */
	size_t n, cap, at;  /* at: taken so far */
	size_t learned;
	uint64_t clock; /* turns so far */
	struct hits hits;
	bool sorted;
};

/** detect_turns_feed(t, r, record, runs, n): the next record of the dialogue;
 * its turns may be the end of a value, and the beginning of another. Bounded
 * work for each run. -ENOMEM. */
int detect_turns_feed(struct detect_turns *t, const struct recognizers *r,
		      uint32_t record, const struct run *runs,
		      size_t n) MUST_CHECK;

/** detect_turns_end(t, r): the dialogue ends. -ENOMEM. */
int detect_turns_end(struct detect_turns *t,
		     const struct recognizers *r) MUST_CHECK;

/** detect_turns_next(t, record): the next part found in that record; NULL: no
 * more. Records are asked for in order, when all were fed. */
const struct turn_hit *detect_turns_next(struct detect_turns *t,
					 uint32_t record);

/** detect_turns_found(t, c, hit): a hit in the joined text of c becomes a part
 * in each of its turns, and in what the other one says again of it; one that
 * stands in a single turn is dropped. -ENOMEM. */
int detect_turns_found(struct detect_turns *t, const struct turn_chain *c,
		       const struct hit *hit) MUST_CHECK;

/** detect_turns_reset(t): forget all; detect_turns_free(t): zeroed is fine. */
void detect_turns_reset(struct detect_turns *t);
void detect_turns_free(struct detect_turns *t);

#endif
