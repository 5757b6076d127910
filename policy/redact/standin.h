/* Keyed randomness for stand-ins: one digest per value, scope and try. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_STANDIN_H
#define REDACT_STANDIN_H

#include "policy/redact/decision.h"

/* 32 keyed bytes, taken from the front by standin_pick. */
struct standin_seed {
	uint8_t d[32];
	uint32_t at;
};

/**
 * standin_draw(in, purpose, value, turn, out): the seed of a value under the
 * scope of in->t; turn counts the tries when an earlier one was refused. Other
 * purposes ("pseudonym", "first-name" ...) give unrelated seeds. Needs a key.
 */
void standin_draw(const struct transform_in *in, const char *purpose,
		  struct bytes value, uint32_t turn,
		  struct standin_seed *out) NONNULL_ALL;

/**
 * standin_pick(s, n): the next number below n (n at most 2^16) of a seed; at
 * most 16 per seed.
 */
uint32_t standin_pick(struct standin_seed *s, uint32_t n) NONNULL_ALL;

/**
 * standin_refused(s, canon): a real value of the exclusion set has this
 * canonical form, so no stand-in may.
 */
bool standin_refused(const struct standin *s, struct bytes canon) NONNULL(1);

/**
 * standin_hex(out, s, digits): append the first digits (at most 64) of the
 * seed. -ENOMEM.
 */
int standin_hex(struct buf *out, const struct standin_seed *s,
		unsigned digits) MUST_CHECK NONNULL_ALL;

#endif
