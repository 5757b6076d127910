/* Files made ready for a program that walks a folder, and for no other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/mount/apart.h"
#include "fs/mount/coming.h"
#include "tests/unit/mount/serve_fix.h"

#define MANY 7u /* node of many/0000 */

/* With one CPU of ours nothing is made ready. */
static bool can(void)
{
	cpu_set_t cpus;

	assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	return CPU_COUNT(&cpus) > 1;
}

static void opened(struct coming *c, uint32_t from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		coming_opened(c, from + i);
}

/* Waits for node nr; false: it does not come. */
static bool comes(uint32_t nr)
{
	for (int i = 0; i < (can() ? 5000 : 5) && !fake_desk_prepared(nr); i++)
		usleep(1000);
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
	usleep(20000);
	assert_int_equal(coming_made(c), 0); /* three in a row are no walk */
	coming_opened(c, at + 3);
	assert_int_equal(comes(last), can());
	assert_false(fake_desk_prepared(at + 3));
	assert_false(fake_desk_prepared(last + 1));
	/* It goes on in portions, each file once. */
	for (uint32_t nr = at + 4; nr < at + 40; nr++) {
		assert_int_equal(comes(nr), can());
		coming_opened(c, nr);
	}
	assert_true(coming_made(c) <= 40 + COMING_DEPTH);
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
	assert_int_equal(comes(at + 13), can());
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
	usleep(20000);
	assert_int_equal(coming_made(c), 0);
	coming_free(c);
}

/* Where the files end nothing is made ready; folders never are. */
static void test_end(void **state)
{
	struct coming *c = fresh(*state);
	const uint32_t end = MANY + FAKE_MANY, at = MANY + 700;

	opened(c, end - 6, 4);
	assert_int_equal(comes(end - 1), can());
	fake_desk_folder(((struct fix *)*state)->desk, at + 8, true);
	opened(c, at, 4);
	assert_int_equal(comes(at + 7), can());
	usleep(20000);
	assert_false(fake_desk_prepared(at + 8)); /* a folder */
	assert_false(fake_desk_prepared(at + 9));
	fake_desk_folder(((struct fix *)*state)->desk, at + 8, false);
	coming_free(c);
}

/* Off the CPU that answers, once it is known for sure, and never off all. */
static void test_apart(void **state)
{
	struct apart a;
	cpu_set_t got, all;

	(void)state;
	assert_int_equal(apart_start(&a), can());
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	apart_leave(&a, apart_due(&a)); /* nobody has answered */
	assert_int_equal(sched_getaffinity(0, sizeof(got), &got), 0);
	assert_true(CPU_EQUAL(&got, &all));
	if (!can())
		return;
	for (size_t cpu = 0, set = 0; set < 2 && cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&got);
		CPU_SET(cpu, &got);
		assert_int_equal(sched_setaffinity(0, sizeof(got), &got), 0);
		for (int i = 0; i < 40; i++)
			apart_seen(&a);
		apart_leave(&a, apart_due(&a));
		assert_int_equal(apart_due(&a), -1);
		assert_int_equal(sched_getaffinity(0, sizeof(got), &got), 0);
		assert_false(CPU_ISSET(cpu, &got));
		assert_int_equal(CPU_COUNT(&got), CPU_COUNT(&all) - 1);
		set++;
	}
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_walk, serve_clear),
		cmocka_unit_test_setup(test_several, serve_clear),
		cmocka_unit_test_setup(test_no_walk, serve_clear),
		cmocka_unit_test_setup(test_end, serve_clear),
		cmocka_unit_test(test_apart),
	};

	return serve_main(tests, sizeof(tests) / sizeof(tests[0]));
}
