/* Hashes against values made by other software. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include "base/hash.h"

#define BLAKE_ABC \
	"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define BLAKE_EMPTY \
	"0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
#define KEYED_ABC \
	"d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"
#define KEYED_EMPTY \
	"4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d"
#define SHA_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_EMPTY \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* Keyed, over len("ab") "ab" len("") u64(77). */
#define KEYED_FIELDS \
	"fca050852cbcbbee2327c523baf1e0e7b76872e74eb3e47e6491872e720bcc06"

static const uint8_t raw[KEY_LEN] = {0,	 1,  2,	 3,  4,	 5,  6,	 7,  8,	 9,  10,
				     11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
				     22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static void blake2b(void **state)
{
	CLEANUP(key_freep) struct key *k = key_import(*state, raw);
	uint8_t h[HASH_LEN];

	hash_blake2b(h, NULL, S("abc"));
	assert_hex(h, sizeof(h), BLAKE_ABC);
	hash_blake2b(h, NULL, bytes_str(NULL));
	assert_hex(h, sizeof(h), BLAKE_EMPTY);
	hash_blake2b(h, k, S("abc"));
	assert_hex(h, sizeof(h), KEYED_ABC);
	hash_blake2b(h, k, bytes_str(NULL));
	assert_hex(h, sizeof(h), KEYED_EMPTY);
	hash_blake2b_pub(h, raw, S("abc"));
	assert_hex(h, sizeof(h), KEYED_ABC);
	assert_true(hash_u64(k, S("abc")) == 0xd63a32d3e44738d7u);
}

static void sha256(void **state)
{
	uint8_t h[HASH_LEN];

	(void)state;
	hash_sha256(h, S("abc"));
	assert_hex(h, sizeof(h), SHA_ABC);
	hash_sha256(h, bytes_str(NULL));
	assert_hex(h, sizeof(h), SHA_EMPTY);
}

/* In one part and in several, also more than libgcrypt is asked for, of
 * lengths around a block, and over what it is made of. */
static void sha256_parts(void **state)
{
	uint8_t in[200], h[HASH_LEN], want[HASH_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	for (size_t n = 0; n < sizeof(in); n++) {
		size_t a = n / 3, b = n / 2;
		const struct bytes part[] = {
			bytes_of(in, a), bytes_of(in + a, b - a),
			bytes_of(in + b, n - b), bytes_of(in + n, 0)};
		const struct bytes whole = bytes_of(in, n);

		hash_sha256(want, whole);
		hash_sha256_parts(h, &whole, 1);
		assert_memory_equal(h, want, HASH_LEN);
		hash_sha256_parts(h, part, 3);
		assert_memory_equal(h, want, HASH_LEN);
		hash_sha256_parts(h, part, 4);
		assert_memory_equal(h, want, HASH_LEN);
	}
	hash_sha256(want, bytes_of(in, HASH_LEN));
	hash_sha256_parts(in, &(struct bytes){in, HASH_LEN}, 1);
	assert_memory_equal(in, want, HASH_LEN);
}

static void in_parts(void **state)
{
	CLEANUP(key_freep) struct key *k = key_import(*state, raw);
	uint8_t h[HASH_LEN];
	struct hasher s;

	hasher_blake2b(&s, NULL);
	hasher_add(&s, S("a"));
	hasher_add(&s, bytes_str(NULL));
	hasher_add(&s, S("bc"));
	hasher_end(&s, h);
	assert_hex(h, sizeof(h), BLAKE_ABC);
	hasher_sha256(&s);
	hasher_add(&s, S("ab"));
	hasher_add(&s, S("c"));
	hasher_end(&s, h);
	assert_hex(h, sizeof(h), SHA_ABC);
	hasher_blake2b(&s, k);
	hasher_field(&s, S("ab"));
	hasher_field(&s, S(""));
	hasher_u64(&s, 77);
	hasher_end(&s, h);
	assert_hex(h, sizeof(h), KEYED_FIELDS);
}

static void field_pair(uint8_t h[HASH_LEN], struct bytes a, struct bytes b)
{
	struct hasher s;

	hasher_sha256(&s);
	hasher_field(&s, a);
	hasher_field(&s, b);
	hasher_end(&s, h);
}

static void fields_do_not_run_together(void **state)
{
	uint8_t a[HASH_LEN], b[HASH_LEN];

	(void)state;
	field_pair(a, S("ab"), S("c"));
	field_pair(b, S("a"), S("bc"));
	assert_memory_not_equal(a, b, HASH_LEN);
}

static void hasher_leaves_nothing(void **state)
{
	CLEANUP(key_freep) struct key *k = key_import(*state, raw);
	uint8_t h[HASH_LEN];
	struct hasher s;

	hasher_blake2b(&s, k);
	hasher_end(&s, h);
	for (size_t i = 0; i < sizeof(s.state); i++)
		assert_int_equal(s.state[i], 0);
}

static void among(void **state)
{
	const uint64_t v[] = {1, 7, UINT64_MAX - 1};

	(void)state;
	for (size_t n = 0; n <= ARRAY_LEN(v); n++)
		for (size_t i = 0; i < ARRAY_LEN(v); i++) {
			assert_true(hash_among(v, n, v[i]) == (i < n));
			assert_false(hash_among(v, n, v[i] - 1));
			assert_false(hash_among(v, n, v[i] + 1));
		}
}

#define pooled(f) cmocka_unit_test_setup_teardown(f, pool_setup, pool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pooled(blake2b),
		cmocka_unit_test(among),
		cmocka_unit_test(sha256),
		cmocka_unit_test(sha256_parts),
		pooled(in_parts),
		cmocka_unit_test(fields_do_not_run_together),
		pooled(hasher_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
