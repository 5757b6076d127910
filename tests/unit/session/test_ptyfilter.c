/* What the terminal filter lets through, however the input is cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fs/session/ptyfilter.h"

/* in, filtered in pieces of `piece` bytes. */
static void filter(struct bytes in, size_t piece, struct buf *out)
{
	struct ptyfilter f = {0};

	for (size_t i = 0; i < in.n; i += piece)
		assert_int_equal(
			ptyfilter_put(&f, bytes_sub(in, i, piece), out), 0);
}

static void expect_bytes(struct bytes in, struct bytes want)
{
	for (size_t piece = 1; piece <= in.n; piece++) {
		struct buf out CLEANUP(buf_free) = {0};

		filter(in, piece, &out);
		if (!bytes_eq(buf_bytes(&out), want))
			fail_msg("pieces of %zu: \"%.*s\"", piece, (int)out.n,
				 (const char *)out.p);
	}
}

static void expect(const char *in, const char *want)
{
	expect_bytes(bytes_str(in), bytes_str(want));
}

static void passes(const char *in)
{
	expect(in, in);
}

static void dropped(const char *in)
{
	struct buf b CLEANUP(buf_free) = {0};

	assert_int_equal(buf_printf(&b, "a%sz", in), 0);
	expect_bytes(buf_bytes(&b), bytes_str("az"));
}

static void test_text(void **state)
{
	(void)state;
	passes("plain text\r\n\ttabs\b\a\v\f");
	passes("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80 \xc2\xa0");
	passes("\x0e\x0f");
	expect("a\x05"
	       "b\x10"
	       "c\x7f"
	       "d\x01",
	       "abcd"); /* ENQ would make the terminal answer */
	expect_bytes(bytes_of("a\0b", 3), bytes_str("ab"));
}

static void test_bad_utf8(void **state)
{
	(void)state;
	expect("a\xff"
	       "b",
	       "a?b");
	expect("\x9d"
	       "52;c;AAAA\a",
	       "?52;c;AAAA\a");
	expect("\xc2\x9d"
	       "52",
	       "?52"); /* U+009D, OSC to a UTF-8 terminal */
	expect("\xc2\x80\xc2\x9f", "??");
	expect("\xe2\x82"
	       "A",
	       "?A");
	expect("\xe2\x1b[m", "?\x1b[m");
	expect("\xed\xa0\x80", "?"); /* a surrogate */
	expect("\xc0\x9b", "??");
}

static void test_cursor_and_colour(void **state)
{
	(void)state;
	passes("\x1b[m\x1b[1;31m\x1b[38;2;10;20;30m\x1b[0m");
	passes("\x1b[H\x1b[2J\x1b[10;20H\x1b[K\x1b[3A\x1b[4P\x1b[5@\x1b[6X");
	passes("\x1b[1;24r\x1b[s\x1b[u\x1b[2 q\x1b[!p");
	passes("\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1;1000;1006h\x1b[4l");
	passes("\x1b[>4;2m");
	passes("\x1b"
	       "7\x1b"
	       "8\x1bM\x1b=\x1b>\x1b(B\x1b)0\x1b#8\x1b"
	       "c");
}

static void test_strings(void **state)
{
	(void)state;
	dropped("\x1b]52;c;AAAA\a");
	dropped("\x1b]52;c;AAAA\x1b\\");
	dropped("\x1b]0;title\a");
	dropped("\x1bPq#0\x1b\\");
	dropped("\x1b_app\x1b\\");
	dropped("\x1b^pm\x1b\\");
	dropped("\x1bXsos\x1b\\");
	dropped("\x1b]52;c;AA\x18");
	/* another escape breaks it off, and is judged by itself */
	expect("a\x1b]0;x\x1b[1mz", "a\x1b[1mz");
	expect("a\x1b]0;x\x1b]52;c;AA\az", "az");
	expect("a\x1bPtmux;\x1b\x1b]52;c;AA\a\x1b\\z", "a]52;c;AA\az");
}

static void test_reports_and_printing(void **state)
{
	(void)state;
	dropped("\x1b[5i");
	dropped("\x1b[?5i");
	dropped("\x1b[21t");
	dropped("\x1b[8;24;80t");
	dropped("\x1b[6n");
	dropped("\x1b[?6n");
	dropped("\x1b[c");
	dropped("\x1b[>c");
	dropped("\x1b[1;1;1;1;1;1*y"); /* checksum of what is on screen */
	dropped("\x1b[61\"p");	       /* other control sets */
	dropped("\x1b[$p");
	dropped("\x1bZ");
	dropped("\x1b%@"); /* leaves UTF-8: then "\xc3\x9d" has a control */
	dropped("\x1b%G");
	dropped("\x1b G");
	dropped("\x1b[?2l");  /* VT52 */
	dropped("\x1b[?46h"); /* log to a file */
	dropped("\x1b[?25;46h");
	dropped("\x1b[?h");
	dropped("\x1b[?99999999999h");
	dropped("\x1b[5522h");
}

static void test_long_sequence(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};

	(void)state;
	assert_int_equal(buf_puts(&b, "a\x1b["), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(buf_puts(&b, "1;"), 0);
	assert_int_equal(buf_puts(&b, "mz"), 0);
	expect_bytes(buf_bytes(&b), bytes_str("az"));
}

/* True for output no terminal could take for a string or a C1 control. */
static bool harmless(struct bytes b)
{
	for (size_t i = 0; i + 1 < b.n; i++) {
		if (b.p[i] == 0x1b && strchr("]P_^X%", b.p[i + 1]) != NULL &&
		    b.p[i + 1] != 0)
			return false;
		if (b.p[i] == 0xc2 && b.p[i + 1] < 0xa0)
			return false;
		if (b.p[i] == 0x1b && b.p[i + 1] == 0x1b)
			return false;
	}
	return b.n == 0 || b.p[b.n - 1] != 0x1b;
}

/* Random bytes, mostly from what sequences are made of. Filtering what passed
 * once more changes nothing: it is judged the same by itself. */
static void test_random(void **state)
{
	static const char pick[] = "\x1b\x1b[]P_^X%\\\a;?0152846hltnim\xc2\x9d"
				   "\xc3\x90\x18";
	const char *env = getenv("CARREL_SEED");
	uint64_t seed = env == NULL ? 7 : strtoull(env, NULL, 10);

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		struct buf once CLEANUP(buf_free) = {0};
		struct buf cut CLEANUP(buf_free) = {0};
		struct buf twice CLEANUP(buf_free) = {0};
		uint8_t in[80];

		for (size_t i = 0; i < sizeof(in); i++) {
			seed = seed * 6364136223846793005ull + 1442695041ull;
			in[i] = (seed >> 60) == 0
					? (uint8_t)(seed >> 40)
					: (uint8_t)pick[(seed >> 33) %
							(sizeof(pick) - 1)];
		}
		filter(bytes_of(in, sizeof(in)), sizeof(in), &once);
		filter(bytes_of(in, sizeof(in)), 1 + round % 7, &cut);
		assert_true(bytes_eq(buf_bytes(&once), buf_bytes(&cut)));
		assert_true(harmless(buf_bytes(&once)));
		filter(buf_bytes(&once), sizeof(in), &twice);
		assert_true(bytes_eq(buf_bytes(&once), buf_bytes(&twice)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_utf8),
		cmocka_unit_test(test_cursor_and_colour),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_reports_and_printing),
		cmocka_unit_test(test_long_sequence),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
