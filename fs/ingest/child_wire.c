/* Frames between the gateway and a keyless child. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/child_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/mem.h"

#define HEADER 5
#define AT_ONCE 65536  /* written or read at once, where it is so much */
#define MAPPED 1048576 /* smaller files are read: unmapping stops all CPUs */

/* What waits goes out; its descriptor travels with the first byte. */
static int flush(struct child_wire *w)
{
	int r = fd_send(w->sock, buf_bytes(&w->out), &w->with,
			w->out.n > 0 && w->with >= 0);

	buf_clear(&w->out);
	return r;
}

int child_wire_add(struct child_wire *w, enum child_frame type,
		   struct bytes payload, int fd)
{
	uint32_t n = (uint32_t)payload.n;
	uint8_t h[HEADER] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
			     (uint8_t)(n >> 8), (uint8_t)n, (uint8_t)type};
	int r = 0;

	if (payload.n > CHILD_FRAME_MAX)
		return -EMSGSIZE;
	if (w->out.n >= AT_ONCE || fd >= 0)
		r = flush(w);
	if (w->out.n == 0)
		w->with = fd;
	if (r == 0)
		r = buf_put(&w->out, h, HEADER);
	if (r != 0 || payload.n < AT_ONCE)
		return r == 0 ? buf_putb(&w->out, payload) : r;
	r = flush(w);
	return r == 0 ? fd_write_full(w->sock, payload) : r;
}

int child_wire_put(struct child_wire *w, enum child_frame type,
		   struct bytes payload, int fd)
{
	int r = child_wire_add(w, type, payload, fd);

	return r == 0 ? flush(w) : r;
}

static int wait_readable(const struct child_wire *w)
{
	struct pollfd p = {.fd = w->sock, .events = POLLIN};
	int r;

	if (w->timeout_ms < 0)
		return 0;
	do
		r = poll(&p, 1, w->timeout_ms);
	while (r < 0 && errno == EINTR);
	return r > 0 ? 0 : r == 0 ? -ETIMEDOUT : -errno;
}

/* At least one byte, at most n, the wait bounded; 0 at the end. */
static ssize_t read_some(struct child_wire *w, void *p, size_t n)
{
	ssize_t got = wait_readable(w);

	if (got != 0)
		return got;
	do
		got = read(w->sock, p, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* Of what was read ahead; reads ahead where nothing is left. */
static ssize_t take_some(struct child_wire *w, void *p, size_t n)
{
	ssize_t got = 1;

	if (w->at == w->early.n) {
		w->at = w->early.n = 0;
		if (!w->ahead || n >= AT_ONCE)
			return read_some(w, p, n);
		got = buf_reserve(&w->early, AT_ONCE);
		if (got == 0)
			got = read_some(w, w->early.p, AT_ONCE);
		if (got <= 0)
			return got;
		w->early.n = (size_t)got;
	}
	if (n > w->early.n - w->at)
		n = w->early.n - w->at;
	memcpy(p, w->early.p + w->at, n);
	w->at += n;
	return (ssize_t)n;
}

/* n bytes, each wait bounded. */
static int get_bytes(struct child_wire *w, uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = take_some(w, p + at, n - at);

		if (got <= 0)
			return got == 0 ? -EPROTO : (int)got;
		at += (size_t)got;
	}
	return 0;
}

/* The first bytes of a header, and the descriptor that came with them. */
static ssize_t get_first(struct child_wire *w, uint8_t h[HEADER])
{
	size_t nfds = 1;
	ssize_t got = wait_readable(w);

	if (got != 0)
		return got;
	got = fd_recv(w->sock, h, HEADER, &w->fd, &nfds);
	if (nfds == 0 || got <= 0)
		w->fd = -1;
	return got;
}

/* 0 at the end of the socket before the first byte. */
static int get_header(struct child_wire *w, uint8_t h[HEADER])
{
	ssize_t got;
	int r;

	fd_close(&w->fd);
	got = w->ahead ? take_some(w, h, HEADER) : get_first(w, h);
	if (got <= 0)
		return got == -ECONNRESET ? 0 : (int)got;
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

static int read_file(int fd, size_t n, struct bytes *out)
{
	uint8_t *p = mem_grow(NULL, n, 1);
	ssize_t got = p == NULL ? -ENOMEM : fd_pread_full(fd, p, n, 0);

	if (got != (ssize_t)n) {
		mem_free(p);
		return got < 0 ? (int)got : -EPROTO; /* it shrank */
	}
	*out = bytes_of(p, n);
	return 0;
}

int child_wire_map(struct child_wire *w, struct bytes *out)
{
	struct stat st;
	void *p = NULL;
	int r;

	*out = bytes_of(NULL, 0);
	if (w->fd < 0 || fstat(w->fd, &st) != 0)
		return -EPROTO;
	if (st.st_size < MAPPED) {
		r = read_file(w->fd, (size_t)st.st_size, out);
		fd_close(&w->fd);
		return r;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, w->fd, 0);
	fd_close(&w->fd);
	if (p == MAP_FAILED)
		return -ENOMEM;
	madvise(p, (size_t)st.st_size, MADV_SEQUENTIAL);
	*out = bytes_of(p, (size_t)st.st_size);
	return 0;
}

void child_wire_unmap(struct bytes *b)
{
	void *p = (void *)(uintptr_t)b->p;

	if (b->n < MAPPED)
		mem_free(p);
	else
		munmap(p, b->n);
	*b = bytes_of(NULL, 0);
}

void child_wire_close(struct child_wire *w)
{
	fd_close(&w->fd);
	fd_close(&w->sock);
	buf_free(&w->in);
	buf_free(&w->out);
	buf_free(&w->early);
	w->at = 0;
}
