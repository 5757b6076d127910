/* BLAKE2b-256 and SHA-256, both by libsodium. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <sodium.h>

_Static_assert(sizeof(crypto_generichash_blake2b_state) <=
		       sizeof(((struct hasher *)0)->state),
	       "a hasher holds a BLAKE2b state");
_Static_assert(sizeof(crypto_hash_sha256_state) <=
		       sizeof(((struct hasher *)0)->state),
	       "a hasher holds a SHA-256 state");

static void put_u64be(uint8_t out[8], uint64_t v)
{
	for (size_t i = 8; i-- > 0; v >>= 8)
		out[i] = (uint8_t)v;
}

void hash_blake2b_pub(uint8_t out[HASH_LEN], const uint8_t *key32,
		      struct bytes in)
{
	crypto_generichash_blake2b(out, HASH_LEN, in.p, in.n, key32,
				   key32 == NULL ? 0 : KEY_LEN);
}

void hash_blake2b(uint8_t out[HASH_LEN], const struct key *key, struct bytes in)
{
	hash_blake2b_pub(out, key == NULL ? NULL : key_raw(key), in);
}

bool hash_among(const uint64_t *v, size_t n, uint64_t h)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid] == h)
			return true;
		if (v[mid] < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

uint64_t hash_u64(const struct key *key, struct bytes in)
{
	uint8_t h[HASH_LEN];
	uint64_t v = 0;

	hash_blake2b(h, key, in);
	for (size_t i = 0; i < 8; i++)
		v = v << 8 | h[i];
	return v;
}

void hash_sha256(uint8_t out[HASH_LEN], struct bytes in)
{
	crypto_hash_sha256(out, in.p, in.n);
}

/* The opaque state seen as libsodium's; the asserts above make it fit. */
static crypto_generichash_blake2b_state *as_blake2b(struct hasher *h)
{
	return (void *)h->state;
}

static crypto_hash_sha256_state *as_sha256(struct hasher *h)
{
	return (void *)h->state;
}

void hasher_blake2b(struct hasher *h, const struct key *key)
{
	h->sha256 = false;
	crypto_generichash_blake2b_init(as_blake2b(h),
					key == NULL ? NULL : key_raw(key),
					key == NULL ? 0 : KEY_LEN, HASH_LEN);
}

void hasher_sha256(struct hasher *h)
{
	h->sha256 = true;
	crypto_hash_sha256_init(as_sha256(h));
}

void hasher_add(struct hasher *h, struct bytes in)
{
	if (in.n == 0)
		return;
	if (h->sha256)
		crypto_hash_sha256_update(as_sha256(h), in.p, in.n);
	else
		crypto_generichash_blake2b_update(as_blake2b(h), in.p, in.n);
}

void hasher_u64(struct hasher *h, uint64_t v)
{
	uint8_t be[8];

	put_u64be(be, v);
	hasher_add(h, bytes_of(be, sizeof(be)));
}

void hasher_field(struct hasher *h, struct bytes in)
{
	hasher_u64(h, in.n);
	hasher_add(h, in);
}

void hasher_end(struct hasher *h, uint8_t out[HASH_LEN])
{
	if (h->sha256)
		crypto_hash_sha256_final(as_sha256(h), out);
	else
		crypto_generichash_blake2b_final(as_blake2b(h), out, HASH_LEN);
	secret_wipe(h, sizeof(*h));
}
