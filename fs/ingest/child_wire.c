/* Frames between the gateway and a keyless child. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/child_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"

#define HEADER 5

int child_wire_put(struct child_wire *w, enum child_frame type,
		   struct bytes payload, int fd)
{
	uint32_t n = (uint32_t)payload.n;
	uint8_t h[HEADER] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
			     (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)type};
	int r;

	if (payload.n > CHILD_FRAME_MAX)
		return -EMSGSIZE;
	if (fd >= 0)
		r = fd_send(w->sock, bytes_of(h, HEADER), &fd, 1);
	else
		r = fd_write_full(w->sock, bytes_of(h, HEADER));
	return r != 0 || n == 0 ? r : fd_write_full(w->sock, payload);
}

static int wait_readable(const struct child_wire *w)
{
	struct pollfd p = {.fd = w->sock, .events = POLLIN};
	int r;

	do
		r = poll(&p, 1, w->timeout_ms);
	while (r < 0 && errno == EINTR);
	return r > 0 ? 0 : r == 0 ? -ETIMEDOUT : -errno;
}

/* n bytes, each wait bounded; 0 at the end of the socket before the first. */
static int get_bytes(struct child_wire *w, uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got;
		int r = wait_readable(w);

		if (r != 0)
			return r;
		got = read(w->sock, p + at, n - at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EPROTO;
		at += (size_t)got;
	}
	return 0;
}

static int get_header(struct child_wire *w, uint8_t h[HEADER])
{
	size_t nfds = 1;
	ssize_t got;
	int r = wait_readable(w);

	if (r != 0)
		return r;
	fd_close(&w->fd);
	got = fd_recv(w->sock, h, HEADER, &w->fd, &nfds);
	if (nfds == 0 || got <= 0)
		w->fd = -1;
	if (got <= 0)
		return got == 0 || got == -ECONNRESET ? 0 : (int)got;
	r = get_bytes(w, h + got, HEADER - (size_t)got);
	return r == 0 ? 1 : r;
}

int child_wire_get(struct child_wire *w, enum child_frame *type)
{
	uint8_t h[HEADER];
	size_t n;
	int r = get_header(w, h);

	if (r <= 0)
		return r;
	n = (size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3];
	if (n > CHILD_FRAME_MAX)
		return -EPROTO;
	buf_clear(&w->in);
	r = buf_reserve(&w->in, n);
	if (r == 0)
		r = get_bytes(w, w->in.p, n);
	if (r != 0)
		return r;
	w->in.n = n;
	*type = (enum child_frame)h[4];
	return 1;
}

int child_wire_error(const struct child_wire *w, struct err *e)
{
	struct cbor c = {.in = buf_bytes(&w->in)};
	bool ok = cbor_get_array(&c) == 3;
	int64_t code = cbor_get_int(&c);
	struct bytes place = cbor_get_text(&c), words = cbor_get_text(&c);
	char where[sizeof(e->place)];

	if (!ok || cbor_end(&c) != 0 || code >= 0 || code < -4095)
		return err_set(e, -EPROTO, "", "a child's answer is malformed");
	snprintf(where, sizeof(where), "%.*s", (int)place.n,
		 (const char *)place.p);
	return err_set(e, (int)code, where, "%.*s", (int)words.n,
		       (const char *)words.p);
}

int child_wire_fail(struct child_wire *w, const struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	int r = cbor_put_array(&b, 3);

	if (r == 0)
		r = cbor_put_int(&b, e->code < 0 ? e->code : -EIO);
	if (r == 0 && cbor_put_text(&b, bytes_str(e->place)) != 0)
		r = cbor_put_text(&b, bytes_str("?"));
	if (r == 0 && cbor_put_text(&b, bytes_str(e->text)) != 0)
		r = cbor_put_text(&b, bytes_str("?"));
	return r == 0 ? child_wire_put(w, CHILD_ERROR, buf_bytes(&b), -1) : r;
}

void child_wire_close(struct child_wire *w)
{
	fd_close(&w->fd);
	fd_close(&w->sock);
	buf_free(&w->in);
}
