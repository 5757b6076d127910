/* Inside of bleeps: lists of them, by channel. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_BLEEP_IN_H
#define REDACT_BLEEP_IN_H

#include "policy/redact/bleep.h"

enum edge {
	EDGE_NONE = 0, /* fill */
	EDGE_IN,       /* from the source into the fill */
	EDGE_OUT
};

/* Frames [from, to) of one list. */
struct bleep {
	uint64_t from, to;
	uint64_t origin; /* of a ramp: frame at its outer end */
	uint32_t ramp;	 /* its frames */
	uint8_t fill, edge;
};

/* Bleeps first, first + 1 ... in order, of one channel or of all others. */
struct lane {
	uint32_t channel; /* 1 ...; 0: those that no lane names */
	size_t first, n;
};

#define LANES_MAX 129 /* 127 channels, the others, and where anything is */

struct bleeps {
	struct wave wave;
	uint64_t data, frame; /* source byte of frame 0; bytes of one */
	struct bleep *v;
	size_t n, cap;
	struct lane lanes[LANES_MAX]; /* the last one: where anything is */
	size_t nlanes;
};

/** bleeps_next(b, at, from, to): the first stretch of source bytes that ends
 * behind `at` and is not all as it was. Everything beside is. False: none, and
 * nothing is set. */
bool bleeps_next(const struct bleeps *b, uint64_t at, uint64_t *from,
		 uint64_t *to) NONNULL_ALL;

/** bleep_less(a, b): a - b, at least 0. bleep_least, bleep_most: of the two. */
static inline uint64_t bleep_less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static inline uint64_t bleep_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t bleep_most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
