/* Tests of policies: loading them, and what passes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/policytest.h"
#include "tests/unit/policy/check.h"

static void test_load(void **state)
{
	static const char text[] =
		"- { as: alice, task: t, file: calls/1.json, hides: [Maria], "
		"shows: [refund, \"[PERSON_1]\"] }\n"
		"- as: bob\n"
		"  text: \"my name\"\n"
		"  shows: name\n"
		"- { as: eve, file: calls/2.json, denied: true }\n";
	struct policy_cases c;
	struct err e = {0};

	(void)state;
	assert_int_equal(policytest_load(S(text), "x", &c, &e), 0);
	assert_int_equal(c.n, 3);
	assert_string_equal(c.v[0].as, "alice");
	assert_string_equal(c.v[0].task, "t");
	assert_string_equal(c.v[0].file, "calls/1.json");
	assert_null(c.v[0].text);
	assert_int_equal(c.v[0].nhides, 1);
	assert_int_equal(c.v[0].nshows, 2);
	assert_string_equal(c.v[0].shows[1], "[PERSON_1]");
	assert_int_equal(c.v[1].line, 2);
	assert_string_equal(c.v[1].text, "my name");
	assert_null(c.v[1].task);
	assert_int_equal(c.v[1].nshows, 1);
	assert_true(c.v[2].denied);
	policytest_free(&c);
	assert_int_equal(c.n, 0);
	policytest_free(&c);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text, *place, *words;
	} cases[] = {
		{"", "x:1:1", "empty"},
		{"[]", "x:1:1", "no cases"},
		{"a: b", "x:1:1", "expected a list"},
		{"- { file: a, shows: b }", "x:1:3", "\"as\" is missing"},
		{"- { as: a, fiel: a, shows: b }", "x:1:12", "\"file\""},
		{"- { as: a, shows: b }", "x:1:3", "one of"},
		{"- { as: a, file: f, text: t, shows: b }", "x:1:3", "one of"},
		{"- { as: a, file: f }", "x:1:3", "nothing to check"},
		{"- { as: a, file: f, denied: false }", "x:1:3",
		 "nothing to check"},
		{"- { as: a, file: f, hides: [] }", "x:1:3",
		 "nothing to check"},
		{"- { as: a, file: f, denied: true, hides: b }", "x:1:3",
		 "no words"},
		{"- { as: a, file: f, denied: yes }", "x:1:29",
		 "true or false"},
		{"- { as: a, file: f, hides: [''] }", "x:1:29", "a word"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy_cases c;
		struct err e = {0};

		assert_int_equal(
			policytest_load(bytes_str(cases[i].text), "x", &c, &e),
			-EPROTO);
		assert_string_equal(e.place, cases[i].place);
		if (strstr(e.text, cases[i].words) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", e.text, cases[i].words);
		assert_null(c.arena);
	}
}

static bool passes(const struct policy_case *c, const char *shown,
		   const char *words)
{
	CLEANUP(buf_free) struct buf why = {0};
	struct bytes v = bytes_str(shown);
	bool ok = false;

	assert_int_equal(
		policytest_check(c, shown == NULL ? NULL : &v, &ok, &why), 0);
	assert_string_equal(why.n == 0 ? "" : buf_str(&why), words);
	return ok;
}

static void test_check(void **state)
{
	static const char *const hides[] = {"Maria", "4111"};
	static const char *const shows[] = {"refund", "[PERSON_1]"};
	const struct policy_case c = {
		.hides = hides, .nhides = 2, .shows = shows, .nshows = 2};
	const struct policy_case denied = {.denied = true};

	(void)state;
	assert_true(passes(&c, "[PERSON_1] wants a refund", ""));
	assert_false(passes(&c, "Maria 4111 refund [PERSON_1]",
			    "shown is \"Maria\"; shown is \"4111\""));
	assert_false(passes(&c, "a refund, Maria",
			    "shown is \"Maria\"; not shown is "
			    "\"[PERSON_1]\""));
	assert_false(passes(&c, "",
			    "not shown is \"refund\"; not shown is "
			    "\"[PERSON_1]\""));
	assert_false(passes(&c, NULL, "the file is not visible"));
	assert_true(passes(&denied, NULL, ""));
	assert_false(passes(&denied, "", "the file is visible"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
