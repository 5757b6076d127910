/* Globs over stored paths. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/dataset.h"

static bool hit(const char *pattern, const char *path)
{
	return glob_match(pattern, bytes_str(path));
}

static void test_names(void **state)
{
	(void)state;
	assert_true(hit("a.json", "a.json"));
	assert_false(hit("a.json", "a.jsonl"));
	assert_false(hit("a.json", "x/a.json"));
	assert_true(hit("*.json", "a.json"));
	assert_false(hit("*.json", "x/a.json"));
	assert_true(hit("x/*.json", "x/a.b.json"));
	assert_true(hit("?.txt", "\xC3\xA9.txt"));
	assert_false(hit("?", "/"));
	assert_true(hit("", ""));
	assert_false(hit("", "a"));
	assert_true(hit("a*b*c", "aXXbYYbZc"));
	assert_false(hit("a*b*c", "aXX/bc"));
}

static void test_folders(void **state)
{
	(void)state;
	assert_true(hit("**", "a/b/c"));
	assert_true(hit("**", ""));
	assert_true(hit("calls/**", "calls/2026/x.json"));
	assert_false(hit("calls/**", "other/x.json"));
	assert_true(hit("**/x.json", "x.json"));
	assert_true(hit("**/x.json", "a/b/x.json"));
	assert_false(hit("**/x.json", "a/bx.json"));
	assert_true(hit("a/**/z", "a/z"));
	assert_true(hit("a/**/z", "a/b/c/z"));
	assert_false(hit("a/**/z", "a/b/cz"));
	assert_true(hit("a/**/m*/z", "a/q/mm/mn/z"));
	assert_true(hit("a**z", "a/b/z"));
	assert_true(hit("**/*.json", "a/b.json"));
}

static void test_sets(void **state)
{
	(void)state;
	assert_true(hit("[abc].txt", "b.txt"));
	assert_false(hit("[abc].txt", "d.txt"));
	assert_true(hit("[a-cx].txt", "x.txt"));
	assert_true(hit("[!a-c].txt", "d.txt"));
	assert_false(hit("[!a]", "/"));
	assert_true(hit("[]]", "]"));
	assert_true(hit("[a", "[a"));
	assert_true(hit("[\xC3\xA9]", "\xC3\xA9"));
}

/* Patterns that make naive matchers exponential. */
static void test_hostile(void **state)
{
	char path[20001], pattern[201];

	(void)state;
	memset(path, 'a', 20000);
	path[20000] = '\0';
	for (int i = 0; i < 100; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[200] = '\0';
	assert_true(hit(pattern, path));
	pattern[199] = 'b';
	assert_false(hit(pattern, path));
}

static void test_first_rule(void **state)
{
	const struct file_rule rules[] = {{.match = "a/*.json"},
					  {.match = "**/*.json"}};
	const struct dataset_rules d = {.files = rules, .nfiles = 2};

	(void)state;
	assert_ptr_equal(dataset_rule(&d, bytes_str("a/x.json")), &rules[0]);
	assert_ptr_equal(dataset_rule(&d, bytes_str("b/x.json")), &rules[1]);
	assert_null(dataset_rule(&d, bytes_str("b/x.txt")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_first_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
