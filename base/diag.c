/* Words to the operator, harmless to a terminal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <errno.h>
#include <stdarg.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/*
 * Whether a terminal acts on the code point: C0, DEL, C1, and the marks that
 * turn the direction of what follows (a name could show as another name).
 */
static bool acts(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) ||
	       (cp >= 0x200E && cp <= 0x200F) || cp == 0x61C ||
	       (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Write n bytes that form one code point, or one invalid byte. */
static void unit_write(FILE *f, const uint8_t *p, size_t n, bool shown)
{
	if (shown) {
		(void)fwrite(p, 1, n, f);
		return;
	}
	for (size_t i = 0; i < n; i++)
		(void)fprintf(f, "\\x%02x", p[i]);
}

void diag_safe(FILE *f, struct bytes b, bool tty)
{
	size_t off = 0, n;
	uint32_t cp;

	if (!tty) {
		(void)fwrite(b.p, 1, b.n, f);
		return;
	}
	while ((n = utf8_next(b, off, &cp)) > 0) {
		bool invalid = n == 1 && cp == 0xFFFD;

		unit_write(f, b.p + off, n, !invalid && !acts(cp));
		off += n;
	}
}

/* The line as one write of stderr, so that threads do not mix theirs. */
static void line(const char *place, const char *text)
{
	flockfile(stderr);
	(void)fputs("carrel: ", stderr);
	if (place[0] != '\0') {
		diag_safe(stderr, bytes_str(place), true);
		(void)fputs(": ", stderr);
	}
	diag_safe(stderr, bytes_str(text), true);
	(void)fputc('\n', stderr);
	(void)fflush(stderr);
	funlockfile(stderr);
}

void diag_say(const char *fmt, ...)
{
	CLEANUP(mem_freep) char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	text = mem_new((size_t)n + 1, 1);
	if (text == NULL) {
		line("", "out of memory");
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	line("", text);
}

void diag_err(const struct err *e)
{
	line(e->place, e->text);
}

int diag_exit_code(int code)
{
	static const struct {
		int code, exit;
	} table[] = {
		{0, 0},		 {-EINVAL, 2},
		{-EPROTO, 2},	 {-ESTALE, 3},
		{-ENOENT, 4},	 {-EACCES, 5},
		{-ENOKEY, 6},	 {-EBADMSG, 7},
		{-EUCLEAN, 7},	 {-EBUSY, 8},
		{-ENOTSUP, 9},	 {-EEXIST, 2},
		{-ENOTEMPTY, 2}, {-ENOTDIR, 2},
		{-EISDIR, 2},	 {-EPROTONOSUPPORT, 2},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].code == code)
			return table[i].exit;
	}
	return 70;
}
