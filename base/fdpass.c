/* Messages with descriptors over a Unix socket (SCM_RIGHTS). */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fdio.h"

#define FDS_MOST 16

/* Room for one control message, aligned as the kernel wants it. */
union control {
	struct cmsghdr align;
	uint8_t space[CMSG_SPACE(FDS_MOST * sizeof(int))];
};

static void control_fill(struct msghdr *m, union control *c, const int *fds,
			 size_t nfds)
{
	struct cmsghdr *h;

	memset(c, 0, sizeof(*c));
	m->msg_control = c;
	m->msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	h = &c->align;
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(h), fds, nfds * sizeof(int));
}

int fd_send(int sock, struct bytes data, const int *fds, size_t nfds)
{
	union control control;

	if (nfds > FDS_MOST || (nfds > 0 && data.n == 0))
		return -EINVAL;
	while (data.n > 0) {
		struct iovec v = {(void *)(uintptr_t)data.p, data.n};
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
		ssize_t r;

		if (nfds > 0)
			control_fill(&m, &control, fds, nfds);
		r = sendmsg(sock, &m, MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		/* They travel with the first part only. */
		nfds = r > 0 ? 0 : nfds;
		data = bytes_sub(data, (size_t)r, data.n);
	}
	return 0;
}

/* Gather the descriptors of m: how many came; above FDS_MOST none is kept. */
static size_t control_take(struct msghdr *m, int *got)
{
	size_t n = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h != NULL;
	     h = CMSG_NXTHDR(m, h)) {
		size_t bytes = h->cmsg_len - CMSG_LEN(0);

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(got + n, CMSG_DATA(h), bytes);
		n += bytes / sizeof(int);
	}
	return n;
}

ssize_t fd_recv(int sock, void *p, size_t n, int *fds, size_t *nfds)
{
	union control control;
	int got[FDS_MOST];
	struct iovec v = {p, n};
	struct msghdr m = {
		.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	size_t count;
	ssize_t r;

	*nfds = 0;
	do
		r = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	count = control_take(&m, got);
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    (fds == NULL && count > 0)) {
		while (count > 0)
			fd_close(&got[--count]);
		return (m.msg_flags & MSG_TRUNC) != 0 ? -EMSGSIZE : -EPROTO;
	}
	if (count > 0)
		memcpy(fds, got, count * sizeof(int));
	*nfds = count;
	return r;
}
