/* One-time tags of bytes that were served. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TAG_H
#define BASE_TAG_H

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

#endif
