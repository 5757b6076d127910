/* gzip, zip and tar into their files, by libarchive. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive reads gzip without looking at its checksum, through as many
 * layers as there are, and takes what is none as it is. So a gzip stream is
 * run through once before anything is handed on: it must be one layer, and end
 * with the checksum and the length of what it holds (of streams put one behind
 * the other: of the last).
 *
 * Of an archive's members only files are taken, and nothing is ever made on a
 * disk: a name is a name. A damaged or encrypted member is left out, a damaged
 * archive refused as a whole.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>

#include "base/crc.h"
#include "base/mem.h"
#include "fs/ingest/child_unpack.h"

#define LIBRARY "libarchive.so.13"
#define CHUNK 65536

struct archive_calls {
	__typeof__(archive_read_new) *read_new;
	__typeof__(archive_read_free) *read_free;
	__typeof__(archive_read_support_filter_gzip) *gzip;
	__typeof__(archive_read_support_format_raw) *raw;
	__typeof__(archive_read_support_format_empty) *empty;
	__typeof__(archive_read_support_format_tar) *tar;
	__typeof__(archive_read_support_format_zip_seekable) *zip;
	__typeof__(archive_read_open_memory) *open;
	__typeof__(archive_read_next_header) *next;
	__typeof__(archive_read_data) *data;
	__typeof__(archive_filter_code) *filter;
	__typeof__(archive_entry_pathname) *pathname;
	__typeof__(archive_entry_filetype) *filetype;
	__typeof__(archive_entry_hardlink) *hardlink;
	__typeof__(archive_entry_is_encrypted) *encrypted;
};

static bool look_up(struct archive_calls *c)
{
	const struct unpack_call calls[] = {
		{"archive_read_new", &c->read_new},
		{"archive_read_free", &c->read_free},
		{"archive_read_support_filter_gzip", &c->gzip},
		{"archive_read_support_format_raw", &c->raw},
		{"archive_read_support_format_empty", &c->empty},
		{"archive_read_support_format_tar", &c->tar},
		{"archive_read_support_format_zip_seekable", &c->zip},
		{"archive_read_open_memory", &c->open},
		{"archive_read_next_header", &c->next},
		{"archive_read_data", &c->data},
		{"archive_filter_code", &c->filter},
		{"archive_entry_pathname", &c->pathname},
		{"archive_entry_filetype", &c->filetype},
		{"archive_entry_hardlink", &c->hardlink},
		{"archive_entry_is_encrypted", &c->encrypted}};

	return unpack_calls(LIBRARY, calls, ARRAY_LEN(calls));
}

/* Names in UTF-8 are read as such only where the process speaks it; and times
 * of members, which nobody wants, are looked up in the machine's time zone. */
struct archive_calls *archive_load(void)
{
	struct archive_calls *c = mem_new(1, sizeof(*c));

	if (c != NULL && look_up(c)) {
		(void)setlocale(LC_CTYPE, "C.UTF-8");
		(void)setenv("TZ", "UTC0", 1);
		tzset();
		return c;
	}
	mem_free(c);
	return NULL;
}

static int broken(struct err *e)
{
	return err_set(e, -EPROTO, "", "it is cut off or damaged: not taken");
}

/* ---- gzip ---- */

struct check {
	uint64_t n, skip; /* bytes so far; of them not looked at */
	uint32_t crc;
};

static void check_add(struct check *k, struct bytes b)
{
	uint64_t at = k->n < k->skip ? k->skip - k->n : 0;

	k->n += b.n;
	if (at < b.n)
		k->crc = crc32_add(k->crc, bytes_sub(b, (size_t)at, b.n));
}

/* All that comes out of `a`, to o or counted in k (either NULL). */
static int drain(const struct archive_calls *c, struct archive *a,
		 struct unpacked *o, struct check *k)
{
	CLEANUP(mem_freep) uint8_t *p = mem_new(1, CHUNK);
	la_ssize_t got = 1;
	int r = p == NULL ? -ENOMEM : 0;

	while (r == 0 && got > 0) {
		got = c->data(a, p, CHUNK);
		if (got <= 0)
			break;
		if (k != NULL)
			check_add(k, bytes_of(p, (size_t)got));
		r = unpacked_put(o, bytes_of(p, (size_t)got));
	}
	return r != 0 ? r : got < 0 ? -EPROTO : 0;
}

/* One pass over a gzip stream, as one file. */
static int pass(const struct archive_calls *c, struct bytes in,
		struct unpacked *o, struct check *k)
{
	struct archive *a = c->read_new();
	struct archive_entry *entry;
	int r = a == NULL ? -ENOMEM : -EPROTO, got = ARCHIVE_FATAL;

	if (a == NULL)
		return r;
	if (c->gzip(a) == ARCHIVE_OK && c->raw(a) == ARCHIVE_OK &&
	    c->empty(a) == ARCHIVE_OK && c->open(a, in.p, in.n) == ARCHIVE_OK &&
	    c->filter(a, 0) == ARCHIVE_FILTER_GZIP &&
	    c->filter(a, 1) == ARCHIVE_FILTER_NONE)
		got = c->next(a, &entry);
	if (got == ARCHIVE_OK)
		r = drain(c, a, o, k);
	else if (got == ARCHIVE_EOF)
		r = 0;
	c->read_free(a);
	return r;
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* -EPROTO: it does not end with what its end says of it. */
static int verify(const struct archive_calls *c, struct bytes in, uint64_t most)
{
	struct unpacked o = {.left = most, .quiet = true};
	struct check k = {0}, last = {0};
	uint32_t crc, n;
	int r;

	if (in.n < 18)
		return -EPROTO;
	crc = le32(in.p + in.n - 8);
	n = le32(in.p + in.n - 4);
	r = pass(c, in, &o, &k);
	if (r != 0 || (k.crc == crc && k.n == n))
		return r;
	if (n >= k.n)
		return -EPROTO;
	o.left = most;
	last.skip = k.n - n;
	r = pass(c, in, &o, &last);
	return r != 0 ? r : last.crc == crc ? 0 : -EPROTO;
}

int archive_gzip(const struct archive_calls *c, struct bytes in,
		 struct unpacked *o, struct err *e)
{
	int r = verify(c, in, o->left);

	if (r == 0)
		r = pass(c, in, o, NULL);
	return r == -EPROTO ? broken(e) : r;
}

/* ---- archives ---- */

static const char *not_taken(const struct archive_calls *c,
			     struct archive_entry *entry)
{
	if (c->encrypted(entry) != 0)
		return "it is encrypted: not taken";
	if (c->hardlink(entry) != NULL || c->filetype(entry) == AE_IFLNK)
		return "a link: not followed";
	if (c->filetype(entry) != AE_IFREG)
		return "no regular file: not taken";
	return NULL;
}

static int take_member(const struct archive_calls *c, struct archive *a,
		       struct archive_entry *entry, struct unpacked *o)
{
	const char *name = c->pathname(entry), *why = not_taken(c, entry);
	int r;

	if (c->filetype(entry) == AE_IFDIR)
		return 0;
	r = unpacked_member(o, bytes_str(name == NULL ? "?" : name));
	if (r != 0)
		return r;
	if (name == NULL)
		why = "its name cannot be read: not taken";
	if (why != NULL)
		return unpacked_left(o, why);
	r = drain(c, a, o, NULL);
	return r == -EPROTO
		       ? unpacked_left(o, "it is damaged, or packed in a way "
					  "that is not known: not taken")
		       : r;
}

static int each_member(const struct archive_calls *c, struct archive *a,
		       struct unpacked *o)
{
	struct archive_entry *entry;
	int r = 0, got = ARCHIVE_OK;

	while (r == 0 && got != ARCHIVE_EOF) {
		got = c->next(a, &entry);
		if (got == ARCHIVE_OK || got == ARCHIVE_WARN)
			r = take_member(c, a, entry, o);
		else if (got != ARCHIVE_EOF)
			r = -EPROTO;
	}
	return r;
}

int archive_unpack(const struct archive_calls *c, struct bytes in,
		   struct unpacked *o, struct err *e)
{
	/* A zip of nothing, which libarchive does not know. */
	static const uint8_t none[22] = "PK\5\6";
	bool gzip = in.n > 2 && in.p[0] == 0x1F && in.p[1] == 0x8B;
	struct archive *a;
	int r = gzip ? verify(c, in, o->left) : 0;

	if (r != 0)
		return r == -EPROTO ? broken(e) : r;
	if (in.n == sizeof(none) && memcmp(in.p, none, in.n) == 0)
		return 0;
	a = c->read_new();
	if (a == NULL)
		return -ENOMEM;
	r = -EPROTO;
	if ((!gzip || c->gzip(a) == ARCHIVE_OK) && c->tar(a) == ARCHIVE_OK &&
	    (gzip || c->zip(a) == ARCHIVE_OK) &&
	    c->open(a, in.p, in.n) == ARCHIVE_OK)
		r = each_member(c, a, o);
	c->read_free(a);
	return r == -EPROTO ? broken(e) : r;
}
