/* FLAC, Ogg and MP3 into WAV, by libsndfile. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is made has a header of unknown length, as a stream's, and only the
 * samples: the view has a header of its own anyway. Lossless files keep their
 * width and every bit; what is lossy becomes 16 bit, clipped.
 */
#include <errno.h>
#include <sndfile.h>
#include <stdio.h>

#include "base/mem.h"
#include "fs/ingest/child_unpack.h"

#define LIBRARY "libsndfile.so.1"
#define FRAMES 4096
#define CHANNELS_MAX 256

struct sound_calls {
	__typeof__(sf_open_virtual) *open;
	__typeof__(sf_readf_int) *read_int;
	__typeof__(sf_readf_float) *read_float;
	__typeof__(sf_error) *error;
	__typeof__(sf_close) *close;
};

struct sound_calls *sound_load(void)
{
	struct sound_calls *c = mem_new(1, sizeof(*c));
	const struct unpack_call calls[] = {
		{"sf_open_virtual", c == NULL ? NULL : &c->open},
		{"sf_readf_int", c == NULL ? NULL : &c->read_int},
		{"sf_readf_float", c == NULL ? NULL : &c->read_float},
		{"sf_error", c == NULL ? NULL : &c->error},
		{"sf_close", c == NULL ? NULL : &c->close}};

	if (c != NULL && unpack_calls(LIBRARY, calls, ARRAY_LEN(calls)))
		return c;
	mem_free(c);
	return NULL;
}

/* ---- reading from memory ---- */

struct place {
	struct bytes head, in; /* one behind the other */
	sf_count_t at;
};

static sf_count_t size_of(const struct place *p)
{
	return (sf_count_t)(p->head.n + p->in.n);
}

static sf_count_t get_length(void *ctx)
{
	return size_of(ctx);
}

static sf_count_t seek(sf_count_t off, int whence, void *ctx)
{
	struct place *p = ctx;
	sf_count_t size = size_of(p);
	sf_count_t from = whence == SEEK_CUR   ? p->at
			  : whence == SEEK_END ? size
					       : 0;

	if (off < -from || off > size - from)
		return -1;
	p->at = from + off;
	return p->at;
}

static sf_count_t get(void *to, sf_count_t n, void *ctx)
{
	struct place *p = ctx;
	size_t at = (size_t)p->at, most = n < 0 ? 0 : (size_t)n;
	struct bytes b = bytes_sub(p->head, at, most), c;

	c = bytes_sub(p->in, at + b.n - p->head.n, most - b.n);
	if (b.n > 0)
		memcpy(to, b.p, b.n);
	if (b.n < most && c.n > 0)
		memcpy((uint8_t *)to + b.n, c.p, c.n);
	p->at += (sf_count_t)(b.n + c.n);
	return (sf_count_t)(b.n + c.n);
}

static sf_count_t tell(void *ctx)
{
	const struct place *p = ctx;

	return p->at;
}

/* What is behind the tags in front of it, and their padding. */
static struct bytes behind_tags(struct bytes in)
{
	while (in.n >= 10 && memcmp(in.p, "ID3", 3) == 0) {
		size_t n = (in.p[5] & 0x10) != 0 ? 20 : 10;

		for (int i = 0; i < 4; i++)
			n += (size_t)(in.p[6 + i] & 127) << (21 - 7 * i);
		in = bytes_sub(in, n, in.n);
		while (in.n > 0 && in.p[0] == 0)
			in = bytes_sub(in, 1, in.n);
	}
	return in;
}

/* A frame of MPEG audio: of a version, a layer, a bit rate and a rate. */
static bool is_frame(const uint8_t *p)
{
	return p[0] == 0xFF && (p[1] & 0xE0) == 0xE0 && (p[1] & 0x18) != 8 &&
	       (p[1] & 6) != 0 && (p[2] & 0xF0) != 0xF0 && (p[2] & 12) != 12;
}

/* libsndfile knows many formats; only these come near it. Of MPEG frames it is
 * sure behind an ID3 header only: else it looks for other files first, which
 * nobody may do here. So they get an empty one. */
static bool place(struct bytes in, struct place *p)
{
	static const char id3[20] = "ID3\4\0\0\0\0\0\x0a";

	in = behind_tags(in);
	*p = (struct place){.in = in};
	if (in.n < 4)
		return false;
	if (is_frame(in.p))
		p->head = bytes_of(id3, sizeof(id3));
	return p->head.n > 0 || memcmp(in.p, "fLaC", 4) == 0 ||
	       memcmp(in.p, "OggS", 4) == 0;
}

/* ---- samples ---- */

/* Bytes of a sample, where each bit of it is kept; 0: of a lossy file. */
static size_t exact_width(const SF_INFO *i)
{
	if ((i->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_FLAC)
		return 0;
	switch (i->format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_S8:
		return 1;
	case SF_FORMAT_PCM_24:
		return 3;
	default:
		return 2;
	}
}

static void put_le(struct buf *b, uint64_t v, size_t n)
{
	for (; n > 0; n--, v >>= 8)
		b->p[b->n++] = (uint8_t)v;
}

static int put_header(const SF_INFO *s, size_t width, struct unpacked *o)
{
	CLEANUP(buf_free) struct buf b = {0};
	uint64_t frame = (uint64_t)s->channels * width;
	int r = buf_put(&b, "RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0", 22);

	if (r == 0)
		r = buf_reserve(&b, 32);
	if (r != 0)
		return r;
	put_le(&b, (uint64_t)s->channels, 2);
	put_le(&b, (uint64_t)s->samplerate, 4);
	put_le(&b, (uint64_t)s->samplerate * frame, 4);
	put_le(&b, frame, 2);
	put_le(&b, 8 * width, 2);
	r = buf_put(&b, "data\xff\xff\xff\xff", 8);
	return r == 0 ? unpacked_put(o, buf_bytes(&b)) : r;
}

struct sound {
	const struct sound_calls *c;
	SNDFILE *f;
	SF_INFO info;
	size_t width; /* of what is read exactly; 0: lossy */
	union {
		int *i;
		float *f;
		void *p;
	} in;
	struct buf out;
};

/* 16 bit of a sample between -1 and 1; what is no number is silence. */
static int clipped(float v)
{
	float s = v * 32768.0F;

	if (s >= 32767.0F)
		return 32767;
	if (s <= -32768.0F)
		return -32768;
	return s >= 0 ? (int)(s + 0.5F) : s < 0 ? -(int)(0.5F - s) : 0;
}

static void convert(struct sound *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s->width == 0)
			put_le(&s->out, (uint64_t)clipped(s->in.f[i]), 2);
		else if (s->width == 1)
			put_le(&s->out, ((uint32_t)s->in.i[i] >> 24) ^ 0x80, 1);
		else
			put_le(&s->out,
			       (uint32_t)s->in.i[i] >> (32 - 8 * s->width),
			       s->width);
	}
}

static int each_sample(struct sound *s, struct unpacked *o, struct err *e)
{
	size_t channels = (size_t)s->info.channels;
	sf_count_t all = 0, got = 1;
	int r = 0;

	while (r == 0 && got > 0) {
		got = s->width == 0 ? s->c->read_float(s->f, s->in.f, FRAMES)
				    : s->c->read_int(s->f, s->in.i, FRAMES);
		buf_clear(&s->out);
		convert(s, got < 0 ? 0 : (size_t)got * channels);
		r = unpacked_put(o, buf_bytes(&s->out));
		all += got;
	}
	if (r == 0 && (got < 0 || s->c->error(s->f) != 0 ||
		       (s->width != 0 && all < s->info.frames)))
		return err_set(e, -EPROTO, "",
			       "it is cut off or damaged: not taken");
	return r;
}

static int read_all(struct sound *s, struct unpacked *o, struct err *e)
{
	size_t n, width = exact_width(&s->info);
	int r;

	if (s->info.channels < 1 || s->info.channels > CHANNELS_MAX ||
	    s->info.samplerate < 1)
		return err_set(e, -EPROTO, "", "it has no or many channels");
	n = (size_t)s->info.channels * FRAMES;
	s->width = width;
	s->in.p = mem_new(n, sizeof(int));
	r = s->in.p == NULL ? -ENOMEM : buf_reserve(&s->out, 4 * n);
	if (r != 0)
		return err_nomem(e);
	r = put_header(&s->info, width == 0 ? 2 : width, o);
	return r == 0 ? each_sample(s, o, e) : r;
}

int sound_unpack(const struct sound_calls *c, struct bytes in,
		 struct unpacked *o, struct err *e)
{
	SF_VIRTUAL_IO io = {get_length, seek, get, NULL, tell};
	struct place p;
	struct sound s = {.c = c};
	int r;

	if (place(in, &p))
		s.f = c->open(&io, SFM_READ, &s.info, &p);
	if (s.f == NULL)
		return err_set(e, -EPROTO, "",
			       "it is neither FLAC nor Ogg Vorbis or Opus nor "
			       "MP3, or damaged: not taken");
	r = read_all(&s, o, e);
	c->close(s.f);
	mem_free(s.in.p);
	buf_free(&s.out);
	return r;
}
