/* Two tellings of the same words, laid side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/align.h"

/* Letters are words; in want the place in b of each of a, '.' none. */
static void expect(const char *a, const char *b, const char *want)
{
	uint64_t x[64] = {0}, y[64] = {0};
	uint32_t to[64], na = 0, nb = 0;

	for (; a[na] != 0; na++)
		x[na] = (uint8_t)a[na];
	for (; b[nb] != 0; nb++)
		y[nb] = (uint8_t)b[nb];
	assert_int_equal(align(x, na, y, nb, ALIGN_MAX, to), 0);
	for (uint32_t i = 0; i < na; i++) {
		char c = to[i] == ALIGN_NONE ? '.' : (char)('0' + to[i]);

		if (c != want[i])
			fail_msg("%s %s: %u is %c", a, b, i, c);
	}
}

static void test_pairs(void **state)
{
	(void)state;
	expect("", "abc", "");
	expect("abc", "", "...");
	expect("abc", "abc", "012");
	expect("abc", "xbc", ".12");
	expect("abc", "abx", "01.");
	expect("axc", "ac", "0.1");
	expect("ac", "axc", "02");
	expect("anc", "a4551c", "0.5");
	expect("abcabc", "abc", "012...");
	expect("xay", "a", ".0.");
	expect("abcd", "badc", "1.3.");
}

/* As long as any other, ascending, and of equal words. */
static void test_random(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint64_t x[9], y[9], best[10][10] = {{0}};
		uint32_t to[9], found = 0, at = 0, na, nb;

		na = (uint32_t)((seed = seed * 25214903917 + 11) >> 20) % 9;
		nb = (uint32_t)((seed = seed * 25214903917 + 11) >> 20) % 9;
		for (uint32_t i = 0; i < 9; i++) {
			seed = seed * 25214903917 + 11;
			x[i] = (seed >> 20) % 3;
			y[i] = (seed >> 24) % 3;
		}
		for (uint32_t i = 1; i <= na; i++)
			for (uint32_t k = 1; k <= nb; k++) {
				uint64_t b = best[i - 1][k];

				b = best[i][k - 1] > b ? best[i][k - 1] : b;
				if (x[i - 1] == y[k - 1])
					b = best[i - 1][k - 1] + 1;
				best[i][k] = b;
			}
		assert_int_equal(align(x, na, y, nb, ALIGN_MAX, to), 0);
		for (uint32_t i = 0; i < na; i++) {
			if (to[i] == ALIGN_NONE)
				continue;
			assert_true(to[i] >= at && to[i] < nb);
			assert_true(x[i] == y[to[i]]);
			at = to[i] + 1;
			found++;
		}
		assert_int_equal(found, best[na][nb]);
	}
}

static void test_large(void **state)
{
	uint32_t n = 20000, *to = mem_new(n, sizeof(*to));
	uint64_t *x = mem_new(n, sizeof(*x)), *y = mem_new(n, sizeof(*y));

	(void)state;
	assert_true(to != NULL && x != NULL && y != NULL);
	for (uint32_t i = 0; i < n; i++)
		x[i] = y[i] = i;
	y[n / 2] = n;
	assert_int_equal(align(x, n, y, n, ALIGN_MAX, to), 0);
	assert_int_equal(to[n / 2], ALIGN_NONE);
	assert_int_equal(to[n - 1], n - 1);
	y[0] = y[n - 1] = n;
	assert_int_equal(align(x, n, y, n, ALIGN_MAX, to), -EFBIG);
	mem_free(x);
	mem_free(y);
	mem_free(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
