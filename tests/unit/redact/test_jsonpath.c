/* JSONPath: what is read, what is refused where, what matches. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/jsonpath.h"

static int parse(struct arena *a, const char *text, struct jsonpath *p,
		 struct err *e)
{
	return jsonpath_parse(bytes_str(text), a, p, e);
}

static void test_parse(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct jsonpath p;

	(void)state;
	assert_int_equal(parse(a, "$", &p, NULL), 0);
	assert_int_equal(p.n, 0);
	assert_int_equal(
		parse(a, "$[*].a-b['x y'].\xC3\xA9..z|json|$[*].t", &p, NULL),
		0);
	assert_int_equal(p.n, 8);
	assert_int_equal(p.steps[0].kind, STEP_EACH);
	assert_true(bytes_is(p.steps[1].key, "a-b"));
	assert_true(bytes_is(p.steps[2].key, "x y"));
	assert_true(bytes_is(p.steps[3].key, "\xC3\xA9"));
	assert_int_equal(p.steps[4].kind, STEP_DEEP);
	assert_true(bytes_is(p.steps[4].key, "z"));
	assert_int_equal(p.steps[5].kind, STEP_JSON);
	assert_int_equal(p.steps[6].kind, STEP_EACH);
	assert_true(bytes_is(p.steps[7].key, "t"));
	assert_int_equal(parse(a, "$['it\\'s']..[\"k\"]", &p, NULL), 0);
	assert_true(bytes_is(p.steps[0].key, "it's"));
	assert_int_equal(p.steps[1].kind, STEP_DEEP);
}

static void refused(const char *text, const char *column)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct jsonpath p;
	struct err e = {0};

	assert_int_equal(parse(a, text, &p, &e), -EPROTO);
	if (strstr(e.text, column) == NULL)
		fail_msg("%s: %s", text, e.text);
}

static void test_refuses(void **state)
{
	char many[300] = "$";

	(void)state;
	refused("", "column 1");
	refused("a.b", "column 1");
	refused("$.", "column 3");
	refused("$.a.", "column 5");
	refused("$[0]", "column 3");
	refused("$['a", "column 3");
	refused("$['a'", "column 6");
	refused("$a", "column 2");
	refused("$.a|jsn|", "column 4");
	refused("$..", "column 4");
	refused("$.a b", "column 4");
	refused("$.\xFF", "column 1");
	for (size_t i = 0; i < 65; i++)
		memcpy(many + 1 + 2 * i, ".a", 3);
	refused(many, "64 steps");
}

/* Walk a trail: ".k" a member, "*" an element, "|" into nested JSON. */
static uint64_t walk(struct jsonpath_set *s, const char *const *trail)
{
	uint32_t at = jsonpath_start(s);

	for (; *trail != NULL; trail++) {
		const char *t = *trail;

		if (*t == '*')
			assert_int_equal(jsonpath_element(s, at, &at), 0);
		else if (*t == '|')
			assert_int_equal(jsonpath_json(s, at, &at), 0);
		else
			assert_int_equal(
				jsonpath_key(s, at, bytes_str(t + 1), &at), 0);
	}
	return jsonpath_hits(s, at);
}

#define WALK(s, ...) walk(s, (const char *const[]){__VA_ARGS__, NULL})

static struct jsonpath_set *set(struct arena *a, const char *const *texts,
				uint32_t n)
{
	struct jsonpath *p = arena_array(a, n, sizeof(*p));
	struct jsonpath_set *s;

	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(parse(a, texts[i], &p[i], NULL), 0);
	assert_int_equal(jsonpath_set_new(p, n, a, &s), 0);
	return s;
}

static void test_match(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const char *const texts[] = {"$[*].text", "$..text", "$.a[*]['b c']",
				     "$[*].ctx|json|$[*].text", "$"};
	struct jsonpath_set *s = set(a, texts, 5);
	uint32_t at;

	(void)state;
	assert_int_equal(jsonpath_hits(s, jsonpath_start(s)), 16);
	assert_int_equal(WALK(s, "*", ".text"), 1 | 2);
	assert_int_equal(WALK(s, ".k", ".text"), 1 | 2); /* [*] of a map */
	assert_int_equal(WALK(s, ".text"), 2);
	assert_int_equal(WALK(s, "*", "*", ".x", ".text"), 2);
	assert_int_equal(WALK(s, ".text", ".text"), 1 | 2);
	assert_int_equal(WALK(s, ".a", "*", ".b c"), 4);
	assert_int_equal(WALK(s, "*", ".ctx", "|", "*", ".text"), 8);
	assert_int_equal(WALK(s, "*", ".ctx", "|", ".text"), 0);
	assert_int_equal(jsonpath_element(s, jsonpath_start(s), &at), 0);
	assert_true(jsonpath_live(s, at));
	assert_false(jsonpath_wants_json(s, at));
	assert_int_equal(jsonpath_key(s, at, bytes_str("ctx"), &at), 0);
	assert_true(jsonpath_wants_json(s, at));
}

static void test_dead_states(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const char *const texts[] = {"$.a.b"};
	struct jsonpath_set *s = set(a, texts, 1), *none;
	uint32_t at;

	(void)state;
	assert_int_equal(
		jsonpath_key(s, jsonpath_start(s), bytes_str("x"), &at), 0);
	assert_false(jsonpath_live(s, at));
	assert_int_equal(at, 0);
	assert_int_equal(jsonpath_set_new(NULL, 0, a, &none), 0);
	assert_int_equal(jsonpath_start(none), 0);
	assert_int_equal(jsonpath_hits(none, 0), 0);
}

/* Many ..k paths make exponentially many states: refused at 4096. */
static void test_states_are_bounded(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	char text[16][64];
	const char *texts[16];
	struct jsonpath_set *s;
	uint32_t at = 0;
	int rc = 0;

	(void)state;
	for (int i = 0; i < 16; i++) {
		snprintf(text[i], sizeof(text[i]), "$..k%d..x..y", i);
		texts[i] = text[i];
	}
	s = set(a, texts, 16);
	for (unsigned v = 0; rc == 0 && v < 65536; v++) {
		at = jsonpath_start(s);
		for (int i = 0; rc == 0 && i < 16; i++) {
			char key[8];

			snprintf(key, sizeof(key), "k%d", i);
			if ((v >> i & 1) != 0)
				rc = jsonpath_key(s, at, bytes_str(key), &at);
		}
	}
	assert_int_equal(rc, -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_dead_states),
		cmocka_unit_test(test_states_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
