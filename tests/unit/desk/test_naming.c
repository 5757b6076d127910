/* Names of a desk under names: keep, with values in them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/desk/fixture.h"

#define T(s)                                        \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

/* The whole tree as "PATH\n" lines, breadth first. */
static void list(const struct desk *d, struct buf *b)
{
	buf_clear(b);
	for (uint32_t i = 1; i < desk_count(d); i++) {
		assert_int_equal(desk_path(d, i, b), 0);
		assert_int_equal(buf_putc(b, '\n'), 0);
	}
}

#define NAMED(at, end_)                                                 \
	{                                                               \
		.start = (at), .end = (end_), .score = 90,              \
		.type = {(const uint8_t *)"PERSON", 6},                 \
		.rule = {(const uint8_t *)"propagated", 10}, .canon = { \
			(const uint8_t *)"zora zimmer",                 \
			11                                              \
		}                                                       \
	}

static const struct name_span in_file[] = {NAMED(2, 13)};
static const struct name_span in_folder[] = {NAMED(2, 13)};
static const struct name_span in_both[] = {NAMED(2, 13), NAMED(14, 25)};

/* Names hold Zora Zimmer; hidden/ holds what nobody is shown. */
static const struct fixture_file zora[] = {
	{"a/zora_zimmer.json", T("Zora Zimmer"), false, NULL, in_file, 1},
	{"a/zora-zimmer.json", T("x"), false, NULL, in_file, 1},
	{"a/zora_zimmer/1.txt", T("a"), false, NULL, NULL, 0},
	{"a/zora_zimmer/2.txt", T("b"), false, NULL, in_folder, 1},
	{"a/Zora Zimmer/Zora Zimmer.json", T("c"), false, NULL, in_both, 2},
	{"a/boston.txt", T("d"), false, NULL, NULL, 0},
};

#define ZORA_POLICY(how, names)                                            \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"                \
	"datasets: [calls]\nroles:\n  r:\n    see:\n"                      \
	"      - { files: \"calls/a/zora_zimmer/1.txt\", records: all }\n" \
	"      - { files: \"calls/a/*.*\", records: all }\n"               \
	"    redact: { PERSON: " how " }\n    names: " names               \
	"\nannotators:\n  alice: { role: r }\n"

/* Two files of one shown name; a folder that only a hidden file knows. */
static void test_kept_names_hide_values(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};
	uint32_t folder;
	unsigned twins = 0;

	fixture_publish(*state, "calls", zora, ARRAY_LEN(zora));
	fixture_policy(*state, ZORA_POLICY("tag", "keep"), "alice");
	d = fixture_desk(*state);
	list(d, &b);
	assert_null(strcasestr(buf_str(&b), "zora"));
	assert_non_null(strstr(buf_str(&b), "calls/a/boston.txt\n"));
	assert_int_not_equal(
		desk_walk(d, bytes_str("calls/a/[PERSON_1]/1.txt")),
		UINT32_MAX);
	folder = desk_walk(d, bytes_str("calls/a"));
	for (uint32_t i = 0; i < desk_node(d, folder)->count; i++) {
		struct bytes n =
			desk_node(d, desk_node(d, folder)->first + i)->name;

		twins += n.n == 10 + 12 + 5 &&
			 memcmp(n.p, "[PERSON_1]-k", 12) == 0 &&
			 memcmp(n.p + n.n - 5, ".json", 5) == 0;
	}
	assert_int_equal(twins, 2);
	assert_int_equal(desk_task(d, &b), 0);
	assert_null(strcasestr(buf_str(&b), "zora"));
}

/* Two calls whose names are alike when tagged: each keeps its recording. */
static void test_colliding_partners(void **state)
{
	static const struct name_span who[] = {NAMED(2, 6)};
	static const struct fixture_file calls[] = {
		{"a/zora.json", T("1"), false, "one", who, 1},
		{"a/zora.txt", T("2"), false, "one", who, 1},
		{"a/ZORA.json", T("3"), false, "two", who, 1},
		{"a/ZORA.txt", T("4"), false, "two", who, 1},
		{"a/Zora.txt", T("5"), false, "two", who, 1},
	};
	struct desk *CLEANUP(desk_closep) d = NULL;
	const struct desk_node *a;
	unsigned pairs = 0;

	fixture_publish(*state, "calls", calls, ARRAY_LEN(calls));
	fixture_policy(*state, ZORA_POLICY("tag", "keep"), "alice");
	d = fixture_desk(*state);
	a = desk_node(d, desk_walk(d, bytes_str("calls/a")));
	assert_int_equal(a->count, 5);
	for (uint32_t i = a->first; i < a->first + 5; i++)
		for (uint32_t k = i + 1; k < a->first + 5; k++)
			pairs += memcmp(desk_node(d, i)->name.p,
					desk_node(d, k)->name.p,
					strlen("[PERSON_1]-k0123456789")) == 0;
	/* Of "two" both texts are alike: they get suffixes of their own. */
	assert_int_equal(pairs, 1);
}

/* Whether two stored files have one stem in the view, of that length. */
static bool one_stem(const struct desk *d, const char *a, const char *b,
		     size_t n)
{
	const struct desk_node *x = desk_node(d, desk_stored(d, bytes_str(a)));
	const struct desk_node *y = desk_node(d, desk_stored(d, bytes_str(b)));

	assert_true(x != NULL && y != NULL);
	return x->name.n > n && y->name.n > n && x->name.p[n] == '.' &&
	       y->name.p[n] == '.' && memcmp(x->name.p, y->name.p, n) == 0;
}

/* A call with two files of one kind: each has its own partners; another call
 * that has not, needs no suffix. */
static void test_pseudonym_partners(void **state)
{
	static const struct fixture_file calls[] = {
		{"a/x.chat.json", T("1"), false, "one", NULL, 0},
		{"a/x.chat.wav", T("2"), false, "one", NULL, 0},
		{"a/x.json", T("3"), false, "one", NULL, 0},
		{"a/x.jsonl", T("4"), false, "one", NULL, 0},
		{"a/x.txt", T("5"), false, "one", NULL, 0},
		{"a/y.json", T("6"), false, "two", NULL, 0},
		{"a/y.wav", T("7"), false, "two", NULL, 0},
	};
	struct desk *CLEANUP(desk_closep) d = NULL;

	fixture_publish(*state, "calls", calls, ARRAY_LEN(calls));
	fixture_policy(*state, ZORA_POLICY("tag", "pseudonym"), "alice");
	d = fixture_desk(*state);
	assert_true(
		one_stem(d, "calls/a/x.chat.json", "calls/a/x.chat.wav", 23));
	assert_true(one_stem(d, "calls/a/x.json", "calls/a/x.jsonl", 23));
	assert_true(one_stem(d, "calls/a/x.json", "calls/a/x.txt", 23));
	assert_false(one_stem(d, "calls/a/x.json", "calls/a/x.chat.json", 23));
	assert_true(one_stem(d, "calls/a/y.json", "calls/a/y.wav", 11));
}

/* The same person is one stand-in in names and in the contents. */
static void test_one_standin_everywhere(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0}, CLEANUP(buf_free) name = {0};
	uint32_t folder, file = UINT32_MAX;

	fixture_publish(*state, "calls", zora, ARRAY_LEN(zora));
	fixture_policy(*state, ZORA_POLICY("pseudonym", "keep"), "alice");
	d = fixture_desk(*state);
	list(d, &b);
	assert_null(strcasestr(buf_str(&b), "zora"));
	folder = desk_walk(d, bytes_str("calls/a"));
	for (uint32_t i = 0; i < desk_node(d, folder)->count; i++) {
		uint32_t nr = desk_node(d, folder)->first + i;
		struct bytes n = desk_node(d, nr)->name;

		if (memmem(n.p, n.n, "_", 1) != NULL &&
		    !desk_node(d, nr)->folder)
			file = nr;
	}
	assert_int_not_equal(file, UINT32_MAX);
	assert_int_equal(desk_path(d, file, &name), 0);
	fixture_read(d, buf_str(&name), &b);
	for (size_t i = 0, k = strlen("calls/a/"); i < b.n; i++) {
		if (b.p[i] == '.')
			continue; /* an initial's */
		assert_int_equal(name.p[k] == '_' ? ' ' : name.p[k],
				 b.p[i] == ' ' ? ' ' : b.p[i] | 0x20);
		k++;
	}
}

static void test_kept_type_stays(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;

	fixture_publish(*state, "calls", zora, ARRAY_LEN(zora));
	fixture_policy(*state, ZORA_POLICY("keep", "keep"), "alice");
	d = fixture_desk(*state);
	assert_int_not_equal(
		desk_walk(d, bytes_str("calls/a/zora_zimmer.json")),
		UINT32_MAX);
	assert_int_not_equal(
		desk_walk(d, bytes_str("calls/a/zora_zimmer/1.txt")),
		UINT32_MAX);
}

/* A store of before: nobody knows what is in its names. */
static void test_unsearched_names(void **state)
{
	static const struct fixture_file old[] = {
		{"a/zora.json", T("x"), .unsearched = true},
		{"a/zora/1.txt", T("x"), .unsearched = true},
		{"a/zora_zimmer/1.txt", T("y")},
	};
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};

	fixture_publish(*state, "calls", old, ARRAY_LEN(old));
	fixture_policy(*state, ZORA_POLICY("tag", "keep"), "alice");
	d = fixture_desk(*state);
	list(d, &b);
	assert_string_equal(buf_str(&b), "calls\n"
					 "calls/d01\n"
					 "calls/d01/000001.json\n"
					 "calls/d01/zora_zimmer\n"
					 "calls/d01/zora_zimmer/1.txt\n");
}

#define DESK_TEST(t) \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_kept_names_hide_values),
		DESK_TEST(test_colliding_partners),
		DESK_TEST(test_pseudonym_partners),
		DESK_TEST(test_one_standin_everywhere),
		DESK_TEST(test_kept_type_stays),
		DESK_TEST(test_unsearched_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
