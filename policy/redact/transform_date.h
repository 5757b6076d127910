/* Coarser values and moved dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TRANSFORM_DATE_H
#define REDACT_TRANSFORM_DATE_H

#include "policy/redact/decision.h"

/**
 * transform_date_generalize(in, out): append in->text made as coarse as
 * in->t->to says: "year", "month", "decade" (of a date, or of an age, 90+ as
 * one), "band" (of an age or an amount, in->t->width wide), "zip3". In a bare
 * number's place a band is its lower bound. -ENOENT: not understood, nothing
 * was appended; the caller tags it.
 */
int transform_date_generalize(const struct transform_in *in,
			      struct buf *out) MUST_CHECK NONNULL_ALL;

/**
 * transform_date_shift(in, out): append the date moved by 1..180 days either
 * way (with in->t->weekdays by whole weeks up to 182), by key and scope, so
 * that intervals inside the scope hold; written as it was. -ENOENT likewise;
 * -ENOKEY.
 */
int transform_date_shift(const struct transform_in *in,
			 struct buf *out) MUST_CHECK NONNULL_ALL;

#endif
