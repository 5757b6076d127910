/* Files made ready for a program that walks a folder, and for no other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fs/mount/coming.h"
#include "tests/unit/mount/serve_fix.h"

#define MANY 7u /* node of many/0000 */

static void opened(struct coming *c, uint32_t from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		coming_opened(c, from + i);
}

/* As a thread that has time; whether node nr is ready then. */
static bool comes(struct coming *c, uint32_t nr)
{
	while (!fake_desk_prepared(nr) && coming_make(c))
		;
	return fake_desk_prepared(nr);
}

static struct coming *fresh(struct fix *f)
{
	struct coming *c = coming_new(f->desk, audit_dek_replay(f->dek));

	assert_non_null(c);
	return c;
}

static void test_walk(void **state)
{
	struct coming *c = fresh(*state);
	const uint32_t at = MANY + 10, last = at + 3 + COMING_DEPTH;

	opened(c, at, 3);
	assert_false(coming_make(c)); /* three in a row are no walk */
	coming_opened(c, at + 3);
	assert_true(comes(c, last));
	assert_false(fake_desk_prepared(at + 3));
	assert_false(fake_desk_prepared(last + 1));
	assert_false(coming_make(c)); /* deep enough */
	/* It goes on, each file once. */
	for (uint32_t nr = at + 4; nr < at + 40; nr++) {
		coming_opened(c, nr);
		assert_false(fake_desk_prepared(nr + COMING_DEPTH));
		assert_true(coming_make(c));
		assert_true(fake_desk_prepared(nr + COMING_DEPTH));
		assert_false(coming_make(c));
	}
	coming_free(c);
	coming_free(NULL);
}

/* Readers of one list, each a little beside the other. */
static void test_several(void **state)
{
	struct coming *c = fresh(*state);
	const uint32_t at = MANY + 200;

	for (uint32_t i = 0; i < 12; i += 3) {
		coming_opened(c, at + i + 2);
		coming_opened(c, at + i);
		coming_opened(c, at + i + 1);
	}
	assert_true(comes(c, at + 13));
	coming_free(c);
}

static void test_no_walk(void **state)
{
	struct coming *c = fresh(*state);

	for (uint32_t i = 0; i < 40; i++)
		coming_opened(c, MANY + 400 + i * 37 % 500);
	for (uint32_t i = 0; i < 40; i++)
		coming_opened(c, MANY + 400); /* one file again and again */
	for (uint32_t i = 0; i < 40; i++)
		coming_opened(c, MANY + 900 - i); /* backwards */
	assert_false(coming_make(c));
	coming_free(c);
}

/* Where the files end nothing is made ready; folders never are. */
static void test_end(void **state)
{
	struct coming *c = fresh(*state);
	const uint32_t end = MANY + FAKE_MANY, at = MANY + 700;

	opened(c, end - 6, 4);
	assert_true(comes(c, end - 1));
	fake_desk_folder(((struct fix *)*state)->desk, at + 8, true);
	opened(c, at, 4);
	assert_true(comes(c, at + 7));
	while (coming_make(c))
		;
	assert_false(fake_desk_prepared(at + 8)); /* a folder */
	assert_false(fake_desk_prepared(at + 9));
	fake_desk_folder(((struct fix *)*state)->desk, at + 8, false);
	coming_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_walk, serve_clear),
		cmocka_unit_test_setup(test_several, serve_clear),
		cmocka_unit_test_setup(test_no_walk, serve_clear),
		cmocka_unit_test_setup(test_end, serve_clear),
	};

	return serve_main(tests, sizeof(tests) / sizeof(tests[0]));
}
