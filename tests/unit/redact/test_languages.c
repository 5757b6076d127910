/* Which languages are covered, and for which the owner answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/entity.h"
#include "probe.h"

static void test_languages(void **state)
{
	(void)state;
	assert_true(detect_covers(bytes_str("")));
	assert_true(detect_covers(bytes_str("en")));
	assert_true(detect_covers(bytes_str("EN_us")));
	assert_true(detect_covers(bytes_str("English")));
	assert_false(detect_covers(bytes_str("enx")));
	assert_false(detect_covers(bytes_str("e")));
	assert_true(detect_covers(bytes_str("de-AT")));
	assert_true(detect_covers(bytes_str("Español")));
	assert_true(detect_covers(bytes_str("vi")));
	assert_false(detect_covers(bytes_str("fr")));
	assert_false(detect_covers(bytes_str("den")));
	assert_false(detect_covers(bytes_str("*")));
}

/* The list for people names types that there are. */
static void test_language_list(void **state)
{
	size_t n;
	const struct detect_language *l = detect_languages(&n);

	(void)state;
	assert_true(n >= 5);
	for (size_t i = 0; i < n; i++) {
		const char *p = l[i].types;

		while (*p != '\0') {
			size_t len = strcspn(p, " ");
			struct bytes type = bytes_of(p, len);

			if (!entity_known(type))
				fail_msg("%.*s", (int)len, p);
			p += len + strspn(p + len, " ");
		}
	}
}

/* A language that the owner answers for is shown, any other is not. */
static void test_languages_answered(void **state)
{
	static const char *const owns[] = {"fr", "Finnish"};
	static const struct {
		const char *language;
		bool shown;
	} cases[] = {{"fr", true}, {"FR-ca", true}, {"finnish", true},
		     {"en", true}, {"de", true},    {"fra", false},
		     {"f", false}, {"fi", false},   {"fr.CA", false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct file_rule rule = {.match = "**",
					 .language = cases[i].language};
		const struct dataset_rules d = {.files = &rule,
						.nfiles = 1,
						.languages = owns,
						.nlanguages = 2};
		const struct source f = {bytes_str("a.txt"),
					 bytes_str("Bonjour")};
		struct probe p;

		assert_int_equal(probe_run(&d, &f, 1, &p), 0);
		assert_int_equal(p.nrecords, 1);
		assert_int_equal(p.records[0].denied,
				 cases[i].shown ? DENIAL_NONE
						: DENIAL_UNDETECTED);
		probe_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_language_list),
		cmocka_unit_test(test_languages_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
