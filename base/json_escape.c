/* The inside of JSON strings: one unit at a time, decoding, quoting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/json.h"
#include "base/utf8.h"

#define REPLACEMENT 0xFFFDu

static bool is_high(uint32_t cp)
{
	return cp >= 0xD800 && cp <= 0xDBFF;
}

static bool is_low(uint32_t cp)
{
	return cp >= 0xDC00 && cp <= 0xDFFF;
}

/* The number a \u escape at raw[at] names; false when it is none. */
static bool unit16(struct bytes raw, size_t at, uint32_t *v)
{
	if (raw.n < 6 || at > raw.n - 6 || raw.p[at] != '\\' ||
	    raw.p[at + 1] != 'u')
		return false;
	*v = 0;
	for (size_t i = at + 2; i < at + 6; i++) {
		uint8_t c = raw.p[i], low = c | 32;

		if (c >= '0' && c <= '9')
			*v = *v << 4 | (uint32_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			*v = *v << 4 | (uint32_t)(low - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* A \u escape, a pair of surrogates being one unit. */
static size_t unicode_unit(struct bytes raw, size_t at, uint32_t *cp)
{
	uint32_t hi, lo;

	if (!unit16(raw, at, &hi))
		return 0;
	if (is_high(hi) && unit16(raw, at + 6, &lo) && is_low(lo)) {
		*cp = 0x10000 + ((hi - 0xD800) << 10) + (lo - 0xDC00);
		return 12;
	}
	*cp = is_high(hi) || is_low(hi) ? REPLACEMENT : hi;
	return 6;
}

size_t json_escape_unit(struct bytes raw, size_t at, uint32_t *cp)
{
	static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *hit;

	*cp = REPLACEMENT;
	if (at >= raw.n || raw.p[at] < 0x20 || raw.p[at] == '"')
		return 0;
	if (raw.p[at] != '\\')
		return utf8_next(raw, at, cp);
	if (raw.n - at < 2 || raw.p[at + 1] == '\0')
		return 0;
	if (raw.p[at + 1] == 'u')
		return unicode_unit(raw, at, cp);
	hit = strchr(names, raw.p[at + 1]);
	if (hit == NULL)
		return 0;
	*cp = (uint8_t)means[hit - names];
	return 2;
}

int json_unescape(struct buf *b, struct bytes raw)
{
	size_t n = b->n, at = 0, len;
	uint8_t utf8[4];
	uint32_t cp;
	int rc = 0;

	while (rc == 0 && at < raw.n) {
		len = json_escape_unit(raw, at, &cp);
		if (len == 0)
			rc = -EPROTO;
		else
			rc = buf_put(b, utf8, utf8_put(utf8, cp));
		at += len;
	}
	if (rc != 0)
		b->n = n;
	return rc;
}

/* The letter of a two-character escape; 0 where there is none. */
static char short_escape(uint32_t cp)
{
	switch (cp) {
	case '"':
	case '\\':
		return (char)cp;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return '\0';
	}
}

/* One code point; what a terminal acts on is escaped beyond what JSON asks. */
static int quote_unit(struct buf *b, uint32_t cp)
{
	const char esc[2] = {'\\', short_escape(cp)};
	uint8_t utf8[4];

	if (esc[1] != '\0')
		return buf_put(b, esc, 2);
	if (cp < 0x20 || (cp >= 0x7F && cp <= 0x9F))
		return buf_printf(b, "\\u%04x", (unsigned)cp);
	return buf_put(b, utf8, utf8_put(utf8, cp));
}

static int quote_once(struct buf *b, struct bytes s)
{
	size_t n = b->n, at = 0, len;
	uint32_t cp;
	int rc = 0;

	while (rc == 0 && (len = utf8_next(s, at, &cp)) > 0) {
		rc = quote_unit(b, cp);
		at += len;
	}
	if (rc != 0)
		b->n = n;
	return rc;
}

int json_quote(struct buf *b, struct bytes s, unsigned depth)
{
	CLEANUP(buf_free) struct buf a = {.secret = b->secret};
	CLEANUP(buf_free) struct buf c = {.secret = b->secret};

	if (depth == 0)
		return buf_putb(b, s);
	for (; depth > 1; depth--) {
		struct buf t = a;
		int rc = quote_once(&c, s);

		if (rc != 0)
			return rc;
		/* c holds the text now; a becomes the room for the next. */
		s = buf_bytes(&c);
		a = c;
		c = t;
		buf_clear(&c);
	}
	return quote_once(b, s);
}
