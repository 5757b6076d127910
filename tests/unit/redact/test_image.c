/* What of a picture is kept, and which pictures are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "base/buf.h"
#include "base/crc.h"
#include "policy/redact/image.h"

/* ---- files in the making ---- */

static void put(struct buf *b, const void *p, size_t n)
{
	assert_int_equal(buf_put(b, p, n), 0);
}

static void put32(struct buf *b, uint32_t v)
{
	const uint8_t p[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
			      (uint8_t)(v >> 8), (uint8_t)v};

	put(b, p, 4);
}

static void chunk(struct buf *b, const char *id, size_t n)
{
	static const uint8_t zero[1000];
	static const uint8_t head[] = {0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0};
	size_t at = b->n + 4;

	put32(b, (uint32_t)n);
	put(b, id, 4);
	put(b, memcmp(id, "IHDR", 4) == 0 ? head : zero, n);
	put32(b, crc32_add(0, bytes_of(b->p + at, n + 4)));
}

/* "IHDR tEXt IDAT IEND": chunks of the size each has at least; a number behind
 * one is its size. */
static void png(struct buf *b, const char *words)
{
	buf_clear(b);
	put(b, "\x89PNG\r\n\x1a\n", 8);
	while (*words != '\0') {
		char *end;
		size_t n = (size_t)strtoul(words + 4, &end, 10);

		if (memcmp(words, "IHDR", 4) == 0 && n == 0)
			n = 13;
		chunk(b, words, n);
		words = end + (*end == ' ');
	}
}

static void segment(struct buf *b, uint8_t marker, const void *p, size_t n)
{
	const uint8_t h[4] = {0xFF, marker, (uint8_t)((n + 2) >> 8),
			      (uint8_t)(n + 2)};

	put(b, h, 4);
	put(b, p, n);
}

static void jpeg_tables(struct buf *b)
{
	static const uint8_t quant[65] = {0};
	static const uint8_t huff[18] = {0, 1};
	static const uint8_t frame[9] = {8, 0, 1, 0, 1, 1, 1, 0x11, 0};

	segment(b, 0xDB, quant, sizeof(quant));
	segment(b, 0xC4, huff, sizeof(huff));
	segment(b, 0xC0, frame, sizeof(frame));
}

static void jpeg_scan(struct buf *b)
{
	segment(b, 0xDA, "\1\1\0\0\x3f\0", 6);
	put(b, "\x01\xff\x00\xff\xd7\x02", 6);
}

/* ---- stripping ---- */

static int take(void *ctx, struct bytes b)
{
	return buf_putb(ctx, b);
}

static const char *strip(const struct buf *in, struct buf *out)
{
	const char *why = NULL;
	int r;

	buf_clear(out);
	r = image_strip(buf_bytes(in), take, out, &why);
	assert_true(r == 0 || r == -EPROTO);
	if (r == 0)
		assert_null(image_bare(buf_bytes(out)));
	else
		assert_non_null(why);
	return r == 0 ? NULL : why;
}

static void kept(const char *words, const char *left)
{
	CLEANUP(buf_free) struct buf in = {0}, out = {0}, want = {0};

	png(&in, words);
	png(&want, left);
	put(&in, "behind", 6);
	assert_null(strip(&in, &out));
	assert_int_equal(out.n, want.n);
	assert_memory_equal(out.p, want.p, want.n);
	assert_non_null(image_bare(buf_bytes(&in)));
}

static void refused(const char *words)
{
	CLEANUP(buf_free) struct buf in = {0}, out = {0};

	png(&in, words);
	if (strip(&in, &out) == NULL)
		fail_msg("%s", words);
}

static void test_png(void **state)
{
	(void)state;
	kept("IHDR IDAT IEND", "IHDR IDAT IEND");
	kept("IHDR tEXt5 iTXt9 zTXt1 tIME7 eXIf8 iCCP3 pHYs9 IDAT4 IEND",
	     "IHDR IDAT4 IEND");
	kept("IHDR gAMA4 cHRM32 sRGB1 sBIT3 PLTE6 tRNS2 IDAT4 IDAT IDAT1 IEND",
	     "IHDR gAMA4 cHRM32 sRGB1 sBIT3 PLTE6 tRNS2 IDAT4 IDAT IDAT1 "
	     "IEND");
	kept("IHDR acTL8 fcTL26 IDAT4 fdAT9 tEXt3 IEND", "IHDR IDAT4 IEND");
	refused("");
	refused("IDAT4 IEND");
	refused("tEXt1 IHDR IDAT IEND");
	refused("IHDR IHDR IDAT IEND");
	refused("IHDR IEND");
	refused("IHDR IDAT4");
	refused("IHDR IDAT4 tEXt1 IDAT4 IEND");
	refused("IHDR PLTE4 IDAT4 IEND");
	refused("IHDR PLTE3 PLTE3 IDAT4 IEND");
	refused("IHDR PLTE3 gAMA4 IDAT4 IEND");
	refused("IHDR gAMA5 IDAT4 IEND");
	refused("IHDR IDAT4 tRNS2 IEND");
	refused("IHDR IDAT4 IEND1");
	refused("IHDR12 IDAT4 IEND");
	refused("IHDR SECR9 IDAT4 IEND");
	refused("IHDR t3Xt9 IDAT4 IEND");
}

/* Each byte of a bare file matters: changed or cut off, it is refused. */
static void test_png_damage(void **state)
{
	CLEANUP(buf_free) struct buf in = {0}, out = {0};

	(void)state;
	png(&in, "IHDR gAMA4 IDAT30 IEND");
	for (size_t i = 0; i < in.n; i++) {
		struct buf cut = in;

		in.p[i] ^= 0x40;
		assert_non_null(strip(&in, &out));
		in.p[i] ^= 0x40;
		cut.n = i;
		assert_non_null(strip(&cut, &out));
	}
}

static void test_jpeg(void **state)
{
	CLEANUP(buf_free) struct buf in = {0}, out = {0}, want = {0};

	(void)state;
	put(&in, "\xff\xd8", 2);
	segment(&in, 0xE0, "JFIF\0\1\2\0\0\1\0\1\1\1abc", 17);
	segment(&in, 0xE0, "JFXX\0\x13thumb", 11);
	segment(&in, 0xE1, "Exif\0\0secret", 12);
	segment(&in, 0xEE, "Adobe\0\x64\0\0\0\0\1more", 16);
	segment(&in, 0xEE, "other", 5);
	segment(&in, 0xFE, "comment", 7);
	put(&in, "\xff\xff\xff", 3);
	jpeg_tables(&in);
	jpeg_scan(&in);
	segment(&in, 0xFE, "comment", 7);
	jpeg_scan(&in);
	put(&in, "\xff\xd9\xff\xd8thumb", 9);
	put(&want, "\xff\xd8", 2);
	segment(&want, 0xE0, "JFIF\0\1\2\0\0\1\0\1\0\0", 14);
	segment(&want, 0xEE, "Adobe\0\x64\0\0\0\0\1", 12);
	jpeg_tables(&want);
	jpeg_scan(&want);
	jpeg_scan(&want);
	put(&want, "\xff\xd9", 2);
	assert_null(strip(&in, &out));
	assert_int_equal(out.n, want.n);
	assert_memory_equal(out.p, want.p, want.n);
	for (size_t n = 0; n < want.n; n++) {
		struct buf cut = want;

		cut.n = n;
		assert_non_null(strip(&cut, &out));
	}
}

static void test_jpeg_bad(void **state)
{
	static const struct {
		uint8_t marker;
		const char *p;
		size_t n;
	} bad[] = {{0xDB, "\0too short", 10},
		   {0xDB, "\x24", 1},
		   {0xC4, "\0\1", 2},
		   {0xC4, "\0\xff\xff", 17},
		   {0xC0, "\x8\0\1\0\1\2\0\0", 9},
		   {0xC0, "\x8\0\1\0\1\1\1\x11\0", 9},
		   {0xDD, "\0\1\2", 3},
		   {0xC8, "", 0},
		   {0xDA, "\1\1\0\0\x3f\0x", 7},
		   {0x01, "", 0},
		   {0xF0, "x", 1},
		   {0xD8, "", 0},
		   {0xDE, "", 0},
		   {0x00, "", 0}};
	static const char zero[64] = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(buf_free) struct buf in = {0}, out = {0};
		size_t n = bad[i].n;

		put(&in, "\xff\xd8", 2);
		jpeg_tables(&in);
		segment(&in, bad[i].marker, n > 10 ? zero : bad[i].p, n);
		jpeg_scan(&in);
		put(&in, "\xff\xd9", 2);
		if (bad[i].n > 10)
			in.p[2 + 4 + 65 + 4 + 18 + 4 + 9 + 4 + 1] = 0xFF;
		if (strip(&in, &out) == NULL)
			fail_msg("%zu: marker %02x", i, bad[i].marker);
	}
}

static void test_neither(void **state)
{
	static const char *const none[] = {
		"", "\xff", "\xff\xd8", "GIF89a", "\x89PNG\r\n\x1a", "RIFF"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_non_null(image_bare(bytes_str(none[i])));
}

static int full(void *ctx, struct bytes b)
{
	(void)ctx, (void)b;
	return -ENOSPC;
}

static void test_sink(void **state)
{
	CLEANUP(buf_free) struct buf in = {0};
	const char *why = NULL;

	(void)state;
	png(&in, "IHDR IDAT IEND");
	assert_int_equal(image_strip(buf_bytes(&in), full, NULL, &why),
			 -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_png),  cmocka_unit_test(test_png_damage),
		cmocka_unit_test(test_jpeg), cmocka_unit_test(test_jpeg_bad),
		cmocka_unit_test(test_sink), cmocka_unit_test(test_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
