/* Inside of the formats: when words and stretches of speech are said. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_TIME_H
#define REDACT_FORMAT_TIME_H

#include "policy/redact/format_value.h"

/**
 * format_time(text, unit): "12.5", "1e-3" or, of seconds, "12.5s", in
 * microseconds where 1 is `unit` of them; TIMED_UNKNOWN for what is no number,
 * negative, or beyond all.
 */
int64_t format_time(struct bytes text, uint32_t unit);

/** format_time_open(r, hits, t): a container that these paths hit begins. t->on
 * tells whether it is a word or a segment. */
void format_time_open(const struct format_reader *r, uint64_t hits,
		      struct format_timing *t) NONNULL_ALL;

/** format_time_take(p, hits, text, t): a value in it, if a path of its kind
 * hits. */
void format_time_take(const struct format_plan *p, uint64_t hits,
		      struct bytes text, struct format_timing *t) NONNULL_ALL;

/** format_time_close(r, t): it ends: hand it on. -ENOMEM. */
int format_time_close(struct format_reader *r,
		      struct format_timing *t) MUST_CHECK NONNULL_ALL;

#endif
