/* Fuzzes pictures: what is stripped, and that nothing more is left. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses how the rest is read: as it is, or as chunks of a PNG
 * or segments of a JPEG, given their checksums and sizes so that the fuzzer
 * gets behind them. Promises: what is left is bare, and not longer; stripped
 * again it is the same; and only what loses nothing is bare.
 */
#include <errno.h>

#include "base/buf.h"
#include "base/crc.h"
#include "policy/redact/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void put(struct buf *b, const void *p, size_t n)
{
	if (buf_put(b, p, n) != 0)
		__builtin_trap();
}

static int take(void *ctx, struct bytes b)
{
	put(ctx, b.p, b.n);
	return 0;
}

static void put32(struct buf *b, uint32_t v)
{
	v = __builtin_bswap32(v);
	put(b, &v, 4);
}

/* One byte of length, four letters, the bytes. */
static void make_png(struct bytes in, struct buf *b)
{
	put(b, "\x89PNG\r\n\x1a\n", 8);
	for (size_t at = 0; in.n - at >= 5;) {
		struct bytes body = bytes_sub(in, at + 1, 4 + (size_t)in.p[at]);
		size_t from = b->n + 4;

		put32(b, (uint32_t)body.n - 4);
		put(b, body.p, body.n);
		put32(b, crc32_add(0, bytes_of(b->p + from, body.n)));
		at += 1 + body.n;
	}
}

/* A marker, one byte of length, the bytes; behind a scan more of it. */
static void make_jpeg(struct bytes in, struct buf *b)
{
	put(b, "\xff\xd8", 2);
	for (size_t at = 0; in.n - at >= 2;) {
		struct bytes body = bytes_sub(in, at + 2, in.p[at + 1]);
		const uint8_t head[4] = {0xFF, in.p[at], 0,
					 (uint8_t)(body.n + 2)};

		if (body.n > 250)
			body.n = 250;
		put(b, head, in.p[at] == 0xD9 ? 2 : 4);
		put(b, body.p, in.p[at] == 0xD9 ? 0 : body.n);
		if (in.p[at] == 0xDA)
			put(b, "\x01\xff\x00\x7f", 4);
		at += 2 + body.n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(buf_free) struct buf in = {0}, out = {0}, again = {0};
	const char *why = NULL;
	struct bytes rest = bytes_of(data + 1, n - 1);
	int r;

	if (n == 0)
		return 0;
	if (data[0] % 3 == 1)
		make_png(rest, &in);
	else if (data[0] % 3 == 2)
		make_jpeg(rest, &in);
	else
		put(&in, rest.p, rest.n);
	r = image_strip(buf_bytes(&in), take, &out, &why);
	if (r != 0 && (r != -EPROTO || why == NULL))
		__builtin_trap();
	if (r != 0)
		return 0;
	if (out.n > in.n)
		__builtin_trap();
	if (image_bare(buf_bytes(&out)) != NULL ||
	    image_strip(buf_bytes(&out), take, &again, &why) != 0 ||
	    again.n != out.n || memcmp(again.p, out.p, out.n) != 0 ||
	    (image_bare(buf_bytes(&in)) == NULL) !=
		    (in.n == out.n && memcmp(in.p, out.p, in.n) == 0))
		__builtin_trap();
	return 0;
}
