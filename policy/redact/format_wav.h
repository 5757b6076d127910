/* Inside of the formats: recordings in RIFF, RF64 and BW64 files. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_WAV_H
#define REDACT_FORMAT_WAV_H

#include "policy/redact/format_value.h"

/* Where a recording's samples lie and what they are. */
struct format_wav {
	struct wave wave;
	uint64_t start, end; /* of the file: whole frames */
	bool extensible;     /* said so; with these two: */
	uint32_t mask, bits; /* speakers; bits that count */
};

/**
 * format_wav_parse(data, out): NULL, or words why it is not read. Chunks in
 * any order; what is said of sizes is believed only within the file.
 */
const char *format_wav_parse(struct bytes data, struct format_wav *out);

/**
 * format_wav_header(w, out): append the header of a file of our own with these
 * samples and nothing else: 44 bytes for plain PCM, `fact` and the longer
 * `fmt ` where they must be, RF64 where 32 bits do not do. -ENOMEM.
 */
int format_wav_header(const struct format_wav *w, struct buf *out) MUST_CHECK;

/** format_wav_read(r): a recording: its samples are the one record. */
int format_wav_read(struct format_reader *r) MUST_CHECK;

#endif
