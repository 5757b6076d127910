/* Stand-ins of phones abroad and of identifiers: nobody can have them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/pseudonym_kinds.h"
#include "policy/redact/recognizer.h"
#include "tests/unit/redact/world.h"

/* Abroad, too: ranges for films, else what nobody can dial. */
static void test_phones_abroad(void **state)
{
	static const struct {
		const char *text, *begins;
	} cases[] = {{"+44 20 7946 0018", "+44 16 3296 0"},
		     {"+44 (0)20 7946 0018", "+44 1632960"},
		     {"+49 30 1234567", "+49 3023125"},
		     {"0049 30 12345678", "0049 30 23125"},
		     {"+33 6 12 34 56 78", "+33 6 39 98 "},
		     {"+61 2 9876 5432", "+61 2 5550 "},
		     {"+46 8 465 12 34", "+46 313900"},
		     {"+353 1 234 5678", "+353 2091"},
		     {"+84 912 345 678", "+84 000 "},
		     {"0451 1234567", "000"},
		     {"+1 (212) 736-5000", "+1 ("}};
	const struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf CLEANUP(buf_free) canon = {0};
		struct buf CLEANUP(buf_free) form = {0};
		size_t n = strlen(cases[i].begins);
		char *got;

		assert_int_equal(canonical("PHONE_NUMBER",
					   bytes_str(cases[i].text), &canon),
				 0);
		assert_int_equal(buf_putc(&canon, 0), 0);
		got = world_standin(&w->s, &world_project, "PHONE_NUMBER",
				    (char *)canon.p, cases[i].text, "1");
		if (strncmp(got, cases[i].begins, n) != 0)
			fail_msg("%s: %s", cases[i].text, got);
		/* data may hold it: then it is in the exclusion set; nobody
		 * writes three zeros before a number */
		buf_clear(&canon);
		assert_int_equal(
			canonical("PHONE_NUMBER", bytes_str(got), &canon), 0);
		assert_int_equal(pseudonym_possible(bytes_str("PHONE_NUMBER"),
						    buf_bytes(&canon), &form),
				 got[0] != '0' || got[2] != '0');
		world_drop(got);
	}
}

/* What is not written as its type is shows nothing of itself. */
static void test_odd_forms(void **state)
{
	static const struct {
		const char *type, *canon, *text;
	} cases[] = {{"MAC_ADDRESS", "001b44113ab7",
		      "\xef\xbc\x90\xef\xbc\x90:1b:44:11:3a:b7"},
		     {"PHONE_NUMBER", "4420794600187777777777",
		      "+44 20 7946 0018 7777 7777 7777"},
		     {"UK_NHS", "9434765919",
		      "943\xc2\xa0"
		      "476\xc2\xa0"
		      "5919"},
		     {"UK_NHS", "943\xc3\xa9", "943\xc3\xa9"}};
	const struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *got = world_standin(&w->s, &world_project, cases[i].type,
					  cases[i].canon, cases[i].text, "1");

		for (const char *p = got; *p != 0; p++)
			assert_true((uint8_t)*p < 0x80);
		assert_null(strstr(got, "7777"));
		assert_null(strstr(got, "3a:b7"));
		world_drop(got);
	}
}

/* Every type with a check: a stand-in of the same shape that fails it, the same
 * however it is grouped. */
static void test_ids_fail_their_check(void **state)
{
	const struct world *w = *state;
	size_t rows;
	const struct kind *k = recognizer_kinds_table(&rows);
	unsigned tried = 0;

	for (size_t i = 0; i < rows; i++) {
		const char *type = entity_name(k[i].entity);
		char v[KIND_LONG + 1], *got, *again;
		unsigned n = 0;

		if (!pseudonym_id_of(bytes_str(type)) || k[i].check == NULL ||
		    k[i].check == recognizer_check_mixed ||
		    k[i].entity == ENTITY_US_ITIN ||
		    k[i].entity == ENTITY_SWIFT_CODE ||
		    k[i].entity == ENTITY_MAC_ADDRESS)
			continue;
		for (const char *p = k[i].shape; *p != 0; p++)
			if (*p == '9' || *p == 'X')
				v[n++] = (char)('1' + i % 9);
			else if (*p == 'A')
				v[n++] = (char)('a' + i % 26);
		for (unsigned c = 0; c < n; c++)
			v[c] = (char)(v[c] + (v[c] < '9' && c % 2));
		v[n] = 0;
		got = world_standin(&w->s, &world_project, type, v, v, "1");
		again = world_standin(&w->s, &world_project, type, v,
				      "in words", "1");
		assert_int_equal(strlen(got), n);
		for (unsigned c = 0; c < n; c++) {
			got[c] = (char)(got[c] >= 'a' ? got[c] - 32 : got[c]);
			assert_int_equal(got[c] < 'A', v[c] < 'A');
		}
		assert_string_equal(got, again);
		if (k[i].check(got, n))
			fail_msg("%s %s", type, got);
		tried++;
		world_drop(got);
		world_drop(again);
	}
	assert_true(tried > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phones_abroad),
		cmocka_unit_test(test_odd_forms),
		cmocka_unit_test(test_ids_fail_their_check),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
