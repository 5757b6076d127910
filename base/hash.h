/* BLAKE2b and SHA-256. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/bytes.h"
#include "base/secret.h"

#define HASH_LEN 32

/**
 * hash_blake2b(out, key, in): BLAKE2b-256 (RFC 7693), keyed where key is not
 * NULL.
 */
void hash_blake2b(uint8_t out[HASH_LEN], const struct key *key,
		  struct bytes in);

/**
 * hash_blake2b_pub(out, key32, in): keyed with public bytes (a commitment's
 * label); key32 may be NULL.
 */
void hash_blake2b_pub(uint8_t out[HASH_LEN], const uint8_t *key32,
		      struct bytes in);

/**
 * hash_u64(key, in): the first 8 bytes of keyed BLAKE2b-256, big endian.
 */
uint64_t hash_u64(const struct key *key, struct bytes in);

/** hash_among(v, n, h): h is one of n hashes, which ascend. */
bool hash_among(const uint64_t *v, size_t n, uint64_t h);

/**
 * hash_sha256(out, in): FIPS 180-4.
 * hash_sha256_parts(out, part, n): of n parts, one behind the other; for many
 * small ones, by libgcrypt where that can be had. Nothing of it is wiped.
 */
void hash_sha256(uint8_t out[HASH_LEN], struct bytes in);
void hash_sha256_parts(uint8_t out[HASH_LEN], const struct bytes *part,
		       size_t n);

/*
 * Streaming BLAKE2b-256 or SHA-256; a field is made injective by
 * hasher_field, which puts its length (u64, big endian) before it.
 */
struct hasher {
	_Alignas(64) uint8_t state[384];
	bool sha256;
};

/**
 * hasher_blake2b(h, key), hasher_sha256(h): start; key may be NULL.
 */
void hasher_blake2b(struct hasher *h, const struct key *key);
void hasher_sha256(struct hasher *h);
void hasher_add(struct hasher *h, struct bytes in);
void hasher_field(struct hasher *h, struct bytes in);
void hasher_u64(struct hasher *h, uint64_t v);
void hasher_end(struct hasher *h, uint8_t out[HASH_LEN]);

#endif
