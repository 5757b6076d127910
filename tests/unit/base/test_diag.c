/* Words to the operator: escapes, places, exit codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"

static void assert_shown(struct bytes in, bool tty, const char *want, size_t n)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	diag_safe(f, in, tty);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(len, n);
	if (n > 0)
		assert_memory_equal(text, want, n);
	mem_free(text);
}

#define assert_tty(in, want) assert_shown(S(in), true, want, sizeof(want) - 1)

static void terminal_is_safe(void **state)
{
	(void)state;
	assert_tty("", "");
	assert_tty("plain \xC3\xA9 \xF0\x9F\x98\x80",
		   "plain \xC3\xA9 \xF0\x9F\x98\x80");
	assert_tty("\x1B[2J", "\\x1b[2J");
	assert_tty("a\nb\tc\rd\be", "a\\x0ab\\x09c\\x0dd\\x08e");
	assert_tty("\x7F", "\\x7f");
	assert_tty("\xC2\x9B"
		   "31m",
		   "\\xc2\\x9b31m");
	assert_tty("\x9B", "\\x9b");
	assert_tty("\xFFz\xC3", "\\xffz\\xc3");
	assert_tty("\xE2\x80\xAE"
		   "gpj.exe",
		   "\\xe2\\x80\\xaegpj.exe");
	assert_tty("\xE2\x81\xA6", "\\xe2\\x81\\xa6");
	assert_tty("\xEF\xBF\xBD", "\xEF\xBF\xBD");
	assert_tty("a\0b", "a\\x00b");
}

/* Every byte and every code point: nothing that acts comes out. */
static void nothing_acts(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x100; c++) {
		uint8_t in = (uint8_t)c;
		char hex[5] = "\\x";
		char want[2] = {(char)c, '\0'};
		bool shown = c >= 0x20 && c < 0x7F;

		hex_encode(hex + 2, bytes_of(&in, 1));
		assert_shown(bytes_of(&in, 1), true, shown ? want : hex,
			     shown ? 1 : 4);
	}
}

static void a_file_gets_the_bytes(void **state)
{
	(void)state;
	assert_shown(S("\x1B[2J\xFF\n"), false, "\x1B[2J\xFF\n", 6);
	assert_shown(S(""), false, "", 0);
}

/* Run act with stderr going to a pipe; what came out. */
static void stderr_of(void (*act)(void), struct buf *b)
{
	int fds[2], old = dup(STDERR_FILENO);

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true(old >= 0 && dup2(fds[1], STDERR_FILENO) >= 0);
	act();
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	fd_close(&old);
	fd_close(&fds[1]);
	assert_int_equal(buf_reserve(b, 4096), 0);
	ssize_t n = fd_read_full(fds[0], b->p, 4096);
	assert_true(n >= 0);
	b->n = (size_t)n;
	fd_close(&fds[0]);
}

static void say(void)
{
	diag_say("%d files in %s", 3, "a\x1B[0mb\nc");
}

static void say_errors(void)
{
	struct err e;

	(void)err_set(&e, -EIO, "p.yaml:3:7", "no such key; write %s", "see");
	diag_err(&e);
	(void)err_set(&e, -EIO, NULL, "nothing");
	diag_err(&e);
}

static void say_without_memory(void)
{
	mem_fail_after(1);
	diag_say("lost");
	mem_fail_after(0);
}

static void lines(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	stderr_of(say, &b);
	assert_string_equal(buf_str(&b),
			    "carrel: 3 files in a\\x1b[0mb\\x0ac\n");
	buf_clear(&b);
	stderr_of(say_errors, &b);
	assert_string_equal(buf_str(&b),
			    "carrel: p.yaml:3:7: no such key; write see\n"
			    "carrel: nothing\n");
	buf_clear(&b);
	stderr_of(say_without_memory, &b);
	assert_string_equal(buf_str(&b), "carrel: out of memory\n");
}

static void exit_codes(void **state)
{
	static const int want[][2] = {
		{0, 0},	       {-EINVAL, 2}, {-EPROTO, 2},    {-ESTALE, 3},
		{-ENOENT, 4},  {-EACCES, 5}, {-ENOKEY, 6},    {-EBADMSG, 7},
		{-EUCLEAN, 7}, {-EBUSY, 8},  {-ENOTSUP, 9},   {-EIO, 70},
		{-EISDIR, 2},  {-EEXIST, 2}, {-ENOTEMPTY, 2}, {-ENOTDIR, 2},
		{-ENOMEM, 70}, {1, 70},	     {EINVAL, 70}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(diag_exit_code(want[i][0]), want[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal_is_safe),
		cmocka_unit_test(nothing_acts),
		cmocka_unit_test(a_file_gets_the_bytes),
		cmocka_unit_test(lines),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
