/* The stand-in of a file's path: where the file is seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/transform_file.h"

#include <errno.h>

/* As it is called in every session, whatever a mount of the owner's is. */
#define ROOT "/carrel/data/"

/* A slash, or one of a link: %2F. */
static bool is_absolute(struct bytes text)
{
	return text.n > 0 && (text.p[0] == '/' ||
			      (text.n > 2 && text.p[0] == '%' &&
			       text.p[1] == '2' && (text.p[2] | 0x20) == 'f'));
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
