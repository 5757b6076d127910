/* Visible names: what a stored name becomes under a policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/label.h"

#include <errno.h>

#define EXT_MAX 8

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

struct bytes label_ext(struct bytes name)
{
	size_t dot = name.n;

	while (dot > 0 && is_alnum(name.p[dot - 1]))
		dot--;
	if (dot < 2 || name.p[dot - 1] != '.' || dot == name.n ||
	    name.n - dot > EXT_MAX)
		return (struct bytes){0};
	return bytes_sub(name, dot - 1, name.n);
}

/* What stands before the extension. */
static int put_stem(const struct label_in *in, struct buf *b)
{
	struct bytes stem = in->stored;

	switch (in->mode) {
	case NAMES_KEEP:
		if (!in->folder)
			stem.n -= label_ext(in->stored).n;
		return buf_putb(b, stem);
	case NAMES_PSEUDONYM:
		if (in->folder)
			return standin_name(in->standin, "folder", in->path, b);
		return standin_name(in->standin, "group",
				    in->group.n != 0 ? in->group : in->path, b);
	case NAMES_NUMBER:
	default:
		return buf_printf(b, in->folder ? "d%02u" : "%06u", in->rank);
	}
}

static int put_suffix(const struct label_in *in, struct buf *b)
{
	int rc = buf_putc(b, '-');

	return rc == 0 ? standin_name(in->standin, "suffix", in->path, b) : rc;
}

int label_make(const struct label_in *in, struct arena *a, struct bytes *out)
{
	struct buf CLEANUP(buf_free) b = {0};
	int rc;

	if (in->mode == NAMES_KEEP && !in->collides) {
		*out = in->stored;
		return 0;
	}
	rc = put_stem(in, &b);
	if (rc == 0 && in->collides)
		rc = put_suffix(in, &b);
	if (rc == 0 && !in->folder)
		rc = buf_putb(&b, label_ext(in->stored));
	return rc == 0 ? arena_dup(a, buf_bytes(&b), out) : rc;
}
