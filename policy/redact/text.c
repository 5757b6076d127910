/* Decoding to UTF-8 with a map back to the source, in stretches. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recognizers see plain UTF-8; what they find must be cut out of the source's
 * own bytes. The map is a list of stretches that touch both in the text and in
 * the source. Two kinds: a copied stretch (len == rawlen), and one escape,
 * where a few decoded bytes stand for a different number of raw ones: \n,
 * \u00e9, a surrogate pair, an invalid byte shown as U+FFFD. An escape never
 * has the length of what it stands for, so one comparison tells them apart;
 * that holds through every level of JSON inside JSON, because a level only
 * makes escapes longer.
 *
 * A place inside an escape has no source byte of its own: text_raw moves
 * outwards to the whole escape, in a copied stretch to the whole code point,
 * and over a CRLF that would be cut in two.
 *
 * Composing (JSON in a string): decoding runs over the text of the outer run,
 * and each unit's place in it is translated by the outer run's map.
 *
 * A third kind is hard: bytes that stay whatever is found over them, with text
 * of any length, also none (a tag between two words) or one that has no bytes
 * here (what was said in the line before).
 */
#include "policy/redact/text.h"

#include <errno.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

static bool is_copy(const struct text_map *m)
{
	return !m->hard && m->len == m->rawlen;
}

/* The stretch of r that holds the text offset off (< the text's length). */
static const struct text_map *stretch_at(const struct run *r, uint32_t off)
{
	uint32_t lo = 0, hi = r->nmap;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (r->map[mid].text <= off)
			lo = mid;
		else
			hi = mid;
	}
	return &r->map[lo];
}

/* Where the text before off ends, or from off on starts, in the source. */
static uint64_t raw_floor(const struct run *r, uint32_t off)
{
	const struct text_map *m;

	if (r->nmap == 0)
		return 0;
	if (off >= r->text.n) {
		m = &r->map[r->nmap - 1];
		return m->raw + m->rawlen;
	}
	m = stretch_at(r, off);
	return is_copy(m) ? m->raw + (off - m->text) : m->raw;
}

static uint64_t raw_ceil(const struct run *r, uint32_t off)
{
	const struct text_map *m;

	if (off == 0)
		return raw_floor(r, 0);
	m = stretch_at(r, off - 1);
	return is_copy(m) ? m->raw + (off - m->text) : m->raw + m->rawlen;
}

static bool splits_crlf(struct bytes t, size_t at)
{
	return at > 0 && at < t.n && t.p[at - 1] == '\r' && t.p[at] == '\n';
}

void text_raw(const struct run *r, uint32_t start, uint32_t end,
	      uint64_t *raw_start, uint64_t *raw_end)
{
	size_t s = utf8_floor(r->text, start < r->text.n ? start : r->text.n);
	size_t t = utf8_ceil(r->text, end < r->text.n ? end : r->text.n);

	s -= splits_crlf(r->text, s);
	t += splits_crlf(r->text, t);
	*raw_start = raw_floor(r, (uint32_t)s);
	*raw_end = raw_ceil(r, (uint32_t)t);
	if (*raw_end < *raw_start)
		*raw_end = *raw_start;
}

bool text_part(const struct run *r, uint32_t *at, uint32_t end, uint32_t *from,
	       uint32_t *to)
{
	const struct text_map *m, *stop = r->map + r->nmap;

	if (*at >= end || r->nmap == 0)
		return false;
	m = stretch_at(r, *at);
	while (m < stop && m->text < end && m->hard)
		m++;
	if (m == stop || m->text >= end)
		return false;
	*from = m->text > *at ? m->text : *at;
	while (m < stop && m->text < end && !m->hard)
		m++;
	*at = *to = m < stop && m->text < end ? m->text : end;
	return true;
}

/* ---- building ---- */

/* One more stretch, as it is. */
static int map_put(struct text_builder *t, uint64_t raw, size_t rawlen,
		   size_t len, bool hard)
{
	struct text_map *m;

	if (t->text.n + len > UINT32_MAX || rawlen > UINT32_MAX)
		return -EFBIG;
	if (t->nmap == t->cap) {
		uint32_t cap = t->cap == 0 ? 8 : t->cap * 2;

		m = mem_grow(t->map, cap, sizeof(*m));
		if (m == NULL)
			return -ENOMEM;
		t->map = m;
		t->cap = cap;
	}
	t->map[t->nmap++] = (struct text_map){.text = (uint32_t)t->text.n,
					      .len = (uint32_t)len,
					      .raw = raw,
					      .rawlen = (uint32_t)rawlen,
					      .hard = hard};
	return 0;
}

/* Note that the next len bytes of text come from raw; merges with a copied
 * stretch before it. */
static int map_add(struct text_builder *t, uint64_t raw, size_t rawlen,
		   size_t len)
{
	struct text_map *last = t->nmap == 0 ? NULL : &t->map[t->nmap - 1];

	if (last == NULL || rawlen != len || !is_copy(last) ||
	    last->raw + last->rawlen != raw || len > UINT32_MAX - last->len)
		return map_put(t, raw, rawlen, len, false);
	last->len += (uint32_t)len;
	last->rawlen += (uint32_t)rawlen;
	return t->text.n + len > UINT32_MAX ? -EFBIG : 0;
}

/* Copy in as it is. */
static int add_copy(struct text_builder *t, struct bytes in, uint64_t raw)
{
	int rc = in.n == 0 ? 0 : map_add(t, raw, in.n, in.n);

	return rc == 0 ? buf_putb(&t->text, in) : rc;
}

int text_unit(struct text_builder *t, uint32_t cp, uint64_t raw, size_t rawlen)
{
	uint8_t utf8[4];
	size_t n = utf8_put(utf8, cp);
	int rc = map_add(t, raw, rawlen, n);

	return rc == 0 ? buf_put(&t->text, utf8, n) : rc;
}

int text_gap(struct text_builder *t, struct bytes in, uint64_t raw,
	     size_t rawlen)
{
	int rc = map_put(t, raw, rawlen, in.n, true);

	return rc == 0 ? buf_putb(&t->text, in) : rc;
}

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* How many bytes from at on are ASCII, and no backslash where `escapes`. */
static size_t ascii_run(struct bytes in, size_t at, bool escapes)
{
	size_t i = at;

	while (in.n - i >= 8) {
		uint64_t v, slash;

		memcpy(&v, in.p + i, sizeof(v));
		slash = v ^ (ONES * '\\');
		if ((v & HIGHS) != 0 ||
		    (escapes && ((slash - ONES) & ~slash & HIGHS) != 0))
			break;
		i += 8;
	}
	while (i < in.n && in.p[i] < 0x80 && (!escapes || in.p[i] != '\\'))
		i++;
	return i - at;
}

bool text_is_plain(struct bytes in)
{
	size_t at = 0, n;
	uint32_t cp;

	for (;;) {
		at += ascii_run(in, at, true);
		if (at == in.n)
			return true;
		n = utf8_next(in, at, &cp);
		if (n < 2)
			return false;
		at += n;
	}
}

int text_plain(struct text_builder *t, struct bytes in, uint64_t raw)
{
	size_t at = 0, n;
	uint32_t cp;
	int rc = 0;

	while (rc == 0 && at < in.n) {
		n = ascii_run(in, at, false);
		if (n == 0)
			n = utf8_next(in, at, &cp);
		if (n == 1 && in.p[at] >= 0x80)
			rc = text_unit(t, 0xFFFD, raw + at, 1);
		else
			rc = add_copy(t, bytes_sub(in, at, n), raw + at);
		at += n;
	}
	return rc;
}

int text_cell(struct text_builder *t, struct bytes in, uint64_t raw)
{
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && at < in.n) {
		const uint8_t *q = memchr(in.p + at, '"', in.n - at);
		size_t end = q == NULL ? in.n : (size_t)(q - in.p);

		rc = text_plain(t, bytes_sub(in, at, end - at), raw + at);
		at = end;
		if (rc != 0 || at == in.n)
			break;
		if (at + 1 == in.n || in.p[at + 1] != '"')
			return -EPROTO;
		rc = text_unit(t, '"', raw + at, 2);
		at += 2;
	}
	return rc;
}

/* The unit at in[at], which is no plain ASCII, and its length in *n. */
static int json_unit(struct text_builder *t, struct bytes in, size_t at,
		     uint64_t raw, uint64_t rawlen, size_t n, uint32_t cp)
{
	bool copied = in.p[at] != '\\' && !(n == 1 && in.p[at] >= 0x80);

	if (copied && rawlen == n)
		return add_copy(t, bytes_sub(in, at, n), raw);
	return text_unit(t, cp, raw, (size_t)rawlen);
}

int text_json(struct text_builder *t, struct bytes in, uint64_t raw)
{
	size_t at = 0, n;
	uint32_t cp;
	int rc = 0;

	while (rc == 0 && at < in.n) {
		n = ascii_run(in, at, true);
		if (n > 0) {
			rc = add_copy(t, bytes_sub(in, at, n), raw + at);
			at += n;
			continue;
		}
		n = json_escape_unit(in, at, &cp);
		if (n == 0)
			return -EPROTO;
		rc = json_unit(t, in, at, raw + at, n, n, cp);
		at += n;
	}
	return rc;
}

/* Add part [off, off + n) of r, text as it is, stretch by stretch: an escape
 * that is cut counts whole. */
int text_slice(struct text_builder *t, const struct run *r, uint32_t off,
	       uint32_t n)
{
	const struct text_map *m;
	int rc = 0;

	while (rc == 0 && n > 0) {
		uint32_t skip, len;

		m = stretch_at(r, off);
		skip = off - m->text;
		len = m->len - skip < n ? m->len - skip : n;
		rc = is_copy(m) ? map_add(t, m->raw + skip, len, len)
				: map_put(t, m->raw, m->rawlen, len, m->hard);
		if (rc == 0)
			rc = buf_putb(&t->text, bytes_sub(r->text, off, len));
		off += len;
		n -= len;
	}
	return rc;
}

int text_nested(struct text_builder *t, const struct run *r, uint32_t off,
		uint32_t n)
{
	struct bytes in = bytes_sub(r->text, off, n);
	uint64_t from, to;
	size_t at = 0, len;
	uint32_t cp;
	int rc = 0;

	while (rc == 0 && at < in.n) {
		len = ascii_run(in, at, true);
		if (len > 0) {
			rc = text_slice(t, r, off + (uint32_t)at,
					(uint32_t)len);
			at += len;
			continue;
		}
		len = json_escape_unit(in, at, &cp);
		if (len == 0)
			return -EPROTO;
		from = raw_floor(r, off + (uint32_t)at);
		to = raw_ceil(r, off + (uint32_t)(at + len));
		rc = json_unit(t, in, at, from, to - from, len, cp);
		at += len;
	}
	return rc;
}

void text_reset(struct text_builder *t)
{
	buf_clear(&t->text);
	t->nmap = 0;
}

void text_free(struct text_builder *t)
{
	buf_free(&t->text);
	mem_free(t->map);
	*t = (struct text_builder){.text = {NULL, 0, 0, false}};
}
