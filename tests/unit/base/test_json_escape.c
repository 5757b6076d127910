/* The inside of JSON strings: units, decoding, quoting and its depth. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

static void assert_text(struct bytes raw, const char *want, size_t n)
{
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(json_unescape(&b, raw), 0);
	assert_int_equal(b.n, n);
	if (n > 0)
		assert_memory_equal(b.p, want, n);
}

#define assert_unescaped(raw, want) assert_text(S(raw), want, sizeof(want) - 1)

static void unescapes(void **state)
{
	(void)state;
	assert_unescaped("", "");
	assert_unescaped("plain \xC3\xA9", "plain \xC3\xA9");
	assert_unescaped("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
	assert_unescaped("\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC");
	assert_unescaped("a\\u0000b", "a\0b");
	assert_unescaped("\\uD83D\\ude00", "\xF0\x9F\x98\x80");
	assert_unescaped("\\uDBFF\\uDFFF", "\xF4\x8F\xBF\xBF");
}

static void lone_surrogates(void **state)
{
	(void)state;
	assert_unescaped("\\uD83D", "\xEF\xBF\xBD");
	assert_unescaped("\\uDE00", "\xEF\xBF\xBD");
	assert_unescaped("\\uD83Dx", "\xEF\xBF\xBDx");
	assert_unescaped("\\uD83D\\n", "\xEF\xBF\xBD\n");
	assert_unescaped("\\uD83D\\u0041", "\xEF\xBF\xBD\x41");
	assert_unescaped("\\uD83D\\uD83D\\uDE00",
			 "\xEF\xBF\xBD\xF0\x9F\x98\x80");
	assert_unescaped("\\uDE00\\uD83D", "\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void invalid_bytes(void **state)
{
	(void)state;
	assert_unescaped("\xFF", "\xEF\xBF\xBD");
	assert_unescaped("a\xC3(", "a\xEF\xBF\xBD(");
	assert_unescaped("\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void malformed(void **state)
{
	static const char *const wrong[] = {
		"\\",	"ab\\",	   "\\x",	"\\u",
		"\\u1", "\\u123",  "\\u12g4",	"a\"b",
		"a\nb", "\\u 123", "\\uD83D\\", "\\uD83D\\u12"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CLEANUP(buf_free) struct buf b = {0};

		assert_int_equal(buf_puts(&b, "keep"), 0);
		assert_int_equal(json_unescape(&b, bytes_str(wrong[i])),
				 -EPROTO);
		assert_string_equal(buf_str(&b), "keep");
	}
	CLEANUP(buf_free) struct buf b = {0};
	assert_int_equal(json_unescape(&b, S("\\\0")), -EPROTO);
}

static void units(void **state)
{
	struct bytes raw = S("a\\n\\u00e9\\ud83d\\ude00\xC3\xA9\xFF");
	static const struct {
		size_t len;
		uint32_t cp;
	} want[] = {{1, 'a'},	   {2, '\n'}, {6, 0xE9},
		    {12, 0x1F600}, {2, 0xE9}, {1, 0xFFFD}};
	size_t at = 0;
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(json_escape_unit(raw, at, &cp), want[i].len);
		assert_int_equal(cp, want[i].cp);
		at += want[i].len;
	}
	assert_int_equal(at, raw.n);
	assert_int_equal(json_escape_unit(raw, at, &cp), 0);
	assert_int_equal(json_escape_unit(raw, SIZE_MAX, &cp), 0);
	assert_int_equal(json_escape_unit(S(""), 0, &cp), 0);
	assert_int_equal(json_escape_unit(S("\\u12"), 0, &cp), 0);
}

static void quotes(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_int_equal(
		json_quote(&b, S("a\"\\/\n\1\x7F\xC2\x9B\xC3\xA9\xFF"), 1), 0);
	assert_bytes(buf_bytes(&b),
		     "a\\\"\\\\/\\n\\u0001\\u007f\\u009b\xC3\xA9\xEF\xBF\xBD");
	buf_clear(&b);
	assert_int_equal(json_quote(&b, S("\"\n"), 0), 0);
	assert_int_equal(json_quote(&b, S("\"\n"), 2), 0);
	assert_bytes(buf_bytes(&b), "\"\n\\\\\\\"\\\\n");
}

/* Quoting d times, then decoding d times, gives what was there. */
static void any_depth_comes_back(void **state)
{
	uint64_t seed = 99;

	(void)state;
	for (size_t round = 0; round < 400; round++) {
		CLEANUP(buf_free) struct buf text = {0};
		CLEANUP(buf_free) struct buf q = {.secret = round % 2 != 0};
		unsigned depth = (unsigned)(rnd(&seed) % 5);

		for (size_t i = 0; i < 12; i++) {
			uint32_t cp = (uint32_t)(rnd(&seed) >> 43);
			uint8_t u[4];

			cp = i % 2 != 0 ? cp % 0x110000 : cp % 0x80;
			assert_int_equal(buf_put(&text, u, utf8_put(u, cp)), 0);
		}
		assert_int_equal(json_quote(&q, buf_bytes(&text), depth), 0);
		for (unsigned d = 0; d < depth; d++) {
			struct buf plain = {0};

			assert_int_equal(json_unescape(&plain, buf_bytes(&q)),
					 0);
			buf_free(&q);
			q = plain;
		}
		assert_true(bytes_eq(buf_bytes(&q), buf_bytes(&text)));
		buf_free(&q);
	}
}

/* Failing at every allocation in turn: an error, and nothing appended. */
static void no_memory(void **state)
{
	char big[3000];
	unsigned long n = 0;
	int rc = -ENOMEM;

	(void)state;
	memset(big, '"', sizeof(big));
	while (rc != 0) {
		CLEANUP(buf_free) struct buf b = {0};

		assert_int_equal(buf_puts(&b, "keep"), 0);
		mem_fail_after(++n);
		rc = json_quote(&b, bytes_of(big, sizeof(big)), 3);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		assert_true(rc == 0 || b.n == 4);
	}
	assert_true(n > 3);
	CLEANUP(buf_free) struct buf b = {0};
	mem_fail_after(1);
	assert_int_equal(json_unescape(&b, S("abc")), -ENOMEM);
	mem_fail_after(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unescapes),
		cmocka_unit_test(lone_surrogates),
		cmocka_unit_test(invalid_bytes),
		cmocka_unit_test(malformed),
		cmocka_unit_test(units),
		cmocka_unit_test(quotes),
		cmocka_unit_test(any_depth_comes_back),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
