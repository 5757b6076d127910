/* Where a recording is bleeped, and the samples that stand there. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_BLEEP_H
#define REDACT_BLEEP_H

#include "policy/redact/view.h"

#define BLEEP_GAP_MS 100 /* intervals nearer than this are one */
#define BLEEP_RAMP_MS 5	 /* at most, within the padding */

/** bleep_reach(w): bytes around a block in which a span may change what the
 * block shows, whatever a policy's padding is: index_head.reach. */
uint64_t bleep_reach(const struct wave *w) NONNULL_ALL;

/**
 * bleeps_new(in, r, out, e): what of the recording's samples, which are the
 * record r, is replaced in block in->nr. *out NULL: nothing is. -ENOMEM;
 * -EPROTO: a padding beyond what the index knows, or a head without samples.
 */
int bleeps_new(const struct view_in *in, const struct record *r,
	       struct bleeps **out) MUST_CHECK NONNULL_ALL;
void bleeps_free(struct bleeps *b);

/** bleeps_size(b): bytes of memory; 0 for NULL. */
size_t bleeps_size(const struct bleeps *b);

/** bleeps_next(b, at, from, to): the first stretch of source bytes that ends
 * behind `at` and is not all as it was. Everything beside is. */
bool bleeps_next(const struct bleeps *b, uint64_t at, uint64_t *from,
		 uint64_t *to) NONNULL_ALL;

/**
 * bleeps_read(b, in, off, dst, n): source bytes [off, off + n) with the bleeps
 * over them; off may be in the middle of a sample.
 */
int bleeps_read(const struct bleeps *b, const struct view_in *in, uint64_t off,
		uint8_t *dst, size_t n) MUST_CHECK NONNULL_ALL;

#endif
