/* Samples: levels, fills and mixtures in every coding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/redact/wave.h"

static void test_samples(void **state)
{
	static const struct {
		enum wave_coding c;
		uint8_t silence[8], tone[8]; /* at -20 dB */
	} t[] = {
		{WAVE_U8, {0x80}, {0x8C}},
		{WAVE_S16, {0, 0}, {0xCC, 0x0C}},
		{WAVE_S24, {0, 0, 0}, {0x66, 0xCC, 0x0C}},
		{WAVE_S32, {0}, {0x67, 0x66, 0xCC, 0x0C}},
		{WAVE_F32, {0}, {0x66, 0xC6, 0xCC, 0x3D}},
		{WAVE_ULAW, {0xFF}, {0xB5}},
		{WAVE_ALAW, {0xD5}, {0x9C}},
	};
	const struct wave w = {WAVE_S16, 1, 8000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		uint8_t out[8] = {0};

		wave_put(t[i].c, wave_fill(&w, FILL_SILENCE, 7), out);
		assert_memory_equal(out, t[i].silence, wave_width(t[i].c));
		wave_put(t[i].c, wave_fill(&w, FILL_TONE, 2), out);
		assert_memory_equal(out, t[i].tone, wave_width(t[i].c));
	}
	assert_int_equal(wave_fill(&w, FILL_TONE, 0), 0);
	assert_int_equal(wave_fill(&w, FILL_TONE, 6),
			 -wave_fill(&w, FILL_TONE, 2));
	assert_int_equal(wave_fill(&w, FILL_TONE, 8000000002),
			 wave_fill(&w, FILL_TONE, 2));
}

/* A level that is mixed with itself, and every number by way of G.711. */
static void test_mix(void **state)
{
	(void)state;
	for (unsigned c = WAVE_U8; c < WAVE_CODINGS; c++) {
		for (int i = 0; i < 256; i++) {
			uint8_t in[8], out[8];
			int32_t level = (i - 128) * (1 << 24);

			wave_put(c, level, in);
			wave_mix(c, in, level, 17, 41, out);
			assert_memory_equal(in, out, wave_width(c));
		}
	}
	for (int i = 0; i < 256; i++) {
		uint8_t in[8] = {(uint8_t)i}, out[8];

		/* 0 of it: as it was; minus zero has two names. */
		wave_mix(WAVE_ALAW, in, 0, 0, 1, out);
		assert_int_equal(out[0], i);
		wave_mix(WAVE_ULAW, in, 0, 0, 1, out);
		assert_int_equal(out[0], i == 0x7F ? 0xFF : i);
	}
}

static void test_times(void **state)
{
	const struct wave w = {WAVE_S16, 1, 11025};

	(void)state;
	assert_int_equal(wave_frames(&w, 1000000), 11025);
	assert_int_equal(wave_frames(&w, 999999), 11024);
	assert_true(wave_frames(&w, UINT64_MAX) == UINT64_MAX ||
		    wave_frames(&w, UINT64_MAX) > UINT64_C(1) << 50);
	for (uint64_t f = 0; f < 30000; f += 7)
		assert_true(wave_frames(&w, wave_micros(&w, f) + 1) == f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_mix),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
