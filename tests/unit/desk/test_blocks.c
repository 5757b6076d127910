/* The block cache: found again, bounded, safe while read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fs/desk/blocks.h"

static struct view_block view_of(size_t n)
{
	struct view_block v = {0};

	assert_int_equal(buf_reserve(&v.literals, n), 0);
	memset(v.literals.p, 'x', n);
	v.literals.n = v.len = n;
	return v;
}

static struct blocks_entry *put(struct blocks *b, struct blocks_entry **slot,
				size_t n)
{
	struct view_block v = view_of(n);
	struct blocks_entry *e = blocks_put(b, slot, &v);

	assert_non_null(e);
	assert_null(v.literals.p);
	return e;
}

static void test_put_and_get(void **state)
{
	struct blocks_entry *slots[2] = {0}, *e;
	struct blocks b;

	(void)state;
	blocks_init(&b, 0);
	assert_null(blocks_get(&b, &slots[0]));
	e = put(&b, &slots[0], 10);
	assert_ptr_equal(blocks_get(&b, &slots[0]), e);
	assert_null(blocks_get(&b, &slots[1]));
	blocks_unref(e);
	blocks_unref(e);
	blocks_drop(&b, slots, 2);
	assert_null(slots[0]);
	assert_int_equal(b.bytes, 0);
	blocks_done(&b);
}

static void test_oldest_go(void **state)
{
	struct blocks_entry *slots[50] = {0};
	struct blocks b;

	(void)state;
	blocks_init(&b, 10000);
	for (unsigned i = 0; i < 50; i++) {
		blocks_unref(put(&b, &slots[i], 900));
		blocks_unref(blocks_get(&b, &slots[0])); /* stays young */
		assert_true(b.bytes <= 10000 + 2000);
	}
	assert_non_null(slots[0]);
	assert_null(slots[1]);
	assert_non_null(slots[49]);
	blocks_drop(&b, slots, 50);
	assert_int_equal(b.bytes, 0);
	blocks_done(&b);
}

/* A reader's bytes outlive their eviction. */
static void test_evicted_while_read(void **state)
{
	struct blocks_entry *slots[2] = {0}, *e;
	struct blocks b;

	(void)state;
	blocks_init(&b, 1);
	e = put(&b, &slots[0], 5000);
	blocks_unref(put(&b, &slots[1], 5000));
	assert_null(slots[0]);
	assert_int_equal(e->view.literals.p[4999], 'x');
	blocks_unref(e);
	blocks_done(&b);
	assert_null(slots[1]);
}

static void test_second_gives_way(void **state)
{
	struct blocks_entry *slot = NULL, *a, *c;
	struct blocks b;

	(void)state;
	blocks_init(&b, 0);
	a = put(&b, &slot, 10);
	c = put(&b, &slot, 10);
	assert_ptr_equal(a, c);
	blocks_unref(a);
	blocks_unref(c);
	blocks_drop(&b, &slot, 1);
	blocks_done(&b);
}

static void test_no_memory(void **state)
{
	struct view_block v = view_of(10);
	struct blocks_entry *slot = NULL;
	struct blocks b;

	(void)state;
	blocks_init(&b, 0);
	mem_fail_after(1);
	assert_null(blocks_put(&b, &slot, &v));
	mem_fail_after(0);
	assert_null(slot);
	assert_null(v.literals.p);
	blocks_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_and_get),
		cmocka_unit_test(test_oldest_go),
		cmocka_unit_test(test_evicted_while_read),
		cmocka_unit_test(test_second_gives_way),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
