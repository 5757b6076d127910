/* Values in names of folders: the union over all objects below them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fs/desk/folders.h"

struct world {
	struct arena *a;
	struct folders *f;
};

static int setup(void **state)
{
	static struct world w;

	*state = &w;
	w.a = arena_new();
	return w.a == NULL ? -1 : folders_new(w.a, &w.f);
}

static int teardown(void **state)
{
	struct world *w = *state;

	folders_free(w->f);
	arena_free(w->a);
	return 0;
}

static struct name_span span(uint32_t start, uint32_t end, const char *canon)
{
	return (struct name_span){.start = start,
				  .end = end,
				  .score = 80,
				  .type = bytes_str("PERSON"),
				  .rule = bytes_str("r"),
				  .canon = bytes_str(canon)};
}

static void add(struct world *w, const char *path, struct name_span s)
{
	const struct index_summary sum = {
		.format = FORMAT_TEXT, .named = true, .names = &s, .nnames = 1};

	assert_int_equal(folders_add(w->f, bytes_str(path), &sum), 0);
}

static uint32_t count(const struct world *w, const char *folder,
		      const struct name_span **v)
{
	uint32_t n = 99;

	assert_true(folders_find(w->f, bytes_str(folder), v, &n));
	return n;
}

static void test_union(void **state)
{
	struct world *w = *state;
	const struct name_span *v;

	add(w, "john_garcia/1.txt", span(0, 4, "john"));
	add(w, "john_garcia/2.txt", span(0, 11, "john garcia"));
	add(w, "john_garcia/3.txt", span(0, 11, "john garcia"));
	add(w, "john_garcia/x/4.txt", span(5, 11, "garcia"));
	add(w, "john_garcia/x/5.txt", span(12, 13, "x"));
	add(w, "john_garcia/x/ann", span(14, 17, "ann")); /* the file's */
	assert_int_equal(folders_done(w->f), 0);
	assert_int_equal(count(w, "john_garcia", &v), 3);
	assert_true(bytes_is(v[0].canon, "john garcia")); /* longest first */
	assert_true(bytes_is(v[1].canon, "john"));
	assert_true(bytes_is(v[2].canon, "garcia"));
	assert_int_equal(count(w, "john_garcia/x", &v), 1);
	assert_true(bytes_is(v[0].canon, "x"));
	assert_int_equal(count(w, "john", &v), 0);
	assert_int_equal(count(w, "john_garcia/x/ann", &v), 0);
	assert_int_equal(count(w, "nobody", &v), 0);
}

/* Not searched: every folder above it is unknown, but for a denied object. */
static void test_unsearched(void **state)
{
	struct world *w = *state;
	const struct index_summary old = {.format = FORMAT_TEXT};
	const struct index_summary denied = {.denied = DENIAL_FORMAT};
	const struct name_span *v;
	uint32_t n;

	add(w, "a/b/1.txt", span(0, 1, "a"));
	assert_int_equal(folders_add(w->f, bytes_str("a/b/c/2.txt"), &old), 0);
	assert_int_equal(folders_add(w->f, bytes_str("z/b/3.txt"), &denied), 0);
	assert_int_equal(folders_done(w->f), 0);
	assert_false(folders_find(w->f, bytes_str("a"), &v, &n));
	assert_false(folders_find(w->f, bytes_str("a/b"), &v, &n));
	assert_false(folders_find(w->f, bytes_str("a/b/c"), &v, &n));
	assert_true(folders_find(w->f, bytes_str("z"), &v, &n));
	assert_true(folders_find(w->f, bytes_str("z/b"), &v, &n));
}

/* The order things come in does not matter, nor how many there are. */
static void test_many(void **state)
{
	struct world *w = *state;
	const struct name_span *v;

	for (unsigned i = 0; i < 5000; i++) {
		char path[64], canon[16];
		unsigned k = i * 7919u % 5000;

		snprintf(path, sizeof(path), "f%04u/g%u.txt", k % 500, k);
		snprintf(canon, sizeof(canon), "c%u", k / 500 % 5);
		add(w, path, span(0, 5, canon));
	}
	assert_int_equal(folders_done(w->f), 0);
	for (unsigned i = 0; i < 500; i++) {
		char folder[16];

		snprintf(folder, sizeof(folder), "f%04u", i);
		assert_int_equal(count(w, folder, &v), 5);
		for (unsigned k = 0; k < 5; k++)
			assert_int_equal(v[k].canon.p[1], '0' + k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_union, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsearched, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
