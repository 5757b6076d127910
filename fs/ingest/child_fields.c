/* Inside a keyless child: where the fields lie that a policy takes out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/arena.h"
#include "base/cbor.h"
#include "base/fdio.h"
#include "fs/ingest/child_main.h"
#include "policy/redact/detect.h"

/*
 * The job is [format, depth, [path, kind] ...] (kind 0: drop, 1: remove, 2:
 * tell its place) with the piece of the object in the frame's descriptor; the
 * answers are frames of at most CUTS_AT_ONCE cuts, [start, end, literal] ...,
 * and places, [start, end, number of the path], both ascending in themselves;
 * offsets into the piece.
 */
#define CUTS_AT_ONCE 4096
#define WANTS_MAX 64

struct cuts {
	struct child_wire *w;
	struct buf b;
	uint64_t n;
};

static int send_cuts(struct cuts *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	int r = cbor_put_array(&b, 3 * c->n);

	if (r == 0)
		r = buf_putb(&b, buf_bytes(&c->b));
	if (r == 0)
		r = child_wire_put(c->w, CHILD_CUT, buf_bytes(&b), -1);
	buf_clear(&c->b);
	c->n = 0;
	return r;
}

static int take_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct cuts *c = ctx;
	int r = cbor_put_uint(&c->b, start);

	if (r == 0)
		r = cbor_put_uint(&c->b, end);
	if (r == 0)
		r = cbor_put_bytes(&c->b, lit);
	c->n++;
	return r == 0 && c->n == CUTS_AT_ONCE ? send_cuts(c) : r;
}

static int take_place(void *ctx, uint64_t start, uint64_t end, uint32_t want)
{
	struct cuts *c = ctx;
	int r = cbor_put_uint(&c->b, start);

	if (r == 0)
		r = cbor_put_uint(&c->b, end);
	if (r == 0)
		r = cbor_put_uint(&c->b, want);
	c->n++;
	return r == 0 && c->n == CUTS_AT_ONCE ? send_cuts(c) : r;
}

static int read_wants(struct bytes job, struct arena *a, enum format *format,
		      uint32_t *depth, struct field_want *want, size_t *n)
{
	struct cbor c = {.in = job};
	uint64_t count, kind;

	if (cbor_get_array(&c) != 3)
		return -EPROTO;
	*format = (enum format)cbor_get_uint(&c);
	*depth = (uint32_t)cbor_get_uint(&c);
	count = cbor_get_array(&c);
	if (count % 2 != 0 || count / 2 > WANTS_MAX)
		return -EPROTO;
	*n = (size_t)count / 2;
	for (size_t i = 0; i < *n; i++) {
		want[i].path = arena_str(a, cbor_get_text(&c));
		kind = cbor_get_uint(&c);
		want[i].remove = kind == 1;
		want[i].place = kind == 2;
		if (want[i].path == NULL)
			return -ENOMEM;
	}
	return cbor_end(&c);
}

static int find(struct child_wire *w, struct bytes job, struct bytes data,
		struct err *e)
{
	struct arena *a CLEANUP(arena_freep) = arena_new();
	struct field_want want[WANTS_MAX];
	struct cuts c = {.w = w};
	enum format format;
	uint32_t depth = 0;
	size_t n = 0;
	int r = a == NULL ? -ENOMEM
			  : read_wants(job, a, &format, &depth, want, &n);

	if (r == 0)
		r = fields_find_all(format, depth, data, want, n, take_cut,
				    take_place, &c, e);
	if (r == 0 && c.n > 0)
		r = send_cuts(&c);
	buf_free(&c.b);
	if (r != 0 && (e->code == 0))
		err_set(e, r, "", "the fields could not be found");
	return r;
}

int child_fields(struct child_wire *w, struct bytes job)
{
	struct err e = {0};
	struct bytes in;
	int r = child_wire_map(w, &in);

	if (r != 0)
		return r;
	r = find(w, job, in, &e);
	child_wire_unmap(&in);
	return r == 0 ? child_wire_put(w, CHILD_DONE, bytes_of(NULL, 0), -1)
		      : child_wire_fail(w, &e);
}
