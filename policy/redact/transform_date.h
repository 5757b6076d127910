/* Coarser values and moved dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TRANSFORM_DATE_H
#define REDACT_TRANSFORM_DATE_H

#include "policy/redact/decision.h"

/**
 * transform_date_generalize(in, out): append in->text made as coarse as
 * in->t->to says: "year", "month", "decade" (of an age, 90+ as one), "zip3".
 * -ENOENT: not understood, nothing was appended; the caller tags it.
 */
int transform_date_generalize(const struct transform_in *in,
			      struct buf *out) MUST_CHECK NONNULL_ALL;

/**
 * transform_date_shift(in, out): append an ISO date moved by 1..180 days
 * either way, by key and scope, so that intervals inside the scope hold.
 * -ENOENT likewise; -ENOKEY.
 */
int transform_date_shift(const struct transform_in *in,
			 struct buf *out) MUST_CHECK NONNULL_ALL;

#endif
