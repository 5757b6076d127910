/* The arena: alignment, zeroes, big pieces, reset, and no memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/arena.h"
#include "base/mem.h"

static bool all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != 0)
			return false;
	}
	return true;
}

/* Pieces of many sizes: aligned, zeroed, none touching another. */
static void pieces_are_apart(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	uint8_t *p[500];
	size_t n[500];
	uint64_t seed = 1;

	(void)state;
	assert_non_null(a);
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		n[i] = rnd(&seed) % (i % 50 == 0 ? 300000 : 200);
		p[i] = arena_alloc(a, n[i]);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		assert_true(all_zero(p[i], n[i]));
		memset(p[i], (int)(i % 255) + 1, n[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		for (size_t k = 0; k < n[i]; k++)
			assert_int_equal(p[i][k], i % 255 + 1);
	}
	arena_wipe(a);
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		assert_true(all_zero(p[i], n[i]));
	arena_wipe(NULL);
}

static void copies(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct bytes b;

	(void)state;
	assert_string_equal(arena_str(a, S("word")), "word");
	assert_string_equal(arena_str(a, bytes_str(NULL)), "");
	assert_int_equal(arena_dup(a, S("a\0b"), &b), 0);
	assert_bytes(b, "a\0b");
	assert_int_equal(b.p[3], 0);
}

static void reset_forgets(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	uint8_t *p;

	(void)state;
	p = arena_alloc(a, 100);
	assert_non_null(p);
	memset(p, 0xAA, 100);
	assert_non_null(arena_alloc(a, 100000));
	assert_true(arena_used(a) >= 100100);
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	p = arena_alloc(a, 100);
	assert_non_null(p);
	assert_true(all_zero(p, 100));
	assert_true(arena_used(a) >= 100 && arena_used(a) < 200);
}

static void overflow_refused(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();

	(void)state;
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_alloc(a, PTRDIFF_MAX));
	assert_null(arena_str(a, (struct bytes){NULL, SIZE_MAX}));
	assert_non_null(arena_array(a, 10, 3));
}

static void no_memory(void **state)
{
	struct bytes out;

	(void)state;
	for (unsigned long n = 1; n <= 2; n++) {
		mem_fail_after(n);
		assert_null(arena_new());
		mem_fail_after(0);
	}
	CLEANUP(arena_freep) struct arena *a = arena_new();
	mem_fail_after(1);
	assert_null(arena_alloc(a, 10000));
	assert_int_equal(arena_dup(a, (struct bytes){NULL, 9999}, &out),
			 -ENOMEM);
	mem_fail_after(0);
	assert_non_null(arena_alloc(a, 10000));
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_apart),
		cmocka_unit_test(copies),
		cmocka_unit_test(reset_forgets),
		cmocka_unit_test(overflow_refused),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
