/* Signatures, sealed boxes, Argon2id, SipHash: vectors and refusals. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/sign.h"

#define CHECKPOINT_SIG                                                     \
	"f182edb8bcf7de039d15a3cd5687fd8d7ae102158af718a1f3a14a918780af29" \
	"be6c4637bd231fd15b69cb6ecf92d026e594c7ac89df9b2fcbaf8aa07d6f2e0e"

static struct key *counting_key(struct keypool *p)
{
	uint8_t raw[KEY_LEN];

	for (size_t i = 0; i < KEY_LEN; i++)
		raw[i] = (uint8_t)i;
	return key_import(p, raw);
}

static void signs_as_others_do(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	uint8_t pub[SIGN_PUB], sig[SIGN_LEN];

	sign_public(k, pub);
	assert_hex(pub, sizeof(pub),
		   "03a107bff3ce10be1d70dd18e74bc099"
		   "67e4d6309ba50d5f1ddc8664125531b8");
	assert_int_equal(sign_make(*state, k, S("checkpoint"), sig), 0);
	assert_hex(sig, sizeof(sig), CHECKPOINT_SIG);
	assert_int_equal(sign_check(pub, S("checkpoint"), sig), 0);
}

/* RFC 8032 section 7.1, test 1: the empty message. */
static void rfc8032_empty(void **state)
{
	CLEANUP(key_freep) struct key *k = NULL;
	uint8_t seed[KEY_LEN], pub[SIGN_PUB], sig[SIGN_LEN];

	assert_int_equal(hex_decode(seed, sizeof(seed),
				    S("9d61b19deffd5a60ba844af492ec2cc4"
				      "4449c5697b326919703bac031cae7f60")),
			 0);
	k = key_import(*state, seed);
	sign_public(k, pub);
	assert_hex(pub, sizeof(pub),
		   "d75a980182b10ab7d54bfed3c964073a"
		   "0ee172f3daa62325af021a68f707511a");
	assert_int_equal(sign_make(*state, k, bytes_str(NULL), sig), 0);
	assert_hex(sig, 8, "e5564300c360ac72");
	assert_int_equal(sign_check(pub, bytes_str(NULL), sig), 0);
}

static void signatures_refused(void **state)
{
	static const uint8_t small_order[SIGN_PUB] = {1};
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	uint8_t pub[SIGN_PUB], sig[SIGN_LEN], zero[SIGN_LEN] = {0};

	sign_public(k, pub);
	assert_int_equal(sign_make(*state, k, S("checkpoint"), sig), 0);
	assert_int_equal(sign_check(pub, S("checkpoinT"), sig), -EBADMSG);
	for (size_t bit = 0; bit < sizeof(sig) * 8; bit++) {
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(sign_check(pub, S("checkpoint"), sig),
				 -EBADMSG);
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* The identity as key and point, S = 0, fits every message. */
	zero[0] = 1;
	assert_int_equal(sign_check(small_order, S("any"), zero), -EBADMSG);
}

/* S + L is the same number modulo L: a second signature, refused. */
static void not_malleable(void **state)
{
	static const uint8_t order[32] = {
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,	      0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	uint8_t pub[SIGN_PUB], sig[SIGN_LEN];
	unsigned carry = 0;

	sign_public(k, pub);
	assert_int_equal(sign_make(*state, k, S("checkpoint"), sig), 0);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig[32 + i] + order[i];
		sig[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(sign_check(pub, S("checkpoint"), sig), -EBADMSG);
}

static void sealed_boxes(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	CLEANUP(key_freep) struct key *other = key_random(*state);
	uint8_t pub[BOX_PUB], box[5 + BOX_OVERHEAD], again[sizeof(box)];
	struct bytes whole = bytes_of(box, sizeof(box));
	uint8_t out[5], zero[BOX_PUB] = {0};

	box_public(k, pub);
	assert_hex(pub, sizeof(pub),
		   "8f40c5adb68f25624ae5b214ea767a6e"
		   "c94d829d3d7b5e1ad1ba6f3e2138285f");
	assert_int_equal(box_seal(pub, S("a key"), box), 0);
	assert_int_equal(box_seal(pub, S("a key"), again), 0);
	assert_memory_not_equal(box, again, sizeof(box));
	assert_int_equal(box_open(k, whole, out), 0);
	assert_memory_equal(out, "a key", 5);
	assert_int_equal(box_open(other, whole, out), -EBADMSG);
	assert_int_equal(
		box_open(k, bytes_sub(whole, 0, BOX_OVERHEAD - 1), out),
		-EBADMSG);
	assert_int_equal(box_open(k, bytes_sub(whole, 0, BOX_OVERHEAD), out),
			 -EBADMSG);
	for (size_t i = 0; i < sizeof(box); i++) {
		/* X25519 ignores the top bit of a public key's last byte. */
		box[i] ^= 0x20;
		assert_int_equal(box_open(k, whole, out), -EBADMSG);
		box[i] ^= 0x20;
	}
	assert_int_equal(box_seal(zero, S("a key"), box), -EINVAL);
}

static void passphrases(void **state)
{
	CLEANUP(key_freep) struct key *a = NULL;
	CLEANUP(key_freep) struct key *b = NULL;
	uint8_t salt[16];

	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)i;
	assert_int_equal(pwhash_key(*state, S("password"), salt, 2, 256, &a),
			 0);
	assert_hex(key_raw(a), KEY_LEN,
		   "8e39a7b45a996d379fda71d399f74299"
		   "999273b1286be670f3786fd49251f12b");
	salt[0] ^= 1;
	assert_int_equal(pwhash_key(*state, S("password"), salt, 2, 256, &b),
			 0);
	assert_false(key_eq(a, b));
}

static void passphrase_costs(void **state)
{
	static const uint8_t salt[16];
	struct key *k;

	assert_int_equal(pwhash_key(*state, S("p"), salt, 0, 256, &k), -EINVAL);
	assert_int_equal(pwhash_key(*state, S("p"), salt, 1, 7, &k), -EINVAL);
	assert_null(k);
	assert_int_equal(pwhash_key(*state, S(""), salt, 1, 8, &k), 0);
	key_free(k);
}

static void siphash_vector(void **state)
{
	uint8_t b[16];

	(void)state;
	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)i;
	assert_true(siphash(b, bytes_of(b, 15)) == 0xa129ca6149be45e5u);
	assert_true(siphash(b, bytes_of(b, 0)) == 0x726fdb47dd0e0e31u);
}

static void pool_full(void **state)
{
	CLEANUP(key_freep) struct key *k = counting_key(*state);
	static struct key *keys[20000];
	static const uint8_t salt[16];
	uint8_t sig[SIGN_LEN];
	struct key *out;
	size_t n = 0;

	while ((keys[n] = key_random(*state)) != NULL)
		n++;
	assert_int_equal(sign_make(*state, k, S("m"), sig), -ENOMEM);
	assert_int_equal(pwhash_key(*state, S("p"), salt, 1, 8, &out), -ENOMEM);
	assert_null(key_derive(*state, k, "x"));
	while (n > 0)
		key_free(keys[--n]);
}

#define pooled(f) cmocka_unit_test_setup_teardown(f, pool_setup, pool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pooled(signs_as_others_do), pooled(rfc8032_empty),
		pooled(signatures_refused), pooled(not_malleable),
		pooled(sealed_boxes),	    pooled(passphrases),
		pooled(passphrase_costs),   cmocka_unit_test(siphash_vector),
		pooled(pool_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
