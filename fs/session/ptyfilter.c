/* The terminal's output filter: a small ECMA-48 state machine. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/ptyfilter.h"

#include <errno.h>

#include "base/attr.h"
#include "base/utf8.h"

enum {
	TEXT = 0, /* between sequences */
	CHAR,	  /* inside a UTF-8 character */
	ESCAPE,	  /* after ESC */
	CSI,	  /* after ESC [ */
	CHARSET,  /* after ESC and an intermediate: one byte more */
	STRING,	  /* OSC, DCS, APC, PM, SOS: dropped up to ST or BEL */
	STRING_ESCAPE,
};

#define ESC 0x1b

static void start(struct ptyfilter *f, uint8_t state, uint8_t b)
{
	f->state = state;
	f->n = 0;
	f->toolong = false;
	f->seq[f->n++] = b;
}

static void hold(struct ptyfilter *f, uint8_t b)
{
	if (f->n < sizeof(f->seq))
		f->seq[f->n++] = b;
	else
		f->toolong = true;
}

static int pass(struct ptyfilter *f, struct buf *out)
{
	f->state = TEXT;
	return f->toolong ? 0 : buf_put(out, f->seq, f->n);
}

static int drop(struct ptyfilter *f)
{
	f->state = TEXT;
	return 0;
}

/* A control of C0 in plain text. */
static bool control_ok(uint8_t b)
{
	return b >= 0x07 && b <= 0x0f;
}

static uint8_t char_length(uint8_t b)
{
	if (b >= 0xc2 && b <= 0xdf)
		return 2;
	if (b >= 0xe0 && b <= 0xef)
		return 3;
	return b >= 0xf0 && b <= 0xf4 ? 4 : 0;
}

static int text(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	uint8_t len = char_length(b);

	if (b == ESC) {
		start(f, ESCAPE, b);
		return 0;
	}
	if (b < 0x20)
		return control_ok(b) ? buf_putc(out, b) : 0;
	if (b < 0x7f)
		return buf_putc(out, b);
	if (len == 0)
		return b == 0x7f ? 0 : buf_putc(out, '?');
	start(f, CHAR, b);
	f->need = (uint8_t)(len - 1);
	return 0;
}

/* Whole characters pass; U+0080 .. U+009F are controls to a terminal. */
static int character(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	uint32_t cp;

	if ((b & 0xc0) != 0x80) {
		int r = buf_putc(out, '?');

		f->state = TEXT;
		return r != 0 ? r : text(f, b, out);
	}
	hold(f, b);
	if (--f->need > 0)
		return 0;
	if (utf8_next(bytes_of(f->seq, f->n), 0, &cp) != f->n ||
	    (cp >= 0x80 && cp < 0xa0)) {
		f->state = TEXT;
		return buf_putc(out, '?');
	}
	return pass(f, out);
}

static int escape(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	if (b == '[') {
		hold(f, b);
		f->state = CSI;
		return 0;
	}
	if (b >= 0x20 && b <= 0x2f) {
		hold(f, b);
		f->state = CHARSET;
		if (strchr("()*+#", b) == NULL)
			f->toolong = true; /* nothing of it may pass */
		return 0;
	}
	if (strchr("]P_^X", b) != NULL && b != 0) {
		f->state = STRING;
		return 0;
	}
	if (strchr("78DEMHc=>", b) == NULL || b == 0)
		return drop(f);
	hold(f, b);
	return pass(f, out);
}

/*
 * Modes that change what is drawn and what keys and mouse send. Not among
 * them: ?2 (VT52, where other escapes hold), ?46 (logging to a file), ?5522
 * (clipboard), and whatever is invented next.
 */
static bool mode_ok(bool private, unsigned mode)
{
	static const unsigned public_modes[] = {4, 12, 20};
	static const unsigned private_modes[] = {
		1,    3,    5,	  6,	7,    8,    9,	  12,	25,
		40,   45,   47,	  66,	67,   69,   1000, 1001, 1002,
		1003, 1004, 1005, 1006, 1007, 1015, 1016, 1034, 1035,
		1036, 1039, 1047, 1048, 1049, 2004, 2026, 2027};
	const unsigned *m = private ? private_modes : public_modes;
	size_t n = private ? ARRAY_LEN(private_modes) : ARRAY_LEN(public_modes);

	while (n > 0)
		if (m[--n] == mode)
			return true;
	return false;
}

/* Every mode of "CSI ? 1 ; 2 h" must be one that may be set. */
static bool modes_ok(const struct ptyfilter *f)
{
	bool private = f->n > 2 && f->seq[2] == '?';
	unsigned mode = 0;

	for (size_t i = private ? 3 : 2; i < f->n; i++) {
		uint8_t b = f->seq[i];

		if (b == ';') {
			if (!mode_ok(private, mode))
				return false;
			mode = 0;
		} else if (b >= '0' && b <= '9' && mode < 100000) {
			mode = mode * 10 + (b - '0');
		} else {
			return false;
		}
	}
	return mode_ok(private, mode);
}

/* Cursor, erase, scroll, modes, colours, margins, style of the cursor. */
static bool csi_ok(const struct ptyfilter *f, uint8_t final)
{
	uint8_t last = f->n > 2 ? f->seq[f->n - 1] : 0;

	if (last == ' ')
		return final == 'q';
	if (last == '!')
		return final == 'p';
	if (last >= 0x20 && last <= 0x2f)
		return false;
	if (final == 'h' || final == 'l')
		return modes_ok(f);
	return strchr("@ABCDEFGHJKLMPSTXZ`abdefgmrsu", final) != NULL;
}

static int csi(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	if (b >= 0x20 && b <= 0x3f) {
		hold(f, b);
		return 0;
	}
	if (b == ESC) {
		start(f, ESCAPE, b);
		return 0;
	}
	if (b < 0x40 || b > 0x7e || !csi_ok(f, b))
		return drop(f);
	hold(f, b);
	return pass(f, out);
}

static int charset(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	if (b == ESC) {
		start(f, ESCAPE, b);
		return 0;
	}
	if (b < 0x30 || b > 0x7e)
		return drop(f);
	hold(f, b);
	return pass(f, out);
}

/* BEL ends an OSC, ESC \ any of them; CAN, SUB and any other escape break it
 * off, as they do in terminals. Nothing of it was sent, so what follows is
 * judged by itself. */
static int string(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	if (f->state == STRING_ESCAPE && b == '\\')
		return drop(f);
	if (f->state == STRING_ESCAPE) {
		start(f, ESCAPE, ESC);
		return escape(f, b, out);
	}
	if (b == 0x07 || b == 0x18 || b == 0x1a)
		return drop(f);
	f->state = b == ESC ? STRING_ESCAPE : STRING;
	return 0;
}

static int step(struct ptyfilter *f, uint8_t b, struct buf *out)
{
	switch (f->state) {
	case CHAR:
		return character(f, b, out);
	case ESCAPE:
		return escape(f, b, out);
	case CSI:
		return csi(f, b, out);
	case CHARSET:
		return charset(f, b, out);
	case STRING:
	case STRING_ESCAPE:
		return string(f, b, out);
	default:
		return text(f, b, out);
	}
}

int ptyfilter_put(struct ptyfilter *f, struct bytes in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++) {
		int r = step(f, in.p[i], out);

		if (r != 0)
			return r;
	}
	return 0;
}
