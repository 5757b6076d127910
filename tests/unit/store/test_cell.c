/* Named cells: rewritten, listed by kind, in transactions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "tests/unit/store/fixture.h"

static void test_put_get(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct buf b = {0}, big = {0};

	assert_int_equal(store_cell_get(s, "policy", S("p"), &b), -ENOENT);
	assert_int_equal(store_cell_put(s, "policy", S("p"), S("one")), 0);
	assert_int_equal(store_cell_put(s, "policy", S("p"), S("two")), 0);
	assert_int_equal(store_cell_put(s, "policy", S("q"), S("")), 0);
	assert_int_equal(store_cell_get(s, "opened", S("p"), &b), -ENOENT);
	assert_int_equal(buf_puts(&b, "before:"), 0);
	assert_int_equal(store_cell_get(s, "policy", S("p"), &b), 0);
	assert_true(bytes_is(buf_bytes(&b), "before:two"));
	fixture_bytes(&big, 3, 3000000);
	assert_int_equal(
		store_cell_put(s, "view-index", S("v"), buf_bytes(&big)), 0);
	store_close(s);
	s = fixture_open(f);
	buf_clear(&b);
	assert_int_equal(store_cell_get(s, "view-index", S("v"), &b), 0);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&big)));
	buf_clear(&b);
	assert_int_equal(store_cell_get(s, "policy", S("q"), &b), 0);
	assert_int_equal(b.n, 0);
	store_close(s);
	buf_free(&b), buf_free(&big);
}

static int sum(void *ctx, struct bytes value)
{
	assert_int_equal(value.n, 1);
	*(unsigned *)ctx += value.p[0];
	return value.p[0] == 99 ? -ECANCELED : 0;
}

static void test_each_and_del(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	unsigned total = 0;

	assert_int_equal(store_cells_begin(s), 0);
	for (uint8_t i = 1; i <= 10; i++)
		assert_int_equal(store_cell_put(s, "opened", bytes_of(&i, 1),
						bytes_of(&i, 1)),
				 0);
	assert_int_equal(store_cells_end(s), 0);
	assert_int_equal(store_cell_each(s, "opened", sum, &total), 0);
	assert_int_equal(total, 55);
	assert_int_equal(store_cell_del(s, "opened", S("\1")), 0);
	assert_int_equal(store_cell_del(s, "opened", S("\1")), 0);
	total = 0;
	assert_int_equal(store_cell_each(s, "opened", sum, &total), 0);
	assert_int_equal(total, 54);
	total = 0;
	assert_int_equal(store_cell_each(s, "other", sum, &total), 0);
	assert_int_equal(total, 0);
	assert_int_equal(store_cell_put(s, "x", S("k"), S("c")), 0);
	assert_int_equal(store_cell_each(s, "x", sum, &total), -ECANCELED);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_put_get),
		T(test_each_and_del),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
