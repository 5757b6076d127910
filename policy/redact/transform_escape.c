/* Writing a replacement as its place wants it, and reading what stood there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/json.h"
#include "policy/redact/decision.h"

static unsigned depth_of(uint16_t esc)
{
	return esc & ESC_DEPTH;
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

int transform_escaped(struct bytes text, uint16_t esc, struct buf *out)
{
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

int transform_decoded(struct bytes raw, uint16_t esc, struct buf *out)
{
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	struct buf *from = &a, *to = &b, *swap;
	bool quoted = (esc & (ESC_CELL | ESC_CSV)) == ESC_CSV;
	int rc;

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
