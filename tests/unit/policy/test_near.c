/* Edit distance and the nearest word. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/near.h"
#include "tests/unit/policy/check.h"

static void test_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t d;
	} cases[] = {
		{"", "", 0},
		{"a", "", 1},
		{"", "abc", 3},
		{"abc", "abc", 0},
		{"abc", "ABC", 0},
		{"abc", "abd", 1},
		{"abc", "ab", 1},
		{"redcat", "redact", 1},
		{"kitten", "sitting", 3},
		{"ab", "ba", 1},
		{"abcd", "badc", 2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bytes a = bytes_str(cases[i].a);
		struct bytes b = bytes_str(cases[i].b);

		assert_int_equal(near_distance(a, b), cases[i].d);
		assert_int_equal(near_distance(b, a), cases[i].d);
	}
}

static void test_limits(void **state)
{
	char word[NEAR_MAX + 2];

	(void)state;
	memset(word, 'x', sizeof(word));
	assert_int_equal(near_distance(bytes_of(word, NEAR_MAX), S("")),
			 NEAR_MAX);
	assert_true(near_distance(bytes_of(word, NEAR_MAX + 1), S("")) ==
		    SIZE_MAX);
	assert_true(near_distance(S(""), bytes_of(word, NEAR_MAX + 1)) ==
		    SIZE_MAX);
}

/* A metric: symmetric, zero only for equals, bounded by the longer. */
static void test_property(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint8_t a[8], b[8];
		size_t na = rnd(&seed) % 9, nb = rnd(&seed) % 9, d;

		for (size_t j = 0; j < 8; j++) {
			a[j] = (uint8_t)('a' + rnd(&seed) % 3);
			b[j] = (uint8_t)('a' + rnd(&seed) % 3);
		}
		d = near_distance(bytes_of(a, na), bytes_of(b, nb));
		assert_int_equal(
			d, near_distance(bytes_of(b, nb), bytes_of(a, na)));
		assert_true(d <= (na > nb ? na : nb));
		assert_true(d >= (na > nb ? na - nb : nb - na));
		assert_int_equal(d == 0,
				 bytes_eq(bytes_of(a, na), bytes_of(b, nb)));
	}
}

static void test_word(void **state)
{
	static const char *const words[] = {"see", "redact", "records", "seen"};

	(void)state;
	assert_string_equal(near_word(S("redcat"), words, 4), "redact");
	assert_string_equal(near_word(S("sees"), words, 4), "see");
	assert_string_equal(near_word(S("RECORD"), words, 4), "records");
	assert_null(near_word(S("quota"), words, 4));
	assert_null(near_word(S(""), words, 4));
	assert_null(near_word(S("see"), words, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_property),
		cmocka_unit_test(test_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
