/* Ed25519 signatures, X25519 sealed boxes, Argon2id, SipHash (libsodium). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/bytes.h"
#include "base/secret.h"

#define SIGN_PUB 32
#define SIGN_LEN 64
#define BOX_PUB 32
#define BOX_OVERHEAD 48

/**
 * sign_public(seed, pub): the Ed25519 public key (RFC 8032) of a 32-byte seed.
 */
void sign_public(const struct key *seed, uint8_t pub[SIGN_PUB]) NONNULL_ALL;

/**
 * sign_make(seed, msg, sig): detached signature. -ENOMEM: pool full.
 */
int sign_make(struct keypool *pool, const struct key *seed, struct bytes msg,
	      uint8_t sig[SIGN_LEN]) MUST_CHECK NONNULL_ALL;

/**
 * sign_check(pub, msg, sig): 0, or -EBADMSG (strict: S < L, no small order).
 */
int sign_check(const uint8_t pub[SIGN_PUB], struct bytes msg,
	       const uint8_t sig[SIGN_LEN]) MUST_CHECK;

/**
 * box_public(secret, pub): the X25519 public key (RFC 7748) of 32 bytes.
 */
void box_public(const struct key *secret, uint8_t pub[BOX_PUB]) NONNULL_ALL;

/**
 * box_seal(pub, msg, out): anonymous sealed box (crypto_box_seal); out gets
 * msg.n + BOX_OVERHEAD bytes. -EINVAL: pub is no usable key.
 */
int box_seal(const uint8_t pub[BOX_PUB], struct bytes msg,
	     uint8_t *out) MUST_CHECK;

/**
 * box_open(secret, box, out): box.n - BOX_OVERHEAD bytes; -EBADMSG.
 */
int box_open(const struct key *secret, struct bytes box,
	     uint8_t *out) MUST_CHECK;

/**
 * pwhash_key(pool, pass, salt, ops, mem_kib, out): Argon2id (RFC 9106) with the
 * stated cost (ops >= 1, mem_kib >= 8, else -EINVAL); -ENOMEM.
 */
int pwhash_key(struct keypool *pool, struct bytes pass, const uint8_t salt[16],
	       uint32_t ops, uint32_t mem_kib,
	       struct key **out) MUST_CHECK NONNULL_ALL;

/**
 * siphash(key16, in): SipHash-2-4, for frames' checksums (no secrecy).
 */
uint64_t siphash(const uint8_t key16[16], struct bytes in);

#endif
