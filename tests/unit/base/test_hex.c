/* Hex and base64: the RFC's vectors, round trips, every refusal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/mem.h"

static void hex_both_ways(void **state)
{
	uint8_t all[256], back[256];
	char text[513];

	(void)state;
	for (size_t i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	hex_encode(text, bytes_of(all, 256));
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text + 2 * 0xAB, "ab", 2);
	assert_int_equal(hex_decode(back, 256, bytes_str(text)), 0);
	assert_memory_equal(all, back, 256);
	assert_int_equal(hex_decode(back, 2, S("AbCd")), 0);
	assert_int_equal(back[0], 0xAB);
	hex_encode(text, S(""));
	assert_string_equal(text, "");
}

static void hex_refuses(void **state)
{
	static const char *const wrong[] = {"",	    "0",    "000",  "00000",
					    "0g00", " 000", "0x00", "00\n0",
					    "@000", "`000", ":000", "/000"};
	uint8_t out[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(hex_decode(out, 2, bytes_str(wrong[i])),
				 -EPROTO);
}

static void base64_vectors(void **state)
{
	static const char *const v[][2] = {{"", ""},
					   {"f", "Zg=="},
					   {"fo", "Zm8="},
					   {"foo", "Zm9v"},
					   {"foob", "Zm9vYg=="},
					   {"fooba", "Zm9vYmE="},
					   {"foobar", "Zm9vYmFy"},
					   {"\xFB\xFF\xBE", "+/++"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		CLEANUP(buf_free) struct buf b = {0};
		CLEANUP(buf_free) struct buf c = {0};

		assert_int_equal(base64_put(&b, bytes_str(v[i][0])), 0);
		assert_string_equal(buf_str(&b), v[i][1]);
		assert_int_equal(base64_get(&c, buf_bytes(&b)), 0);
		assert_string_equal(buf_str(&c), v[i][0]);
	}
}

static void base64_random(void **state)
{
	uint8_t raw[257];
	uint64_t seed = 3;

	(void)state;
	for (size_t n = 0; n < sizeof(raw); n++) {
		CLEANUP(buf_free) struct buf b = {0};
		CLEANUP(buf_free) struct buf c = {0};

		for (size_t i = 0; i < n; i++)
			raw[i] = (uint8_t)rnd(&seed);
		assert_int_equal(base64_put(&b, bytes_of(raw, n)), 0);
		assert_int_equal(b.n, (n + 2) / 3 * 4);
		assert_int_equal(base64_get(&c, buf_bytes(&b)), 0);
		assert_true(bytes_eq(buf_bytes(&c), bytes_of(raw, n)));
	}
}

static void base64_refuses(void **state)
{
	static const char *const wrong[] = {
		"Z",	"Zg",	 "Zg=",	   "Zm9",  "Zm9=v",    "Zh==",
		"Zm9=", "====",	 "=m9v",   "Z===", "Zg==Zg==", "Zm9v ",
		"Zm 9", "Zm9\n", "Zm9v\n", "Zm-v", "Zm_v",     "Zg=A"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CLEANUP(buf_free) struct buf b = {0};

		assert_int_equal(buf_puts(&b, "keep"), 0);
		assert_int_equal(base64_get(&b, bytes_str(wrong[i])), -EPROTO);
		assert_string_equal(buf_str(&b), "keep");
	}
}

static void no_memory(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	mem_fail_after(1);
	assert_int_equal(base64_put(&b, S("abc")), -ENOMEM);
	assert_int_equal(base64_get(&b, S("Zm9v")), -ENOMEM);
	mem_fail_after(0);
	assert_int_equal(base64_put(&b, (struct bytes){NULL, SIZE_MAX}),
			 -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(hex_refuses),
		cmocka_unit_test(base64_vectors),
		cmocka_unit_test(base64_random),
		cmocka_unit_test(base64_refuses),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
