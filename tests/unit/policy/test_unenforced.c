/* Keys that are read but not in effect are told, each once, with its line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "tests/unit/policy/check.h"

/* HEAD has four lines. */
static void expect(const char *text, const char *const want[], size_t n)
{
	struct policy *p = policy_of(text);
	const char *const *lines = NULL;
	size_t got = policy_unenforced(p, &lines);

	for (size_t i = 0; i < got && i < n; i++)
		assert_string_equal(lines[i], want[i]);
	assert_int_equal(got, n);
	policy_free(p);
}

static void test_none(void **state)
{
	(void)state;
	expect(HEAD, NULL, 0);
	expect(HEAD "exact_reads: false\n"
		    "roles: { r: { allow: { terminal: true, gui: false },\n"
		    "  work: { keep: [\"*.txt\"], quota: 1MiB } } }\n"
		    "annotators: { a: { role: r } }\n",
	       NULL, 0);
}

static void test_each(void **state)
{
	static const char *const want[] = {
		"line 5: exact_reads is not enforced: "
		"shared mappings stay allowed",
		"line 9: sees is not enforced: "
		"nobody sees the work area of another",
		"line 11: gui is not enforced: no display is given",
		"line 12: publish is not enforced: no port is published",
	};

	(void)state;
	expect(HEAD "exact_reads: true\n"
		    "roles:\n"
		    "  r:\n"
		    "    audio: { default: tone }\n"
		    "    work: { keep: [\"*.txt\"], sees: [r] }\n"
		    "    limits: { session: 8h }\n"
		    "    allow: { terminal: true, gui: true,\n"
		    "      publish: 8080 }\n"
		    "annotators: { a: { role: r, user: a } }\n",
	       want, ARRAY_LEN(want));
}

/* A child is not blamed for its parent's keys. */
static void test_inherited(void **state)
{
	static const char *const want[] = {
		"line 6: gui is not enforced: no display is given",
	};

	(void)state;
	expect(HEAD "roles:\n"
		    "  r: { allow: { terminal: true, gui: true } }\n"
		    "  s: { extends: r }\n",
	       want, ARRAY_LEN(want));
}

static void test_terminal(void **state)
{
	static const char *const want[] = {
		"line 6: allow is not enforced: "
		"the role gets a terminal without terminal: true",
	};

	(void)state;
	expect(HEAD "roles:\n  r: { see: [] }\n", want, ARRAY_LEN(want));
}

/* More lines than one table holds. */
static void test_many(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct policy *p;
	const char *const *lines = NULL;

	(void)state;
	assert_int_equal(buf_puts(&b, HEAD "roles:\n"), 0);
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(buf_printf(&b, "  r%u: {}\n", i), 0);
	p = policy_of(buf_str(&b));
	assert_int_equal(policy_unenforced(p, &lines), 40);
	assert_memory_equal(lines[0], "line 6:", 7);
	assert_memory_equal(lines[39], "line 45:", 8);
	policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
