/* Borrowed bytes: equality, order, parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

static void equality(void **state)
{
	(void)state;
	assert_true(bytes_eq(S(""), bytes_str(NULL)));
	assert_true(bytes_eq(S("a\0b"), S("a\0b")));
	assert_false(bytes_eq(S("a\0b"), S("a\0c")));
	assert_false(bytes_eq(S("a"), S("ab")));
	assert_true(bytes_is(S("abc"), "abc"));
	assert_false(bytes_is(S("abc"), "ab"));
}

static void order(void **state)
{
	(void)state;
	assert_int_equal(bytes_cmp(S(""), S("")), 0);
	assert_true(bytes_cmp(S(""), S("a")) < 0);
	assert_true(bytes_cmp(S("ab"), S("a")) > 0);
	assert_true(bytes_cmp(S("a\xFF"), S("b")) < 0);
	assert_int_equal(bytes_cmp(S("xy"), S("xy")), 0);
}

static void parts(void **state)
{
	struct bytes b = S("carrel");

	(void)state;
	assert_bytes(bytes_sub(b, 0, 3), "car");
	assert_bytes(bytes_sub(b, 3, 99), "rel");
	assert_bytes(bytes_sub(b, 6, 1), "");
	assert_bytes(bytes_sub(b, SIZE_MAX, SIZE_MAX), "");
	assert_bytes(bytes_sub(b, 2, SIZE_MAX), "rrel");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality),
		cmocka_unit_test(order),
		cmocka_unit_test(parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
