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

/** format_time_channel(rule, name): which channel `channels` says that is; 0:
 * any. */
uint16_t format_time_channel(const struct file_rule *rule, struct bytes name);

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

/** format_time_free(r): give back what times took; zeroed is fine. */
void format_time_free(struct format_reader *r) NONNULL_ALL;

/* ---- words in lists ---- */

/** format_time_lists_begin(r): a record begins: none yet. */
void format_time_lists_begin(struct format_reader *r) NONNULL_ALL;

/** format_time_lists_text(r): the run that is added next is their text. */
void format_time_lists_text(struct format_reader *r) NONNULL_ALL;

/** format_time_lists_take(r, hits, text): a number of them. -ENOMEM. */
int format_time_lists_take(struct format_reader *r, uint64_t hits,
			   struct bytes text) MUST_CHECK NONNULL_ALL;

/** format_time_lists_end(r): a segment or the record ends: hand on its words,
 * if there are as many times as words; else they have none. -ENOMEM. */
int format_time_lists_end(struct format_reader *r) MUST_CHECK NONNULL_ALL;

#endif
