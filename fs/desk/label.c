/* Visible names: what a stored name becomes under a policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/label.h"

#include <errno.h>

#include "base/utf8.h"

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

/* The mode that holds: an unknown name cannot be kept. */
static enum names mode_of(const struct label_in *in)
{
	if (in->mode == NAMES_KEEP && !in->searched)
		return NAMES_NUMBER;
	return in->mode;
}

/* The extension as far as it may be shown. */
static struct bytes shown_ext(const struct label_in *in)
{
	struct bytes name = in->stored.name, ext = label_ext(name);

	if (in->folder || ext.n == 0)
		return (struct bytes){0};
	if (!in->searched)
		return filename_ext(name);
	if (filename_hides(&in->stored, name.n - ext.n, name.n))
		return (struct bytes){0};
	return ext;
}

/* What stands before the extension. */
static int put_stem(const struct label_in *in, size_t ext, struct buf *b)
{
	switch (mode_of(in)) {
	case NAMES_KEEP:
		return filename_put(&in->stored, in->stored.name.n - ext, b);
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

/* What tells a name from those like it, and is the same for its partners: the
 * group; under pseudonyms, where the group is what made the names alike, the
 * path without its extension. The second time it is the path. */
static struct bytes suffix_of(const struct label_in *in)
{
	struct bytes path = in->path;

	if (in->folder || in->collides != 1)
		return path;
	if (in->mode == NAMES_PSEUDONYM)
		return bytes_sub(path, 0,
				 path.n - label_ext(in->stored.name).n);
	return in->mode == NAMES_KEEP && in->group.n != 0 ? in->group : path;
}

static int put_suffix(const struct label_in *in, struct buf *b)
{
	int rc = buf_putc(b, '-');

	return rc == 0 ? standin_name(in->standin, "suffix", suffix_of(in), b)
		       : rc;
}

/* Stand-ins may be longer than what they stand for. */
static void cut(struct buf *stem, size_t most)
{
	if (stem->n > most)
		stem->n = utf8_floor(buf_bytes(stem), most);
}

int label_make(const struct label_in *in, struct arena *a, struct bytes *out)
{
	struct buf CLEANUP(buf_free) b = {0}, CLEANUP(buf_free) suffix = {0};
	struct bytes name = in->stored.name, ext = shown_ext(in);
	int rc = 0;

	if (mode_of(in) == NAMES_KEEP && !in->collides &&
	    !filename_hides(&in->stored, 0, name.n)) {
		*out = name;
		return 0;
	}
	if (in->collides != 0)
		rc = put_suffix(in, &suffix);
	if (rc == 0)
		rc = put_stem(in, ext.n, &b);
	if (rc != 0)
		return rc;
	cut(&b, FILENAME_MAX_BYTES - suffix.n - ext.n);
	rc = buf_putb(&b, buf_bytes(&suffix));
	if (rc == 0)
		rc = buf_putb(&b, ext);
	return rc == 0 ? arena_dup(a, buf_bytes(&b), out) : rc;
}
