/* Realistic stand-ins, each from a range where no real value lies. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PSEUDONYM_H
#define REDACT_PSEUDONYM_H

#include "policy/redact/decision.h"

/**
 * pseudonym_put(in, out): append the stand-in of in->canon by the style of
 * in->t. Never the value itself, never one of the exclusion set. -ENOKEY,
 * -ENOMEM.
 */
int pseudonym_put(const struct transform_in *in,
		  struct buf *out) MUST_CHECK NONNULL_ALL;

/**
 * pseudonym_shaped(t, type): a realistic stand-in that follows the shape
 * (case, grouping) of the span's text.
 */
bool pseudonym_shaped(const struct transform *t, struct bytes type) NONNULL(1);

/**
 * pseudonym_possible(type, canon, form): 1: a stand-in could by chance be this
 * real value, or read like it; its form, which stands for it in the exclusion
 * set (a person's first and last name), is appended. 0: none could. -ENOMEM.
 */
int pseudonym_possible(struct bytes type, struct bytes canon,
		       struct buf *form) MUST_CHECK NONNULL_ALL;

#endif
