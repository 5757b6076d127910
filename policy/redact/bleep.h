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
 * bleeps_show(in, out, keep, r, from, to): view_build of the source range
 * [from, to) of a recording, whose samples are the record r: pieces, and what
 * they are filled with, for block in->nr. keep false: only the length. -ENOMEM;
 * -EPROTO: a padding beyond what the index knows, or a head without samples.
 */
int bleeps_show(const struct view_in *in, struct view_block *out, bool keep,
		const struct record *r, uint64_t from,
		uint64_t to) MUST_CHECK NONNULL_ALL;
/** bleeps_free(b): NULL is fine. */
void bleeps_free(struct bleeps *b);

/** bleeps_size(b): bytes of memory; 0 for NULL. */
size_t bleeps_size(const struct bleeps *b);

/**
 * bleeps_read(b, in, off, dst, n): source bytes [off, off + n) with the bleeps
 * over them; off may be in the middle of a sample.
 */
int bleeps_read(const struct bleeps *b, const struct view_in *in, uint64_t off,
		uint8_t *dst, size_t n) MUST_CHECK NONNULL_ALL;

#endif
