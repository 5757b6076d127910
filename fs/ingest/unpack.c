/* Files that are packed: through a keyless child into memory, and bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fdio.h"

/* A check before the first byte reads as many in a second, or more. */
#define SILENT ((uint64_t)64 << 20)

struct unpacking {
	enum codec codec;
	struct unpack_out *out;
	struct hasher h;
	uint64_t most; /* bytes */
	unpack_member *member;
	void *ctx;
	/* The member that is coming; on: there is one. */
	bool on;
	struct buf name;
	uint64_t at, members;
};

static uint64_t most_of(enum codec codec, uint64_t packed)
{
	uint64_t most = packed < UNPACK_MAX / UNPACK_RATIO
				? packed * UNPACK_RATIO
				: UNPACK_MAX;

	if (codec == CODEC_SOUND)
		return UNPACK_MAX;
	return most > UNPACK_FREE ? most : UNPACK_FREE;
}

static int too_large(const struct unpacking *u, struct err *e)
{
	return err_set(e, -EPROTO, "",
		       u->most < UNPACK_MAX
			       ? "it unpacks to more than %d times its size: "
				 "not taken"
			       : "it unpacks to more than %d GiB: not taken; "
				 "unpack it before",
		       u->most < UNPACK_MAX ? UNPACK_RATIO
					    : (int)(UNPACK_MAX >> 30));
}

/* The member that came is whole (words NULL), or is not to be taken. */
static int end_member(struct unpacking *u, const char *words)
{
	bool on = u->on;

	u->on = false;
	return on ? u->member(u->ctx, buf_bytes(&u->name), words, u->at,
			      u->out->size - u->at)
		  : 0;
}

static int take_member(struct unpacking *u, struct bytes name, struct err *e)
{
	int r = end_member(u, NULL);

	if (u->member == NULL)
		return -EINVAL;
	if (r == 0 && u->members++ == UNPACK_MEMBERS)
		return err_set(e, -EPROTO, "",
			       "it holds more than %d files: not taken",
			       UNPACK_MEMBERS);
	hasher_field(&u->h, name);
	buf_clear(&u->name);
	if (r == 0)
		r = buf_putb(&u->name, name);
	u->at = u->out->size;
	u->on = r == 0;
	return r;
}

static int take_left(struct unpacking *u, struct bytes words)
{
	char s[200];

	snprintf(s, sizeof(s), "%.*s", (int)words.n, (const char *)words.p);
	return u->on ? end_member(u, s) : -EINVAL;
}

static int take_data(struct unpacking *u, struct bytes b, struct err *e)
{
	int r;

	if (u->member != NULL && !u->on)
		return -EINVAL;
	if (b.n > u->most - u->out->size)
		return too_large(u, e);
	hasher_add(&u->h, b);
	r = fd_pwrite_full(u->out->fd, b, u->out->size);
	u->out->size += b.n;
	return r;
}

/* 1: the file is done; -EINVAL: no answer of a child. */
static int take_frame(struct unpacking *u, const struct child_wire *w,
		      enum child_frame type, struct err *e)
{
	struct bytes in = buf_bytes(&w->in);
	int r;

	switch ((int)type) {
	case CHILD_MEMBER:
		return take_member(u, in, e);
	case CHILD_DATA:
		return take_data(u, in, e);
	case CHILD_LEFT:
		return take_left(u, in);
	case CHILD_DONE:
		r = end_member(u, NULL);
		return r == 0 ? 1 : r;
	default:
		return -EINVAL;
	}
}

/* -EPROTO with the child's words, whatever its number is. */
static int child_said(const struct unpacking *u, const struct child_wire *w,
		      struct err *e)
{
	struct err why = {0};

	if (child_wire_error(w, &why) == -EFBIG)
		return too_large(u, e);
	return err_set(e, -EPROTO, "", "%s", why.text);
}

static int ask(struct unpacking *u, struct child_wire *w, int src,
	       struct err *e)
{
	uint8_t job[9] = {(uint8_t)u->codec};
	enum child_frame type;
	int r = 0;

	for (int i = 0; i < 8; i++)
		job[1 + i] = (uint8_t)(u->most >> (56 - 8 * i));
	if (child_wire_put(w, CHILD_UNPACK, bytes_of(job, sizeof(job)), src) !=
	    0)
		r = -EINVAL;
	while (r == 0) {
		int got = child_wire_get(w, &type);

		if (got != 1)
			return err_set(e, -EPROTO, "",
				       got == -ETIMEDOUT
					       ? "it was not unpacked in time: "
						 "not taken"
					       : "unpacking it failed: not "
						 "taken");
		r = type == CHILD_ERROR ? child_said(u, w, e)
					: take_frame(u, w, type, e);
	}
	if (r == -EINVAL)
		return err_set(e, -EPROTO, "",
			       "unpacking it failed: not taken");
	return r;
}

int unpack_file(struct child_pool *children, enum codec codec, int src,
		unpack_member *member, void *ctx, struct unpack_out *out,
		struct err *e)
{
	struct unpacking u = {
		.codec = codec, .out = out, .member = member, .ctx = ctx};
	struct child_wire *w = NULL;
	struct stat st;
	int r = fstat(src, &st) == 0 ? 0 : -errno;

	*out = (struct unpack_out){.fd = -1};
	if (r != 0)
		return err_set(e, r, "", "%s", strerror(-r));
	u.most = most_of(codec, (uint64_t)st.st_size);
	r = child_take(children, u.most / SILENT, &w, e);
	if (r != 0)
		return r;
	out->fd = fd_memory_new();
	hasher_blake2b(&u.h, NULL);
	r = out->fd < 0 ? out->fd : ask(&u, w, src, e);
	child_give(children, w, r == 1);
	hasher_end(&u.h, out->digest);
	buf_free(&u.name);
	if (r == 1)
		r = fd_memory_seal(out->fd);
	if (r == 0)
		return 0;
	fd_close(&out->fd);
	return e != NULL && e->code == r
		       ? r
		       : err_set(e, r, "", "unpacking: %s", strerror(-r));
}
