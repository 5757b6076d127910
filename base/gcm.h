/* AES-256-GCM, of the library that meson.build chose. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_GCM_H
#define BASE_GCM_H

#include "base/attr.h"
#include "base/bytes.h"

#define GCM_NONCE 12
#define GCM_TAG 16

/**
 * gcm_ready(): the library is there and ready; false: GCM cannot be had. Any
 * thread, any number of times.
 */
bool gcm_ready(void);

/**
 * gcm_seal(key, nonce, ad, plain, out): out gets plain.n + GCM_TAG bytes; may
 * be plain.p. NIST SP 800-38D. Only where gcm_ready; never fails.
 * gcm_open(key, nonce, ad, sealed, out): out gets sealed.n - GCM_TAG bytes, may
 * be sealed.p; false, and out undefined, when it is not what was sealed.
 * sealed.n is at least GCM_TAG.
 */
void gcm_seal(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
	      struct bytes ad, struct bytes plain, uint8_t *out)
	NONNULL(1, 2, 5);
bool gcm_open(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
	      struct bytes ad, struct bytes sealed, uint8_t *out) MUST_CHECK
	NONNULL(1, 2, 5);

#endif
