/* The stand-in of a file's path: where the file is seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/transform_file.h"

#include <errno.h>

/* As it is called in every session, whatever a mount of the owner's is. */
#define ROOT "/carrel/data/"

static bool starts(struct bytes text, const char *with)
{
	size_t n = strlen(with);

	if (text.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text.p[i] != (uint8_t)with[i] &&
		    (text.p[i] < 'A' || text.p[i] > 'Z' ||
		     (text.p[i] | 0x20) != (uint8_t)with[i]))
			return false;
	return true;
}

/* A slash, or one of a link or a page: %2F, &#47;, &#x2f;, &sol;. */
static bool is_absolute(struct bytes text)
{
	size_t at = 1;

	if (!starts(text, "&"))
		return starts(text, "/") || starts(text, "%2f");
	while (starts(bytes_sub(text, at, text.n), "amp;"))
		at += 4;
	text = bytes_sub(text, at, text.n);
	if (!starts(text, "#"))
		return starts(text, "sol;");
	at = starts(text, "#x") ? 2 : 1;
	while (at < text.n && text.p[at] == '0')
		at++;
	return starts(bytes_sub(text, at, text.n),
		      starts(text, "#x") ? "2f;" : "47;");
}

/* ROOT and the data set's name, which nobody changes. */
static int put_root(const struct standin *s, struct buf *out)
{
	const uint8_t *slash =
		s->object.n == 0 ? NULL : memchr(s->object.p, '/', s->object.n);
	size_t n = slash == NULL ? 0 : (size_t)(slash - s->object.p) + 1;
	int rc = buf_puts(out, ROOT);

	return rc == 0 ? buf_put(out, s->object.p, n) : rc;
}

int transform_file(const struct transform_in *in, struct buf *out)
{
	size_t from = out->n;
	int rc = 0;

	if (in->s == NULL || in->s->file == NULL)
		return buf_puts(out, "[FILE]");
	if (is_absolute(in->text))
		rc = put_root(in->s, out);
	if (rc == 0)
		rc = in->s->file(in->s->files, in->canon, out);
	if (rc != -ENOENT)
		return rc;
	out->n = from;
	return buf_puts(out, "[FILE]");
}
