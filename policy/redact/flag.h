/* A missed value as an annotator tells it: words, or seconds of a recording. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FLAG_H
#define REDACT_FLAG_H

#include "base/attr.h"
#include "base/bytes.h"

#define FLAG_LONG 512	    /* bytes, at most */
#define FLAG_MOST 64	    /* flags of one file that are searched */
#define FLAG_TYPE "FLAGGED" /* where the owner names no other type */

/* A flag that the owner took; both are borrowed. Without a type he only asks
 * whether it is there, and where nothing else is found. */
struct flag {
	struct bytes type, text;
};

/**
 * flag_words(text): 0 where it can be a value in a text: UTF-8 with a letter
 * or digit (anything beyond ASCII counts as one) and no control characters.
 * -E2BIG above FLAG_LONG, else -EINVAL.
 */
int flag_words(struct bytes text) MUST_CHECK;

/**
 * flag_seconds(text, from, to): "12.3-14" or "12.3-14.0": from and to in
 * microseconds, from < to; at most six digits behind a point and nine before
 * it. -E2BIG, -EINVAL.
 */
int flag_seconds(struct bytes text, uint64_t *from, uint64_t *to) MUST_CHECK
	NONNULL(2, 3);

#endif
