/* Character classes and escapes of patterns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/pattern_parse.h"

#define ASCII 128

void pattern_class_range(struct set *s, unsigned from, unsigned to)
{
	for (unsigned c = from; c <= to; c++)
		set_add(s, c);
}

static void negate(struct set *s)
{
	for (unsigned i = 0; i < ASCII / 64; i++)
		s->w[i] = ~s->w[i];
}

bool pattern_class_escape(uint8_t c, struct set *out, bool *wide)
{
	struct set s = {{0}};

	switch (c | 0x20) {
	case 'd':
		pattern_class_range(&s, '0', '9');
		break;
	case 'w':
		pattern_class_range(&s, '0', '9');
		pattern_class_range(&s, 'A', 'Z');
		pattern_class_range(&s, 'a', 'z');
		set_add(&s, '_');
		break;
	case 's':
		pattern_class_range(&s, '\t', '\r');
		set_add(&s, ' ');
		break;
	default:
		return false;
	}
	if (c >= 'A' && c <= 'Z') {
		negate(&s);
		*wide = true;
	}
	set_join(out, &s);
	return true;
}

static int hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int bad_escape(size_t at, uint8_t c, struct err *e)
{
	if (c >= '1' && c <= '9')
		return err_set(
			e, -EPROTO, NULL,
			"column %zu: back references such as \\%c cannot be "
			"matched in linear time",
			at, c);
	return err_set(e, -EPROTO, NULL,
		       "column %zu: unknown escape \\%c; known are \\d \\w \\s "
		       "\\D \\W "
		       "\\S \\n \\r \\t \\xHH, \\b at an end, and \\ before "
		       "punctuation",
		       at, c);
}

int pattern_class_byte(struct bytes text, size_t *at, uint8_t *out,
		       struct err *e)
{
	uint8_t c = text.p[(*at)++];
	int high, low;

	switch (c) {
	case 'n':
		*out = '\n';
		return 0;
	case 'r':
		*out = '\r';
		return 0;
	case 't':
		*out = '\t';
		return 0;
	case 'x':
		high = *at + 1 < text.n ? hex(text.p[*at]) : -1;
		low = *at + 1 < text.n ? hex(text.p[*at + 1]) : -1;
		if (high < 0 || high > 7 || low < 0)
			return err_set(
				e, -EPROTO, NULL,
				"column %zu: \\x needs two hex digits, at most "
				"7f; write other characters as they are",
				*at);
		*out = (uint8_t)(high * 16 + low);
		*at += 2;
		return 0;
	default:
		if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
			return bad_escape(*at - 1, c, e);
		if ((c >= '0' && c <= '9') || c >= ASCII)
			return bad_escape(*at - 1, c, e);
		*out = c;
		return 0;
	}
}

/* One member of a class at *at: a byte, or (is_set) an escape that stands for
 * several. */
static int member(struct bytes text, size_t *at, uint8_t *byte, bool *is_set,
		  struct set *out, bool *wide, struct err *e)
{
	uint8_t c = text.p[*at];

	*is_set = false;
	if (c >= ASCII)
		return err_set(
			e, -EPROTO, NULL,
			"column %zu: classes hold ASCII only; write other "
			"characters as alternatives: (a|b)",
			*at + 1);
	if (c == '[' && *at + 1 < text.n && text.p[*at + 1] == ':')
		return err_set(
			e, -EPROTO, NULL,
			"column %zu: named classes are not known; write \\d, "
			"\\w, \\s or a range",
			*at + 1);
	(*at)++;
	*byte = c;
	if (c != '\\')
		return 0;
	if (*at >= text.n)
		return err_set(e, -EPROTO, NULL,
			       "column %zu: nothing follows \\", *at);
	if (pattern_class_escape(text.p[*at], out, wide)) {
		(*at)++;
		*is_set = true;
		return 0;
	}
	return pattern_class_byte(text, at, byte, e);
}

/* A member or a range of them. */
static int item(struct bytes text, size_t *at, struct set *out, bool *wide,
		struct err *e)
{
	size_t begin = *at;
	uint8_t from, to;
	bool several;
	int rc = member(text, at, &from, &several, out, wide, e);

	if (rc != 0 || several)
		return rc;
	to = from;
	if (*at + 1 < text.n && text.p[*at] == '-' && text.p[*at + 1] != ']') {
		(*at)++;
		rc = member(text, at, &to, &several, out, wide, e);
		if (rc != 0)
			return rc;
		if (several || to < from)
			return err_set(e, -EPROTO, NULL,
				       "column %zu: this range runs backwards",
				       begin + 1);
	}
	pattern_class_range(out, from, to);
	return 0;
}

int pattern_class(struct bytes text, size_t *at, struct set *out, bool *wide,
		  struct err *e)
{
	size_t open = *at;
	bool not = *at < text.n && text.p[*at] == '^', ignored = false;

	*at += not ? 1 : 0;
	*wide = false;
	for (size_t first = *at; *at < text.n;) {
		int rc;

		if (text.p[*at] == ']' && *at > first) {
			(*at)++;
			if (not )
				negate(out);
			*wide = not ? !*wide : *wide;
			return 0;
		}
		rc = item(text, at, out, not ? &ignored : wide, e);
		if (rc != 0)
			return rc;
	}
	return err_set(e, -EPROTO, NULL, "column %zu: [ is not closed by ]",
		       open);
}
