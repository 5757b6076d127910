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

static const struct decision tagged = {.fallback = {.action = ACTION_TAG}};

static struct bytes make(struct world *w, struct label_in in)
{
	struct bytes out = {0};

	in.standin = in.stored.standin = &w->s;
	if (in.stored.decision == NULL)
		in.stored.decision = &tagged;
	assert_int_equal(label_make(&in, w->a, &out), 0);
	return out;
}

static void test_number(void **state)
{
	const struct label_in file = {.searched = true,
				      .stored.name = bytes_str("maria.json"),
				      .rank = 12};
	const struct label_in folder = {.searched = true,
					.stored.name = bytes_str("maria.d"),
					.rank = 7,
					.folder = true};

	assert_true(bytes_is(make(*state, file), "000012.json"));
	assert_true(bytes_is(make(*state, folder), "d07"));
}

static void test_keep(void **state)
{
	const struct label_in in = {.mode = NAMES_KEEP,
				    .searched = true,
				    .stored.name = bytes_str("x.json")};

	assert_true(bytes_is(make(*state, in), "x.json"));
}

static void test_pseudonym(void **state)
{
	struct label_in in = {.mode = NAMES_PSEUDONYM,
			      .searched = true,
			      .stored.name = bytes_str("x.json"),
			      .path = bytes_str("calls/x.json"),
			      .group = bytes_str("x")};
	struct bytes json = make(*state, in), wav, alone;

	assert_int_equal(json.n, 11 + 5);
	in.stored.name = bytes_str("x.wav");
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
			      .searched = true,
			      .stored.name = bytes_str("x.json"),
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

static const struct name_span john = {.start = 2,
				      .end = 6,
				      .score = 90,
				      .type = {(const uint8_t *)"PERSON", 6},
				      .canon = {(const uint8_t *)"john", 4}};

/* d/john_1.json of which d/ is no part of the component. */
static struct label_in with_value(const char *name)
{
	return (struct label_in){.mode = NAMES_KEEP,
				 .searched = true,
				 .path = bytes_str("calls/d/x"),
				 .stored = {.name = bytes_str(name),
					    .at = 2,
					    .spans = &john,
					    .nspans = 1}};
}

static void test_keep_hides_values(void **state)
{
	struct label_in in = with_value("john_1.json");
	struct bytes got;

	assert_true(bytes_is(make(*state, in), "[PERSON_1]_1.json"));
	in.collides = true;
	got = make(*state, in);
	assert_int_equal(got.n, 12 + 12 + 5);
	assert_memory_equal(got.p, "[PERSON_1]_1-k", 14);
	assert_memory_equal(got.p + got.n - 5, ".json", 5);
}

/* Nobody searched it: an old store, a child that crashed. */
static void test_unsearched_is_a_number(void **state)
{
	struct label_in in = with_value("john_1.json");

	in.searched = false;
	in.rank = 3;
	assert_true(bytes_is(make(*state, in), "000003.json"));
	in.stored.name = bytes_str("call.john");
	assert_true(bytes_is(make(*state, in), "000003"));
	in.folder = true;
	assert_true(bytes_is(make(*state, in), "d03"));
}

/* An extension may be a value, whatever the mode is. */
static void test_extension_with_value(void **state)
{
	struct label_in in = with_value("a.john");
	struct name_span ext = john;

	ext.start += 2;
	ext.end += 2;
	in.stored.spans = &ext;
	in.rank = 1;
	assert_true(bytes_is(make(*state, in), "a.[PERSON_1]"));
	in.mode = NAMES_NUMBER;
	assert_true(bytes_is(make(*state, in), "000001"));
	in.mode = NAMES_PSEUDONYM;
	assert_int_equal(make(*state, in).n, 11);
	in.stored.nspans = 0;
	assert_int_equal(make(*state, in).n, 11 + 5);
}

/* At most 255 bytes, the suffix and extension whole. */
static void test_long_name(void **state)
{
	char name[256];
	struct label_in in;
	struct bytes got;

	memset(name, 'x', 250);
	memcpy(name, "john", 4);
	memcpy(name + 250, ".json", 6);
	in = with_value(name);
	in.collides = true;
	got = make(*state, in);
	assert_int_equal(got.n, 255);
	assert_memory_equal(got.p, "[PERSON_1]x", 11);
	assert_memory_equal(got.p + 255 - 17, "-k", 2);
	assert_memory_equal(got.p + 250, ".json", 5);
}

static void test_no_key(void **state)
{
	struct world *w = *state;
	const struct standin none = {0};
	const struct label_in in = {.mode = NAMES_PSEUDONYM,
				    .searched = true,
				    .standin = &none,
				    .stored.name = bytes_str("x.json"),
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
		cmocka_unit_test(test_keep_hides_values),
		cmocka_unit_test(test_unsearched_is_a_number),
		cmocka_unit_test(test_extension_with_value),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_no_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
