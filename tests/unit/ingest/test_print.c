/* Prints: the same for the same bytes, and for no others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fs/ingest/print.h"

#define PART 4096
#define ALL 9000 /* two parts and the rest */

static uint8_t data[ALL + 1];

static void print(const struct key *key, size_t n, uint8_t out[HASH_LEN])
{
	struct print p;

	print_begin(&p, AEAD_AES256GCM, key);
	for (size_t at = 0; at < n; at += PART)
		print_add(&p,
			  bytes_of(data + at, n - at < PART ? n - at : PART));
	print_end(&p, out);
}

static bool is_same(const struct key *key, size_t n,
		    const uint8_t want[HASH_LEN])
{
	uint8_t got[HASH_LEN];

	print(key, n, got);
	return memcmp(got, want, HASH_LEN) == 0;
}

static void test_any_change_shows(void **state)
{
	static const size_t places[] = {0,    1,	PART - 1, PART,
					5000, 2 * PART, ALL - 1};
	struct keypool *CLEANUP(keypool_freep) pool = NULL;
	struct key *CLEANUP(key_freep) key = NULL;
	struct key *CLEANUP(key_freep) other = NULL;
	uint8_t want[HASH_LEN];

	(void)state;
	assert_int_equal(keypool_new(&pool, NULL), 0);
	key = key_random(pool);
	other = key_random(pool);
	for (size_t i = 0; i < ALL; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	print(key, ALL, want);
	assert_true(is_same(key, ALL, want));
	assert_false(is_same(other, ALL, want));
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		data[places[i]] ^= 1;
		assert_false(is_same(key, ALL, want));
		data[places[i]] ^= 1;
	}
	/* Longer and shorter, by zeros too, or by whole parts. */
	assert_false(is_same(key, ALL + 1, want));
	assert_false(is_same(key, ALL - 1, want));
	assert_false(is_same(key, PART, want));
	assert_false(is_same(key, 0, want));
}

/* Parts that change places, or come twice. */
static void test_order_shows(void **state)
{
	struct keypool *CLEANUP(keypool_freep) pool = NULL;
	struct key *CLEANUP(key_freep) key = NULL;
	uint8_t want[HASH_LEN];

	(void)state;
	assert_int_equal(keypool_new(&pool, NULL), 0);
	key = key_random(pool);
	memset(data, 1, PART);
	memset(data + PART, 2, PART);
	print(key, 2 * PART, want);
	memset(data, 2, PART);
	memset(data + PART, 1, PART);
	assert_false(is_same(key, 2 * PART, want));
	memset(data, 1, 2 * PART);
	assert_false(is_same(key, 2 * PART, want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_change_shows),
		cmocka_unit_test(test_order_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
