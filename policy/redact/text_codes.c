/* Text inside which more is written in codes: &#64; and %40. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever takes text out of a web page, a link or a mail takes its codes along:
 * "jane%40bank.example", "Zo&euml;", "=C3=A9". What they stand for is read as a
 * second decoding of the run, its map composed with the run's, so that what is
 * found is cut out of the source with its codes.
 *
 * A code that was coded again is one code: "%2540", "&amp;#64;".
 */
#include "base/utf8.h"
#include "policy/redact/text.h"

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%40" or "=40" at `at` stands for, and where it ends; at: it is
 * none. */
static size_t coded(struct bytes in, size_t at, uint8_t *byte)
{
	size_t i = at + 1;
	uint8_t sign = in.p[at];

	while (sign == '%' && i + 3 < in.n && in.p[i] == '2' &&
	       in.p[i + 1] == '5' && hex(in.p[i + 2]) >= 0 &&
	       hex(in.p[i + 3]) >= 0)
		i += 2;
	if (i + 1 >= in.n || hex(in.p[i]) < 0 || hex(in.p[i + 1]) < 0)
		return at;
	/* Mail has capitals; "a=bad" is none. */
	if (sign == '=' && (in.p[i] >= 'a' || in.p[i + 1] >= 'a'))
		return at;
	*byte = (uint8_t)(16 * hex(in.p[i]) + hex(in.p[i + 1]));
	return i + 2;
}

/* The code point whose bytes are coded from at on; where it ends; at: none. */
static size_t code_point(struct bytes in, size_t at, uint32_t *cp)
{
	uint8_t u[4];
	size_t n = 0, end = at, next, len;

	while (n < sizeof(u) && end < in.n && in.p[end] == in.p[at] &&
	       (next = coded(in, end, &u[n])) > end) {
		end = next;
		n++;
		len = utf8_next(bytes_of(u, n), 0, cp);
		if (len == n && (*cp != 0xFFFD || n == sizeof(u)))
			return *cp >= ' ' && *cp != 0x7f && *cp != 0xFFFD ? end
									  : at;
	}
	/* Links of old sites: one byte a letter. */
	if (in.p[at] == '%' && n > 0 && u[0] >= 0xA0) {
		*cp = u[0];
		return coded(in, at, &u[0]);
	}
	return at;
}

static bool has_percent(struct bytes in, uint8_t sign)
{
	const uint8_t *p = in.p, *end = in.p + in.n;
	uint8_t byte;

	while (p < end && (p = memchr(p, sign, (size_t)(end - p))) != NULL) {
		if (coded(in, (size_t)(p - in.p), &byte) > (size_t)(p - in.p))
			return true;
		p++;
	}
	return false;
}

static bool has_entity(struct bytes in)
{
	const uint8_t *p = in.p, *end = in.p + in.n;
	uint32_t cp;

	while (p < end && (p = memchr(p, '&', (size_t)(end - p))) != NULL) {
		if (text_entity(in, (size_t)(p - in.p), &cp) > 0)
			return true;
		p++;
	}
	return false;
}

bool text_coded(struct bytes in, enum text_code code)
{
	if (in.n == 0)
		return false;
	if (code == TEXT_ENTITIES)
		return has_entity(in);
	return has_percent(in, '%') || has_percent(in, '=');
}

/* The unit at `at`: its length; 0: it is none. */
static size_t unit(struct bytes in, size_t at, enum text_code code,
		   uint32_t *cp)
{
	if (code == TEXT_ENTITIES)
		return in.p[at] == '&' ? text_entity(in, at, cp) : 0;
	return in.p[at] == '%' || in.p[at] == '=' ? code_point(in, at, cp) - at
						  : 0;
}

int text_codes(struct text_builder *t, const struct run *r, enum text_code code)
{
	size_t from = 0, n;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < r->text.n; at += n == 0 ? 1 : n) {
		uint64_t start, end;
		uint32_t cp;

		n = unit(r->text, at, code, &cp);
		if (n == 0)
			continue;
		text_raw(r, (uint32_t)at, (uint32_t)(at + n), &start, &end);
		if (at > from)
			rc = text_slice(t, r, (uint32_t)from,
					(uint32_t)(at - from));
		if (rc == 0)
			rc = text_unit(t, cp, start, (size_t)(end - start));
		from = at + n;
	}
	if (rc == 0 && from < r->text.n)
		rc = text_slice(t, r, (uint32_t)from,
				(uint32_t)(r->text.n - from));
	return rc;
}
