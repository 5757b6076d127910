/* Reading recordings: headers as they are found, and as they are shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/format_wav.h"

/* A file in the making. */
struct made {
	uint8_t p[4096];
	size_t n;
};

static void bytes(struct made *m, const void *p, size_t n)
{
	assert_true(m->n + n <= sizeof(m->p));
	memcpy(m->p + m->n, p, n);
	m->n += n;
}

static void le(struct made *m, uint64_t v, size_t n)
{
	for (; n > 0; n--, v >>= 8)
		bytes(m, &(uint8_t){(uint8_t)v}, 1);
}

static void begin(struct made *m, const char *riff)
{
	m->n = 0;
	bytes(m, riff, 4);
	le(m, 0x12345678, 4); /* nobody believes it */
	bytes(m, "WAVE", 4);
}

/* What a chunk claims, and what is there; the pad byte where it is odd. */
static void chunk(struct made *m, const char *id, uint32_t claim, size_t n)
{
	bytes(m, id, 4);
	le(m, claim, 4);
	for (size_t i = 0; i < n + (n & 1); i++)
		bytes(m, "\1", 1);
}

static void fmt_of(struct made *m, unsigned tag, unsigned channels,
		   unsigned bits, unsigned frame)
{
	bytes(m, "fmt ", 4);
	le(m, 16, 4);
	le(m, tag, 2);
	le(m, channels, 2);
	le(m, 8000, 4);
	le(m, 1, 4); /* a lie */
	le(m, frame, 2);
	le(m, bits, 2);
}

static void fmt(struct made *m)
{
	fmt_of(m, 1, 1, 16, 2);
}

static void extensible(struct made *m, unsigned tag, unsigned bits,
		       unsigned valid, uint32_t mask)
{
	static const uint8_t guid[14] = {0, 0, 0,    0, 0x10, 0,    0x80,
					 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71};

	bytes(m, "fmt ", 4);
	le(m, 40, 4);
	le(m, 0xFFFE, 2);
	le(m, 2, 2);
	le(m, 48000, 4);
	le(m, 0, 4);
	le(m, bits / 4, 2);
	le(m, bits, 2);
	le(m, 22, 2);
	le(m, valid, 2);
	le(m, mask, 4);
	le(m, tag, 2);
	bytes(m, guid, sizeof(guid));
}

static struct format_wav good(const struct made *m)
{
	struct format_wav w;
	const char *why = format_wav_parse(bytes_of(m->p, m->n), &w);

	if (why != NULL)
		fail_msg("%s", why);
	assert_true(w.start <= w.end && w.end <= m->n);
	return w;
}

static void refused(const struct made *m, const char *words)
{
	struct format_wav w;
	const char *why = format_wav_parse(bytes_of(m->p, m->n), &w);

	if (why == NULL || strstr(why, words) == NULL)
		fail_msg("%s, wanted %s", why == NULL ? "read" : why, words);
}

static void expect(const struct made *m, uint64_t start, uint64_t n)
{
	struct format_wav w = good(m);

	assert_int_equal(w.start, start);
	assert_int_equal(w.end - w.start, n);
}

/* ---- chunks and their sizes ---- */

static void test_chunks(void **state)
{
	struct made m;

	(void)state;
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 8, 8);
	expect(&m, 44, 8);
	/* Others before, between and behind; odd ones. */
	begin(&m, "RIFF");
	chunk(&m, "JUNK", 7, 7);
	chunk(&m, "bext", 602, 602);
	fmt(&m);
	chunk(&m, "LIST", 0, 0);
	chunk(&m, "data", 6, 6);
	chunk(&m, "id3 ", 5, 5);
	expect(&m, 12 + 16 + 610 + 24 + 8 + 8, 6);
	/* The data first. */
	begin(&m, "RIFF");
	chunk(&m, "data", 4, 4);
	fmt(&m);
	expect(&m, 20, 4);
	/* A name that is no name, with a size. */
	begin(&m, "RIFF");
	chunk(&m, "\x01\x02\x03\x04", 2, 2);
	fmt(&m);
	chunk(&m, "data", 4, 4);
	expect(&m, 54, 4);
	/* Half a chunk at the end. */
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 4, 4);
	bytes(&m, "LIS", 3);
	expect(&m, 44, 4);
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 4, 4);
	chunk(&m, "LIST", 1000, 3);
	expect(&m, 44, 4);
}

static void test_sizes(void **state)
{
	struct made m;

	(void)state;
	/* Streams: to the end, whole frames. */
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 0xFFFFFFFF, 9);
	expect(&m, 44, 10);
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 0, 9);
	expect(&m, 44, 10);
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 0x7FFFF000, 6);
	m.n--;
	expect(&m, 44, 4);
	/* Cut off; a half frame; nothing at all. */
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 100, 6);
	expect(&m, 44, 6);
	begin(&m, "RIFF");
	fmt_of(&m, 1, 3, 24, 9);
	chunk(&m, "data", 22, 22);
	expect(&m, 44, 18);
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 0, 0);
	expect(&m, 44, 0);
	/* None, and then chunks: they are no sound. */
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 0, 0);
	chunk(&m, "LIST", 6, 6);
	chunk(&m, "id3 ", 3, 3);
	expect(&m, 44, 0);
	/* An odd size whose pad byte is missing at the end. */
	begin(&m, "RIFF");
	fmt_of(&m, 1, 1, 8, 1);
	chunk(&m, "data", 3, 3);
	m.n--;
	expect(&m, 44, 3);
}

static void test_wide(void **state)
{
	static const char *const names[] = {"RF64", "BW64"};
	struct made m;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&m, names[i]);
		bytes(&m, "ds64", 4);
		le(&m, 28, 4);
		le(&m, 1000, 8);
		le(&m, 6, 8);
		le(&m, 3, 8);
		le(&m, 0, 4);
		fmt(&m);
		chunk(&m, "data", 0xFFFFFFFF, 6);
		chunk(&m, "LIST", 2, 2);
		expect(&m, 80, 6);
	}
	/* Without ds64 it is a stream; with a size beyond all, too. */
	begin(&m, "RF64");
	fmt(&m);
	chunk(&m, "data", 0xFFFFFFFF, 6);
	expect(&m, 44, 6);
	begin(&m, "RF64");
	bytes(&m, "ds64", 4);
	le(&m, 28, 4);
	le(&m, UINT64_MAX, 8);
	le(&m, UINT64_MAX, 8);
	le(&m, UINT64_MAX, 8);
	le(&m, UINT32_MAX, 4);
	fmt(&m);
	chunk(&m, "data", 0xFFFFFFFF, 6);
	expect(&m, 80, 6);
}

static void test_refused(void **state)
{
	struct made m = {.n = 0};

	(void)state;
	refused(&m, "does not begin");
	begin(&m, "RIFF");
	m.n = 11;
	refused(&m, "does not begin");
	begin(&m, "RIFX");
	refused(&m, "big endian");
	begin(&m, "OggS");
	refused(&m, "does not begin");
	begin(&m, "RIFF");
	memcpy(m.p + 8, "AVI ", 4);
	refused(&m, "does not begin");
	begin(&m, "RIFF");
	refused(&m, "no fmt");
	begin(&m, "RIFF");
	fmt(&m);
	refused(&m, "no data");
	begin(&m, "RIFF");
	chunk(&m, "data", 4, 4);
	refused(&m, "no fmt");
	begin(&m, "RIFF");
	fmt(&m);
	fmt(&m);
	refused(&m, "two fmt");
	begin(&m, "RIFF");
	fmt(&m);
	chunk(&m, "data", 2, 2);
	chunk(&m, "data", 2, 2);
	refused(&m, "two data");
	begin(&m, "RIFF");
	fmt(&m);
	m.n = 12 + 8 + 10;
	refused(&m, "cut off");
}

static void test_codings(void **state)
{
	static const struct {
		unsigned tag, channels, bits, frame;
		const char *words; /* NULL: read */
	} t[] = {
		{1, 1, 8, 1, NULL},	  {1, 2, 16, 4, NULL},
		{1, 7, 24, 21, NULL},	  {1, 1, 32, 4, NULL},
		{3, 2, 32, 8, NULL},	  {3, 1, 64, 8, NULL},
		{6, 1, 8, 1, NULL},	  {7, 2, 8, 2, NULL},
		{1, 1000, 8, 1000, NULL}, {1, 1, 0, 0, "neither"},
		{1, 1, 12, 2, "neither"}, {1, 1, 64, 8, "neither"},
		{3, 1, 16, 2, "neither"}, {7, 1, 16, 2, "neither"},
		{2, 1, 4, 1, "neither"},  {0x55, 2, 0, 1, "neither"},
		{1, 0, 16, 0, "no chan"}, {1, 2, 16, 2, "longer or"},
		{1, 1, 16, 0, "longer"},  {3, 60000, 64, 65535, "without end"},
	};
	struct format_wav w;
	struct made m;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		begin(&m, "RIFF");
		fmt_of(&m, t[i].tag, t[i].channels, t[i].bits, t[i].frame);
		chunk(&m, "data", 0, 0);
		if (t[i].words == NULL) {
			w = good(&m);
			assert_int_equal(wave_frame(&w.wave), t[i].frame);
		} else {
			refused(&m, t[i].words);
		}
	}
	begin(&m, "RIFF");
	fmt(&m);
	memset(m.p + 24, 0, 4); /* no rate */
	chunk(&m, "data", 0, 0);
	refused(&m, "no rate");
}

static void test_extensible(void **state)
{
	struct format_wav w;
	struct made m;

	(void)state;
	begin(&m, "RIFF");
	extensible(&m, 1, 24, 20, 3);
	chunk(&m, "data", 12, 12);
	w = good(&m);
	assert_int_equal(w.wave.coding, WAVE_S24);
	assert_int_equal(w.bits, 20);
	assert_int_equal(w.mask, 3);
	/* A mask for other channels, more bits than there are: not kept. */
	begin(&m, "RIFF");
	extensible(&m, 3, 32, 99, 0xFF);
	chunk(&m, "data", 16, 16);
	w = good(&m);
	assert_int_equal(w.wave.coding, WAVE_F32);
	assert_int_equal(w.bits, 32);
	assert_int_equal(w.mask, 0);
	m.p[12 + 8 + 30] ^= 1; /* in the GUID */
	refused(&m, "no number");
	begin(&m, "RIFF");
	fmt_of(&m, 0xFFFE, 2, 16, 4);
	refused(&m, "shorter");
}

/* ---- headers of our own ---- */

static void again(const struct format_wav *w, size_t n, const char *riff)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct format_wav x;
	uint64_t data = w->end - w->start;

	assert_int_equal(format_wav_header(w, &b), 0);
	assert_int_equal(b.n, n);
	assert_memory_equal(b.p, riff, 4);
	if (data > 4096)
		return;
	for (uint64_t i = 0; i < data; i++)
		assert_int_equal(buf_putc(&b, 1), 0);
	assert_null(format_wav_parse(buf_bytes(&b), &x));
	assert_int_equal(x.start, n);
	assert_int_equal(x.end - x.start, data);
	assert_memory_equal(&x.wave, &w->wave, sizeof(x.wave));
	assert_true(x.extensible == w->extensible && x.mask == w->mask &&
		    x.bits == w->bits);
}

static void test_header(void **state)
{
	static const uint8_t plain[44] = "RIFF\x2e\0\0\0WAVEfmt \x10\0\0\0"
					 "\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
					 "\2\0\x10\0data\x0a\0\0\0";
	struct format_wav w = {.wave = {WAVE_S16, 1, 8000}, .end = 10};
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_int_equal(format_wav_header(&w, &b), 0);
	assert_int_equal(b.n, 44);
	assert_memory_equal(b.p, plain, 44);
	again(&w, 44, "RIFF");
	for (unsigned c = WAVE_U8; c < WAVE_CODINGS; c++) {
		bool fact = c == WAVE_F32 || c == WAVE_F64 || c == WAVE_ULAW ||
			    c == WAVE_ALAW;

		w = (struct format_wav){.wave = {c, 2, 44100}};
		w.end = 3 * wave_frame(&w.wave);
		again(&w, fact ? 58 : 44, "RIFF");
		w.extensible = true;
		w.mask = 3;
		w.bits = 8 * (uint32_t)wave_width(c);
		again(&w, fact ? 80 : 68, "RIFF");
	}
	/* 32 bits hold it, and do no more. */
	w = (struct format_wav){.wave = {WAVE_U8, 1, 8000}};
	w.end = 0xFFFFFFFFu - 36;
	again(&w, 44 + 36, "RF64");
	w.end -= 2;
	again(&w, 44, "RIFF");
	w.end = UINT64_C(1) << 40;
	again(&w, 44 + 36, "RF64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_extensible),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
