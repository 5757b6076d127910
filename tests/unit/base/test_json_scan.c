/* The JSON scanner: offsets, strictness, depth, and damage of every kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/json.h"

static const char letters[] = {
	[JSON_BAD] = '!',	 [JSON_END] = '$',    [JSON_OBJECT] = '{',
	[JSON_OBJECT_END] = '}', [JSON_ARRAY] = '[',  [JSON_ARRAY_END] = ']',
	[JSON_KEY] = 'k',	 [JSON_STRING] = 's', [JSON_NUMBER] = 'n',
	[JSON_TRUE] = 't',	 [JSON_FALSE] = 'f',  [JSON_NULL] = '0',
};

/* The kinds of all tokens as letters, up to the end or the first fault. */
static const char *kinds(struct buf *b, struct bytes in, uint64_t at)
{
	struct json_token t = {0};
	struct json_scan s;
	uint64_t last = at;

	buf_clear(b);
	json_start(&s, in, at);
	do {
		enum json_kind k = json_next(&s, &t);

		assert_int_equal(k, t.kind);
		assert_true(t.start >= last && t.start <= t.end);
		assert_true(t.end <= in.n);
		last = t.end;
		assert_int_equal(buf_putc(b, letters[k]), 0);
	} while (t.kind != JSON_BAD && t.kind != JSON_END);
	/* It stays where it ended, and a fault has words. */
	assert_int_equal(json_next(&s, &t), t.kind);
	assert_int_equal(json_next(&s, &t), t.kind);
	assert_true((t.kind == JSON_BAD) == (s.why != NULL));
	return buf_str(b);
}

static void assert_kinds(const char *in, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};

	assert_string_equal(kinds(&b, bytes_str(in), 0), want);
}

static void shapes(void **state)
{
	(void)state;
	assert_kinds("{}", "{}$");
	assert_kinds("[]", "[]$");
	assert_kinds(" [ ] ", "[]$");
	assert_kinds("{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"\"}}",
		     "{knk[tf0]k{ks}}$");
	assert_kinds("[[],[[]],{}]", "[[][[]]{}]$");
	assert_kinds("\r\n\t\"x\"", "s$");
	assert_kinds("null", "0$");
	assert_kinds("", "$");
	assert_kinds(" \n ", "$");
	assert_kinds("\xEF\xBB\xBF[1]", "[n]$");
	assert_kinds("\xEF\xBB\xBF", "$");
}

static void numbers(void **state)
{
	static const char *const good[] = {
		"0",	    "-0",     "1",   "12345678901234567890",
		"-1.5",	    "0.0",    "1e5", "1E+5",
		"1.25e-07", "9e99999"};
	static const char *const wrong[] = {
		"-",	"01",	    "-01", "00",	"+1",	"1.",	 ".5",
		"1.e5", "1e",	    "1e+", "0x10",	"1a",	"1.2.3", "1-2",
		"--1",	"Infinity", "NaN", "-Infinity", "1_000"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_kinds(good[i], "n$");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_kinds(wrong[i], "!");
}

static void strings(void **state)
{
	static const char *const good[] = {
		"\"\"",
		"\"abc\"",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\u0000\\uFfFf\"",
		"\"\\uD83D\"",
		"\"a long one, beyond a word \\n of eight\"",
		"\"\x7F\xC3\xA9\"",
		"\"\xFF\x80 not UTF-8\""};
	static const char *const wrong[] = {"\"",
					    "\"abc",
					    "\"\\",
					    "\"\\\"",
					    "\"\\x41\"",
					    "\"\\u12\"",
					    "\"\\u12g4\"",
					    "\"\\u123",
					    "\"a\nb\"",
					    "\"tab\there\"",
					    "\"12345678\x1F\"",
					    "'a'",
					    "\"\\U0041\"",
					    "\"\\ \""};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_kinds(good[i], "s$");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_kinds(wrong[i], "!");
}

/* Every byte at every place of a string: the word trick misses none. */
static void every_byte_in_a_string(void **state)
{
	(void)state;
	for (size_t place = 1; place <= 20; place++) {
		for (unsigned c = 0; c < 256; c++) {
			CLEANUP(buf_free) struct buf b = {0};
			uint8_t in[24];
			const char *want = "s$";

			memset(in, 'x', sizeof(in));
			in[0] = in[22] = '"';
			in[23] = ' ';
			in[place] = (uint8_t)c;
			if (c < 0x20 || c == '\\')
				want = "!"; /* \x is no escape */
			assert_string_equal(kinds(&b, bytes_of(in, 24), 0),
					    want);
			if (c == '"')
				assert_int_equal(b.n, 2);
		}
	}
}

static void refused(void **state)
{
	static const char *const v[][2] = {{"{", "{!"},
					   {"[", "[!"},
					   {"[1,]", "[n!"},
					   {"[,1]", "[!"},
					   {"[1 2]", "[n!"},
					   {"{\"a\"}", "{k!"},
					   {"{\"a\":}", "{k!"},
					   {"{\"a\":1,}", "{kn!"},
					   {"{,}", "{!"},
					   {"{a:1}", "{!"},
					   {"{1:2}", "{!"},
					   {"[1}", "[n!"},
					   {"{\"a\":1]", "{kn!"},
					   {"]", "!"},
					   {"}", "!"},
					   {"[//c\n1]", "[!"},
					   {"[1/**/]", "[!"},
					   {"truE", "!"},
					   {"nul", "!"},
					   {"truex", "!"},
					   {"nullnull", "!"},
					   {"[true1]", "[!"},
					   {"{\"a\" 1}", "{k!"},
					   {"\v1", "!"},
					   {"\xC2\xA0[]", "!"},
					   {"[\"a\":1]", "[s!"},
					   {",", "!"},
					   {":", "!"},
					   {" \xEF\xBB\xBF[]", "!"},
					   {"{\"a\":1\"b\":2}", "{kn!"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		assert_kinds(v[i][0], v[i][1]);
}

static void offsets(void **state)
{
	struct bytes in = S(" {\"k\" : \"v\" , \"n\":-1.5 } tail");
	static const uint64_t want[][3] = {
		{JSON_OBJECT, 1, 2},   {JSON_KEY, 2, 5},
		{JSON_STRING, 8, 11},  {JSON_KEY, 14, 17},
		{JSON_NUMBER, 18, 22}, {JSON_OBJECT_END, 23, 24},
		{JSON_END, 24, 24},    {JSON_END, 24, 24}};
	struct json_token t;
	struct json_scan s;

	(void)state;
	json_start(&s, in, 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(json_next(&s, &t), want[i][0]);
		assert_int_equal(t.start, want[i][1]);
		assert_int_equal(t.end, want[i][2]);
	}
}

static void faults_have_places(void **state)
{
	static const struct {
		const char *in, *why;
		uint64_t at;
	} v[] = {{"[1,2,x]", "not a JSON value", 5},
		 {"[\"ab\ncd\"]", "a control character in a string", 4},
		 {"{\"a\":01}", "a number with a leading zero", 5},
		 {"[1", "the input ends inside a value", 2},
		 {"{\"a\";1}", "expected ':'", 4}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct json_token t;
		struct json_scan s;

		json_start(&s, bytes_str(v[i].in), 0);
		while (json_next(&s, &t) != JSON_BAD)
			assert_int_not_equal(t.kind, JSON_END);
		assert_string_equal(s.why, v[i].why);
		assert_int_equal(t.start, v[i].at);
	}
}

/* Lines of JSONL, and values without white space between them. */
static void one_after_another(void **state)
{
	struct bytes in = S("{\"a\":1}\r\n[2]\n\n3\n\"x\"\"y\"[]true null");
	static const char want[] = "{[nss[t0$";
	struct json_token t;
	struct json_scan s;
	uint64_t at = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(want) - 1; i++) {
		json_start(&s, in, at);
		assert_int_equal(letters[json_next(&s, &t)], want[i]);
		if (t.kind != JSON_END)
			assert_int_equal(json_skip(&s, &t, &at), 0);
	}
	assert_int_equal(t.start, in.n);
}

static void skips(void **state)
{
	struct bytes in = S("[{\"a\":[1,{}]}, 2]");
	struct json_token t;
	struct json_scan s;
	uint64_t end = 0;

	(void)state;
	json_start(&s, in, 0);
	assert_int_equal(json_next(&s, &t), JSON_ARRAY);
	assert_int_equal(json_next(&s, &t), JSON_OBJECT);
	assert_int_equal(json_skip(&s, &t, &end), 0);
	assert_int_equal(end, 13);
	assert_int_equal(json_next(&s, &t), JSON_NUMBER);
	assert_int_equal(json_skip(&s, &t, &end), 0);
	assert_int_equal(end, 16);
	assert_int_equal(json_next(&s, &t), JSON_ARRAY_END);
	assert_int_equal(json_skip(&s, &t, &end), -EPROTO);
	json_start(&s, S("[[1,]"), 0);
	assert_int_equal(json_next(&s, &t), JSON_ARRAY);
	assert_int_equal(json_skip(&s, &t, &end), -EPROTO);
}

static void depth_is_bounded(void **state)
{
	static uint8_t in[4 * JSON_MAX_DEPTH];
	CLEANUP(buf_free) struct buf b = {0};
	const char *k;

	(void)state;
	for (size_t n = JSON_MAX_DEPTH - 2; n < JSON_MAX_DEPTH + 3; n++) {
		memset(in, '[', n);
		memset(in + n, ']', n);
		k = kinds(&b, bytes_of(in, 2 * n), 0);
		assert_int_equal(k[b.n - 1], n <= JSON_MAX_DEPTH ? '$' : '!');
	}
	/* Objects and arrays mixed keep their own ends, at full depth. */
	for (size_t i = 0; i < JSON_MAX_DEPTH; i++)
		in[i] = '[';
	in[JSON_MAX_DEPTH] = '}';
	k = kinds(&b, bytes_of(in, JSON_MAX_DEPTH + 1), 0);
	assert_int_equal(b.n, JSON_MAX_DEPTH + 1);
	assert_int_equal(k[JSON_MAX_DEPTH], '!');
}

static void space(struct buf *b, uint64_t *seed)
{
	uint64_t n = rnd(seed) % 3;

	while (n-- > 0)
		assert_int_equal(buf_putc(b, " \n\t\r"[rnd(seed) % 4]), 0);
}

/* A random value with random white space; the kinds it must give. */
static void put_random(struct buf *b, struct buf *want, uint64_t *seed,
		       unsigned deep)
{
	static const char *const leaf[] = {
		"0",
		"-1.5e3",
		"true",
		"false",
		"null",
		"\"\"",
		"\"a \\u00e9 long enough \\\\ string\""};
	static const char kind[] = "nntf0ss";
	uint64_t pick = rnd(seed) % (deep == 0 ? 7 : 12), n = rnd(seed) % 4;
	bool object = pick % 2 == 0;

	if (pick < 7) {
		assert_int_equal(buf_puts(b, leaf[pick]), 0);
		assert_int_equal(buf_putc(want, kind[pick]), 0);
		return;
	}
	assert_int_equal(buf_putc(b, object ? '{' : '['), 0);
	assert_int_equal(buf_putc(want, object ? '{' : '['), 0);
	for (uint64_t i = 0; i < n; i++) {
		assert_int_equal(buf_puts(b, i > 0 ? "," : ""), 0);
		space(b, seed);
		if (object) {
			assert_int_equal(buf_puts(b, "\"k\""), 0);
			space(b, seed);
			assert_int_equal(buf_putc(b, ':'), 0);
			assert_int_equal(buf_putc(want, 'k'), 0);
		}
		space(b, seed);
		put_random(b, want, seed, deep - 1);
		space(b, seed);
	}
	assert_int_equal(buf_putc(b, object ? '}' : ']'), 0);
	assert_int_equal(buf_putc(want, object ? '}' : ']'), 0);
}

/* Well formed always; cut anywhere inside never; damaged: no wrong read. */
static void random_documents(void **state)
{
	uint64_t seed = 4711;

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		CLEANUP(buf_free) struct buf b = {0};
		CLEANUP(buf_free) struct buf want = {0};
		CLEANUP(buf_free) struct buf got = {0};

		assert_int_equal(buf_putc(&b, '['), 0);
		assert_int_equal(buf_putc(&want, '['), 0);
		put_random(&b, &want, &seed, 6);
		assert_int_equal(buf_putc(&b, ']'), 0);
		assert_int_equal(buf_puts(&want, "]$"), 0);
		assert_string_equal(kinds(&got, buf_bytes(&b), 0),
				    buf_str(&want));
		for (size_t n = 1; n < b.n; n += 1 + n / 16) {
			const char *k = kinds(&got, bytes_of(b.p, n), 0);

			assert_int_equal(k[got.n - 1], '!');
		}
		b.p[rnd(&seed) % b.n] = (uint8_t)rnd(&seed);
		assert_non_null(kinds(&got, buf_bytes(&b), 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(numbers),
		cmocka_unit_test(strings),
		cmocka_unit_test(every_byte_in_a_string),
		cmocka_unit_test(refused),
		cmocka_unit_test(offsets),
		cmocka_unit_test(faults_have_places),
		cmocka_unit_test(one_after_another),
		cmocka_unit_test(skips),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(random_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
