/* A client that keeps a request to itself does not hold up the end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fdio.h"
#include "tests/unit/mount/serve_fix.h"

#define STRIDE 8192u /* a page, and the one that is read ahead */
#define BUFFER ((1u << 20) + 4096)

/*
 * Whoever made the mount had its descriptor first and may have kept a copy.
 * A READ that he takes from it is never answered, and the page that it should
 * fill stays locked. Dropping the pages of that file would wait for this one.
 */
static int copy_of_device(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int fd = -1;

	assert_non_null(d);
	while (fd < 0 && (e = readdir(d)) != NULL) {
		char path[300], to[32] = "";

		snprintf(path, sizeof(path), "/proc/self/fd/%s", e->d_name);
		if (readlink(path, to, sizeof(to) - 1) > 0 &&
		    strcmp(to, "/dev/fuse") == 0)
			fd = dup(atoi(e->d_name));
	}
	closedir(d);
	assert_true(fd >= 0);
	return fd;
}

/* The session: maps a file, says so, and at a word touches page after page; not
 * so fast that one thread serves all of them without ever waiting in line. */
static _Noreturn void be_session(struct fix *f, int sock)
{
	const char *path = serve_at(f, "data/big.txt");
	volatile const uint8_t *p;
	uint8_t byte = 0, sum = 0;
	int fd;

	if (read(sock, &byte, 1) != 1)
		_exit(1);
	fd = open(path, O_RDONLY);
	p = mmap(NULL, FAKE_BIG, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		_exit(2);
	sum = (uint8_t)(sum + p[0]);
	if (write(sock, &sum, 1) != 1 || read(sock, &byte, 1) != 1)
		_exit(3);
	for (size_t at = STRIDE; at < FAKE_BIG; at += STRIDE) {
		sum = (uint8_t)(sum + p[at]);
		usleep(2000);
	}
	_exit(4);
}

/* Wait in the queue with the threads that serve, until a READ comes here. */
static void steal(int fd)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct fuse_in_header h;

	assert_int_equal(buf_reserve(&b, BUFFER), 0);
	do {
		ssize_t n = read(fd, b.p, BUFFER);
		struct fuse_out_header no = {.len = sizeof(no), .error = -5};

		assert_true(n >= (ssize_t)sizeof(h));
		memcpy(&h, b.p, sizeof(h));
		no.unique = h.unique;
		if (h.opcode != FUSE_READ)
			(void)!write(fd, &no, sizeof(no));
	} while (h.opcode != FUSE_READ);
}

static void test_stolen_request(void **state)
{
	struct fix *f = *state;
	int pair[2], fuse, st = 0;
	uint8_t byte = 0;
	pid_t pid;

	alarm(60); /* nothing here may wait for the page for ever */
	serve_down(f);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	if (pid == 0)
		be_session(f, pair[1]);
	f->init = pid;
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
	assert_int_equal(write(pair[0], &byte, 1), 1);
	assert_int_equal(read(pair[0], &byte, 1), 1);
	fuse = copy_of_device();
	/* What holds for the copy holds for the mount's: reads block. */
	assert_int_equal(fcntl(fuse, F_SETFL, 0), 0);
	assert_int_equal(write(pair[0], &byte, 1), 1);
	steal(fuse);
	mount_deny(f->m);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &st, 0), pid);
	assert_true(WIFSIGNALED(st) && WTERMSIG(st) == SIGKILL);
	serve_down(f);
	alarm(0);
	close(fuse);
	close(pair[0]);
	close(pair[1]);
	f->init = 0;
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_stolen_request, serve_clear),
	};

	return serve_main(tests, ARRAY_LEN(tests));
}
