/* UTF-8: every code point, every bad sequence of up to three bytes, edges. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include "base/utf8.h"

static void every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110010; cp++) {
		bool real = cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
		uint8_t out[4];
		size_t n = utf8_put(out, cp);
		uint32_t back = 0;

		if ((n > 0) != real)
			fail_msg("utf8_put of %x", (unsigned)cp);
		if (!real)
			continue;
		if (utf8_next(bytes_of(out, n), 0, &back) != n || back != cp)
			fail_msg("utf8_next of %x", (unsigned)cp);
		if (n > 1 && utf8_valid(bytes_of(out, n - 1)))
			fail_msg("half of %x is valid", (unsigned)cp);
	}
}

/* All sequences of three bytes: a length above 1 must encode back. */
static void every_three_bytes(void **state)
{
	(void)state;
	for (uint32_t v = 0x800000; v <= 0xFFFFFF; v++) {
		uint8_t b[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8),
				(uint8_t)v};
		uint8_t out[4];
		uint32_t cp;
		size_t n = utf8_next(bytes_of(b, 3), 0, &cp);

		if (n == 1 && cp != 0xFFFD)
			fail_msg("%x gives %x", (unsigned)v, (unsigned)cp);
		if (n > 1 && (utf8_put(out, cp) != n || memcmp(out, b, n) != 0))
			fail_msg("%x is not the shortest", (unsigned)v);
	}
}

static void bad_ones(void **state)
{
	static const char *const bad[] = {"\x80",
					  "\xC0\x80",
					  "\xC1\xBF",
					  "\xE0\x9F\xBF",
					  "\xED\xA0\x80",
					  "\xED\xBF\xBF",
					  "\xF0\x8F\xBF\xBF",
					  "\xF4\x90\x80\x80",
					  "\xF5\x80\x80\x80",
					  "\xFE",
					  "\xFF",
					  "\xE2\x82",
					  "\xF0\x9F\x98",
					  "a\xC3",
					  "\xC3z"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(utf8_valid(bytes_str(bad[i])));
	assert_true(utf8_valid(S("")));
	assert_true(utf8_valid(S("a\0\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")));
}

static void past_the_end(void **state)
{
	uint32_t cp;

	(void)state;
	assert_int_equal(utf8_next(S("ab"), 2, &cp), 0);
	assert_int_equal(utf8_next(S(""), 99, &cp), 0);
	assert_int_equal(utf8_floor(S("ab"), 99), 2);
	assert_int_equal(utf8_ceil(S("ab"), 99), 2);
}

/* Edges of random soup, against walking from the start. */
static void edges(void **state)
{
	static const char *const parts[] = {
		"a",	"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\x80",
		"\xC3", "\xE2\x82", "\xF0\x9F",	    "\xED\xA0\x80"};
	uint64_t seed = 11;

	(void)state;
	for (size_t round = 0; round < 300; round++) {
		CLEANUP(buf_free) struct buf b = {0};
		struct bytes s;
		size_t start = 0, len;
		uint32_t cp;

		for (size_t i = 0; i < 20; i++)
			assert_int_equal(
				buf_puts(&b,
					 parts[rnd(&seed) % ARRAY_LEN(parts)]),
				0);
		s = buf_bytes(&b);
		while ((len = utf8_next(s, start, &cp)) > 0) {
			assert_int_equal(utf8_floor(s, start), start);
			assert_int_equal(utf8_ceil(s, start), start);
			for (size_t k = 1; k < len; k++) {
				assert_int_equal(utf8_floor(s, start + k),
						 start);
				assert_int_equal(utf8_ceil(s, start + k),
						 start + len);
			}
			start += len;
		}
		assert_int_equal(start, s.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(every_three_bytes),
		cmocka_unit_test(bad_ones),
		cmocka_unit_test(past_the_end),
		cmocka_unit_test(edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
