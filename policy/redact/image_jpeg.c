/* JPEG files without what is no picture: segments, checked and chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is SOI, segments (0xFF, a marker, u16 length that counts itself, the
 * rest), after each SOS coded data up to the next marker that is no restart,
 * and EOI. Kept are tables, frame, scans and restart intervals, whose sizes
 * must be what they say; JFIF's APP0 with its thumbnail cut out; and Adobe's
 * APP14, without which the colours are wrong. Dropped are all other APPn
 * (Exif with its thumbnail, XMP, IPTC, profiles, maker notes), comments, and
 * what stands behind EOI. An orientation that stood in Exif is gone, too.
 */
#include <errno.h>

#include "policy/redact/image.h"

#define SOF0 0xC0
#define DHT 0xC4
#define JPG 0xC8
#define DAC 0xCC
#define SOF15 0xCF
#define RST0 0xD0
#define RST7 0xD7
#define EOI 0xD9
#define SOS 0xDA
#define DQT 0xDB
#define DNL 0xDC
#define DRI 0xDD
#define APP0 0xE0
#define APP14 0xEE
#define APP15 0xEF
#define COM 0xFE

struct jpeg {
	struct bytes in;
	image_sink *put;
	void *ctx;
	size_t at;
	unsigned frames, scans;
};

static size_t be16(const uint8_t *p)
{
	return (size_t)p[0] << 8 | p[1];
}

/* Tables one after the other up to the end. */
static bool quantization_ok(struct bytes b)
{
	size_t at = 0;

	while (at < b.n && b.p[at] >> 4 <= 1 && (b.p[at] & 15) <= 3)
		at += 1 + (size_t)64 * (1 + (b.p[at] >> 4));
	return at == b.n && at > 0;
}

static bool huffman_ok(struct bytes b)
{
	size_t at = 0, n;

	while (b.n - at >= 17 && b.p[at] >> 4 <= 1 && (b.p[at] & 15) <= 3) {
		n = 0;
		for (size_t i = 1; i <= 16; i++)
			n += b.p[at + i];
		if (n > 256 || n > b.n - at - 17)
			return false;
		at += 17 + n;
	}
	return at == b.n && at > 0;
}

static bool is_frame(uint8_t marker)
{
	return marker >= SOF0 && marker <= SOF15 && marker != DHT &&
	       marker != JPG && marker != DAC;
}

/* Whether a segment that is kept is as long as it says. */
static bool size_ok(uint8_t marker, struct bytes b)
{
	switch (marker) {
	case DQT:
		return quantization_ok(b);
	case DHT:
		return huffman_ok(b);
	case DAC:
		return b.n > 0 && b.n % 2 == 0;
	case DRI:
	case DNL:
		return b.n == 2;
	case SOS:
		return b.n >= 6 && b.p[0] >= 1 && b.p[0] <= 4 &&
		       b.n == 4 + (size_t)2 * b.p[0];
	default:
		return b.n >= 9 && b.p[5] > 0 && b.p[5] <= 4 &&
		       b.n == 6 + (size_t)3 * b.p[5] && be16(b.p + 3) > 0;
	}
}

/* JFIF's density, without the thumbnail; Adobe's colours. */
static int put_app(struct jpeg *g, uint8_t marker, struct bytes b)
{
	uint8_t s[18] = {0xFF, marker};
	size_t n = 12;

	if (marker == APP0 && (b.n < 14 || memcmp(b.p, "JFIF", 5) != 0))
		return 0;
	if (marker == APP14 && (b.n < 12 || memcmp(b.p, "Adobe", 5) != 0))
		return 0;
	if (marker != APP0 && marker != APP14)
		return 0;
	memcpy(s + 4, b.p, n);
	if (marker == APP0)
		n += 2; /* a thumbnail of 0 by 0 */
	s[3] = (uint8_t)(n + 2);
	return g->put(g->ctx, bytes_of(s, n + 4));
}

/* One past the coded data that begin at `at`: a marker that is no restart. */
static size_t scan_end(struct bytes in, size_t at)
{
	while (at < in.n) {
		const uint8_t *ff = memchr(in.p + at, 0xFF, in.n - at);

		if (ff == NULL)
			return in.n;
		at = (size_t)(ff - in.p);
		if (in.n - at < 2)
			return in.n;
		if (ff[1] != 0 && ff[1] != 0xFF &&
		    (ff[1] < RST0 || ff[1] > RST7))
			return at;
		at += ff[1] == 0xFF ? 1 : 2;
	}
	return in.n;
}

/* A segment that makes the picture, and what is coded behind it. */
static int put_segment(struct jpeg *g, uint8_t marker, struct bytes all,
		       const char **why)
{
	size_t end;
	int r;

	*why = "it is damaged, or of a kind that is not known";
	if (!size_ok(marker, bytes_sub(all, 4, all.n - 4)))
		return -EPROTO;
	g->frames += is_frame(marker);
	g->scans += marker == SOS;
	if (g->frames > 1 || (marker == SOS && g->frames == 0))
		return -EPROTO;
	r = g->put(g->ctx, all);
	if (r != 0 || marker != SOS)
		return r;
	end = scan_end(g->in, g->at);
	r = g->put(g->ctx, bytes_sub(g->in, g->at, end - g->at));
	g->at = end;
	return r;
}

static bool makes_picture(uint8_t m)
{
	return is_frame(m) || m == DHT || m == DAC || m == SOS || m == DQT ||
	       m == DNL || m == DRI;
}

static int take_segment(struct jpeg *g, uint8_t marker, const char **why)
{
	size_t n, from = g->at;
	struct bytes all;

	*why = "it is cut off";
	if (g->in.n - from < 4)
		return -EPROTO;
	n = be16(g->in.p + from + 2);
	if (n < 2 || n > g->in.n - from - 2)
		return -EPROTO;
	all = bytes_sub(g->in, from, n + 2);
	g->at = from + n + 2;
	if (makes_picture(marker))
		return put_segment(g, marker, all, why);
	if (marker >= APP0 && marker <= APP15)
		return put_app(g, marker, bytes_sub(all, 4, n - 2));
	*why = "it is damaged, or of a kind that is not known";
	return marker == COM ? 0 : -EPROTO;
}

int image_jpeg(struct bytes in, image_sink *put, void *ctx, const char **why)
{
	static const uint8_t end[2] = {0xFF, EOI};
	struct jpeg g = {.in = in, .put = put, .ctx = ctx, .at = 2};
	int r = put(ctx, bytes_sub(in, 0, 2));

	while (r == 0) {
		*why = "it is cut off";
		while (in.n - g.at >= 2 && in.p[g.at] == 0xFF &&
		       in.p[g.at + 1] == 0xFF)
			g.at++; /* fill */
		if (in.n - g.at < 2)
			return -EPROTO;
		*why = "it is damaged";
		if (in.p[g.at] != 0xFF)
			return -EPROTO;
		if (in.p[g.at + 1] == EOI)
			return g.scans > 0 ? put(ctx, bytes_of(end, 2))
					   : -EPROTO;
		r = take_segment(&g, in.p[g.at + 1], why);
	}
	return r;
}
