/* One-time tags of bytes that were served. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TAG_H
#define BASE_TAG_H

#include <stdatomic.h>

#include "base/aead.h"

#define TAG_LEN 16

/**
 * tag_once(out, cipher, session, counter, in): in's tag under the one-time key
 * BLAKE2b-256(key = session, "carrel read" || u64be counter): with AES-256-GCM
 * its GMAC (NIST SP 800-38D, a nonce of zeros), which a CPU that has the cipher
 * makes twice as fast; else Poly1305 (RFC 8439). A counter is used once per
 * session key.
 */
void tag_once(uint8_t out[TAG_LEN], enum aead_cipher cipher,
	      const struct key *session, uint64_t counter, struct bytes in);

/*
 * The one-time key of a counter made before there is anything to tag: half of
 * what a tag of 4 KiB takes.
 */
struct tag_ahead;

/**
 * tag_ahead_new(cipher, session, counters): nothing is made yet; session, in
 * whose pool it lies, and counters outlive it. NULL: no memory. Any thread may
 * call:
 * tag_ahead_make(t): the key of the next counter, if there is none.
 * tag_ahead_use(t, in, tag): in's tag, as tag_once makes it, and its counter,
 * which is returned: that of the key that was made, else the next one.
 */
struct tag_ahead *tag_ahead_new(enum aead_cipher cipher,
				const struct key *session,
				atomic_ullong *counters) MUST_CHECK NONNULL_ALL;
void tag_ahead_free(struct tag_ahead *t);
void tag_ahead_make(struct tag_ahead *t) NONNULL_ALL;
uint64_t tag_ahead_use(struct tag_ahead *t, struct bytes in,
		       uint8_t tag[TAG_LEN]) NONNULL(1, 3);

#endif
