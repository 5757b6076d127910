/* Canonical forms: one value, one form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/detect.h"

/* Type, two ways to write a value, its form. */
static const char *const table[][4] = {
	{"PHONE_NUMBER", "(415) 555-0132", "+1 415.555.0132", "4155550132"},
	{"PHONE_NUMBER", "+44 20 7946 0958", "0044 20 79460958",
	 "442079460958"},
	{"PHONE_NUMBER", "415-555-0132 ext. 12", "4155550132", "4155550132"},
	{"PHONE_NUMBER", "\xef\xbc\x94\xef\xbc\x91\xef\xbc\x95 555 0132",
	 "415 555 0132", "4155550132"},
	{"EMAIL_ADDRESS", "Joe@Example.COM", "joe@example.com",
	 "joe@example.com"},
	{"PERSON", "Maria  LOPEZ", "maria lopez", "maria lopez"},
	{"PERSON",
	 "Mar\xc3\xad"
	 "a L\xc3\xb3pez",
	 "Maria Lopez", "maria lopez"},
	{"PERSON", "J. Smith", "j smith", "j smith"},
	{"PERSON",
	 "O\xe2\x80\x99"
	 "Brien",
	 "o'brien", "o'brien"},
	{"CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111",
	 "4111111111111111"},
	{"IBAN_CODE", "DE89 3704", "de893704", "de893704"},
	{"US_SSN", "219-09-9998", "219 09 9998", "219099998"},
	{"STREET_ADDRESS", "12 Main St., Apt 4", "12 main st apt 4",
	 "12 main st apt 4"},
	{"DATE_TIME", "March  8th", "march 8th", "march 8th"},
	{"MY_TYPE", " Some  Thing ", "some thing", "some thing"},
	{"PHONE_NUMBER", "n/a", "N/A", "n/a"},
	{"PERSON", "...", "...", "..."},
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		for (size_t k = 1; k <= 2; k++) {
			struct buf b = {0};

			assert_int_equal(buf_puts(&b, "<"), 0);
			assert_int_equal(canonical(table[i][0],
						   bytes_str(table[i][k]), &b),
					 0);
			assert_int_equal(b.p[0], '<');
			if (!bytes_is(bytes_of(b.p + 1, b.n - 1), table[i][3]))
				fail_msg("%s: %.*s", table[i][k], (int)b.n,
					 (const char *)b.p);
			buf_free(&b);
		}
}

static void test_no_memory(void **state)
{
	int rc = -1;

	(void)state;
	for (unsigned long n = 1; rc != 0 && n < 50; n++) {
		struct buf b = {0};

		mem_fail_after(n);
		rc = canonical("PERSON", bytes_str("Zo\xc3\xab Ng"), &b);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		buf_free(&b);
	}
	assert_int_equal(rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
