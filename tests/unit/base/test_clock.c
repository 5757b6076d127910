/* Clocks agree with each other, and what waits by one wakes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_grows(void **state)
{
	uint64_t s = clock_s(), was = clock_ns();

	(void)state;
	assert_true(was / CLOCK_SECOND - s <= 1);
	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_ns();

		assert_true(now >= was);
		was = now;
	}
	assert_true(clock_s() >= s);
}

static void test_wall(void **state)
{
	int64_t now = clock_wall_ns() / (int64_t)CLOCK_SECOND;
	int64_t then = (int64_t)time(NULL);

	(void)state;
	assert_true(now - then <= 1 && then - now <= 1);
}

/* The carry into seconds, whatever the time is. */
static void test_in(void **state)
{
	static const uint64_t ms[] = {0, 1, 999, 1000, 1001, 3600000, 86399999};

	(void)state;
	for (size_t i = 0; i < sizeof(ms) / sizeof(ms[0]); i++) {
		uint64_t before = clock_ns(), at;
		struct timespec t = clock_in(ms[i]);

		assert_true(t.tv_nsec >= 0 && t.tv_nsec < CLOCK_SECOND);
		at = (uint64_t)t.tv_sec * CLOCK_SECOND + (uint64_t)t.tv_nsec;
		assert_true(at >= before + ms[i] * 1000000);
		assert_true(at <= clock_ns() + ms[i] * 1000000);
	}
}

static void test_waits(void **state)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct timespec t = clock_in(20);
	uint64_t start = clock_ns();
	pthread_condattr_t attr;
	pthread_cond_t cond;
	int r = 0;

	(void)state;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&cond, &attr);
	pthread_mutex_lock(&lock);
	while (r == 0)
		r = pthread_cond_timedwait(&cond, &lock, &t);
	pthread_mutex_unlock(&lock);
	assert_int_equal(r, ETIMEDOUT);
	assert_true(clock_ns() - start >= 19 * (uint64_t)1000000);
	pthread_cond_destroy(&cond);
	pthread_condattr_destroy(&attr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_wall),
		cmocka_unit_test(test_in),
		cmocka_unit_test(test_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
