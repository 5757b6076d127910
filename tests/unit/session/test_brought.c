/* What a client brings along: only the right things are taken. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/session/brought.h"
#include "fs/session/denied.h"

static int pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* ---- a FUSE descriptor ---- */

static void test_fuse(void **state)
{
	int null CLEANUP(fd_close) = open("/dev/null", O_RDWR | O_CLOEXEC);
	int plain CLEANUP(fd_close) = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	int fuse CLEANUP(fd_close) = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	int p[2];

	(void)state;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(brought_fuse(-1, NULL), -EPROTO);
	assert_int_equal(brought_fuse(null, NULL), -EPROTO);
	assert_int_equal(brought_fuse(plain, NULL), -EPROTO);
	assert_int_equal(brought_fuse(p[0], NULL), -EPROTO);
	if (fuse >= 0)
		assert_int_equal(brought_fuse(fuse, NULL), 0);
	close(p[0]);
	close(p[1]);
}

/* ---- pid 1 ---- */

/* A launcher as a session has one: a child whose child is pid 1 of a
 * namespace; its pidfd, or -1 where that cannot be made. */
static int make_family(pid_t *launcher, pid_t *init)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) != 0)
		return -1;
	*launcher = fork();
	if (*launcher == 0) {
		pid_t pid = unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0 ? fork()
								       : -1;

		if (pid != 0)
			(void)!write(p[1], &pid, sizeof(pid));
		close(p[0]);
		for (;;)
			pause();
	}
	close(p[1]);
	if (read(p[0], init, sizeof(*init)) != sizeof(*init))
		*init = -1;
	close(p[0]);
	return *init > 0 ? pidfd(*init) : -1;
}

static void test_init(void **state)
{
	pid_t launcher, pid = -1;
	int init CLEANUP(fd_close) = make_family(&launcher, &pid);
	int other CLEANUP(fd_close) = pidfd(launcher);
	int self CLEANUP(fd_close) = pidfd(getpid());

	(void)state;
	if (init >= 0) {
		assert_int_equal(brought_init(init, getpid(), NULL), 0);
		/* not of somebody above or beside */
		assert_int_equal(brought_init(init, getppid(), NULL), -EPROTO);
		assert_int_equal(brought_init(init, 1, NULL), -EPROTO);
		assert_int_equal(brought_init(init, 0, NULL), -EPROTO);
	}
	assert_int_equal(brought_init(other, getpid(), NULL), -EPROTO);
	assert_int_equal(brought_init(self, getpid(), NULL), -EPROTO);
	assert_int_equal(brought_init(self, getppid(), NULL), -EPROTO);
	assert_int_equal(brought_init(0, getpid(), NULL), -EPROTO);
	assert_int_equal(brought_init(-1, getpid(), NULL), -EPROTO);
	if (pid > 0)
		kill(pid, SIGKILL);
	kill(launcher, SIGKILL);
	assert_int_equal(waitpid(launcher, NULL, 0), launcher);
	if (init >= 0) /* its number may be another's by now */
		assert_int_equal(brought_init(init, getpid(), NULL), -EPROTO);
}

/* ---- a text ---- */

static int memory(const char *text, int seals)
{
	int fd = memfd_create("t", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_full(fd, bytes_str(text)), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void test_text(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	int fd CLEANUP(fd_close) = fd_memory(bytes_str("a policy"));

	(void)state;
	assert_int_equal(buf_puts(&b, "before, "), 0);
	assert_int_equal(brought_text(fd, &b, NULL), 0);
	assert_string_equal(buf_str(&b), "before, a policy");
}

static void test_no_text(void **state)
{
	const int all = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	struct buf b CLEANUP(buf_free) = {0};
	int open_ CLEANUP(fd_close) = memory("x", 0);
	int part CLEANUP(fd_close) = memory("x", F_SEAL_SHRINK | F_SEAL_GROW);
	int grows CLEANUP(fd_close) = memory("x", F_SEAL_WRITE | F_SEAL_SHRINK);
	int large CLEANUP(fd_close) = memory("x", 0);
	int plain CLEANUP(fd_close) = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	int p[2];

	(void)state;
	assert_int_equal(ftruncate(large, (1 << 20) + 1), 0);
	assert_int_equal(fcntl(large, F_ADD_SEALS, all), 0);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(brought_text(open_, &b, NULL), -EPROTO);
	assert_int_equal(brought_text(part, &b, NULL), -EPROTO);
	assert_int_equal(brought_text(grows, &b, NULL), -EPROTO);
	assert_int_equal(brought_text(large, &b, NULL), -EFBIG);
	assert_int_equal(brought_text(plain, &b, NULL), -EPROTO);
	assert_int_equal(brought_text(p[0], &b, NULL), -EPROTO);
	assert_int_equal(brought_text(-1, &b, NULL), -EPROTO);
	assert_int_equal(b.n, 0);
	close(p[0]);
	close(p[1]);
}

/* ---- how much the log is told ---- */

static void test_denied(void **state)
{
	struct denied d = {0};
	uint64_t count, told = 0, entries = 0, n = 0;

	(void)state;
	for (uint64_t second = 1; second <= 5; second++)
		for (int i = 0; i < (second == 3 ? 2 : 100); i++, n++)
			if (denied_may(&d, second, &count)) {
				entries++;
				told += 1 + count;
			}
	assert_int_equal(entries, 4 * DENIED_A_SECOND + 2);
	assert_int_equal(denied_rest(&d, 5), 0); /* the second is not over */
	told += denied_rest(&d, 6);
	assert_int_equal(told, n);
	assert_int_equal(denied_rest(&d, 7), 0);
	/* what told of the rest counts in its second */
	d = (struct denied){.second = 1, .owed = 3};
	assert_int_equal(denied_rest(&d, 2), 3);
	for (int i = 1; i < DENIED_A_SECOND; i++)
		assert_true(denied_may(&d, 2, &count));
	assert_false(denied_may(&d, 2, &count));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fuse),   cmocka_unit_test(test_init),
		cmocka_unit_test(test_text),   cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
