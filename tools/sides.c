/* Two texts side by side, or one above the other, for eyes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/sides.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

/*
 * Text gathers on both sides until a line ends on both with bytes that are the
 * same; then as many lines stand on the one side as on the other, but where a
 * change spans lines: those have nothing beside them. A line is folded to its
 * column, hence no length breaks the picture.
 */
#define HELD (1u << 20) /* bytes that wait for a common line end */
#define TAB 8
#define PLAIN 120 /* columns where nobody says */

struct sides sides_open(FILE *out)
{
	const char *columns = getenv("COLUMNS"), *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	bool tty = isatty(fileno(out)) == 1;
	struct winsize w = {0};
	struct sides s = {.out = out, .width = PLAIN};
	long n = columns == NULL ? 0 : strtol(columns, NULL, 10);

	s.was.text.secret = s.is.text.secret = true;
	if (n > 0 && n <= 10000)
		s.width = (unsigned)n;
	else if (tty && ioctl(fileno(out), TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		s.width = w.ws_col;
	if (s.width < 20)
		s.width = 20;
	s.colour = tty && (no == NULL || no[0] == '\0') &&
		   (term == NULL || strcmp(term, "dumb") != 0);
	return s;
}

void sides_free(struct sides *s)
{
	buf_free(&s->was.text);
	buf_free(&s->was.marks);
	buf_free(&s->is.text);
	buf_free(&s->is.marks);
}

/* ---- characters ---- */

static bool in_ranges(uint32_t cp, const uint32_t (*v)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= v[i][0] && cp <= v[i][1])
			return true;
	return false;
}

/* Columns; good enough to keep columns straight. */
static unsigned columns_of(uint32_t cp)
{
	static const uint32_t none[][2] = {
		{0x300, 0x36F}, {0x200B, 0x200D}, {0xFE00, 0xFE0F}};
	static const uint32_t wide[][2] = {
		{0x1100, 0x115F},  {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
		{0xF900, 0xFAFF},  {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
		{0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF},
		{0x20000, 0x3FFFD}};

	if (in_ranges(cp, none, ARRAY_LEN(none)))
		return 0;
	return in_ranges(cp, wide, ARRAY_LEN(wide)) ? 2 : 1;
}

/* What acts on a terminal, or turns what stands behind it round. */
static bool acts(uint32_t cp)
{
	static const uint32_t v[][2] = {{0, 0x1F},	  {0x7F, 0x9F},
					{0x61C, 0x61C},	  {0x200E, 0x200F},
					{0x2028, 0x202E}, {0x2066, 0x2069},
					{0xFFFD, 0xFFFD}};

	return in_ranges(cp, v, ARRAY_LEN(v));
}

/* The character at *at as it is printed, in out; its columns. */
static unsigned one(struct bytes b, size_t *at, unsigned column, char out[16])
{
	uint32_t cp;
	size_t n = utf8_next(b, *at, &cp);
	unsigned w;

	if (cp == '\t') {
		w = TAB - column % TAB;
		snprintf(out, 16, "%*s", (int)w, "");
	} else if (acts(cp)) {
		bool byte = n == 1;

		w = (unsigned)snprintf(out, 16, byte ? "\\x%02x" : "\\u%04x",
				       byte ? b.p[*at] : cp);
	} else {
		memcpy(out, b.p + *at, n);
		out[n] = '\0';
		w = columns_of(cp);
	}
	*at += n;
	return w;
}

/* ---- printing ---- */

/* A line of one side: what is left of it. */
struct line {
	struct bytes text, marks;
};

static bool is_marked(const struct line *l)
{
	return l->marks.n > 0 && memchr(l->marks.p, 1, l->marks.n) != NULL;
}

/* As much of the line as fits; blanks behind it where `pad`. */
static void put_line(const struct sides *s, struct line *l, unsigned width,
		     const char *colour, bool pad)
{
	unsigned column = 0;
	bool on = false;
	size_t at = 0;

	while (at < l->text.n) {
		size_t next = at;
		char out[16];
		unsigned w = one(l->text, &next, column, out);
		bool mark = l->marks.p[at] != 0;

		if (column + w > width && column > 0)
			break;
		if (s->colour && mark != on)
			fputs(mark ? colour : "\033[0m", s->out);
		on = mark;
		fputs(out, s->out);
		column += w;
		at = next;
	}
	if (s->colour && on)
		fputs("\033[0m", s->out);
	for (; pad && column < width; column++)
		fputc(' ', s->out);
	l->text = bytes_sub(l->text, at, l->text.n);
	l->marks = bytes_sub(l->marks, at, l->marks.n);
}

#define RED "\033[31m"
#define GREEN "\033[32m"

static void beside(const struct sides *s, struct line *was, struct line *is,
		   char sign)
{
	unsigned half = (s->width - 3) / 2;

	do {
		put_line(s, was, half, RED, true);
		fprintf(s->out, " %c ", sign);
		put_line(s, is, half, GREEN, false);
		fputc('\n', s->out);
	} while (was->text.n > 0 || is->text.n > 0);
}

static void above(const struct sides *s, struct line *l, char sign,
		  const char *colour)
{
	do {
		fprintf(s->out, "%c ", sign);
		put_line(s, l, s->width - 2, colour, false);
		fputc('\n', s->out);
	} while (l->text.n > 0);
}

/* The next line of a side, without its end; false: there is none. */
static bool next_line(const struct sides_text *t, size_t *at, struct line *out)
{
	struct bytes text = bytes_sub(buf_bytes(&t->text), *at, t->text.n);
	const uint8_t *nl = text.n == 0 ? NULL : memchr(text.p, '\n', text.n);
	size_t n = nl == NULL ? text.n : (size_t)(nl - text.p);

	*out = (struct line){bytes_sub(text, 0, n),
			     bytes_sub(buf_bytes(&t->marks), *at, n)};
	if (text.n == 0)
		return false;
	*at += nl == NULL ? n : n + 1;
	if (nl != NULL && n > 0 && text.p[n - 1] == '\r') {
		out->text.n--;
		out->marks.n--;
	}
	return true;
}

/* Lines that are taken out as a whole stand alone, and the next ones beside
 * each other again. */
static int print_gone(struct sides *s)
{
	struct buf *t = &s->was.text, *m = &s->was.marks;
	const uint8_t *nl = t->n == 0 ? NULL : memrchr(t->p, '\n', t->n);
	size_t n = nl == NULL ? 0 : (size_t)(nl - t->p) + 1;
	struct line was, none = {0};

	for (size_t at = 0; at < n && next_line(&s->was, &at, &was);)
		if (s->width >= SIDES_NARROW)
			beside(s, &was, &none, '<');
		else
			above(s, &was, '-', RED);
	if (n > 0) {
		memmove(t->p, t->p + n, t->n - n);
		memmove(m->p, m->p + n, m->n - n);
	}
	t->n -= n;
	m->n -= n;
	return ferror(s->out) != 0 ? -EIO : 0;
}

static int print(struct sides *s)
{
	size_t a = 0, b = 0;

	for (;;) {
		struct line was, is;
		bool left = next_line(&s->was, &a, &was);
		bool right = next_line(&s->is, &b, &is);
		bool same = left && right && !is_marked(&was) &&
			    !is_marked(&is) && bytes_eq(was.text, is.text);

		if (!left && !right)
			break;
		if (s->width >= SIDES_NARROW) {
			beside(s, &was, &is,
			       same	? ' '
			       : !right ? '<'
			       : !left	? '>'
					: '|');
			continue;
		}
		if (left)
			above(s, &was, same ? ' ' : '-', RED);
		if (right && !same)
			above(s, &is, '+', GREEN);
	}
	buf_clear(&s->was.text);
	buf_clear(&s->was.marks);
	buf_clear(&s->is.text);
	buf_clear(&s->is.marks);
	return ferror(s->out) != 0 ? -EIO : 0;
}

static int add(struct sides_text *t, struct bytes b, bool mark)
{
	int rc = buf_putb(&t->text, b);

	if (rc == 0)
		rc = buf_reserve(&t->marks, b.n);
	if (rc != 0)
		return rc;
	if (b.n > 0)
		memset(t->marks.p + t->marks.n, mark, b.n);
	t->marks.n += b.n;
	return 0;
}

int sides_put(struct sides *s, struct bytes was, struct bytes is)
{
	bool same = bytes_eq(was, is);
	int rc = 0;

	while (same && rc == 0 && was.n > 0) {
		const uint8_t *nl = memchr(was.p, '\n', was.n);
		size_t n = nl == NULL ? was.n : (size_t)(nl - was.p) + 1;
		struct bytes part = bytes_sub(was, 0, n);

		rc = add(&s->was, part, false);
		if (rc == 0)
			rc = add(&s->is, part, false);
		if (rc == 0 && (nl != NULL || s->was.text.n > HELD))
			rc = print(s);
		was = bytes_sub(was, n, was.n);
	}
	if (same)
		return rc;
	rc = add(&s->was, was, true);
	if (rc == 0)
		rc = add(&s->is, is, true);
	if (rc == 0 && s->is.text.n == 0)
		rc = print_gone(s);
	if (rc == 0 && s->was.text.n + s->is.text.n > 2 * HELD)
		rc = print(s);
	return rc;
}

int sides_end(struct sides *s)
{
	return print(s);
}
