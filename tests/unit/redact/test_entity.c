/* The catalogue of entity types. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "policy/redact/entity.h"

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(entity_count(), ENTITY_COUNT);
	assert_string_equal(entity_name(ENTITY_PERSON), "PERSON");
	assert_string_equal(entity_name(ENTITY_COLUMN), "COLUMN");
	assert_null(entity_name(entity_count()));
	for (uint32_t i = 0; i < entity_count(); i++) {
		struct bytes name = bytes_str(entity_name(i));

		assert_int_equal(entity_find(name), i);
		assert_true(entity_known(name));
		assert_string_equal(entity_nearest(name), entity_name(i));
	}
	assert_int_equal(entity_find(bytes_str("person")), -1);
	assert_false(entity_known(bytes_str("")));
}

static void test_nearest(void **state)
{
	static const char *const typos[][2] = {
		{"PERSN", "PERSON"},
		{"person", "PERSON"},
		{"CREDITCARD", "CREDIT_CARD"},
		{"EMAIL", NULL},
		{"EMAIL_ADRESS", "EMAIL_ADDRESS"},
		{"PHONE_NUMBR", "PHONE_NUMBER"},
		{"IBAN", NULL},
		{"IBAN_COD", "IBAN_CODE"},
		{"DATETIME", "DATE_TIME"},
		{"MONNEY", "MONEY"},
		{"XYZZY_PLUGH", NULL},
		{"", NULL},
		{"LOCATIONS", "LOCATION"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(typos); i++) {
		const char *got = entity_nearest(bytes_str(typos[i][0]));

		if (typos[i][1] == NULL)
			assert_null(got);
		else
			assert_string_equal(got, typos[i][1]);
	}
}

static void test_long(void **state)
{
	char name[65];

	(void)state;
	memset(name, 'A', sizeof(name));
	assert_null(entity_nearest(bytes_of(name, 65)));
	assert_null(entity_nearest(bytes_of(name, 64)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
