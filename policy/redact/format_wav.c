/* Recordings: RIFF, RF64 and BW64 files with samples that we know. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is a chain of chunks: four letters, a size, so many bytes, and one
 * more where the size is odd. Of all chunks we take two: `fmt ` says what the
 * samples are, `data` holds them; `ds64` gives both sizes 64 bits. The rest
 * (LIST, bext, id3, cue, iXML ...) holds names of people, places and tools: it
 * is the frame's, and the frame shows a header of our own.
 *
 * Sizes lie: a program that wrote to a pipe left 0 or 0xFFFFFFFF for the data,
 * a copy was cut off. So the data go to the end of the file where they claim
 * more, and a half frame at their end is nobody's. A size of 0 with something
 * behind it is such a stream, unless what is behind is a chain of chunks up to
 * the end: those must not become sound.
 */
#include "policy/redact/format_wav.h"

#include <errno.h>
#include <stdio.h>

#define TAG_PCM 1
#define TAG_FLOAT 3
#define TAG_ALAW 6
#define TAG_ULAW 7
#define TAG_EXTENSIBLE 0xFFFE
#define SIZE_UNKNOWN 0xFFFFFFFFu
#define DS64 28 /* bytes of the chunk in a header of ours */

static const uint8_t guid[14] = {0,    0,    0,	   0,	 0x10, 0,    0x80,
				 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};

/* A file while its chunks are walked. */
struct wav {
	struct bytes in;
	struct format_wav *out;
	uint64_t data64; /* of ds64; 0: none */
	bool wide, fmt, data;
};

static uint32_t le16(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static bool is(const uint8_t *p, const char *id)
{
	return memcmp(p, id, 4) == 0;
}

/* ---- fmt ---- */

static enum wave_coding coding_of(uint32_t tag, uint32_t bits)
{
	static const enum wave_coding pcm[] = {WAVE_NONE, WAVE_U8, WAVE_S16,
					       WAVE_S24, WAVE_S32};

	if (tag == TAG_PCM && bits % 8 == 0 && bits <= 32)
		return pcm[bits / 8];
	if (tag == TAG_FLOAT && (bits == 32 || bits == 64))
		return bits == 32 ? WAVE_F32 : WAVE_F64;
	if ((tag == TAG_ALAW || tag == TAG_ULAW) && bits == 8)
		return tag == TAG_ALAW ? WAVE_ALAW : WAVE_ULAW;
	return WAVE_NONE;
}

static uint32_t bit_count(uint32_t v)
{
	return (uint32_t)__builtin_popcount(v);
}

/* The longer form names the coding by a GUID that ends in a tag. */
static const char *take_extensible(struct bytes b, struct format_wav *w,
				   uint32_t *tag)
{
	if (b.n < 40 || le16(b.p + 16) < 22)
		return "its fmt chunk is shorter than its form";
	if (memcmp(b.p + 26, guid, sizeof(guid)) != 0)
		return "its coding has no number that is known";
	*tag = le16(b.p + 24);
	w->extensible = true;
	w->bits = le16(b.p + 18);
	w->mask = le32(b.p + 20);
	if (w->bits == 0 || w->bits > le16(b.p + 14))
		w->bits = le16(b.p + 14);
	if (bit_count(w->mask) != w->wave.channels)
		w->mask = 0;
	return NULL;
}

static const char *take_fmt(struct wav *f, struct bytes b)
{
	struct format_wav *w = f->out;
	const char *why = NULL;
	uint32_t tag;

	if (f->fmt)
		return "it has two fmt chunks";
	if (b.n < 16)
		return "its fmt chunk is cut off";
	f->fmt = true;
	tag = le16(b.p);
	w->wave =
		(struct wave){.channels = le16(b.p + 2), .rate = le32(b.p + 4)};
	if (tag == TAG_EXTENSIBLE)
		why = take_extensible(b, w, &tag);
	w->wave.coding = coding_of(tag, le16(b.p + 14));
	if (why != NULL)
		return why;
	if (w->wave.coding == WAVE_NONE)
		return "its samples are neither PCM of 8, 16, 24 or 32 bits, "
		       "nor float, nor u-law, nor A-law";
	if (!wave_ok(&w->wave))
		return "it has no channels, no rate, or frames without end";
	if (le16(b.p + 12) != wave_frame(&w->wave))
		return "its frames are longer or shorter than its samples";
	return NULL;
}

/* ---- chunks ---- */

static bool printable(const uint8_t *id)
{
	for (size_t i = 0; i < 4; i++)
		if (id[i] < ' ' || id[i] > '~')
			return false;
	return true;
}

/* Nothing but whole chunks from at to the end of the file. */
static bool is_chain(struct bytes in, uint64_t at)
{
	while (at < in.n) {
		if (in.n - at < 8 || !printable(in.p + at))
			return false;
		at += 8 + (uint64_t)le32(in.p + at + 4);
		if (at > in.n)
			return false;
		at += at < in.n && (at & 1) != 0;
	}
	return true;
}

/* Where the data that begin at `at` and claim so many bytes end. */
static uint64_t data_end(const struct wav *f, uint64_t at, uint64_t size)
{
	uint64_t left = f->in.n - at;

	if (size == SIZE_UNKNOWN && f->wide && f->data64 > 0)
		size = f->data64;
	if (size == 0 && !is_chain(f->in, at))
		size = left;
	return at + (size < left ? size : left);
}

/* One chunk at *at, moved behind it. */
static const char *take_chunk(struct wav *f, uint64_t *at)
{
	const uint8_t *id = f->in.p + *at;
	uint64_t from = *at + 8, size = le32(id + 4);
	struct bytes body = bytes_sub(f->in, from, size);
	const char *why = NULL;

	*at = from + body.n;
	if (is(id, "fmt ")) {
		why = take_fmt(f, body);
	} else if (is(id, "ds64") && body.n >= 24 && !f->data) {
		f->data64 = le64(body.p + 8);
	} else if (is(id, "data")) {
		if (f->data)
			return "it has two data chunks";
		f->data = true;
		f->out->start = from;
		*at = f->out->end = data_end(f, from, size);
	}
	*at += *at < f->in.n && (*at & 1) != 0;
	return why;
}

const char *format_wav_parse(struct bytes data, struct format_wav *out)
{
	struct wav f = {.in = data, .out = out};
	const char *why = NULL;
	uint64_t at = 12;

	*out = (struct format_wav){0};
	if (data.n < 12 || !is(data.p + 8, "WAVE"))
		return "it does not begin as a WAV file";
	f.wide = is(data.p, "RF64") || is(data.p, "BW64");
	if (!f.wide && !is(data.p, "RIFF"))
		return is(data.p, "RIFX")
			       ? "its numbers are big endian; convert it"
			       : "it does not begin as a WAV file";
	while (why == NULL && data.n - at >= 8)
		why = take_chunk(&f, &at);
	if (why == NULL && !f.fmt)
		why = "it has no fmt chunk";
	if (why == NULL && !f.data)
		why = "it has no data chunk";
	if (why == NULL)
		out->end -= (out->end - out->start) % wave_frame(&out->wave);
	return why;
}

/* ---- a header of our own ---- */

struct header {
	uint8_t p[160];
	size_t n;
};

static void put(struct header *h, uint64_t v, size_t n)
{
	for (; n > 0; n--, v >>= 8)
		h->p[h->n++] = (uint8_t)v;
}

static void put_id(struct header *h, const char *id)
{
	memcpy(h->p + h->n, id, 4);
	h->n += 4;
}

static uint32_t tag_of(enum wave_coding c)
{
	switch (c) {
	case WAVE_ULAW:
		return TAG_ULAW;
	case WAVE_ALAW:
		return TAG_ALAW;
	case WAVE_F32:
	case WAVE_F64:
		return TAG_FLOAT;
	case WAVE_NONE:
	case WAVE_U8:
	case WAVE_S16:
	case WAVE_S24:
	case WAVE_S32:
		break;
	}
	return TAG_PCM;
}

static void put_fmt(struct header *h, const struct format_wav *w)
{
	size_t frame = wave_frame(&w->wave);
	uint32_t tag = tag_of(w->wave.coding);
	bool longer = tag != TAG_PCM;

	put_id(h, "fmt ");
	put(h, w->extensible ? 40 : longer ? 18 : 16, 4);
	put(h, w->extensible ? TAG_EXTENSIBLE : tag, 2);
	put(h, w->wave.channels, 2);
	put(h, w->wave.rate, 4);
	put(h, (uint64_t)w->wave.rate * frame, 4);
	put(h, frame, 2);
	put(h, 8 * wave_width(w->wave.coding), 2);
	if (w->extensible) {
		put(h, 22, 2);
		put(h, w->bits, 2);
		put(h, w->mask, 4);
		put(h, tag, 2);
		memcpy(h->p + h->n, guid, sizeof(guid));
		h->n += sizeof(guid);
	} else if (longer) {
		put(h, 0, 2);
	}
}

static uint64_t clamp32(uint64_t v)
{
	return v < SIZE_UNKNOWN ? v : SIZE_UNKNOWN;
}

int format_wav_header(const struct format_wav *w, struct buf *out)
{
	uint64_t data = w->end - w->start;
	uint64_t frames = data / wave_frame(&w->wave), riff;
	bool fact = tag_of(w->wave.coding) != TAG_PCM, wide;
	struct header f = {.n = 0}, h = {.n = 0};

	put_fmt(&f, w);
	if (fact) {
		put_id(&f, "fact");
		put(&f, 4, 4);
		put(&f, clamp32(frames), 4);
	}
	riff = 4 + f.n + 8 + data + (data & 1);
	wide = riff >= SIZE_UNKNOWN;
	put_id(&h, wide ? "RF64" : "RIFF");
	put(&h, wide ? SIZE_UNKNOWN : riff, 4);
	put_id(&h, "WAVE");
	if (wide) {
		put_id(&h, "ds64");
		put(&h, DS64, 4);
		put(&h, riff + 8 + DS64, 8);
		put(&h, data, 8);
		put(&h, frames, 8);
		put(&h, 0, 4);
	}
	memcpy(h.p + h.n, f.p, f.n);
	h.n += f.n;
	put_id(&h, "data");
	put(&h, wide ? SIZE_UNKNOWN : data, 4);
	return buf_put(out, h.p, h.n);
}

int format_wav_read(struct format_reader *r)
{
	struct format_frame *out = r->out;
	struct format_wav w;
	const char *why = format_wav_parse(r->data, &w);
	int rc;

	if (why != NULL) {
		out->denied = DENIAL_FORMAT;
		snprintf(out->why, sizeof(out->why), "%s", why);
		return 0;
	}
	r->whole = out->whole = true;
	out->wave = w.wave;
	out->body = w.start;
	out->body_end = w.end;
	rc = format_wav_header(&w, &out->prefix);
	if (rc == 0 && ((w.end - w.start) & 1) != 0)
		rc = buf_putc(&out->suffix, 0);
	if (rc != 0 || w.start == w.end)
		return rc;
	format_value_begin(r, 0, w.start);
	return format_value_emit(r, w.start, w.start, w.end, DENIAL_NONE, NULL);
}
