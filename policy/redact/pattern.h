/* Custom patterns: a subset of regular expressions, matched in linear time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PATTERN_H
#define REDACT_PATTERN_H

#include "base/bytes.h"
#include "base/err.h"

/*
 * Literals, . [a-z] [^a-z] \d \w \s \D \W \S \n \r \t \xHH, groups ( ) and
 * (?: ), | * + ? {n} {n,} {n,m}; (?i) at the beginning; ^ or \b at the
 * beginning, $ or \b at the end, of the whole pattern. Letters and characters
 * of classes are ASCII; outside classes any character may stand, and . and
 * negated classes match whole characters. At most PATTERN_POSITIONS symbols
 * once repeats are written out.
 */
#define PATTERN_POSITIONS 256

struct pattern;

/** pattern_new(text, out, e): compile. -EPROTO with words that name the column
 * (1-based) and what to write instead, -ENOMEM. */
int pattern_new(struct bytes text, struct pattern **out,
		struct err *e) MUST_CHECK NONNULL(2);
void pattern_free(struct pattern *p);

/** pattern_scan(p, text, hit, ctx, rule, steps): every byte that lies in some
 * match; matches that overlap come as one. Calls hit in ascending order of
 * ends; stops when it returns non-zero, with that. *steps counts bytes looked
 * at. Linear: no byte is read more than twice. -ENOMEM. */
int pattern_scan(const struct pattern *p, struct bytes text,
		 int (*hit)(void *ctx, size_t start, size_t end, void *rule),
		 void *ctx, void *rule, uint64_t *steps) MUST_CHECK;

#endif
