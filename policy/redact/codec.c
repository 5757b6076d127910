/* Which files are unpacked before they are read, and how they are called. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/codec.h"

#define NAME_LONG 255  /* as of a file system's */
#define PATH_LONG 1024 /* below the archive */

/* The longer ending stands before the one it ends in. */
static const struct {
	const char *end, *left; /* what takes its place */
	enum codec codec;
} endings[] = {{".tar.gz", "", CODEC_ARCHIVE}, {".tgz", "", CODEC_ARCHIVE},
	       {".tar", "", CODEC_ARCHIVE},    {".zip", "", CODEC_ARCHIVE},
	       {".gz", "", CODEC_GZIP},	       {".flac", ".wav", CODEC_SOUND},
	       {".ogg", ".wav", CODEC_SOUND},  {".oga", ".wav", CODEC_SOUND},
	       {".opus", ".wav", CODEC_SOUND}, {".mp3", ".wav", CODEC_SOUND},
	       {".png", ".png", CODEC_IMAGE},  {".jpg", ".jpg", CODEC_IMAGE},
	       {".jpeg", ".jpeg", CODEC_IMAGE}};

/* Can what is left of a name stand alone? "..zip" and "...zip" leave none. */
static bool is_name(struct bytes path)
{
	const uint8_t *slash =
		path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
	size_t at = slash == NULL ? 0 : (size_t)(slash - path.p) + 1;
	struct bytes name = bytes_sub(path, at, path.n);

	return name.n > 0 && !bytes_is(name, ".") && !bytes_is(name, "..");
}

static bool ends_with(struct bytes path, const char *end)
{
	size_t n = strlen(end);
	const uint8_t *p;

	if (path.n <= n)
		return false;
	p = path.p + path.n - n;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 32 : p[i];

		if (c != (uint8_t)end[i])
			return false;
	}
	return is_name(bytes_sub(path, 0, path.n - n));
}

static size_t ending_of(struct bytes path)
{
	size_t i = 0;

	while (i < ARRAY_LEN(endings) && !ends_with(path, endings[i].end))
		i++;
	return i;
}

enum codec codec_of(struct bytes path)
{
	size_t i = ending_of(path);

	return i < ARRAY_LEN(endings) ? endings[i].codec : CODEC_NONE;
}

int codec_name(struct bytes path, enum codec c, struct buf *out)
{
	size_t i = ending_of(path);
	int r;

	if (i == ARRAY_LEN(endings) || endings[i].codec != c ||
	    c == CODEC_IMAGE)
		return buf_putb(out, path);
	r = buf_put(out, path.p, path.n - strlen(endings[i].end));
	return r == 0 ? buf_puts(out, endings[i].left) : r;
}

/* One name of the path; NULL: appended, or needless. */
static const char *put_name(struct bytes name, size_t from, struct buf *out)
{
	if (name.n == 0 || bytes_is(name, "."))
		return NULL;
	if (bytes_is(name, ".."))
		return "its name leads out of the archive: not taken";
	if (name.n > NAME_LONG)
		return "its name is too long: not taken";
	if (memchr(name.p, 0, name.n) != NULL)
		return "its name holds a zero byte: not taken";
	if ((out->n > from && buf_putc(out, '/') != 0) ||
	    buf_putb(out, name) != 0 || out->n - from > PATH_LONG)
		return "its name is too long: not taken";
	return NULL;
}

const char *codec_member(struct bytes raw, struct buf *out)
{
	size_t from = out->n, at = 0;
	const char *why = NULL;

	if (raw.n > 0 && raw.p[0] == '/')
		return "its name is absolute: not taken";
	while (why == NULL && at < raw.n) {
		const uint8_t *slash = memchr(raw.p + at, '/', raw.n - at);
		size_t end = slash == NULL ? raw.n : (size_t)(slash - raw.p);

		why = put_name(bytes_sub(raw, at, end - at), from, out);
		at = end + 1;
	}
	if (why != NULL)
		out->n = from;
	return why;
}
