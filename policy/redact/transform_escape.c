/* Writing a replacement as its place wants it, and reading what stood there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/json.h"
#include "policy/redact/decision.h"

static unsigned depth_of(uint8_t esc)
{
	return esc & (ESC_NUMBER - 1);
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

/* The inside of a quoted cell: quotes doubled. */
static int put_cell(struct buf *out, struct bytes text)
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

/* Plain text goes as it is but for quotes, backslashes and controls. */
static bool is_quiet(struct bytes text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] >= 0x7f || text.p[i] == '"' ||
		    text.p[i] == '\\')
			return false;
	return true;
}

int transform_escaped(struct bytes text, uint8_t esc, struct buf *out)
{
	struct buf CLEANUP(buf_free) quoted = {0};
	int rc;

	if ((esc & ESC_NUMBER) != 0)
		return is_number(text) ? buf_putb(out, text)
				       : buf_putc(out, '0');
	if (is_quiet(text))
		return buf_putb(out, text);
	if ((esc & ESC_CSV) == 0)
		return depth_of(esc) == 0
			       ? buf_putb(out, text)
			       : json_quote(out, text, depth_of(esc));
	rc = depth_of(esc) == 0 ? buf_putb(&quoted, text)
				: json_quote(&quoted, text, depth_of(esc));
	return rc == 0 ? put_cell(out, buf_bytes(&quoted)) : rc;
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

int transform_decoded(struct bytes raw, uint8_t esc, struct buf *out)
{
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	struct buf *from = &a, *to = &b, *swap;
	int rc;

	if ((esc & ESC_CSV) == 0 && depth_of(esc) == 0)
		return buf_putb(out, raw);
	rc = (esc & ESC_CSV) != 0 ? get_cell(&a, raw) : buf_putb(&a, raw);
	for (unsigned i = 0; rc == 0 && i < depth_of(esc); i++) {
		buf_clear(to);
		rc = json_unescape(to, buf_bytes(from));
		swap = from;
		from = to;
		to = swap;
	}
	return rc == 0 ? buf_putb(out, buf_bytes(from)) : rc;
}
