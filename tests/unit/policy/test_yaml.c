/* The strict YAML reader and its getters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/load_yaml.h"
#include "tests/unit/policy/check.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return arena == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct yaml_node *tree(const char *text)
{
	struct yaml_node *n = NULL;
	struct err e = {0};

	if (yaml_read(bytes_str(text), "t.yaml", arena, &n, &e) != 0)
		fail_msg("%s: %s", e.place, e.text);
	return n;
}

static void refused(struct bytes text, const char *place, const char *words)
{
	struct yaml_node *n = NULL;
	struct err e = {0};

	assert_int_equal(yaml_read(text, "t.yaml", arena, &n, &e), -EPROTO);
	assert_string_equal(e.place, place);
	if (strstr(e.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", e.text, words);
}

static void test_tree(void **state)
{
	const struct yaml_node *n = tree("a: 1\nb: [x, 'y', {c: d}]\n"
					 "t: |\n  two\n  lines\n");
	const struct yaml_node *b = yaml_get(n, "b"), *c;

	(void)state;
	assert_int_equal(n->kind, YAML_MAP);
	assert_int_equal(n->count, 3);
	assert_int_equal(b->count, 3);
	assert_int_equal(b->line, 2);
	assert_int_equal(b->column, 4);
	assert_int_equal(b->key->column, 1);
	assert_false(b->child->quoted);
	assert_true(b->child->next->quoted);
	c = yaml_get(b->child->next->next, "c");
	assert_true(bytes_is(c->text, "d"));
	assert_int_equal(c->column, 17);
	assert_true(bytes_is(yaml_get(n, "t")->text, "two\nlines\n"));
	assert_null(yaml_get(n, "z"));
	assert_null(yaml_get(b, "a"));
	assert_null(yaml_get(NULL, "a"));
}

static void test_columns_are_characters(void **state)
{
	const struct yaml_node *n = tree("{\xc3\xa9t\xc3\xa9: [\xf0\x9f\x98\x80"
					 ", x]}");

	(void)state;
	assert_int_equal(n->child->column, 7);
	assert_int_equal(n->child->child->next->column, 11);
}

static void test_refused(void **state)
{
	(void)state;
	refused(S(""), "t.yaml:1:1", "empty");
	refused(S("# only words\n"), "t.yaml:2:1", "empty");
	refused(S("a: 1\nb: 2\na: 3\n"), "t.yaml:3:1", "first is in line 1");
	refused(S("{a: 1, b: 2, \"a\": 3}"), "t.yaml:1:14", "stands twice");
	refused(S("a: &x 1"), "t.yaml:1:4", "anchors");
	refused(S("a: *x"), "t.yaml:1:4", "aliases");
	refused(S("*x : 1"), "t.yaml:1:1", "aliases");
	refused(S("a: !t 1"), "t.yaml:1:4", "tags");
	refused(S("a: ! 1"), "t.yaml:1:4", "tags");
	refused(S("<<: {a: b}"), "t.yaml:1:1", "merge");
	refused(S("a:\n \tb: 1"), "t.yaml:2:2", "tabs");
	refused(S("\xc3\xa9: \t1"), "t.yaml:1:4", "tabs");
	refused(S("a: 1\n---\nb: 2"), "t.yaml:2:1", "second");
	refused(S("%YAML 1.1\n---\na: 1"), "t.yaml:1:1", "directives");
	refused(S("a: \"\\0\""), "t.yaml:1:4", "NUL");
	refused(S("? [a]\n: b"), "t.yaml:1:3", "plain word");
	refused(S("a: [b"), "t.yaml:2:1", "not valid YAML");
	refused(S("a: 1\nb: \x01"), "t.yaml:2:4", "control characters");
	refused(S("a: 1\nb: \xff"), "t.yaml:2:4", "UTF-8");
	refused(S("a: b: c"), "t.yaml:1:5", "not valid YAML");
}

static void test_limits(void **state)
{
	char deep[YAML_MAX_DEPTH * 2 + 3];
	char *big = mem_new(YAML_MAX_SIZE + 1, 1);
	struct yaml_node *n = NULL;

	(void)state;
	assert_non_null(big);
	memset(deep, '[', sizeof(deep));
	memset(deep + YAML_MAX_DEPTH, ']', YAML_MAX_DEPTH);
	assert_int_equal(yaml_read(bytes_of(deep, YAML_MAX_DEPTH * 2), "t",
				   arena, &n, NULL),
			 0);
	memset(deep, '[', YAML_MAX_DEPTH + 1);
	refused(bytes_of(deep, YAML_MAX_DEPTH + 1), "t.yaml:1:33", "deeply");
	memset(big, 'x', YAML_MAX_SIZE + 1);
	refused(bytes_of(big, YAML_MAX_SIZE + 1), "t.yaml", "1 MiB");
	assert_int_equal(
		yaml_read(bytes_of(big, YAML_MAX_SIZE), "t", arena, &n, NULL),
		0);
	memset(big, '-', 1);
	for (size_t i = 0; i + 1 < YAML_MAX_SIZE; i += 2)
		memcpy(big + i, i == 0 ? "[1" : ",1", 2);
	refused(bytes_of(big, YAML_MAX_SIZE), "t.yaml:1:524288", "too many");
	mem_free(big);
}

/* A map of many keys is checked in less than a square of them. */
static void test_many_keys(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct yaml_node *n = NULL;

	(void)state;
	for (int i = 0; i < 60000; i++)
		assert_int_equal(buf_printf(&b, "k%d: 1\n", i), 0);
	assert_int_equal(yaml_read(buf_bytes(&b), "t", arena, &n, NULL), 0);
	assert_int_equal(n->count, 60000);
	assert_int_equal(buf_puts(&b, "k7: 1\n"), 0);
	refused(buf_bytes(&b), "t.yaml:60001:1", "line 8");
}

/* ---- getters ---- */

static void test_strings(void **state)
{
	const struct yaml_node *n = tree("{a: [x, 'y z'], b: one, c: '', d: }");
	const char *const *v = NULL, *s = NULL;
	size_t count = 9;

	(void)state;
	assert_int_equal(
		yaml_strings(yaml_get(n, "a"), arena, &v, &count, NULL), 0);
	assert_int_equal(count, 2);
	assert_string_equal(v[1], "y z");
	assert_int_equal(
		yaml_strings(yaml_get(n, "b"), arena, &v, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_string_equal(v[0], "one");
	assert_int_equal(yaml_string(yaml_get(n, "c"), &s, NULL), -EPROTO);
	assert_int_equal(yaml_string(yaml_get(n, "d"), &s, NULL), -EPROTO);
	assert_int_equal(yaml_string(yaml_get(n, "a"), &s, NULL), -EPROTO);
	assert_int_equal(yaml_strings(n, arena, &v, &count, NULL), -EPROTO);
}

static void test_names(void **state)
{
	char longest[66];

	(void)state;
	memset(longest, 'n', sizeof(longest));
	assert_true(yaml_name_ok(S("harbor-bank.2026_x")));
	assert_true(yaml_name_ok(S("7")));
	assert_true(yaml_name_ok(bytes_of(longest, 64)));
	assert_false(yaml_name_ok(bytes_of(longest, 65)));
	assert_false(yaml_name_ok(S("")));
	assert_false(yaml_name_ok(S("-x")));
	assert_false(yaml_name_ok(S("..")));
	assert_false(yaml_name_ok(S("a/b")));
	assert_false(yaml_name_ok(S("a b")));
	assert_false(yaml_name_ok(S("\xc3\xa9")));
}

/* One value under key v; the getter's code and number. */
#define GETTER(fn, type)                                                \
	static int fn##_of(const char *text, type *out)                 \
	{                                                               \
		return yaml_##fn(yaml_get(tree(text), "v"), out, NULL); \
	}
GETTER(bool, bool)
GETTER(percent, uint8_t)
GETTER(size, uint64_t)
GETTER(duration, uint64_t)
GETTER(date, int64_t)

static void test_uint(void **state)
{
	static const char *const bad[] = {"v: -1",
					  "v: 01",
					  "v: 1e3",
					  "v: 0x1",
					  "v: '7'",
					  "v: 101",
					  "v: ",
					  "v: [1]",
					  "v: 1 000",
					  "v: +1",
					  "v: 99999999999999999999"};
	uint64_t x = 1;

	(void)state;
	assert_int_equal(yaml_uint(yaml_get(tree("v: 0"), "v"), 9, &x, NULL),
			 0);
	assert_int_equal(x, 0);
	assert_int_equal(
		yaml_uint(yaml_get(tree("v: 100"), "v"), 100, &x, NULL), 0);
	assert_int_equal(x, 100);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(
			yaml_uint(yaml_get(tree(bad[i]), "v"), 100, &x, NULL),
			-EPROTO);
}

static void test_bool(void **state)
{
	static const char *const bad[] = {"v: yes", "v: True", "v: 'true'",
					  "v: 1", "v: "};
	bool x = false;

	(void)state;
	assert_int_equal(bool_of("v: true", &x), 0);
	assert_true(x);
	assert_int_equal(bool_of("v: false", &x), 0);
	assert_false(x);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		x = true;
		assert_int_equal(bool_of(bad[i], &x), -EPROTO);
		assert_false(x);
	}
}

static void test_percent(void **state)
{
	static const struct {
		const char *text;
		int v;
	} good[] = {{"v: 0", 0},     {"v: 1", 100},   {"v: 0.6", 60},
		    {"v: 0.65", 65}, {"v: 1.0", 100}, {"v: 1.00", 100},
		    {"v: 0.05", 5}};
	static const char *const bad[] = {"v: 1.01", "v: 60",	"v: .5",
					  "v: 0.",   "v: 2",	"v: 0.655",
					  "v: 0,5",  "v: -0.1", "v: '0.5'"};
	uint8_t x = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(percent_of(good[i].text, &x), 0);
		assert_int_equal(x, good[i].v);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(percent_of(bad[i], &x), -EPROTO);
}

static void test_units(void **state)
{
	uint64_t x = 0;

	(void)state;
	assert_int_equal(size_of("v: 512", &x), 0);
	assert_int_equal(x, 512);
	assert_int_equal(size_of("v: 200MiB", &x), 0);
	assert_int_equal(x, 200u << 20);
	assert_int_equal(size_of("v: 2TiB", &x), 0);
	assert_int_equal(x, 2ull << 40);
	assert_int_equal(size_of("v: 200MB", &x), -EPROTO);
	assert_int_equal(size_of("v: MiB", &x), -EPROTO);
	assert_int_equal(size_of("v: 20000000TiB", &x), -EPROTO);
	assert_int_equal(duration_of("v: 8h", &x), 0);
	assert_int_equal(x, 28800);
	assert_int_equal(duration_of("v: 7d", &x), 0);
	assert_int_equal(x, 604800);
	assert_int_equal(duration_of("v: 90s", &x), 0);
	assert_int_equal(duration_of("v: 30m", &x), 0);
	assert_int_equal(x, 1800);
	assert_int_equal(duration_of("v: 8", &x), -EPROTO);
	assert_int_equal(duration_of("v: 8 h", &x), -EPROTO);
}

static void test_date(void **state)
{
	static const struct {
		const char *text;
		int64_t v;
	} good[] = {{"v: 1970-01-01", 0},
		    {"v: 2026-12-31", 1798675200},
		    {"v: 2026-12-01T10:00Z", 1796119200},
		    {"v: '2026-12-01T10:00:30Z'", 1796119230},
		    {"v: 2024-02-29", 1709164800},
		    {"v: 2000-02-29", 951782400},
		    {"v: 9999-12-31", 253402214400}};
	static const char *const bad[] = {
		"v: 2026-02-29",	"v: 2100-02-29",
		"v: 2026-13-01",	"v: 2026-00-10",
		"v: 2026-04-31",	"v: 2026-12-01T24:00Z",
		"v: 2026-12-01T10:60Z", "v: 2026-12-01T10:00:60Z",
		"v: 2026-12-01T10:00",	"v: 2026-12-01 10:00Z",
		"v: 1969-12-31",	"v: 26-12-01",
		"v: tomorrow",		"v: 2026-1-1",
		"v: [2026-01-01]"};
	int64_t x = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(date_of(good[i].text, &x), 0);
		assert_int_equal(x, good[i].v);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(date_of(bad[i], &x), -EPROTO);
}

static void test_choice(void **state)
{
	static const char *const words[] = {"boundary", "guard-rail"};
	const struct yaml_node *n = tree("{a: guard-rail, b: guardrail}");
	struct err e = {0};
	size_t v = 9;

	(void)state;
	assert_int_equal(yaml_choice(yaml_get(n, "a"), words, 2, &v, &e), 0);
	assert_int_equal(v, 1);
	assert_int_equal(yaml_choice(yaml_get(n, "b"), words, 2, &v, &e),
			 -EPROTO);
	assert_string_equal(e.place, "t.yaml:1:20");
	assert_non_null(strstr(e.text, "did you mean \"guard-rail\""));
	assert_int_equal(yaml_choice(n, words, 2, &v, &e), -EPROTO);
}

static void test_keys(void **state)
{
	static const char *const keys[] = {"files", "where"};
	struct err e = {0};

	(void)state;
	assert_int_equal(yaml_expect_keys(tree("{where: 1}"), keys, 2, &e), 0);
	assert_int_equal(yaml_expect_keys(tree("{wehre: 1}"), keys, 2, &e),
			 -EPROTO);
	assert_string_equal(e.text,
			    "unknown key \"wehre\"; did you mean \"where\"?");
	assert_int_equal(yaml_expect_keys(tree("{colour: 1}"), keys, 2, &e),
			 -EPROTO);
	assert_string_equal(e.text,
			    "unknown key \"colour\"; keys here: files, where");
	assert_int_equal(yaml_expect_keys(tree("[a]"), keys, 2, &e), -EPROTO);
}

/* What a hostile word does to a complaint: nothing. */
static void test_shown(void **state)
{
	char word[200];
	struct yaml_shown s = yaml_shown(S("a\x1b[31mb\nc\x7f"));

	(void)state;
	assert_string_equal(s.s, "a?[31mb?c?");
	memset(word, 'w', sizeof(word));
	s = yaml_shown(bytes_of(word, sizeof(word)));
	assert_int_equal(strlen(s.s), sizeof(s.s) - 1);
	assert_string_equal(s.s + sizeof(s.s) - 4, "...");
	for (size_t i = 0; i + 2 < sizeof(word); i += 2)
		memcpy(word + i, "\xc3\xa9", 2);
	memmove(word + 1, word, sizeof(word) - 1);
	s = yaml_shown(bytes_of(word, sizeof(word)));
	assert_int_equal((uint8_t)s.s[strlen(s.s) - 4], 0xa9);
	assert_string_equal(yaml_shown(S("")).s, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_columns_are_characters),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_uint),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
