/* Visible names: extensions, ranks, pseudonyms, suffixes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fs/desk/label.h"

static void ext(const char *name, const char *want)
{
	assert_true(bytes_is(label_ext(bytes_str(name)), want));
}

static void test_extensions(void **state)
{
	(void)state;
	ext("a.json", ".json");
	ext("a.b.TextGrid", ".TextGrid");
	ext("noext", "");
	ext(".hidden", "");
	ext("a.", "");
	ext("", "");
	ext("call.john-smith", "");
	ext("call.johnsmithx", ""); /* nine letters could be a name */
}

struct world {
	struct keypool *pool;
	struct key *key;
	struct standin s;
	struct arena *a;
};

static int setup(void **state)
{
	static struct world w;

	if (keypool_new(&w.pool, NULL) != 0)
		return -1;
	w.key = key_random(w.pool);
	w.s = (struct standin){.key = w.key, .project = bytes_str("p")};
	w.a = arena_new();
	*state = &w;
	return w.key == NULL || w.a == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->a);
	key_free(w->key);
	keypool_free(w->pool);
	return 0;
}

static struct bytes make(struct world *w, struct label_in in)
{
	struct bytes out = {0};

	in.standin = &w->s;
	assert_int_equal(label_make(&in, w->a, &out), 0);
	return out;
}

static void test_number(void **state)
{
	const struct label_in file = {.stored = bytes_str("maria.json"),
				      .rank = 12};
	const struct label_in folder = {
		.stored = bytes_str("maria.d"), .rank = 7, .folder = true};

	assert_true(bytes_is(make(*state, file), "000012.json"));
	assert_true(bytes_is(make(*state, folder), "d07"));
}

static void test_keep(void **state)
{
	const struct label_in in = {.mode = NAMES_KEEP,
				    .stored = bytes_str("x.json")};

	assert_true(bytes_is(make(*state, in), "x.json"));
}

static void test_pseudonym(void **state)
{
	struct label_in in = {.mode = NAMES_PSEUDONYM,
			      .stored = bytes_str("x.json"),
			      .path = bytes_str("calls/x.json"),
			      .group = bytes_str("x")};
	struct bytes json = make(*state, in), wav, alone;

	assert_int_equal(json.n, 11 + 5);
	in.stored = bytes_str("x.wav");
	in.path = bytes_str("calls/x.wav");
	wav = make(*state, in);
	assert_memory_equal(json.p, wav.p, 11);
	in.group = (struct bytes){0};
	alone = make(*state, in);
	assert_memory_not_equal(alone.p, wav.p, 11);
}

static void test_suffix_before_extension(void **state)
{
	struct label_in in = {.mode = NAMES_PSEUDONYM,
			      .stored = bytes_str("x.json"),
			      .path = bytes_str("calls/x.json"),
			      .group = bytes_str("x"),
			      .collides = true};
	struct bytes a = make(*state, in), b;

	assert_int_equal(a.n, 11 + 1 + 11 + 5);
	assert_int_equal(a.p[11], '-');
	assert_memory_equal(a.p + a.n - 5, ".json", 5);
	in.path = bytes_str("calls/y.json");
	b = make(*state, in);
	assert_memory_equal(a.p, b.p, 12);
	assert_false(bytes_eq(a, b));
}

static void test_no_key(void **state)
{
	struct world *w = *state;
	const struct standin none = {0};
	const struct label_in in = {.mode = NAMES_PSEUDONYM,
				    .standin = &none,
				    .stored = bytes_str("x.json"),
				    .path = bytes_str("calls/x.json")};
	struct bytes out;

	assert_int_equal(label_make(&in, w->a, &out), -ENOKEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_pseudonym),
		cmocka_unit_test(test_suffix_before_extension),
		cmocka_unit_test(test_no_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
