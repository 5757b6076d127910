/* Whether a word of a text is in a list, beside a plain comparison. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "policy/redact/recognizer_check.h"
#include "policy/redact/recognizer_name.h"

/* Of each the compiler knows letters that its words begin and end with. */
#define SHORT "at on"
#define ONE "a"
#define LONG "and sorry pardon und y it's perd\xc3\xb3n the thank thanks"
#define NAMES " my an the a our his her next of second "

static const char *const words[] = {
	"at",	    "on",     "a",	 "and",	   "sorry", "pardon",
	"und",	    "y",      "it's",	 "the",	   "thank", "thanks",
	"AT",	    "On",     "A",	 "aNd",	   "SORRY", "It's",
	"ant",	    "anx",    "th",	 "thx",	   "t",	    "n",
	"sorr",	    "sorryy", "orry",	 "un",	   "ndu",   "it",
	"its",	    "s",      "'",	 "aton",   "a on",  "perd\xc3\xb3n",
	"my",	    "an",     "our",	 "second", "secon", "econd",
	"\xc3\xb3", "han",    "hankthe", "",	   "ofsec", "x"};

static bool slowly(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list != '\0') {
		size_t end = strcspn(list, " ");

		if (n > 0 && end == n && strncasecmp(list, word, n) == 0)
			return true;
		list += end + strspn(list + end, " ");
	}
	return false;
}

static void check(const char *list, const char *word, bool in)
{
	if (in != slowly(list, word))
		fail_msg("\"%s\" in \"%s\": %d", word, list, in);
}

static void test_words(void **state)
{
	char text[64];

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);
		const uint8_t *p = (const uint8_t *)text;

		snprintf(text, sizeof(text), "x %s n", words[k]);
		check(SHORT, words[k],
		      recognizer_check_word(SHORT, p, 2, 2 + n));
		check(ONE, words[k], recognizer_check_word(ONE, p, 2, 2 + n));
		check(LONG, words[k], recognizer_check_word(LONG, p, 2, 2 + n));
		check(NAMES, words[k],
		      recognizer_check_word(NAMES, p, 2, 2 + n));
	}
}

/* What stands before the first word of a text is none. */
static void test_before_all(void **state)
{
	static const char text[] = "i go";
	struct scan s = {.t = (const uint8_t *)text, .n = sizeof(text) - 1};

	(void)state;
	assert_true(name_one(&s, 0, 1, " i "));
	assert_true(name_one(&s, 2, 4, " go "));
	assert_false(name_one(&s, 0, UINT32_MAX, " i go "));
	assert_false(name_one(&s, 2, 5, " go "));
	assert_false(name_one(&s, 1, 1, " go "));
	assert_false(name_one(&s, 3, 1, " go "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_before_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
