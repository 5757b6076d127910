/* Decoded text: the map leads back to whole escapes and code points. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/text.h"

static struct run run_of(const struct text_builder *t)
{
	return (struct run){
		.text = buf_bytes(&t->text), .map = t->map, .nmap = t->nmap};
}

/* The raw text that decoded [s, e) of in comes from. */
static void part(const struct text_builder *t, uint32_t s, uint32_t e,
		 uint64_t want_s, uint64_t want_e)
{
	struct run r = run_of(t);
	uint64_t a, b;

	text_raw(&r, s, e, &a, &b);
	assert_int_equal(a, want_s);
	assert_int_equal(b, want_e);
}

static void test_json(void **state)
{
	CLEANUP(text_free) struct text_builder t = {0};
	/* a  \n  é(escaped)  😀(pair)  \ud800(lone)  é(raw)  b */
	const char *in = "a\\n\\u00e9\\ud83d\\ude00\\ud800\xC3\xA9"
			 "b";

	(void)state;
	assert_int_equal(text_json(&t, bytes_str(in), 100), 0);
	assert_true(bytes_is(buf_bytes(&t.text), "a\n\xC3\xA9\xF0\x9F\x98\x80"
						 "\xEF\xBF\xBD\xC3\xA9"
						 "b"));
	part(&t, 0, 1, 100, 101);
	part(&t, 1, 2, 101, 103);
	part(&t, 2, 4, 103, 109);
	part(&t, 3, 4, 103, 109); /* inside a code point: the whole escape */
	part(&t, 5, 6, 109, 121); /* inside the pair */
	part(&t, 8, 11, 121, 127);
	part(&t, 12, 13, 127, 129);
	part(&t, 13, 14, 129, 130);
	part(&t, 0, 14, 100, 130);
	part(&t, 0, 99, 100, 130);
	assert_int_equal(text_json(&t, bytes_str("\\x"), 0), -EPROTO);
}

/* Parts of [s, e) that may be replaced, as "from-to" of the raw bytes. */
static void parts(const struct text_builder *t, uint32_t s, uint32_t e,
		  const char *want)
{
	CLEANUP(buf_free) struct buf got = {0};
	struct run r = run_of(t);
	uint32_t from, to;
	uint64_t a, b;

	while (text_part(&r, &s, e, &from, &to)) {
		text_raw(&r, from, to, &a, &b);
		assert_int_equal(
			buf_printf(&got, "%u-%u ", (unsigned)a, (unsigned)b),
			0);
	}
	assert_string_equal(got.n == 0 ? "" : buf_str(&got), want);
}

static void test_gaps(void **state)
{
	CLEANUP(text_free) struct text_builder t = {0};

	(void)state;
	assert_int_equal(text_gap(&t, bytes_str("was "), 10, 0), 0);
	assert_int_equal(text_markup(&t,
				     bytes_str("<i>a&amp;b<x>c</x>{\\z}\r\n<"),
				     10, " "),
			 0);
	assert_int_equal(text_gap(&t, bytes_str(" be"), 35, 0), 0);
	assert_true(bytes_is(buf_bytes(&t.text), "was a&b c  < be"));
	parts(&t, 0, 15, "13-20 23-24 32-35 ");
	parts(&t, 0, 4, "");
	parts(&t, 1, 5, "13-14 ");
	parts(&t, 6, 9, "19-20 23-24 ");
	parts(&t, 12, 15, "");
	parts(&t, 15, 15, "");
}

static void test_invalid_bytes(void **state)
{
	CLEANUP(text_free) struct text_builder t = {0};

	(void)state;
	assert_int_equal(text_plain(&t, bytes_str("x\xFFy\xE2\x82z"), 10), 0);
	assert_true(bytes_is(buf_bytes(&t.text), "x\xEF\xBF\xBDy\xEF\xBF\xBD"
						 "\xEF\xBF\xBDz"));
	part(&t, 0, 4, 10, 12);
	part(&t, 2, 3, 11, 12);
	part(&t, 5, 8, 13, 14);
	part(&t, 8, 11, 14, 15);
	part(&t, 11, 12, 15, 16);
}

static void test_crlf_stays_whole(void **state)
{
	CLEANUP(text_free) struct text_builder t = {0};

	(void)state;
	assert_int_equal(text_plain(&t, bytes_str("ab\r\ncd\n\r"), 0), 0);
	part(&t, 0, 3, 0, 4);
	part(&t, 3, 6, 2, 6);
	part(&t, 6, 7, 6, 7); /* \n\r is no pair */
	text_reset(&t);
	assert_int_equal(text_json(&t, bytes_str("a\\r\\nb"), 0), 0);
	part(&t, 0, 2, 0, 5);
	part(&t, 2, 3, 1, 5);
}

static void test_nested(void **state)
{
	CLEANUP(text_free) struct text_builder outer = {0}, t = {0};
	/* Raw: [\"x\\u00e9\\ny\u00fc\"] inside a JSON string. */
	const char *in = "[\\\"x\\\\u00e9\\\\ny\\u00fc\\\"]";
	struct run r;

	(void)state;
	assert_int_equal(text_json(&outer, bytes_str(in), 50), 0);
	assert_true(
		bytes_is(buf_bytes(&outer.text), "[\"x\\u00e9\\ny\xC3\xBC\"]"));
	r = run_of(&outer);
	assert_int_equal(text_nested(&t, &r, 2, 12), 0);
	assert_true(bytes_is(buf_bytes(&t.text), "x\xC3\xA9\ny\xC3\xBC"));
	part(&t, 0, 1, 53, 54);
	part(&t, 1, 3, 54, 61);
	part(&t, 3, 4, 61, 64);
	part(&t, 4, 5, 64, 65);
	part(&t, 5, 7, 65, 71);
	text_reset(&t);
	assert_int_equal(text_slice(&t, &r, 0, 3), 0);
	assert_true(bytes_is(buf_bytes(&t.text), "[\"x"));
	part(&t, 1, 2, 51, 53);
}

static void test_plain_check(void **state)
{
	(void)state;
	assert_true(text_is_plain(bytes_str("")));
	assert_true(text_is_plain(bytes_str("abcdefghijklmnop\xC3\xA9")));
	assert_false(text_is_plain(bytes_str("abcdefghijkl\\nmnop")));
	assert_false(text_is_plain(bytes_str("abcdefgh\xFF")));
	assert_false(text_is_plain(bytes_str("abcdefgh\xC3")));
}

/* Random strings: every interval leads to raw bytes that decode to at least
 * that interval, and neighbours touch. */
static void test_random(void **state)
{
	static const char *const units[] = {"a",	"Z",
					    "\\n",	"\\u0041",
					    "\\/",	"\\ud83d",
					    "\\\\",	"\\ud83d\\ude00",
					    "\xC3\xA9", "\xF0\x9F\x98\x80",
					    "\xFF",	"\\r\\n"};
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		CLEANUP(text_free) struct text_builder t = {0}, again = {0};
		CLEANUP(buf_free) struct buf raw = {0};
		struct run r;

		for (int i = 0; i < 30; i++) {
			seed = seed * 1103515245 + 12345;
			assert_int_equal(
				buf_puts(&raw, units[(seed >> 16) % 12]), 0);
		}
		assert_int_equal(text_json(&t, buf_bytes(&raw), 0), 0);
		r = run_of(&t);
		for (uint32_t s = 0; s < t.text.n; s++) {
			uint64_t a, b;

			text_raw(&r, s, s + 1, &a, &b);
			assert_true(a < b && b <= raw.n);
			text_reset(&again);
			assert_int_equal(text_json(&again,
						   bytes_of(raw.p + a, b - a),
						   a),
					 0);
			assert_non_null(memchr(again.text.p, t.text.p[s],
					       again.text.n));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_invalid_bytes),
		cmocka_unit_test(test_crlf_stays_whole),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_plain_check),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
