/* Reply buffers: aligned, bounded, handed round. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fs/mount/pool.h"

static void test_aligned_and_warm(void **state)
{
	struct pool *p = pool_new(2, 8192);
	uint8_t *a = pool_take(p), *b = pool_take(p);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_true(a != b);
	assert_int_equal((uintptr_t)a % 4096, 0);
	a[8191] = 1;
	pool_give(p, a);
	assert_ptr_equal(pool_take(p), a); /* the last one back */
	pool_give(p, NULL);
	pool_give(p, a);
	pool_give(p, b);
	pool_free(p);
	pool_free(NULL);
}

static void *borrower(void *arg)
{
	struct pool *p = arg;

	for (int i = 0; i < 2000; i++) {
		uint8_t *b = pool_take(p);

		b[0]++;
		pool_give(p, b);
	}
	return NULL;
}

/* More threads than buffers: they wait, nobody shares. */
static void test_waits(void **state)
{
	struct pool *p = pool_new(1, 4096);
	pthread_t t[4];
	uint8_t *b;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, borrower, p), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	b = pool_take(p);
	assert_int_equal(b[0], (uint8_t)(4 * 2000));
	pool_give(p, b);
	pool_free(p);
}

static void test_no_memory(void **state)
{
	(void)state;
	mem_fail_after(1);
	assert_null(pool_new(1, 4096));
	mem_fail_after(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned_and_warm),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
