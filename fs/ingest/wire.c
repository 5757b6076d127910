/* Sending and receiving frames. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fdio.h"

#define STEP (1u << 20) /* memory is taken as the payload comes */

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v = 0;

	for (int i = 3; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

static int send_all(int sock, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(sock, p, n, MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -errno;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

int wire_send(int sock, enum wire type, struct bytes payload, int fd)
{
	uint8_t head[8];
	int rc;

	if (payload.n > WIRE_MAX)
		return -EMSGSIZE;
	put32(head, (uint32_t)type);
	put32(head + 4, (uint32_t)payload.n);
	if (fd >= 0)
		rc = fd_send(sock, bytes_of(head, sizeof(head)), &fd, 1);
	else
		rc = send_all(sock, head, sizeof(head));
	return rc == 0 ? send_all(sock, payload.p, payload.n) : rc;
}

/* Wait for something to read. */
static int ready(int sock, int timeout_ms)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	int rc;

	if (timeout_ms < 0)
		return 0;
	do {
		rc = poll(&p, 1, timeout_ms);
	} while (rc < 0 && errno == EINTR);
	if (rc < 0)
		return -errno;
	return rc == 0 ? -ETIMEDOUT : 0;
}

/* n bytes; *got counts them up from what is there already. */
static int recv_all(int sock, int timeout_ms, uint8_t *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		int rc = ready(sock, timeout_ms);
		ssize_t k;

		if (rc != 0)
			return rc;
		k = read(sock, p + got, n - got);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return k < 0 ? -errno : -EPIPE;
		got += (size_t)k;
	}
	return 0;
}

static int recv_head(int sock, int timeout_ms, uint8_t head[8], int *fd)
{
	int fds[16];
	size_t n = 0;
	ssize_t k;
	int rc = ready(sock, timeout_ms);

	if (rc != 0)
		return rc;
	k = fd_recv(sock, head, 8, fd == NULL ? NULL : fds, &n);
	if (k <= 0)
		return k < 0 ? (int)k : -EPIPE;
	if (fd != NULL && n > 0)
		*fd = fds[0];
	for (size_t i = 1; i < n; i++)
		close(fds[i]);
	if (n > 1)
		return -EPROTO;
	return recv_all(sock, timeout_ms, head + k, 8 - (size_t)k);
}

int wire_recv(int sock, int timeout_ms, enum wire *type, struct buf *payload,
	      int *fd)
{
	uint8_t head[8];
	uint32_t n;
	int rc;

	buf_clear(payload);
	if (fd != NULL)
		*fd = -1;
	rc = recv_head(sock, timeout_ms, head, fd);
	if (rc != 0)
		return rc;
	*type = (enum wire)get32(head);
	n = get32(head + 4);
	if (n > WIRE_MAX)
		return -EPROTO;
	while (rc == 0 && payload->n < n) {
		size_t more = n - payload->n < STEP ? n - payload->n : STEP;

		rc = buf_reserve(payload, more);
		if (rc == 0)
			rc = recv_all(sock, timeout_ms,
				      payload->p + payload->n, more);
		if (rc == 0)
			payload->n += more;
	}
	return rc;
}
