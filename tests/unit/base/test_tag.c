/* One-time tags against values made by other software. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include "base/tag.h"

#define TEXT S("some bytes of a view, over sixteen")

static const uint8_t raw[KEY_LEN] = {0,	 1,  2,	 3,  4,	 5,  6,	 7,  8,	 9,  10,
				     11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
				     22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static void check(enum aead_cipher c, const struct key *k, const char *text,
		  const char *empty)
{
	uint8_t t[TAG_LEN], u[TAG_LEN];

	tag_once(t, c, k, 5, TEXT);
	assert_hex(t, sizeof(t), text);
	tag_once(t, c, k, 5, bytes_str(NULL));
	assert_hex(t, sizeof(t), empty);
	tag_once(u, c, k, 6, bytes_str(NULL));
	assert_memory_not_equal(t, u, TAG_LEN);
}

static void poly1305(void **state)
{
	CLEANUP(key_freep) struct key *k = key_import(*state, raw);

	check(AEAD_XCHACHA20POLY1305, k, "710ebf8d06edaf95befa6abe8ac89ae1",
	      "ad023fbf0497594e0b7a28667c55f955");
}

static void gmac(void **state)
{
	CLEANUP(key_freep) struct key *k = key_import(*state, raw);

	if (!aead_available(AEAD_AES256GCM))
		skip();
	check(AEAD_AES256GCM, k, "6ee46db0e3d524acf2789c792ff06427",
	      "448a22c10b9bea89c61bf7931ae45089");
}

#define pooled(f) cmocka_unit_test_setup_teardown(f, pool_setup, pool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pooled(poly1305),
		pooled(gmac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
