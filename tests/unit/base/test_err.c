/* The one error: filled, cut on code points, quoting itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/err.h"
#include "base/utf8.h"

static void fills_all(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, -EACCES, "p.yaml:3:7", "no %d", 5),
			 -EACCES);
	assert_int_equal(e.code, -EACCES);
	assert_string_equal(e.place, "p.yaml:3:7");
	assert_string_equal(e.text, "no 5");
}

static void nobody_listens(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, -EPROTO, NULL, "x"), -EPROTO);
	assert_int_equal(err_nomem(NULL), -ENOMEM);
}

static void no_place(void **state)
{
	struct err e = {.place = "old"};

	(void)state;
	assert_int_equal(err_nomem(&e), -ENOMEM);
	assert_string_equal(e.place, "");
	assert_non_null(strstr(e.text, "memory"));
}

static void says_errno(void **state)
{
	struct err e;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&e, "/x", "cannot open"), -ENOENT);
	assert_string_equal(e.text, "cannot open: No such file or directory");
	errno = 0;
	assert_int_equal(err_errno(&e, "/x", "odd"), -EIO);
}

static void quotes_itself(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, -EIO, "a", "inner"), -EIO);
	assert_int_equal(err_set(&e, e.code, e.place, "outer: %s", e.text),
			 -EIO);
	assert_string_equal(e.text, "outer: inner");
	assert_string_equal(e.place, "a");
}

/* Long text of 2-, 3- and 4-byte characters: never a half one at the end. */
static void cuts_between_characters(void **state)
{
	static const char *const chars[] = {"\xC3\xA9", "\xE2\x82\xAC",
					    "\xF0\x9F\x98\x80"};
	struct err e;

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(chars); c++) {
		for (size_t pad = 0; pad < 4; pad++) {
			CLEANUP(buf_free) struct buf b = {0};

			assert_int_equal(buf_put(&b, "aaaa", pad), 0);
			for (size_t i = 0; i < 400; i++)
				assert_int_equal(buf_puts(&b, chars[c]), 0);
			assert_int_equal(err_set(&e, -EIO, buf_str(&b), "%s",
						 buf_str(&b)),
					 -EIO);
			assert_true(utf8_valid(bytes_str(e.text)));
			assert_true(utf8_valid(bytes_str(e.place)));
			assert_true(strlen(e.text) >= sizeof(e.text) - 4);
			assert_true(strlen(e.place) >= sizeof(e.place) - 4);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_all),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(no_place),
		cmocka_unit_test(says_errno),
		cmocka_unit_test(quotes_itself),
		cmocka_unit_test(cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
