/* SHA-256 of many pieces at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LANES_H
#define BASE_LANES_H

#include "base/hash.h"

/* What works on several pieces at a time; of one thread. */
struct lanes;

/** lanes_new(): NULL where this build or CPU has none, or no memory is left:
 * all below is right without them, only slower. lanes_free(l): wiped; NULL is
 * fine. */
struct lanes *lanes_new(void);
void lanes_free(struct lanes *l);

/**
 * lanes_sha256(l, out, in, piece): out[i] is the SHA-256 (FIPS 180-4) of the
 * i-th `piece` bytes of in; the last may be shorter. Nothing for no bytes. l
 * may be NULL.
 */
void lanes_sha256(struct lanes *l, uint8_t (*out)[HASH_LEN], struct bytes in,
		  size_t piece);

/* For lanes_sha256: the pieces one after the other. */
void lanes_sha256_each(uint8_t (*out)[HASH_LEN], struct bytes in, size_t piece);

#endif
