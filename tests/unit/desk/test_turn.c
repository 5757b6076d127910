/* Turns: the same work is done by one at a time, other work is not held up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fs/desk/turn.h"

#define THREADS 8

struct work {
	struct turns turns;
	atomic_uint in, most, done;
};

static void *work(void *ctx)
{
	struct work *w = ctx;
	struct turn t = {.key = "the same"};
	unsigned in;

	for (int i = 0; i < 50; i++) {
		if (turn_take(&w->turns, &t, NULL) != 0)
			return w;
		in = atomic_fetch_add(&w->in, 1) + 1;
		if (in > atomic_load(&w->most))
			atomic_store(&w->most, in);
		usleep(10);
		atomic_fetch_sub(&w->in, 1);
		atomic_fetch_add(&w->done, 1);
		turn_give(&w->turns, &t);
	}
	return NULL;
}

static void test_one_at_a_time(void **state)
{
	struct work w = {.most = 0};
	pthread_t t[THREADS];
	void *bad;

	(void)state;
	turns_init(&w.turns);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, work, &w), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], &bad);
		assert_null(bad);
	}
	assert_int_equal(w.most, 1);
	assert_int_equal(w.done, THREADS * 50);
	assert_null(w.turns.first);
	turns_done(&w.turns);
}

static int enough(void *ctx, uint64_t done, uint64_t total, uint64_t items)
{
	unsigned *n = ctx;

	(void)done;
	(void)total;
	(void)items;
	return ++*n == 3 ? -ECANCELED : 0;
}

/* Who waits is asked whether he still wants to; other work goes on. */
static void test_waiting(void **state)
{
	struct turns turns;
	struct turn a = {.key = "a"}, again = {.key = "a"}, b = {.key = "b"};
	unsigned asked = 0;
	const struct progress p = {enough, &asked};

	(void)state;
	turns_init(&turns);
	assert_int_equal(turn_take(&turns, &a, &p), 0);
	assert_int_equal(turn_take(&turns, &b, &p), 0);
	assert_int_equal(asked, 0);
	assert_int_equal(turn_take(&turns, &again, &p), -ECANCELED);
	assert_int_equal(asked, 3);
	turn_give(&turns, &a);
	assert_int_equal(turn_take(&turns, &again, &p), 0);
	turn_give(&turns, &again);
	turn_give(&turns, &b);
	assert_null(turns.first);
	turns_done(&turns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
