/* Inside a keyless child: unpacking one file for the gateway. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/child_unpack.h"

#include <dlfcn.h>
#include <errno.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "policy/redact/codec.h"
#include "policy/redact/image.h"

/*
 * Codecs are large and see hostile bytes first. They run here only: in a
 * process that holds no key, opens no file and reaches nothing; and the
 * libraries are loaded by name when such a process starts, so that no other
 * part of carrel has their code in it. What they read is in memory; what they
 * make leaves in frames, which the gateway counts.
 */
#define FRAME 262144

struct unpacker {
	struct sound_calls *sound;     /* NULL: the library is not there */
	struct archive_calls *archive; /* likewise */
};

bool unpack_calls(const char *file, const struct unpack_call *c, size_t n)
{
	void *lib = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; lib != NULL && i < n; i++) {
		void *p = dlsym(lib, c[i].name);

		if (p == NULL)
			return false;
		memcpy(c[i].at, &p, sizeof(p));
	}
	return lib != NULL;
}

int unpacker_load(struct unpacker **out)
{
	struct unpacker *u = mem_new(1, sizeof(*u));

	*out = u;
	if (u == NULL)
		return -ENOMEM;
	u->sound = sound_load();
	u->archive = archive_load();
	return 0;
}

/* ---- what comes of it ---- */

int unpacked_flush(struct unpacked *o)
{
	int r = 0;

	if (o->b.n > 0)
		r = child_wire_put(o->w, CHILD_DATA, buf_bytes(&o->b), -1);
	buf_clear(&o->b);
	return r;
}

int unpacked_put(struct unpacked *o, struct bytes b)
{
	int r = 0;

	if (b.n > o->left)
		return -EFBIG;
	o->left -= b.n;
	while (r == 0 && b.n > 0 && !o->quiet) {
		struct bytes part = bytes_sub(b, 0, FRAME - o->b.n);

		r = buf_putb(&o->b, part);
		b = bytes_sub(b, part.n, b.n);
		if (r == 0 && o->b.n == FRAME)
			r = unpacked_flush(o);
	}
	return r;
}

int unpacked_member(struct unpacked *o, struct bytes name)
{
	int r = unpacked_flush(o);

	return r == 0 ? child_wire_put(o->w, CHILD_MEMBER, name, -1) : r;
}

int unpacked_left(struct unpacked *o, const char *words)
{
	int r = unpacked_flush(o);

	return r == 0 ? child_wire_put(o->w, CHILD_LEFT, bytes_str(words), -1)
		      : r;
}

/* ---- the job ---- */

static int put_image(void *ctx, struct bytes b)
{
	return unpacked_put(ctx, b);
}

static int unpack_image(struct bytes in, struct unpacked *o, struct err *e)
{
	const char *why = NULL;
	int r = image_strip(in, put_image, o, &why);

	return r == -EPROTO ? err_set(e, r, "", "%s", why) : r;
}

static int unpack(const struct unpacker *u, enum codec c, struct bytes in,
		  struct unpacked *o, struct err *e)
{
	if (c == CODEC_IMAGE)
		return unpack_image(in, o, e);
	if (c == CODEC_SOUND)
		return u->sound != NULL
			       ? sound_unpack(u->sound, in, o, e)
			       : err_set(e, -ENOTSUP, "",
					 "the library libsndfile is not there");
	if (u->archive == NULL)
		return err_set(e, -ENOTSUP, "",
			       "the library libarchive is not there");
	if (c == CODEC_GZIP)
		return archive_gzip(u->archive, in, o, e);
	return archive_unpack(u->archive, in, o, e);
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

int child_unpack(struct child_wire *w, const struct unpacker *u,
		 struct bytes job)
{
	struct unpacked o = {.w = w};
	struct err e = {0};
	struct bytes in;
	int r = u == NULL || job.n != 9 ? -EPROTO : child_wire_map(w, &in);

	if (r != 0)
		return r;
	o.left = be64(job.p + 1);
	r = unpack(u, (enum codec)job.p[0], in, &o, &e);
	child_wire_unmap(&in);
	if (r == 0)
		r = unpacked_flush(&o);
	buf_free(&o.b);
	if (r == 0)
		return child_wire_put(w, CHILD_DONE, bytes_of(NULL, 0), -1);
	if (r == -EFBIG)
		err_set(&e, r, "", "it unpacks to too much");
	else if (e.code == 0)
		return r;
	return child_wire_fail(w, &e);
}
