/* AES-256-GCM: published values, and the two libraries against each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <stdlib.h>

#include "base/gcm.h"
#include "base/mem.h"

/* base/gcm.c under other names, where it is not what the program has. */
#ifdef OTHER
bool other_ready(void);
void other_seal(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
		struct bytes ad, struct bytes plain, uint8_t *out);
bool other_open(const uint8_t key[32], const uint8_t nonce[GCM_NONCE],
		struct bytes ad, struct bytes sealed, uint8_t *out);
#else
#define other_ready gcm_ready
#define other_seal gcm_seal
#define other_open gcm_open
#endif

#define MOST ((size_t)1 << 20)

/* Test cases 13 and 14 of McGrew and Viega, "The Galois/Counter Mode of
 * Operation", appendix B. */
static void published(void **state)
{
	static const uint8_t key[32], nonce[GCM_NONCE], zero[16];
	uint8_t out[16 + GCM_TAG];

	(void)state;
	if (!gcm_ready())
		skip();
	gcm_seal(key, nonce, S(""), S(""), out);
	assert_hex(out, GCM_TAG, "530f8afbc74536b9a963b4f1c4cb738b");
	gcm_seal(key, nonce, S(""), bytes_of(zero, sizeof(zero)), out);
	assert_hex(out, sizeof(out),
		   "cea7403d4d606b6e074ec5d3baf39d18"
		   "d0d1c8a799996bf0265b98b5d48ab919");
}

static void one(const uint8_t *in, size_t ad, size_t n, uint8_t *a, uint8_t *b)
{
	const uint8_t *key = in, *nonce = in + 32;
	struct bytes more = bytes_of(in + 64, ad);
	struct bytes plain = bytes_of(in + 128, n);

	gcm_seal(key, nonce, more, plain, a);
	other_seal(key, nonce, more, plain, b);
	assert_memory_equal(a, b, n + GCM_TAG);
	assert_true(other_open(key, nonce, more, bytes_of(a, n + GCM_TAG), b));
	assert_memory_equal(b, plain.p, n);
	/* In place, too. */
	memcpy(b, a, n + GCM_TAG);
	assert_true(gcm_open(key, nonce, more, bytes_of(b, n + GCM_TAG), b));
	assert_memory_equal(b, plain.p, n);
	/* Any bit of it. */
	a[(n * 7 + ad) % (n + GCM_TAG)] ^= (uint8_t)(1 << (n % 8));
	assert_false(gcm_open(key, nonce, more, bytes_of(a, n + GCM_TAG), b));
}

static void each_other(void **state)
{
	uint8_t *in = mem_new(1, MOST + 128), *a, *b;

	(void)state;
	a = mem_new(1, MOST + GCM_TAG);
	b = mem_new(1, MOST + GCM_TAG);
	if (!gcm_ready() || !other_ready())
		skip();
	assert_true(in != NULL && a != NULL && b != NULL);
	random_bytes(in, MOST + 128);
	for (size_t n = 0; n < 300; n++)
		one(in, n * 5 % 61, n, a, b);
	for (size_t n = 1000; n <= MOST; n = n * 3 / 2 + 1)
		one(in, n % 40, n, a, b);
	/* GMAC: all of it is associated data. */
	for (size_t n = 1; n <= MOST; n = n * 2 + n % 3)
		one(in, n, 0, a, b);
	mem_free(in);
	mem_free(a);
	mem_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
