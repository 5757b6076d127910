/* Which files are packed, and names that members of archives may have. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/codec.h"

static void check_name(const char *path, enum codec codec, const char *name)
{
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(codec_of(bytes_str(path)), codec);
	assert_int_equal(codec_name(bytes_str(path), codec, &b), 0);
	assert_string_equal(buf_str(&b), name);
}

static void test_names(void **state)
{
	(void)state;
	check_name("a/x.json.gz", CODEC_GZIP, "a/x.json");
	check_name("x.GZ", CODEC_GZIP, "x");
	check_name("x.tar.gz", CODEC_ARCHIVE, "x");
	check_name("a/x.Tgz", CODEC_ARCHIVE, "a/x");
	check_name("x.v2.zip", CODEC_ARCHIVE, "x.v2");
	check_name("x.tar", CODEC_ARCHIVE, "x");
	check_name("x.flac", CODEC_SOUND, "x.wav");
	check_name("x.Opus", CODEC_SOUND, "x.wav");
	check_name("x.mp3.flac", CODEC_SOUND, "x.mp3.wav");
	check_name("x.PNG", CODEC_IMAGE, "x.PNG");
	check_name("x.jpeg", CODEC_IMAGE, "x.jpeg");
	check_name("x.wav", CODEC_NONE, "x.wav");
	/* An ending alone is a name; .gz of a hidden file is one, too. */
	check_name(".gz", CODEC_NONE, ".gz");
	check_name("a/.flac", CODEC_NONE, "a/.flac");
	check_name("gz", CODEC_NONE, "gz");
	/* What is left leads nowhere else. */
	check_name("..zip", CODEC_NONE, "..zip");
	check_name("...zip", CODEC_NONE, "...zip");
	check_name("a/...tar.gz", CODEC_GZIP, "a/...tar");
	check_name("...gz", CODEC_NONE, "...gz");
	check_name("a/...flac", CODEC_NONE, "a/...flac");
	check_name("....zip", CODEC_ARCHIVE, "...");
	check_name("", CODEC_NONE, "");
	check_name(".tar.gz", CODEC_GZIP, ".tar");
	check_name("a/.tar.gz", CODEC_GZIP, "a/.tar");
}

static const char *member(const char *raw, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};
	const char *why;

	assert_int_equal(buf_puts(&b, "top/"), 0);
	why = codec_member(bytes_str(raw), &b);
	assert_int_equal(strncmp(buf_str(&b), "top/", 4), 0);
	assert_string_equal(buf_str(&b) + 4, want);
	return why;
}

static void test_members(void **state)
{
	char much[6000], longest[256];

	(void)state;
	assert_null(member("a.txt", "a.txt"));
	assert_null(member("./a//b/./c.txt", "a/b/c.txt"));
	assert_null(member("a/b/", "a/b"));
	assert_null(member("...", "..."));
	assert_null(member("..a/b..", "..a/b.."));
	assert_null(member("a\\..\\b", "a\\..\\b"));
	assert_null(member("", ""));
	assert_null(member(".", ""));
	assert_null(member("././", ""));
	assert_non_null(member("/a", ""));
	assert_non_null(member("//", ""));
	assert_non_null(member("..", ""));
	assert_non_null(member("a/../b", ""));
	assert_non_null(member("a/b/..", ""));
	assert_non_null(member("./../a", ""));
	memset(longest, 'x', 255);
	longest[255] = '\0';
	assert_null(member(longest, longest));
	memset(much, 'x', sizeof(much));
	much[256] = '\0';
	assert_non_null(member(much, ""));
	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = i % 8 == 7 ? '/' : 'x';
	much[1026] = '\0';
	assert_non_null(member(much, ""));
	much[1023] = '\0';
	assert_null(member(much, much));
}

static void test_zero(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_non_null(codec_member(bytes_of("a\0b", 3), &b));
	assert_int_equal(b.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
