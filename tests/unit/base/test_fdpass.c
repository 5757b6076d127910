/* Descriptors over sockets: how many, closed when refused, long messages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"

struct pair {
	int a, b;
};

static void pair_open(struct pair *p, int type)
{
	int s[2];

	assert_int_equal(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, s), 0);
	*p = (struct pair){s[0], s[1]};
}

static void pair_close(struct pair *p)
{
	fd_close(&p->a);
	fd_close(&p->b);
}

static size_t open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void passes_some(void **state)
{
	static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		CLEANUP(pair_close) struct pair p;
		CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY);
		struct stat want, st;
		size_t nfds = 99;
		int fds[16], send[16];
		char got[8];

		pair_open(&p, types[i]);
		assert_int_equal(fstat(null, &want), 0);
		for (size_t k = 0; k < 16; k++)
			send[k] = null;
		assert_int_equal(fd_send(p.a, S("hello"), send, 16), 0);
		assert_int_equal(fd_recv(p.b, got, sizeof(got), fds, &nfds), 5);
		assert_int_equal(nfds, 16);
		assert_memory_equal(got, "hello", 5);
		for (size_t k = 0; k < nfds; k++) {
			assert_int_equal(fstat(fds[k], &st), 0);
			assert_int_equal(st.st_rdev, want.st_rdev);
			assert_true((fcntl(fds[k], F_GETFD) & FD_CLOEXEC) != 0);
			fd_close(&fds[k]);
		}
		assert_int_equal(fd_send(p.a, S("x"), NULL, 0), 0);
		assert_int_equal(fd_recv(p.b, got, sizeof(got), fds, &nfds), 1);
		assert_int_equal(nfds, 0);
	}
}

static void peer_gone(void **state)
{
	CLEANUP(pair_close) struct pair p;
	size_t nfds;
	int fds[16];
	char got[8];

	(void)state;
	pair_open(&p, SOCK_SEQPACKET);
	fd_close(&p.a);
	assert_int_equal(fd_recv(p.b, got, sizeof(got), fds, &nfds), 0);
	assert_int_equal(fd_send(p.b, S("x"), NULL, 0), -EPIPE);
	assert_int_equal(fd_recv(-1, got, sizeof(got), fds, &nfds), -EBADF);
	assert_int_equal(nfds, 0);
}

static void refuses_to_send(void **state)
{
	CLEANUP(pair_close) struct pair p;
	int fds[17] = {0};

	(void)state;
	pair_open(&p, SOCK_SEQPACKET);
	assert_int_equal(fd_send(p.a, S("x"), fds, 17), -EINVAL);
	assert_int_equal(fd_send(p.a, S(""), fds, 1), -EINVAL);
	fds[0] = 999;
	assert_int_equal(fd_send(p.a, S("x"), fds, 1), -EBADF);
}

/* Unwanted or cut messages leave no descriptor open here. */
static void refused_are_closed(void **state)
{
	CLEANUP(pair_close) struct pair p;
	CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY);
	size_t nfds, before;
	int fds[16], send[2] = {null, null};
	char got[4];

	(void)state;
	pair_open(&p, SOCK_SEQPACKET);
	before = open_fds();
	assert_int_equal(fd_send(p.a, S("x"), send, 2), 0);
	assert_int_equal(fd_recv(p.b, got, sizeof(got), NULL, &nfds), -EPROTO);
	assert_int_equal(nfds, 0);
	assert_int_equal(fd_send(p.a, S("too long"), send, 2), 0);
	assert_int_equal(fd_recv(p.b, got, sizeof(got), fds, &nfds), -EMSGSIZE);
	assert_int_equal(nfds, 0);
	assert_int_equal(open_fds(), before);
}

/* More descriptors than we take come from a sender that is not ours. */
static void too_many_are_closed(void **state)
{
	CLEANUP(pair_close) struct pair p;
	CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY);
	union {
		struct cmsghdr align;
		uint8_t space[CMSG_SPACE(20 * sizeof(int))];
	} control = {0};
	char x = 'x';
	struct iovec v = {&x, 1};
	struct msghdr m = {
		.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int fds[16], send[20];
	size_t nfds, before;
	char got[4];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		send[i] = null;
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(send));
	memcpy(CMSG_DATA(h), send, sizeof(send));
	pair_open(&p, SOCK_SEQPACKET);
	before = open_fds();
	assert_int_equal(sendmsg(p.a, &m, 0), 1);
	assert_int_equal(fd_recv(p.b, got, sizeof(got), fds, &nfds), -EPROTO);
	assert_int_equal(nfds, 0);
	assert_int_equal(open_fds(), before);
}

struct sender {
	int sock, fd, rc;
	struct bytes data;
};

static void *send_all(void *arg)
{
	struct sender *s = arg;

	s->rc = fd_send(s->sock, s->data, &s->fd, 1);
	return NULL;
}

/* A stream takes a long message in parts; the descriptor comes once. */
static void long_message(void **state)
{
	static uint8_t data[4 << 20], got[4 << 20];
	CLEANUP(pair_close) struct pair p;
	CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY);
	struct sender s = {.data = bytes_of(data, sizeof(data)), .fd = null};
	size_t n = 0, came = 0;
	pthread_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 >> 3);
	pair_open(&p, SOCK_STREAM);
	s.sock = p.a;
	assert_int_equal(pthread_create(&t, NULL, send_all, &s), 0);
	while (n < sizeof(got)) {
		size_t nfds;
		int fds[16];
		ssize_t r = fd_recv(p.b, got + n, sizeof(got) - n, fds, &nfds);

		assert_true(r > 0);
		n += (size_t)r;
		came += nfds;
		while (nfds > 0)
			fd_close(&fds[--nfds]);
	}
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(s.rc, 0);
	assert_int_equal(came, 1);
	assert_memory_equal(data, got, sizeof(data));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_some),
		cmocka_unit_test(peer_gone),
		cmocka_unit_test(refuses_to_send),
		cmocka_unit_test(refused_are_closed),
		cmocka_unit_test(too_many_are_closed),
		cmocka_unit_test(long_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
