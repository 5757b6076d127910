/* Hex and base64, without table look-ups that depend on the locale. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"

#include <errno.h>

void hex_encode(char *out, struct bytes in)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.n; i++) {
		out[2 * i] = digits[in.p[i] >> 4];
		out[2 * i + 1] = digits[in.p[i] & 15];
	}
	out[2 * in.n] = '\0';
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_decode(uint8_t *out, size_t n, struct bytes s)
{
	if (s.n % 2 != 0 || s.n / 2 != n)
		return -EPROTO;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_digit(s.p[2 * i]);
		int lo = hex_digit(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return -EPROTO;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_put(struct buf *b, struct bytes in)
{
	int rc;

	if (in.n > SIZE_MAX / 2)
		return -ENOMEM;
	rc = buf_reserve(b, (in.n + 2) / 3 * 4);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i;
		uint32_t v = (uint32_t)in.p[i] << 16;
		uint8_t *o = b->p + b->n;

		v |= left > 1 ? (uint32_t)in.p[i + 1] << 8 : 0;
		v |= left > 2 ? in.p[i + 2] : 0;
		o[0] = (uint8_t)base64_digits[v >> 18];
		o[1] = (uint8_t)base64_digits[v >> 12 & 63];
		o[2] = left > 1 ? (uint8_t)base64_digits[v >> 6 & 63] : '=';
		o[3] = left > 2 ? (uint8_t)base64_digits[v & 63] : '=';
		b->n += 4;
	}
	return 0;
}

static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group of four digits, the last pad of them '=': its 3 - pad bytes. */
static int base64_quad(uint8_t out[3], const uint8_t *q, size_t pad)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i < 4 - pad ? base64_digit(q[i]) : 0;

		if (d < 0)
			return -EPROTO;
		v = v << 6 | (uint32_t)d;
	}
	if (pad > 0 && (v & ((1u << (8 * pad)) - 1)) != 0)
		return -EPROTO;
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	return 0;
}

int base64_get(struct buf *b, struct bytes s)
{
	size_t n = b->n, pad = 0;
	int rc;

	if (s.n % 4 != 0)
		return -EPROTO;
	if (s.n > 0 && s.p[s.n - 1] == '=')
		pad = s.p[s.n - 2] == '=' ? 2 : 1;
	rc = buf_reserve(b, s.n / 4 * 3);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < s.n; i += 4) {
		size_t p = i + 4 == s.n ? pad : 0;

		if (base64_quad(b->p + n, s.p + i, p) != 0)
			return -EPROTO;
		n += 3 - p;
	}
	b->n = n;
	return 0;
}
