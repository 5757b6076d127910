/* AEAD: AES-256-GCM and XChaCha20-Poly1305 with keys from the pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_AEAD_H
#define BASE_AEAD_H

#include "base/secret.h"

#define AEAD_TAG 16

/* The numbers stand in store files: never renumber. */
enum aead_cipher {
	AEAD_REFUSED = 0,
	AEAD_AES256GCM = 1,
	AEAD_XCHACHA20POLY1305 = 2,
};

/**
 * aead_available(c): this CPU can; aead_name(c): "aes-256-gcm",
 * "xchacha20-poly1305", NULL. aead_parse(name): the cipher, or AEAD_REFUSED.
 */
bool aead_available(enum aead_cipher c);
const char *aead_name(enum aead_cipher c);
enum aead_cipher aead_parse(struct bytes name);

/*
 * A key and its cipher, in the pool, ready to be used many times. Immutable
 * after aead_new, so threads may share it.
 */
struct aead;

/**
 * aead_free(a): wiped, given back to its pool; NULL is fine. aead_freep fits
 * CLEANUP.
 */
void aead_free(struct aead *a);
static inline void aead_freep(struct aead **a)
{
	aead_free(*a);
}

/**
 * aead_new(pool, cipher, key, out): copies nothing of key but what it needs,
 * into the pool. -ENOTSUP without the CPU's help for GCM, -ENOMEM.
 */
int aead_new(struct keypool *pool, enum aead_cipher cipher,
	     const struct key *key, struct aead **out) MUST_CHECK NONNULL_ALL;

/**
 * aead_seal_nr(a, nr, ad, plain, out): out gets plain.n + AEAD_TAG bytes. The
 * nonce is nr, zero-extended big endian: the caller uses each nr once per key.
 * out may be plain.p (in place).
 */
void aead_seal_nr(const struct aead *a, uint64_t nr, struct bytes ad,
		  struct bytes plain, uint8_t *out) NONNULL(1, 5);

/**
 * aead_open_nr(a, nr, ad, sealed, out): out gets sealed.n - AEAD_TAG bytes;
 * -EBADMSG and a wiped out when it is not what was sealed.
 */
int aead_open_nr(const struct aead *a, uint64_t nr, struct bytes ad,
		 struct bytes sealed, uint8_t *out) MUST_CHECK NONNULL(1, 5);

/**
 * aead_box_put(b, key, ad, plain): append nonce(24, random) || sealed, always
 * XChaCha20-Poly1305: for whatever can be rewritten. -ENOMEM.
 * aead_box_get(b, key, ad, box): append the plain bytes; -EBADMSG.
 */
int aead_box_put(struct buf *b, const struct key *key, struct bytes ad,
		 struct bytes plain) MUST_CHECK NONNULL_ALL;
int aead_box_get(struct buf *b, const struct key *key, struct bytes ad,
		 struct bytes box) MUST_CHECK NONNULL_ALL;
#define AEAD_BOX_OVERHEAD (24 + AEAD_TAG)

/**
 * aead_xchacha_seal(key, nonce, ad, plain, out): XChaCha20-Poly1305 under a
 * nonce the caller's format defines and never repeats under key; out gets
 * plain.n + AEAD_TAG bytes. aead_xchacha_open(key, nonce, ad, sealed, out): out
 * gets sealed.n - AEAD_TAG bytes; -EBADMSG.
 */
void aead_xchacha_seal(const struct key *key, const uint8_t nonce[24],
		       struct bytes ad, struct bytes plain, uint8_t *out)
	NONNULL(1, 2, 5);
/* The first step of it made once, for nonces that begin with the same 16 bytes:
 * aead_xchacha_half(pool, key, nonce) gives the key that aead_xchacha_seal_half
 * then takes in place of key, to the same bytes; NULL when the pool is full.
 * draft-irtf-cfrg-xchacha, section 2.3 (HChaCha20). */
struct key *aead_xchacha_half(struct keypool *pool, const struct key *key,
			      const uint8_t nonce[24]) MUST_CHECK NONNULL_ALL;
void aead_xchacha_seal_half(const struct key *half, const uint8_t nonce[24],
			    struct bytes ad, struct bytes plain, uint8_t *out)
	NONNULL(1, 2, 5);
int aead_xchacha_open(const struct key *key, const uint8_t nonce[24],
		      struct bytes ad, struct bytes sealed,
		      uint8_t *out) MUST_CHECK NONNULL(1, 2, 5);

#endif
