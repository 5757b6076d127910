/* Fills the one error; formats apart so that an error may quote itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Copy a string into a field, cut at a code point's edge where too long. */
static void field_set(char *field, size_t cap, const char *s)
{
	size_t n = strlen(s);

	if (n >= cap)
		n = utf8_floor(bytes_of(s, n), cap - 1);
	memmove(field, s, n);
	field[n] = '\0';
}

int err_set(struct err *e, int code, const char *place, const char *fmt, ...)
{
	char text[sizeof(e->text) + 4];
	va_list ap;

	if (e == NULL)
		return code;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	field_set(e->place, sizeof(e->place), place == NULL ? "" : place);
	field_set(e->text, sizeof(e->text), text);
	e->code = code;
	return code;
}

int err_errno(struct err *e, const char *place, const char *what)
{
	int code = errno;
	char words[128];

	if (code == 0)
		code = EIO;
	return err_set(e, -code, place, "%s: %s", what,
		       strerror_r(code, words, sizeof(words)));
}

int err_nomem(struct err *e)
{
	return err_set(
		e, -ENOMEM, NULL,
		"out of memory; close other programs or raise the limit");
}
