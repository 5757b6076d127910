/* Known numbers, found by their digits whatever stands between them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PROPAGATE_DIGITS_H
#define REDACT_PROPAGATE_DIGITS_H

#include "base/attr.h"
#include "policy/redact/propagate_tree.h"

#define DIGITS_MOST 32 /* digits of a number */

struct digit_value {
	char digits[DIGITS_MOST];
	uint8_t n; /* 0: empty slot */
	struct leaf leaf;
};

/* An open-addressed set; lengths: bit n is set when a number of n digits is
 * in it. */
struct digit_set {
	struct digit_value *slots;
	uint32_t n, mask;
	uint64_t lengths;
};

/** propagate_digits_of(value, out): value's digits when it is a number (only
 * digits and what people write between them); how many, 0 when it is none or
 * has more than DIGITS_MOST. */
unsigned propagate_digits_of(struct bytes value, char out[DIGITS_MOST]);

/** propagate_digits_add(s, digits, n, leaf): 1 new, 0 was there; -ENOMEM. */
int propagate_digits_add(struct digit_set *s, const char *digits, unsigned n,
			 struct leaf leaf) MUST_CHECK NONNULL_ALL;

/** propagate_digits_scan(s, text, hit, ctx, steps): every known number in the
 * folded text that begins and ends with a group of digits; separators of at
 * most three bytes. As propagate_tree_scan. */
int propagate_digits_scan(const struct digit_set *s, struct bytes text,
			  int (*hit)(void *ctx, uint32_t start, uint32_t end,
				     const struct leaf *leaf),
			  void *ctx, uint64_t *steps) MUST_CHECK;

/** propagate_digits_reset(s): no numbers, memory kept. propagate_digits_free.
 */
void propagate_digits_reset(struct digit_set *s) NONNULL_ALL;
void propagate_digits_free(struct digit_set *s) NONNULL_ALL;

#endif
