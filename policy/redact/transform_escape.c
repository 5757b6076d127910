/* Writing a replacement as its place wants it, and reading what stood there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/json.h"
#include "base/utf8.h"
#include "policy/redact/decision.h"
#include "policy/redact/text.h"

static unsigned depth_of(uint16_t esc)
{
	unsigned place = esc & ESC_PLACE;

	return place <= ESC_JSON_MAX ? place : 0;
}

/* ESC_LINE, ESC_MARKUP, ESC_TOKEN; 0: JSON or plain text. */
static unsigned place_of(uint16_t esc)
{
	unsigned place = esc & ESC_PLACE;

	return place > ESC_JSON_MAX ? place : 0;
}

/* RFC 8259 number: the whole text is one token of that kind. */
static bool is_number(struct bytes text)
{
	struct json_scan s;
	struct json_token t;

	if (text.n == 0)
		return false;
	json_start(&s, text, 0);
	return json_next(&s, &t) == JSON_NUMBER && t.start == 0 &&
	       t.end == text.n;
}

/* Plain text goes as it is but for quotes, backslashes and controls. */
static bool is_quiet(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] >= 0x7f || text.p[i] == '"' ||
		    text.p[i] == '\\')
			return false;
	return true;
}

/* ---- cells of tables ---- */

/* The inside of a quoted cell: quotes doubled. */
static int put_doubled(struct buf *out, struct bytes text)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		if (text.p[i] == '"')
			rc = buf_putc(out, '"');
		if (rc == 0)
			rc = buf_putc(out, text.p[i]);
	}
	return rc;
}

/* What some table's unquoted cell cannot hold, or a reader takes for more than
 * text. */
static bool breaks(uint8_t c)
{
	return c != 0 && strchr(",;|\"\t\r\n", c) != NULL;
}

static bool all_quiet(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		if (breaks(text.p[i]))
			return false;
	return text.n > 0;
}

/* Other characters for those. */
static int put_tamed(struct buf *out, struct bytes text)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		uint8_t c = text.p[i];

		if (breaks(c))
			c = c == '"' ? '\'' : ' ';
		rc = buf_putc(out, c);
	}
	return rc;
}

/* Programs take a cell that begins so for a formula; a sign before a digit only
 * makes a number, and telephone numbers begin so. */
static bool is_formula(struct bytes text)
{
	uint8_t c = text.n == 0 ? 0 : text.p[0];
	bool digit = text.n > 1 && text.p[1] >= '0' && text.p[1] <= '9';

	return c == '=' || c == '@' || ((c == '+' || c == '-') && !digit);
}

/* Where the cell begins with it, an unquoted one is never left empty or with a
 * quote at its beginning: a blank stands for nothing. */
static int put_cell(struct buf *out, struct bytes text, uint16_t esc)
{
	bool first = (esc & ESC_BEGIN) != 0, bare = (esc & ESC_CELL) != 0;
	bool whole = bare && (esc & ESC_CSV) != 0;
	bool quote = whole && !all_quiet(text);
	int rc = quote ? buf_putc(out, '"') : 0;

	if (rc == 0 && first && is_formula(text))
		rc = buf_putc(out, '\'');
	if (rc == 0 && bare && first && text.n == 0 && !quote)
		rc = buf_putc(out, ' ');
	if (rc == 0 && bare && !quote)
		rc = put_tamed(out, text);
	else if (rc == 0)
		rc = put_doubled(out, text);
	return rc == 0 && quote ? buf_putc(out, '"') : rc;
}

/* JSON in a cell: an unquoted one holds JSON's quotes as they are. */
static int put_json_cell(struct buf *out, struct bytes text, uint16_t esc)
{
	struct buf CLEANUP(buf_free) tamed = {0}, CLEANUP(buf_free) json = {0};
	bool bare = (esc & ESC_CELL) != 0;
	int rc = bare ? put_tamed(&tamed, text) : buf_putb(&tamed, text);

	if (rc == 0)
		rc = json_quote(&json, buf_bytes(&tamed), depth_of(esc));
	if (rc != 0)
		return rc;
	return bare ? buf_putb(out, buf_bytes(&json))
		    : put_doubled(out, buf_bytes(&json));
}

/* ---- lines and columns ---- */

/* White space and controls, as any reader of lines or columns might see it. */
static bool is_blank(uint32_t cp)
{
	return cp <= ' ' || (cp >= 0x7f && cp <= 0xa0) || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static bool all_blank(struct bytes text)
{
	size_t n;
	uint32_t cp;

	for (size_t i = 0; (n = utf8_next(text, i, &cp)) != 0; i += n)
		if (!is_blank(cp))
			return false;
	return true;
}

/* What stands for a character that would end or open something here; NULL: it
 * stays. A subtitle's text must not come to hold "-->". */
static const char *place_char(uint32_t cp, unsigned place, bool first,
			      bool last)
{
	if (is_blank(cp))
		return place == ESC_TOKEN ? "_" : cp == ' ' ? NULL : " ";
	if (place == ESC_TOKEN)
		return cp == ';' && first ? "_" : NULL;
	if (cp == '-' && last)
		return "_";
	if (cp == '<')
		return place == ESC_MARKUP ? "&lt;" : "_";
	if (cp == '>')
		return place == ESC_MARKUP ? "&gt;" : "_";
	return cp == '&' && place == ESC_MARKUP ? "&amp;" : NULL;
}

/* Text that keeps its line's or column's form; never nothing, which would make
 * a blank line or a column too few. */
static int put_place(struct buf *out, struct bytes text, unsigned place)
{
	size_t n;
	uint32_t cp;
	int rc = 0;

	if (all_blank(text))
		return buf_putc(out, '_');
	for (size_t i = 0; rc == 0 && (n = utf8_next(text, i, &cp)) != 0;
	     i += n) {
		const char *as = place_char(cp, place, i == 0, i + n == text.n);

		rc = as != NULL ? buf_puts(out, as)
				: buf_put(out, text.p + i, n);
	}
	return rc;
}

/* The words of a replacement that a part of its value shows: the first part the
 * first, the last the last, one between the second of three. */
static struct bytes part_of(struct bytes text, uint16_t esc)
{
	struct bytes word = text, first = text, second = text;
	unsigned n = 0;

	for (size_t i = 0, end; (esc & ESC_PART) != 0 && i < text.n; i = end) {
		while (i < text.n && text.p[i] <= ' ')
			i++;
		for (end = i; end < text.n && text.p[end] > ' ';)
			end++;
		if (end == i)
			break;
		word = bytes_sub(text, i, end - i);
		n++;
		first = n == 1 ? word : first;
		second = n == 2 ? word : second;
	}
	if ((esc & ESC_PART) == ESC_FIRST)
		return first;
	return (esc & ESC_PART) == ESC_PART && n > 2 ? second : word;
}

int transform_escaped(struct bytes text, uint16_t esc, struct buf *out)
{
	text = part_of(text, esc);
	if (place_of(esc) != 0)
		return put_place(out, text, place_of(esc));
	if ((esc & ESC_NUMBER) != 0)
		return is_number(text) ? buf_putb(out, text)
				       : buf_putc(out, '0');
	if ((esc & (ESC_CELL | ESC_CSV)) != 0)
		return depth_of(esc) == 0 ? put_cell(out, text, esc)
					  : put_json_cell(out, text, esc);
	if (depth_of(esc) == 0 || is_quiet(text))
		return buf_putb(out, text);
	return json_quote(out, text, depth_of(esc));
}

/* Doubled quotes of a cell become one. */
static int get_cell(struct buf *out, struct bytes raw)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < raw.n; i++) {
		if (raw.p[i] == '"' && ++i == raw.n)
			return -EPROTO;
		rc = buf_putc(out, raw.p[i]);
	}
	return rc;
}

static int get_markup(struct buf *out, struct bytes raw)
{
	struct text_builder t = {.text = {.secret = true}};
	int rc = text_markup(&t, raw, 0, "");

	if (rc == 0)
		rc = buf_putb(out, buf_bytes(&t.text));
	text_free(&t);
	return rc;
}

int transform_decoded(struct bytes raw, uint16_t esc, struct buf *out)
{
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	struct buf *from = &a, *to = &b, *swap;
	bool quoted = (esc & (ESC_CELL | ESC_CSV)) == ESC_CSV;
	int rc;

	if (place_of(esc) == ESC_MARKUP)
		return get_markup(out, raw);
	if (!quoted && depth_of(esc) == 0)
		return buf_putb(out, raw);
	rc = quoted ? get_cell(&a, raw) : buf_putb(&a, raw);
	for (unsigned i = 0; rc == 0 && i < depth_of(esc); i++) {
		buf_clear(to);
		rc = json_unescape(to, buf_bytes(from));
		swap = from;
		from = to;
		to = swap;
	}
	return rc == 0 ? buf_putb(out, buf_bytes(from)) : rc;
}
