/* The messages between a gateway and those who come to its doors. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/wire.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "base/cbor.h"
#include "base/fdio.h"

static const uint8_t types[WF_COUNT_] = {
#define X(n, name, type) [n] = (type),
	WIRE_FIELDS(X)
#undef X
};

static void set(struct wire *w, enum wire_field f, struct wire_value v)
{
	w->v[f] = v;
	w->present |= 1u << f;
}

void wire_uint(struct wire *w, enum wire_field f, uint64_t v)
{
	assert(types[f] == WT_UINT);
	set(w, f, (struct wire_value){.u = v});
}

void wire_int(struct wire *w, enum wire_field f, int64_t v)
{
	assert(types[f] == WT_INT);
	set(w, f, (struct wire_value){.u = (uint64_t)v});
}

void wire_bytes(struct wire *w, enum wire_field f, struct bytes v)
{
	assert(types[f] == WT_BYTES || types[f] == WT_TEXT);
	set(w, f, (struct wire_value){.b = v});
}

void wire_text(struct wire *w, enum wire_field f, const char *v)
{
	if (v != NULL)
		wire_bytes(w, f, bytes_str(v));
}

bool wire_has(const struct wire *w, enum wire_field f)
{
	return (w->present >> f & 1) != 0;
}

uint64_t wire_get(const struct wire *w, enum wire_field f)
{
	return w->v[f].u;
}

int64_t wire_geti(const struct wire *w, enum wire_field f)
{
	return (int64_t)w->v[f].u;
}

struct bytes wire_getb(const struct wire *w, enum wire_field f)
{
	return w->v[f].b;
}

int wire_copy(const struct wire *w, enum wire_field f, char *out, size_t n)
{
	struct bytes b = w->v[f].b;

	if (b.n >= n || (b.n > 0 && memchr(b.p, 0, b.n) != NULL))
		return -EPROTO;
	if (b.n > 0)
		memcpy(out, b.p, b.n);
	out[b.n] = '\0';
	return 0;
}

/* ---- encoding ---- */

static int put_value(struct buf *b, enum wire_field f,
		     const struct wire_value *v)
{
	switch ((enum wire_type)types[f]) {
	case WT_INT:
		return cbor_put_int(b, (int64_t)v->u);
	case WT_BYTES:
		return cbor_put_bytes(b, v->b);
	case WT_TEXT:
		return cbor_put_text(b, v->b);
	case WT_UINT:
	default:
		return cbor_put_uint(b, v->u);
	}
}

int wire_put(const struct wire *w, struct buf *b)
{
	size_t before = b->n;
	int r = cbor_put_array(b, 2);

	if (r == 0)
		r = cbor_put_uint(b, w->op);
	if (r == 0)
		r = cbor_put_map(b, (uint64_t)__builtin_popcount(w->present));
	for (unsigned f = 0; r == 0 && f < WF_COUNT_; f++) {
		if (!wire_has(w, f))
			continue;
		r = cbor_put_uint(b, f);
		if (r == 0)
			r = put_value(b, f, &w->v[f]);
	}
	return r == 0 && b->n - before > WIRE_MAX ? -EMSGSIZE : r;
}

static void get_value(struct cbor *c, enum wire_field f, struct wire_value *v)
{
	switch ((enum wire_type)types[f]) {
	case WT_INT:
		v->u = (uint64_t)cbor_get_int(c);
		break;
	case WT_BYTES:
		v->b = cbor_get_bytes(c);
		break;
	case WT_TEXT:
		v->b = cbor_get_text(c);
		break;
	case WT_UINT:
	default:
		v->u = cbor_get_uint(c);
		break;
	}
}

int wire_parse(struct bytes in, struct wire *w)
{
	struct cbor c = {.in = in};
	uint64_t op, n;

	*w = (struct wire){0};
	if (cbor_get_array(&c) != 2)
		return -EPROTO;
	op = cbor_get_uint(&c);
	n = cbor_get_map(&c);
	if (c.err != 0 || op > WIRE_SOON || n > WF_COUNT_)
		return -EPROTO;
	w->op = (enum wire_op)op;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t f = cbor_get_uint(&c);

		/* Ascending and once: the map's door has looked. Both sides
		 * have one version, so an unknown field is a fault. */
		if (c.err != 0 || f >= WF_COUNT_ ||
		    wire_has(w, (enum wire_field)f))
			return -EPROTO;
		get_value(&c, (enum wire_field)f, &w->v[f]);
		w->present |= 1u << f;
	}
	return cbor_end(&c);
}

/* ---- packets ---- */

int wire_send(int sock, const struct wire *w, const int *fds, size_t nfds)
{
	struct buf b CLEANUP(buf_free) = {0};
	int r = wire_put(w, &b);

	return r != 0 ? r : fd_send(sock, buf_bytes(&b), fds, nfds);
}

static void close_fds(struct wire_in *in)
{
	for (size_t i = 0; i < in->nfds; i++)
		fd_close(&in->fds[i]);
	in->nfds = 0;
}

void wire_in_free(struct wire_in *in)
{
	close_fds(in);
	buf_free(&in->raw);
	in->msg = (struct wire){0};
}

int wire_recv(int sock, struct wire_in *in)
{
	ssize_t got;

	close_fds(in);
	in->msg = (struct wire){0}; /* it borrows from what goes now */
	buf_clear(&in->raw);
	if (buf_reserve(&in->raw, WIRE_MAX) != 0)
		return -ENOMEM;
	got = fd_recv(sock, in->raw.p, WIRE_MAX, in->fds, &in->nfds);
	/* The other side went without having heard us; the kernel says so once,
	 * before what it had said itself. */
	if (got == -ECONNRESET)
		got = fd_recv(sock, in->raw.p, WIRE_MAX, in->fds, &in->nfds);
	if (got == 0 || got == -ECONNRESET)
		return -EPIPE;
	if (got == -EMSGSIZE)
		return -EPROTO;
	if (got < 0)
		return (int)got;
	in->raw.n = (size_t)got;
	if (in->nfds > WIRE_FDS)
		return -EPROTO;
	return wire_parse(buf_bytes(&in->raw), &in->msg);
}

int wire_take(struct wire_in *in, size_t i)
{
	int fd;

	if (i >= in->nfds)
		return -1;
	fd = in->fds[i];
	in->fds[i] = -1;
	return fd;
}

/* ---- errors ---- */

void wire_fail(struct wire *w, int code, const struct err *e)
{
	*w = (struct wire){.op = WIRE_FAILED};
	wire_int(w, WF_CODE, code);
	wire_text(w, WF_TEXT,
		  e != NULL && e->text[0] != '\0' ? e->text : strerror(-code));
	if (e != NULL && e->place[0] != '\0')
		wire_text(w, WF_PLACE, e->place);
}

int wire_error(const struct wire *w, struct err *e)
{
	struct bytes text = wire_getb(w, WF_TEXT);
	int64_t code = wire_geti(w, WF_CODE);
	char place[sizeof(e->place)];

	if (w->op != WIRE_FAILED || code >= 0 || code < -4095 ||
	    wire_copy(w, WF_PLACE, place, sizeof(place)) != 0)
		return err_set(e, -EPROTO, "",
			       "the gateway's answer is malformed: are client "
			       "and gateway of one version?");
	return err_set(e, (int)code, place, "%.*s", (int)text.n,
		       (const char *)text.p);
}
