/* The nearest word of a list, for "did you mean". */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_NEAR_H
#define POLICY_NEAR_H

#include "base/attr.h"
#include "base/bytes.h"

#define NEAR_MAX 64 /* bytes of a word; longer ones are near nothing */

/**
 * near_distance(a, b): how many bytes must be put in, taken out, replaced or
 * swapped with their neighbour to make b of a, in any case of ASCII letters;
 * SIZE_MAX when one is longer than NEAR_MAX.
 */
size_t near_distance(struct bytes a, struct bytes b);

/**
 * near_word(word, list, n): the word of list[0..n) with the smallest distance,
 * the first of equals, when it is at most a third of the longer length (and
 * at least 1); else NULL. The result borrows from the list.
 */
const char *near_word(struct bytes word, const char *const list[],
		      size_t n) MUST_CHECK;

#endif
