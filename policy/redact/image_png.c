/* PNG files without what is no picture: chunks, checked and chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is a signature and a chain of chunks: u32 length, four letters, so
 * many bytes, CRC-32 of letters and bytes; the first is IHDR, the last IEND.
 * A chunk whose first letter is a capital is needed to show the picture: one
 * that is not known here refuses the file. Of the others those are kept that
 * say what its numbers mean as colours, each of its exact size, once, before
 * the data. The rest is dropped (tEXt, iTXt, eXIf, tIME, iCCP, the frames of
 * an animation ...), and so is what stands behind IEND.
 */
#include <errno.h>

#include "base/crc.h"
#include "policy/redact/image.h"

static const struct kept {
	char id[5];
	bool first;	      /* before PLTE, too */
	uint32_t least, most; /* bytes */
} kept[] = {{"IHDR", true, 13, 13},  {"PLTE", false, 3, 768},
	    {"tRNS", false, 1, 256}, {"gAMA", true, 4, 4},
	    {"cHRM", true, 32, 32},  {"sRGB", true, 1, 1},
	    {"sBIT", true, 1, 4},    {"IDAT", false, 0, 0x7FFFFFFF},
	    {"IEND", false, 0, 0}};
enum {
	IHDR = 0,
	PLTE = 1,
	IDAT = 7,
	IEND = 8,
	OTHER = 9
};

struct png {
	bool seen[OTHER];
	bool over; /* IDAT chunks have come to their end */
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static size_t kind_of(const uint8_t *id)
{
	size_t i = 0;

	while (i < OTHER && memcmp(id, kept[i].id, 4) != 0)
		i++;
	return i;
}

static const char *take_header(const uint8_t *p)
{
	static const uint8_t depths[7] = {0x1F, 0, 0x18, 0x0F, 0x18, 0, 0x18};

	if (be32(p) == 0 || be32(p + 4) == 0 || be32(p) > 0x7FFFFFFF ||
	    be32(p + 4) > 0x7FFFFFFF)
		return "its width or height cannot be";
	if (p[9] > 6 || p[8] == 0 || (p[8] & (p[8] - 1)) != 0 ||
	    (depths[p[9]] & p[8]) == 0)
		return "its depth or colour type cannot be";
	if (p[10] != 0 || p[11] != 0 || p[12] > 1)
		return "its compression, filter or interlacing is not known";
	return NULL;
}

/* Order and size of a chunk that is kept. */
static const char *take_kept(struct png *g, size_t k, struct bytes body)
{
	if ((k == IHDR) == g->seen[IHDR] || (k != IDAT && g->seen[k]) ||
	    (k != IDAT && k != IEND && g->seen[IDAT]) ||
	    (kept[k].first && g->seen[PLTE]) || (k == IDAT && g->over) ||
	    (k == IEND && !g->seen[IDAT]))
		return "its chunks are out of order";
	if (body.n < kept[k].least || body.n > kept[k].most ||
	    (k == PLTE && body.n % 3 != 0))
		return "a chunk has a size that it cannot have";
	g->seen[k] = true;
	return k == IHDR ? take_header(body.p) : NULL;
}

static const char *take_chunk(struct png *g, struct bytes chunk, bool *keep)
{
	const uint8_t *id = chunk.p + 4;
	struct bytes body = bytes_sub(chunk, 8, chunk.n - 12);
	size_t k = kind_of(id);

	*keep = k != OTHER;
	if (crc32_add(0, bytes_sub(chunk, 4, chunk.n - 8)) !=
	    be32(chunk.p + chunk.n - 4))
		return "a chunk is damaged";
	for (size_t i = 0; i < 4; i++)
		if ((id[i] | 32) < 'a' || (id[i] | 32) > 'z')
			return "a chunk has no name";
	if (k != IDAT && g->seen[IDAT])
		g->over = true;
	if (*keep)
		return take_kept(g, k, body);
	if ((id[0] & 32) == 0)
		return "it needs a chunk that is not known";
	return g->seen[IHDR] ? NULL : "its chunks are out of order";
}

int image_png(struct bytes in, image_sink *put, void *ctx, const char **why)
{
	struct png g = {.over = false};
	int r = put(ctx, bytes_sub(in, 0, 8));
	size_t at = 8;

	while (r == 0 && !g.seen[IEND]) {
		bool keep = false;
		uint32_t n;

		*why = "it is cut off";
		if (in.n - at < 12)
			return -EPROTO;
		n = be32(in.p + at);
		if (n > in.n - at - 12)
			return -EPROTO;
		*why = take_chunk(&g, bytes_sub(in, at, (size_t)n + 12), &keep);
		if (*why != NULL)
			return -EPROTO;
		if (keep)
			r = put(ctx, bytes_sub(in, at, (size_t)n + 12));
		at += (size_t)n + 12;
	}
	return r;
}
