/* The desk: what is visible, under which names and numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "tests/unit/desk/fixture.h"

#define T(s)                                        \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct fixture_file files[] = {
	{"a/1.json", T("Maria Lopez lives in Boston"), false, "one"},
	{"a/1.txt", T("nobody here"), false, "one"},
	{"a/2.json", T("Zora Zimmer"), false, "two"},
	{"a/deep/3.json", T("x"), false, "three"},
	{"a-b/4.json", T("y"), false, "two"},
	{"hidden/5.json", T("Maria Lopez"), false, "five"},
	{"lines.jsonl", T("\"one\"\n\"BROKEN\"\n\"three\"\n"), true, NULL},
	{"none.jsonl", T("\"BROKEN\"\n"), true, NULL},
	{"void", T(""), false, NULL},
};

#define POLICY(names) RULES(names, "pseudonym")
#define RULES(names, person)                                        \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"         \
	"datasets: [calls]\nroles:\n  r:\n    see:\n"               \
	"      - { files: \"calls/a/**\", records: all }\n"         \
	"      - { files: \"calls/a-b/**\", records: all }\n"       \
	"      - { files: \"calls/*\", records: all }\n"            \
	"    redact: { PERSON: " person ", LOCATION: keep }\n"      \
	"    names: " names "\nannotators:\n  alice: { role: r }\n" \
	"  bob: { role: r }\n"

static void publish(struct fixture *f)
{
	fixture_publish(f, "calls", files, ARRAY_LEN(files));
}

/* The whole tree as "PATH\n" lines, breadth first; checks its order. */
static void list(const struct desk *d, struct buf *b)
{
	buf_clear(b);
	for (uint32_t i = 0; i < desk_count(d); i++) {
		const struct desk_node *n = desk_node(d, i);

		assert_int_equal(n->ino, desk_node(d, 0)->ino + i);
		assert_int_equal(desk_by_ino(d, n->ino), i);
		if (i > 0) {
			const struct desk_node *p = desk_node(d, n->parent);

			assert_true(p->folder && p->first <= i &&
				    i < p->first + p->count);
			assert_int_equal(desk_find(d, n->parent, n->name), i);
			if (i > p->first)
				assert_true(bytes_cmp(desk_node(d, i - 1)->name,
						      n->name) < 0);
			assert_int_equal(desk_path(d, i, b), 0);
			assert_int_equal(buf_putc(b, '\n'), 0);
		}
	}
}

static void test_only_visible_is_there(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};

	publish(*state);
	fixture_policy(*state, POLICY("keep"), "alice");
	d = fixture_desk(*state);
	list(d, &b);
	assert_string_equal(buf_str(&b), "calls\n"
					 "calls/a\n"
					 "calls/a-b\n"
					 "calls/lines.jsonl\n"
					 "calls/void\n"
					 "calls/a/1.json\n"
					 "calls/a/1.txt\n"
					 "calls/a/2.json\n"
					 "calls/a/deep\n"
					 "calls/a-b/4.json\n"
					 "calls/a/deep/3.json\n");
	assert_int_equal(desk_walk(d, bytes_str("calls/hidden")), UINT32_MAX);
	assert_int_equal(desk_walk(d, bytes_str("calls/none.jsonl")),
			 UINT32_MAX);
	assert_int_equal(desk_walk(d, bytes_str("")), 0);
	assert_int_equal(desk_by_ino(d, desk_node(d, 0)->ino - 1), UINT32_MAX);
	assert_int_equal(desk_by_ino(d, desk_node(d, 0)->ino + desk_count(d)),
			 UINT32_MAX);
	assert_null(desk_node(d, desk_count(d)));
}

static void test_numbers(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};

	publish(*state);
	fixture_policy(*state, POLICY("number"), "alice");
	d = fixture_desk(*state);
	list(d, &b);
	assert_string_equal(buf_str(&b), "calls\n"
					 "calls/000001.jsonl\n"
					 "calls/000002\n"
					 "calls/d01\n"
					 "calls/d02\n"
					 "calls/d01/000001.json\n"
					 "calls/d02/000001.json\n"
					 "calls/d02/000002.txt\n"
					 "calls/d02/000003.json\n"
					 "calls/d02/d01\n"
					 "calls/d02/d01/000001.json\n");
	fixture_read(d, "calls/d01/000001.json", &b);
	assert_string_equal(buf_str(&b), "y");
}

/* The visible names of one folder by extension. */
static struct bytes named(const struct desk *d, uint32_t folder,
			  const char *ext, unsigned skip)
{
	const struct desk_node *f = desk_node(d, folder);

	for (uint32_t i = f->first; i < f->first + f->count; i++) {
		struct bytes n = desk_node(d, i)->name;
		size_t len = strlen(ext);

		if (n.n > len && memcmp(n.p + n.n - len, ext, len) == 0 &&
		    skip-- == 0)
			return n;
	}
	fail_msg("no such name");
	return (struct bytes){0};
}

static void test_pseudonyms_keep_partners(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};
	struct bytes txt, json, other;
	uint32_t set, a = UINT32_MAX;

	publish(*state);
	fixture_policy(*state, POLICY("pseudonym"), "alice");
	d = fixture_desk(*state);
	list(d, &b);
	assert_null(memmem(b.p, b.n, "deep", 4));
	set = desk_walk(d, bytes_str("calls"));
	for (uint32_t i = 1; i < desk_count(d); i++)
		if (desk_node(d, i)->parent == set &&
		    desk_node(d, i)->count == 4)
			a = i;
	assert_int_not_equal(a, UINT32_MAX);
	txt = named(d, a, ".txt", 0);
	json = named(d, a, ".json", 0);
	other = named(d, a, ".json", 1);
	assert_true(memcmp(txt.p, json.p, 11) == 0 ||
		    memcmp(txt.p, other.p, 11) == 0);
	assert_false(memcmp(json.p, other.p, 11) == 0);
}

static void test_collisions(void **state)
{
	static const struct fixture_file twins[] = {
		{"1.json", T("a"), false, "same"},
		{"2.json", T("b"), false, "same"},
		{"3.json", T("c"), false, "other"},
	};
	struct desk *CLEANUP(desk_closep) d = NULL;
	unsigned suffixed = 0;

	fixture_publish(*state, "calls", twins, ARRAY_LEN(twins));
	fixture_policy(*state, POLICY("pseudonym"), "alice");
	d = fixture_desk(*state);
	assert_int_equal(desk_count(d), 5);
	for (uint32_t i = 2; i < 5; i++) {
		struct bytes n = desk_node(d, i)->name;

		assert_true(n.n == 16 || n.n == 28);
		suffixed += n.n == 28;
		assert_memory_equal(n.p + n.n - 5, ".json", 5);
	}
	assert_int_equal(suffixed, 2);
}

static void test_views(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};

	publish(*state);
	fixture_policy(*state, POLICY("keep"), "alice");
	d = fixture_desk(*state);
	fixture_read(d, "calls/lines.jsonl", &b);
	assert_string_equal(buf_str(&b), "\"one\"\n\"three\"\n");
	fixture_read(d, "calls/void", &b);
	assert_int_equal(b.n, 0);
	fixture_read(d, "calls/a/1.json", &b);
	assert_null(memmem(b.p, b.n, "Maria", 5));
	assert_non_null(memmem(b.p, b.n, " lives in Boston", 16));
	/* Zora Zimmer is in the data: no stand-in is called that */
	fixture_read(d, "calls/a/2.json", &b);
	assert_false(bytes_is(buf_bytes(&b), "Zora Zimmer"));
}

/* The second opening finds every size in its cells. */
static int no_progress(void *ctx, uint64_t done, uint64_t total, uint64_t n)
{
	(void)done, (void)total, (void)n;
	++*(unsigned *)ctx;
	return 0;
}

static unsigned measured(struct fixture *f)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	unsigned ticks = 0;
	const struct progress p = {.tick = no_progress, .ctx = &ticks};
	const struct desk_want w = {.store = f->store,
				    .subject = &f->subject,
				    .now = 1000,
				    .progress = &p};

	assert_int_equal(desk_open(&w, &d, &f->e), 0);
	return ticks;
}

static void test_indexes_are_kept(void **state)
{
	publish(*state);
	fixture_policy(*state, POLICY("keep"), "alice");
	assert_int_not_equal(measured(*state), 0);
	assert_int_equal(measured(*state), 0);
	/* another one of the role has it too; another decision, another cell */
	fixture_policy(*state, POLICY("keep"), "bob");
	assert_int_equal(measured(*state), 0);
	fixture_policy(*state, RULES("keep", "tag"), "bob");
	assert_int_not_equal(measured(*state), 0);
}

static int stop(void *ctx, uint64_t done, uint64_t total, uint64_t n)
{
	(void)ctx, (void)done, (void)total, (void)n;
	return 1;
}

static void test_canceled(void **state)
{
	struct fixture *f = *state;
	struct desk *d = NULL;
	const struct progress p = {.tick = stop};
	struct desk_want w = {.store = f->store,
			      .subject = &f->subject,
			      .now = 1000,
			      .progress = &p};

	publish(f);
	fixture_policy(f, POLICY("keep"), "alice");
	assert_int_equal(desk_open(&w, &d, &f->e), -ECANCELED);
	assert_null(d);
}

static void test_terms_and_missing_sets(void **state)
{
	struct fixture *f = *state;
	struct desk *d = NULL;

	fixture_policy(f, POLICY("keep"), "alice");
	assert_int_equal(fixture_try(f, 1000, &d), -ENOENT);
	assert_non_null(strstr(f->e.text, "calls"));
	publish(f);
	assert_int_equal(fixture_try(f, 2000000001, &d), -EACCES);
	assert_null(d);
}

static void test_pins(void **state)
{
	static const struct fixture_file later[] = {
		{"new.txt", T("new"), false, NULL}};
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) old = NULL;
	struct desk *CLEANUP(desk_closep) now = NULL;
	struct buf CLEANUP(buf_free) b = {0};
	const struct desk_pin pin = {"calls", 1};
	struct desk_want w = {.store = f->store,
			      .subject = &f->subject,
			      .pins = &pin,
			      .npins = 1,
			      .now = 1000};
	uint8_t x[32], y[32];

	publish(f);
	fixture_publish(f, "calls", later, 1);
	fixture_policy(f, POLICY("keep"), "alice");
	now = fixture_desk(f);
	assert_int_equal(desk_open(&w, &old, &f->e), 0);
	assert_int_equal(desk_pins(old, &b), 0);
	assert_string_equal(buf_str(&b), "calls@1");
	buf_clear(&b);
	assert_int_equal(desk_pins(now, &b), 0);
	assert_string_equal(buf_str(&b), "calls@2");
	assert_int_equal(desk_count(now), 3);
	assert_int_equal(desk_count(old), 12);
	desk_names(old, x);
	desk_names(now, y);
	assert_memory_not_equal(x, y, 32);
	assert_int_not_equal(desk_node(old, 0)->ino, desk_node(now, 0)->ino);
}

static void test_same_desk_twice(void **state)
{
	struct desk *CLEANUP(desk_closep) a = NULL;
	struct desk *CLEANUP(desk_closep) b = NULL;
	uint8_t x[32], y[32];

	publish(*state);
	fixture_policy(*state, POLICY("pseudonym"), "alice");
	a = fixture_desk(*state);
	b = fixture_desk(*state);
	desk_names(a, x);
	desk_names(b, y);
	assert_memory_equal(x, y, 32);
	assert_true(desk_mtime(a, 0) > 0);
	assert_int_equal(desk_mtime(a, 0), desk_mtime(b, desk_count(b) - 1));
}

static void test_task_text(void **state)
{
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct buf CLEANUP(buf_free) b = {0};

	publish(*state);
	fixture_policy(*state, POLICY("keep"), "alice");
	d = fixture_desk(*state);
	assert_int_equal(desk_task(d, &b), 0);
	assert_non_null(strstr(buf_str(&b), "harbor"));
	assert_non_null(strstr(buf_str(&b), "annotation"));
	assert_null(strstr(buf_str(&b), "hidden"));
}

#define DESK_TEST(t) \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DESK_TEST(test_only_visible_is_there),
		DESK_TEST(test_numbers),
		DESK_TEST(test_pseudonyms_keep_partners),
		DESK_TEST(test_collisions),
		DESK_TEST(test_views),
		DESK_TEST(test_indexes_are_kept),
		DESK_TEST(test_canceled),
		DESK_TEST(test_terms_and_missing_sets),
		DESK_TEST(test_pins),
		DESK_TEST(test_same_desk_twice),
		DESK_TEST(test_task_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
