/* UTF-8 by the table of RFC 3629 section 4: no overlong, no surrogates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#define REPLACEMENT 0xFFFDu

/* Length that a lead byte announces; 0 for a byte that leads nothing. */
static size_t lead_len(uint8_t c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c <= 0xDF)
		return 2;
	if (c >= 0xE0 && c <= 0xEF)
		return 3;
	return c >= 0xF0 && c <= 0xF4 ? 4 : 0;
}

/* The second byte's range rules out overlong forms, surrogates, > 10FFFF. */
static bool second_ok(uint8_t lead, uint8_t c)
{
	switch (lead) {
	case 0xE0:
		return c >= 0xA0 && c <= 0xBF;
	case 0xED:
		return c >= 0x80 && c <= 0x9F;
	case 0xF0:
		return c >= 0x90 && c <= 0xBF;
	case 0xF4:
		return c >= 0x80 && c <= 0x8F;
	default:
		return c >= 0x80 && c <= 0xBF;
	}
}

/* Length of the valid sequence at p with room n >= 1; 0 when invalid. */
static size_t valid_len(const uint8_t *p, size_t n)
{
	size_t len = lead_len(p[0]);

	if (len == 0 || len > n)
		return 0;
	if (len > 1 && !second_ok(p[0], p[1]))
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	}
	return len;
}

size_t utf8_next(struct bytes b, size_t off, uint32_t *cp)
{
	static const uint8_t lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	size_t len;

	*cp = REPLACEMENT;
	if (off >= b.n)
		return 0;
	len = valid_len(b.p + off, b.n - off);
	if (len == 0)
		return 1;
	*cp = b.p[off] & lead_mask[len];
	for (size_t i = 1; i < len; i++)
		*cp = *cp << 6 | (b.p[off + i] & 0x3F);
	return len;
}

size_t utf8_put(uint8_t out[4], uint32_t cp)
{
	static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
	size_t len;

	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return 0;
	len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (cp & 0x3F));
		cp >>= 6;
	}
	out[0] = (uint8_t)(lead[len] | cp);
	return len;
}

bool utf8_valid(struct bytes b)
{
	size_t off = 0;

	while (off < b.n) {
		size_t len = valid_len(b.p + off, b.n - off);

		if (len == 0)
			return false;
		off += len;
	}
	return true;
}

size_t utf8_floor(struct bytes b, size_t off)
{
	if (off >= b.n)
		return b.n;
	for (size_t back = 1; back <= 3 && back <= off; back++) {
		size_t at = off - back;

		if (valid_len(b.p + at, b.n - at) > back)
			return at;
	}
	return off;
}

size_t utf8_ceil(struct bytes b, size_t off)
{
	size_t at = utf8_floor(b, off);

	if (at == off || at >= b.n)
		return at;
	return at + valid_len(b.p + at, b.n - at);
}
