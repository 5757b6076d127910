/* Samples: how a recording's are written, and what a bleep puts in place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/wave.h"

#include <string.h>

#define FULL 2147483648.0 /* 2^31: where levels have their full scale */

static const struct {
	uint8_t width, bits; /* bits: of the number that it stands for */
} codings[WAVE_CODINGS] = {
	[WAVE_U8] = {1, 8},    [WAVE_S16] = {2, 16},  [WAVE_S24] = {3, 24},
	[WAVE_S32] = {4, 32},  [WAVE_F32] = {4, 0},   [WAVE_F64] = {8, 0},
	[WAVE_ULAW] = {1, 16}, [WAVE_ALAW] = {1, 16},
};

size_t wave_width(enum wave_coding c)
{
	return (size_t)c < WAVE_CODINGS ? codings[c].width : 0;
}

bool wave_ok(const struct wave *w)
{
	return wave_width(w->coding) > 0 && w->channels > 0 && w->rate > 0 &&
	       w->channels <= 65535 && wave_frame(w) <= 65535;
}

size_t wave_frame(const struct wave *w)
{
	return wave_width(w->coding) * w->channels;
}

uint64_t wave_frames(const struct wave *w, uint64_t us)
{
	uint64_t s = us / 1000000, rest = us % 1000000, n;

	if (__builtin_mul_overflow(s, w->rate, &n) ||
	    __builtin_add_overflow(n, rest * w->rate / 1000000, &n))
		return UINT64_MAX;
	return n;
}

uint64_t wave_micros(const struct wave *w, uint64_t frame)
{
	return frame / w->rate * 1000000 + frame % w->rate * 1000000 / w->rate;
}

/* ---- fills ---- */

/* A quarter of a sine, of 32767; by hand, for libraries differ. */
static const uint16_t quarter[65] = {
	0,     804,   1608,  2410,  3212,  4011,  4808,	 5602,	6393,  7179,
	7962,  8739,  9512,  10278, 11039, 11793, 12539, 13279, 14010, 14732,
	15446, 16151, 16846, 17530, 18204, 18868, 19519, 20159, 20787, 21403,
	22005, 22594, 23170, 23731, 24279, 24811, 25329, 25832, 26319, 26790,
	27245, 27683, 28105, 28510, 28898, 29268, 29621, 29956, 30273, 30571,
	30852, 31113, 31356, 31580, 31785, 31971, 32137, 32285, 32412, 32521,
	32609, 32678, 32728, 32757, 32767,
};
#define TENTH 6553 /* 32767 times this is a tenth of 2^31: -20 dB */

static int32_t tone(const struct wave *w, uint64_t frame)
{
	uint32_t hz = w->rate >= 4000 ? 1000 : w->rate / 4;
	uint32_t turn, at, part = (uint32_t)(frame % w->rate);
	int32_t v;

	if (w->rate < 1u << 22) /* the same, by divisions that are cheap */
		turn = part * hz % w->rate * 256 / w->rate;
	else
		turn = (uint32_t)((uint64_t)part * hz % w->rate * 256 /
				  w->rate);
	at = turn & 63;
	v = quarter[(turn & 64) != 0 ? 64 - at : at] * TENTH;
	return (turn & 128) != 0 ? -v : v;
}

/* splitmix64 of the frame's number. */
static int32_t noise(uint64_t frame)
{
	uint64_t z = (frame + 1) * UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	z = (z ^ z >> 31) % (2u * 32767 * TENTH);
	return (int32_t)((int64_t)z - 32767 * TENTH);
}

int32_t wave_fill(const struct wave *w, enum fill fill, uint64_t frame)
{
	switch (fill) {
	case FILL_TONE:
		return tone(w, frame);
	case FILL_NOISE:
		return noise(frame);
	case FILL_SILENCE:
	case FILL_KEEP:
		break;
	}
	return 0;
}

/* ---- G.711, by way of 16 bits ---- */

static int64_t ulaw_get(uint8_t u)
{
	int64_t t;

	u = (uint8_t)~u;
	t = (int64_t)(((u & 15u) << 3) + 0x84) << (u >> 4 & 7);
	return (u & 0x80) != 0 ? 0x84 - t : t - 0x84;
}

static uint8_t ulaw_put(int64_t s)
{
	uint32_t mask = s < 0 ? 0x7F : 0xFF, seg = 0;
	uint32_t v = (uint32_t)(s < 0 ? -s : s);

	v = (v > 32635 ? 32635 : v) + 0x84;
	while (v >> (seg + 8) != 0)
		seg++;
	return (uint8_t)((seg << 4 | (v >> (seg + 3) & 15)) ^ mask);
}

static int64_t alaw_get(uint8_t a)
{
	uint32_t seg, t;

	a ^= 0x55;
	seg = a >> 4 & 7;
	t = (a & 15u) << 4;
	t = seg == 0 ? t + 8 : (t + 0x108) << (seg - 1);
	return (a & 0x80) != 0 ? (int64_t)t : -(int64_t)t;
}

static uint8_t alaw_put(int64_t s)
{
	uint32_t mask = s < 0 ? 0x55 : 0xD5, seg = 0;
	uint32_t v = (uint32_t)(s < 0 ? -s - 1 : s) >> 3;

	v = v > 0xFFF ? 0xFFF : v;
	while (v >> (seg + 5) != 0)
		seg++;
	return (uint8_t)((seg << 4 | (v >> (seg < 2 ? 1 : seg) & 15)) ^ mask);
}

/* ---- numbers ---- */

static uint64_t le_get(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static void le_put(uint8_t *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static int64_t number_get(enum wave_coding c, const uint8_t *p)
{
	size_t n = wave_width(c);
	int64_t v = (int64_t)le_get(p, n), top = INT64_C(1) << (8 * n - 1);

	switch ((int)c) {
	case WAVE_U8:
		return v - 128;
	case WAVE_ULAW:
		return ulaw_get(p[0]);
	case WAVE_ALAW:
		return alaw_get(p[0]);
	default:
		return v >= top ? v - 2 * top : v;
	}
}

static void number_put(enum wave_coding c, int64_t v, uint8_t *out)
{
	switch ((int)c) {
	case WAVE_U8:
		out[0] = (uint8_t)(v + 128);
		break;
	case WAVE_ULAW:
		out[0] = ulaw_put(v);
		break;
	case WAVE_ALAW:
		out[0] = alaw_put(v);
		break;
	default:
		le_put(out, wave_width(c), (uint64_t)v);
	}
}

static double float_get(enum wave_coding c, const uint8_t *p)
{
	uint64_t bits = le_get(p, wave_width(c));
	uint32_t half = (uint32_t)bits;
	double d = 0;
	float f = 0;

	if (c == WAVE_F32) {
		memcpy(&f, &half, sizeof(f));
		d = (double)f;
	} else {
		memcpy(&d, &bits, sizeof(d));
	}
	/* What is no number has no level. */
	return d > -FULL && d < FULL ? d : 0;
}

static void float_put(enum wave_coding c, double d, uint8_t *out)
{
	uint64_t bits = 0;
	uint32_t half = 0;
	float f = (float)d;

	if (c == WAVE_F32) {
		memcpy(&half, &f, sizeof(half));
		bits = half;
	} else {
		memcpy(&bits, &d, sizeof(bits));
	}
	le_put(out, wave_width(c), bits);
}

static bool is_float(enum wave_coding c)
{
	return c == WAVE_F32 || c == WAVE_F64;
}

static int64_t scaled(enum wave_coding c, int32_t level)
{
	return (int64_t)level / (INT64_C(1) << (32 - codings[c].bits));
}

void wave_put(enum wave_coding c, int32_t level, uint8_t out[WAVE_WIDTH_MAX])
{
	if (is_float(c))
		float_put(c, (double)level / FULL, out);
	else
		number_put(c, scaled(c, level), out);
}

/* One operation a statement: none may be fused with the next. */
static double mix_float(double d, int32_t level, uint32_t part, uint32_t of)
{
	double fill = (double)level / FULL;

	d = d * (double)(of - part);
	fill = fill * (double)part;
	d = d + fill;
	return d / (double)of;
}

void wave_mix(enum wave_coding c, const uint8_t in[WAVE_WIDTH_MAX],
	      int32_t level, uint32_t part, uint32_t of,
	      uint8_t out[WAVE_WIDTH_MAX])
{
	int64_t v;

	if (is_float(c)) {
		float_put(c, mix_float(float_get(c, in), level, part, of), out);
		return;
	}
	v = number_get(c, in) * (int64_t)(of - part);
	v += scaled(c, level) * (int64_t)part;
	number_put(c, v / (int64_t)of, out);
}
