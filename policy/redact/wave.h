/* Samples: how a recording's are written, and what a bleep puts in place. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_WAVE_H
#define REDACT_WAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* All little endian. */
enum wave_coding {
	WAVE_NONE = 0,
	WAVE_U8,
	WAVE_S16,
	WAVE_S24,
	WAVE_S32,
	WAVE_F32,
	WAVE_F64,
	WAVE_ULAW,
	WAVE_ALAW,
};
#define WAVE_CODINGS (WAVE_ALAW + 1)
#define WAVE_WIDTH_MAX 8 /* bytes of a sample */

/* What the samples of a recording are. A frame is one sample of each channel.
 */
struct wave {
	enum wave_coding coding;
	uint32_t channels, rate; /* frames a second */
};

/* What is heard in place of a value; the first is the strictest. */
enum fill {
	FILL_SILENCE = 0,
	FILL_TONE,
	FILL_NOISE,
	FILL_KEEP,
};

/** wave_width(c): bytes of a sample; 0 for WAVE_NONE and what is none. */
size_t wave_width(enum wave_coding c);

/** wave_ok(w): a coding there is, channels, a rate, a frame of at most 65,535
 * bytes. */
bool wave_ok(const struct wave *w) NONNULL_ALL;

/** wave_frame(w): bytes of a frame. */
size_t wave_frame(const struct wave *w) NONNULL_ALL;

/** wave_frames(w, us): the frame that begins at or before us microseconds;
 * UINT64_MAX: beyond all. */
uint64_t wave_frames(const struct wave *w, uint64_t us) NONNULL_ALL;

/** wave_micros(w, frame): when a frame begins, in microseconds. */
uint64_t wave_micros(const struct wave *w, uint64_t frame) NONNULL_ALL;

/**
 * wave_fill(w, fill, frame): the level of a fill at a frame, of 2^31: silence,
 * 1 kHz at -20 dBFS, or noise not above that. A function of the frame's number
 * alone: any read of it gives the same, and nothing of the source is in it.
 */
int32_t wave_fill(const struct wave *w, enum fill fill,
		  uint64_t frame) NONNULL_ALL;

/** wave_put(c, level, out): write a level as a sample. */
void wave_put(enum wave_coding c, int32_t level,
	      uint8_t out[WAVE_WIDTH_MAX]) NONNULL_ALL;

/**
 * wave_mix(c, in, level, part, of, out): the sample in, but `part` of `of` of
 * it replaced by level: a step of a ramp. Integers, and of floats only what
 * IEEE 754 rounds to the last bit, so that every machine makes the same.
 */
void wave_mix(enum wave_coding c, const uint8_t in[WAVE_WIDTH_MAX],
	      int32_t level, uint32_t part, uint32_t of,
	      uint8_t out[WAVE_WIDTH_MAX]) NONNULL_ALL;

#endif
