/* The growing buffer: appends, strings, secrets, and memory running out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/mem.h"

static void appends(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_int_equal(buf_put(&b, "ab", 2), 0);
	assert_int_equal(buf_put(&b, NULL, 0), 0);
	assert_int_equal(buf_putc(&b, 0xFF), 0);
	assert_int_equal(buf_puts(&b, "cd"), 0);
	assert_int_equal(buf_putb(&b, S("e\0f")), 0);
	assert_int_equal(buf_printf(&b, "-%d-%s", 42, "x"), 0);
	assert_bytes(buf_bytes(&b), "ab\xFF"
				    "cde\0f-42-x");
}

static void is_a_string(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(b.n, 0);
	assert_int_equal(buf_puts(&b, "hello"), 0);
	assert_string_equal(buf_str(&b), "hello");
	assert_int_equal(b.n, 5);
	buf_clear(&b);
	assert_string_equal(buf_str(&b), "");
	buf_free(&b);
	assert_null(b.p);
	assert_int_equal(b.cap, 0);
}

/* Many sizes around the growth steps, against a plain copy. */
static void grows(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf s = {.secret = true};
	static uint8_t want[200000];
	uint64_t seed = 7;
	size_t n = 0;

	(void)state;
	while (n < sizeof(want) - 300) {
		size_t k = rnd(&seed) % 300;

		for (size_t i = 0; i < k; i++)
			want[n + i] = (uint8_t)rnd(&seed);
		assert_int_equal(buf_put(&b, want + n, k), 0);
		assert_int_equal(buf_put(&s, want + n, k), 0);
		n += k;
	}
	assert_int_equal(b.n, n);
	assert_memory_equal(b.p, want, n);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&s)));
}

static void prints_long(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_int_equal(buf_printf(&b, "%*s", 5000, "x"), 0);
	assert_int_equal(b.n, 5000);
	assert_int_equal(b.p[4999], 'x');
	assert_int_equal(b.p[5000], '\0');
}

static void too_much(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_int_equal(buf_puts(&b, "keep"), 0);
	assert_int_equal(buf_reserve(&b, SIZE_MAX), -ENOMEM);
	assert_int_equal(buf_reserve(&b, SIZE_MAX - 4), -ENOMEM);
	assert_int_equal(buf_reserve(&b, PTRDIFF_MAX), -ENOMEM);
	assert_string_equal(buf_str(&b), "keep");
}

static void no_memory_appends_nothing(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	char big[1000] = {0};

	(void)state;
	assert_int_equal(buf_puts(&b, "keep"), 0);
	mem_fail_after(1);
	assert_int_equal(buf_put(&b, big, sizeof(big)), -ENOMEM);
	assert_int_equal(buf_printf(&b, "%*s", 999, "x"), -ENOMEM);
	mem_fail_after(0);
	assert_string_equal(buf_str(&b), "keep");
	buf_free(&b);
	mem_fail_after(1);
	assert_null(buf_str(&b));
	assert_int_equal(buf_putc(&b, 1), -ENOMEM);
	mem_fail_after(0);
}

static void secret_is_wiped(void **state)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};

	(void)state;
	assert_int_equal(buf_puts(&b, "a password"), 0);
	buf_clear(&b);
	assert_int_equal(b.n, 0);
	for (size_t i = 0; i < b.cap; i++)
		assert_int_equal(b.p[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends),
		cmocka_unit_test(is_a_string),
		cmocka_unit_test(grows),
		cmocka_unit_test(prints_long),
		cmocka_unit_test(too_much),
		cmocka_unit_test(no_memory_appends_nothing),
		cmocka_unit_test(secret_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
