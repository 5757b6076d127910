/* The view index: put and get, hostile input, finding a block. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/view.h"

static struct view_mark marks[] = {
	{1, 0}, {1048577, 3}, {1048577, 3}, {1500000, 9}};

static struct view_index sample(void)
{
	return (struct view_index){
		.size = 1500002, .visible = 9, .nblocks = 3, .marks = marks};
}

static void test_round_trip(void **state)
{
	struct buf CLEANUP(buf_free) b = {0}, CLEANUP(buf_free) again = {0};
	CLEANUP(view_index_free) struct view_index got = {0};
	const struct view_index x = sample();

	(void)state;
	assert_int_equal(view_index_put(&b, &x), 0);
	assert_int_equal(view_index_get(buf_bytes(&b), &got, NULL), 0);
	assert_int_equal(got.size, x.size);
	assert_int_equal(got.visible, x.visible);
	assert_int_equal(got.nblocks, x.nblocks);
	assert_memory_equal(got.marks, marks, sizeof(marks));
	assert_int_equal(view_index_put(&again, &got), 0);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&again)));
}

static void test_empty_object(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};
	CLEANUP(view_index_free) struct view_index got = {0};
	struct view_mark only = {2, 0};
	const struct view_index x = {.size = 4, .marks = &only};

	(void)state;
	assert_int_equal(view_index_put(&b, &x), 0);
	assert_int_equal(view_index_get(buf_bytes(&b), &got, NULL), 0);
	assert_int_equal(got.nblocks, 0);
	assert_int_equal(got.marks[0].offset, 2);
}

static void test_find(void **state)
{
	const struct view_index x = sample();

	(void)state;
	assert_int_equal(view_index_find(&x, 1), 0);
	assert_int_equal(view_index_find(&x, 1048576), 0);
	/* block 1 is empty: its offset is block 2's */
	assert_int_equal(view_index_find(&x, 1048577), 2);
	assert_int_equal(view_index_find(&x, 1499999), 2);
}

/* Every truncation and every flipped byte: refused, or a sane index. */
static void test_hostile(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};
	const struct view_index x = sample();

	(void)state;
	assert_int_equal(view_index_put(&b, &x), 0);
	for (size_t n = 0; n < b.n; n++) {
		struct view_index got;

		assert_int_equal(view_index_get(bytes_of(b.p, n), &got, NULL),
				 -EPROTO);
		assert_null(got.arena);
	}
	for (size_t i = 0; i < 255 * b.n; i++) {
		CLEANUP(view_index_free) struct view_index got = {0};
		uint8_t keep = b.p[i / 255];

		b.p[i / 255] ^= (uint8_t)(1 + i % 255);
		if (view_index_get(buf_bytes(&b), &got, NULL) == 0) {
			const struct view_mark *end = &got.marks[got.nblocks];

			assert_true(end->offset <= got.size);
			assert_int_equal(end->before, got.visible);
		}
		b.p[i / 255] = keep;
	}
}

static void test_no_memory(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};
	const struct view_index x = sample();

	(void)state;
	assert_int_equal(view_index_put(&b, &x), 0);
	for (unsigned long n = 1; n < 3; n++) {
		CLEANUP(view_index_free) struct view_index got = {0};
		struct err e = {0};
		int rc;

		mem_fail_after(n);
		rc = view_index_get(buf_bytes(&b), &got, &e);
		mem_fail_after(0);
		assert_true(rc == 0 || (rc == -ENOMEM && e.code == rc));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_empty_object),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
