/* Times as transcripts write them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/format_time.h"

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} t[] = {
		{"0", 0},
		{"1", 1000000},
		{"12.345678", 12345678},
		{"1e-3", 1000},
		{"1.5E+2", 150000000},
		{"00.10", 100000},
		{".5", 500000},
		{"5.", 5000000},
		{"0.0000001", 0},
		{"1.23456789012345678901234", 1234567},
		{"123456789012345678901234567890", TIMED_UNKNOWN},
		{"-1", TIMED_UNKNOWN},
		{"", TIMED_UNKNOWN},
		{".", TIMED_UNKNOWN},
		{"1.5s", 1500000},
		{"s", TIMED_UNKNOWN},
		{"1ms", TIMED_UNKNOWN},
		{"1e", TIMED_UNKNOWN},
		{"1e999", TIMED_UNKNOWN},
		{"nan", TIMED_UNKNOWN},
		{"1 ", TIMED_UNKNOWN},
		{"0e50", 0},
		{"1e30", TIMED_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		int64_t got = format_time(bytes_str(t[i].text), 1000000);

		if (got != t[i].us)
			fail_msg("%s: %lld", t[i].text, (long long)got);
	}
	assert_int_equal(format_time(bytes_str("1234.5"), 1000), 1234500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
