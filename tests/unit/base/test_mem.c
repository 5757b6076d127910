/* The allocator: zeroes, overflows, and the injected failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include "base/attr.h"
#include "base/mem.h"

static void new_zeroes(void **state)
{
	CLEANUP(mem_freep) uint8_t *p = mem_new(100, 3);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(p[i], 0);
}

static void products_overflow(void **state)
{
	(void)state;
	assert_null(mem_new(SIZE_MAX / 2, 3));
	assert_null(mem_grow(NULL, SIZE_MAX / 2, 3));
	assert_null(mem_grow(NULL, (size_t)PTRDIFF_MAX + 1, 1));
	assert_null(mem_dup("", SIZE_MAX));
}

static void nothing_is_something(void **state)
{
	CLEANUP(mem_freep) void *a = mem_new(0, 8);
	CLEANUP(mem_freep) void *b = mem_grow(NULL, 0, 8);
	CLEANUP(mem_freep) char *c = mem_dup(NULL, 0);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_string_equal(c, "");
}

static void grow_keeps(void **state)
{
	char *p = mem_dup("carrel", 6);

	(void)state;
	assert_non_null(p);
	p = mem_grow(p, 4096, 1);
	assert_non_null(p);
	assert_string_equal(p, "carrel");
	mem_free(p);
	mem_free(NULL);
}

static void fails_from_the_nth_on(void **state)
{
	CLEANUP(mem_freep) void *a = NULL;
	CLEANUP(mem_freep) void *b = NULL;
	CLEANUP(mem_freep) void *c = NULL;

	(void)state;
	mem_fail_after(3);
	a = mem_new(1, 1);
	b = mem_dup("x", 1);
	assert_null(mem_grow(NULL, 1, 1));
	assert_null(mem_new(1, 1));
	assert_null(mem_dup("x", 1));
	mem_fail_after(0);
	c = mem_new(1, 1);
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_zeroes),
		cmocka_unit_test(products_overflow),
		cmocka_unit_test(nothing_is_something),
		cmocka_unit_test(grow_keeps),
		cmocka_unit_test(fails_from_the_nth_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
