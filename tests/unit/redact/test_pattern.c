/* Custom patterns: what matches, what is refused and with what words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/mem.h"
#include "policy/redact/pattern.h"

struct found {
	size_t n, start[64], end[64];
};

static int keep(void *ctx, size_t start, size_t end, void *rule)
{
	struct found *f = ctx;

	assert_null(rule);
	if (f->n < ARRAY_LEN(f->start)) {
		f->start[f->n] = start;
		f->end[f->n] = end;
	}
	f->n++;
	return 0;
}

static struct found scan(const char *pattern, const char *text)
{
	struct found f = {0};
	struct pattern *p;
	struct err e = {0};
	uint64_t steps = 0;

	if (pattern_new(bytes_str(pattern), &p, &e) != 0)
		fail_msg("%s: %s", pattern, e.text);
	assert_int_equal(
		pattern_scan(p, bytes_str(text), keep, &f, NULL, &steps), 0);
	assert_true(steps <= 2 * strlen(text));
	pattern_free(p);
	return f;
}

/* Pattern, text, and the matches with | between ("" none). */
static const char *const table[][3] = {
	{"HB-[0-9]{8}", "a HB-12345678 b", "HB-12345678"},
	{"HB-[0-9]{8}", "HB-1234567", ""},
	{"HB-\\d{8}", "HB-12345678HB-87654321", "HB-12345678|HB-87654321"},
	{"abc", "xabcabcx", "abc|abc"},
	{"a+", "baaab", "aaa"},
	{"a*b", "aaab b", "aaab|b"},
	{"ab?c", "ac abc abbc", "ac|abc"},
	{"a{2}", "a aa aaa", "aa|aaa"},
	{"a{2,3}", "a aa aaa", "aa|aaa"},
	{"a{2,}", "a aa aaaaa", "aa|aaaaa"},
	{"a{0,2}b", "b ab aab", "b|ab|aab"},
	{"(ab)+", "ababab a", "ababab"},
	{"(?:ab|cd)e", "abe cde ade", "abe|cde"},
	{"a|bc|def", "a bc def", "a|bc|def"},
	{"[a-c]x", "ax bx dx", "ax|bx"},
	{"[^a-c]x", "ax dx", "dx"},
	{"[]x]y", "]y xy", "]y|xy"},
	{"[a-]b", "ab -b cb", "ab|-b"},
	{"[\\d_]+", "a 1_2 b", "1_2"},
	{"\\w+@", "joe@ x", "joe@"},
	{"\\s\\S", "a b", " b"},
	{"\\D\\d", "a1", "a1"},
	{"a.c",
	 "abc a\nc a\xc3\xa9"
	 "c",
	 "abc|a\xc3\xa9"
	 "c"},
	{"a\\.c", "abc a.c", "a.c"},
	{"\\x41\\t", "A\t", "A\t"},
	{"(?i)id-[a-f]", "ID-B iD-c", "ID-B|iD-c"},
	{"^ab", "abab", "ab"},
	{"ab$", "abab", "ab"},
	{"^a$", "aa", ""},
	{"\\bab\\b", "ab cab abc ab", "ab|ab"},
	{"\xc3\xa9+", "\xc3\xa9\xc3\xa9 e", "\xc3\xa9\xc3\xa9"},
	{"[^x]y", "\xc3\xa9y", "\xc3\xa9y"},
	{"<t>.*</t>", "a <t>b</t> c</t> d", "<t>b</t> c</t>"},
	{"(a|ab)(c|bcd)", "abcd", "abcd"},
	{"x(a|b|c){2}y", "xaby xacy xay", "xaby|xacy"},
	{"((a)(b))", "ab", "ab"},
	{"a\\$", "a$", "a$"},
	{"a\\\\b", "a\\b", "a\\b"},
	{"[0-9]{3}-[0-9]{4}", "555-01234", "555-0123"},
	{"[0-9]{4}", "123456", "123456"},
};

static void test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct found f = scan(table[i][0], table[i][1]);
		const char *want = table[i][2];
		size_t k = 0;

		for (; *want != '\0'; k++) {
			size_t n = strcspn(want, "|");

			if (k >= f.n || f.end[k] - f.start[k] != n ||
			    memcmp(table[i][1] + f.start[k], want, n) != 0)
				fail_msg("%s on %s", table[i][0], table[i][1]);
			want += n + (want[n] == '|');
		}
		if (k != f.n)
			fail_msg("%s on %s: %zu", table[i][0], table[i][1],
				 f.n);
	}
}

static void test_refusals(void **state)
{
	static const char *const bad[][2] = {
		{"", "empty string"},
		{"a*", "empty string"},
		{"a?|b", "empty string"},
		{"()", "group is empty"},
		{"(a", "column 1"},
		{"a)", "closes nothing"},
		{"[a", "not closed by ]"},
		{"*a", "repeat"},
		{"a**", "lazy"},
		{"a+?", "lazy"},
		{"{2}", "write \\{"},
		{"a{2", "not closed by }"},
		{"a{,2}", "needs a number"},
		{"a{3,2}", "never match"},
		{"a{0}", "never match"},
		{"a{999}", "255"},
		{"(a)\\1", "linear time"},
		{"(?=a)", "looking around"},
		{"(?<n>a)", "named groups"},
		{"a\\", "nothing follows"},
		{"\\q", "unknown escape"},
		{"\\x4", "hex digits"},
		{"\\xff", "hex digits"},
		{"[b-a]", "backwards"},
		{"[[:alpha:]]", "named classes"},
		{"[\xc3\xa9]", "ASCII only"},
		{"a^b", "beginning"},
		{"a$b", "end of"},
		{"a\\bb", "\\b is known"},
		{"[a-z]{200}[a-z]{200}", "256 symbols"},
		{"((((((a{9}){9}){9}){9}){9}){9}){9}", "256 symbols"},
	};
	struct pattern *p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = {0};

		assert_int_equal(pattern_new(bytes_str(bad[i][0]), &p, &e),
				 -EPROTO);
		assert_null(p);
		if (strstr(e.text, bad[i][1]) == NULL)
			fail_msg("%s: %s", bad[i][0], e.text);
	}
}

/* Patterns that make backtracking matchers explode, and a table too large. */
static void test_hostile(void **state)
{
	static const char *const patterns[] = {
		"(a*)*b",	  "(a|a)*b", "(a|aa)+b",  "(.*)(.*)(.*)x",
		"[ab]*a[ab]{12}", "(a+)+$",  "([a-z]+)*1"};
	static char text[200001];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		(void)scan(patterns[i], text);
}

static int stop(void *ctx, size_t start, size_t end, void *rule)
{
	(void)ctx;
	(void)rule;
	assert_true(start < end);
	return 7;
}

static void test_stop(void **state)
{
	struct pattern *p;
	uint64_t steps = 0;

	(void)state;
	assert_int_equal(pattern_new(bytes_str("a"), &p, NULL), 0);
	assert_int_equal(
		pattern_scan(p, bytes_str("a a"), stop, NULL, NULL, &steps), 7);
	pattern_free(p);
	pattern_free(NULL);
}

/* Every allocation that fails is said. */
static void test_no_memory(void **state)
{
	(void)state;
	for (unsigned long n = 1; n < 20; n++) {
		struct pattern *p;
		int rc;

		mem_fail_after(n);
		rc = pattern_new(bytes_str("a[bc]{3}"), &p, NULL);
		mem_fail_after(0);
		if (rc == 0) {
			pattern_free(p);
			return;
		}
		assert_int_equal(rc, -ENOMEM);
		assert_null(p);
	}
	fail();
}

/* Random patterns and texts: what the table finds, the simulation alone (a
 * pattern with a useless wide part has no table) finds too. */
static void test_random(void **state)
{
	uint32_t x = 12345;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		static const char *const parts[] = {
			"a",  "b",     "[ab]", "(a|bb)", "a*",
			"b+", "(ab)?", "c",    ".",	 "a{2}"};
		char pattern[128] = "", wide[200], text[40];
		size_t n = 0;
		struct found f, g;
		struct err e = {0};
		struct pattern *p;

		for (unsigned k = 0; k < 1 + (x >> 20) % 4; k++) {
			x = x * 1664525u + 1013904223u;
			n += (size_t)snprintf(
				pattern + n, sizeof(pattern) - n, "%s",
				parts[(x >> 16) % ARRAY_LEN(parts)]);
		}
		if (pattern_new(bytes_str(pattern), &p, &e) != 0)
			continue;
		pattern_free(p);
		for (size_t k = 0; k < sizeof(text); k++) {
			x = x * 1664525u + 1013904223u;
			text[k] = "abc"[(x >> 16) % 3];
		}
		text[sizeof(text) - 1] = '\0';
		(void)snprintf(wide, sizeof(wide), "%s|z[yz]*y[yz]{11}",
			       pattern);
		f = scan(pattern, text);
		g = scan(wide, text);
		assert_int_equal(f.n, g.n);
		assert_memory_equal(f.start, g.start, f.n * sizeof(size_t));
		assert_memory_equal(f.end, g.end, f.n * sizeof(size_t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
