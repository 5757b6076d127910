/* What /proc says of a process: its parent, and whom a pidfd names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "base/proc.h"

/* Also where a test fails, nobody stays. */
static _Noreturn void wait_forever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static int pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* A name that a careless reader of stat would stumble over. */
static void test_parent(void **state)
{
	int p[2];
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NAME, "x) S 1 (");
		(void)!write(p[1], "x", 1);
		wait_forever();
	}
	assert_int_equal(read(p[0], &c, 1), 1);
	assert_int_equal(proc_parent(pid), getpid());
	assert_int_equal(proc_parent(getpid()), getppid());
	end(pid);
	assert_int_equal(proc_parent(pid), -1);
	assert_int_equal(proc_parent(0x3fffffff), -1); /* no such process */
	assert_int_equal(proc_parent(-1), -1);
	close(p[0]);
	close(p[1]);
}

static void test_pidfd(void **state)
{
	pid_t inner = 7, pid = fork();
	int fd;

	(void)state;
	if (pid == 0)
		wait_forever();
	fd = pidfd(pid);
	assert_true(fd >= 0);
	assert_int_equal(proc_of_pidfd(fd, NULL), pid);
	assert_int_equal(proc_of_pidfd(fd, &inner), pid);
	assert_int_equal(inner, 0); /* our own namespace */
	end(pid);
	inner = 7;
	assert_int_equal(proc_of_pidfd(fd, &inner), 0);
	assert_int_equal(inner, 0);
	close(fd);
	assert_int_equal(proc_of_pidfd(fd, NULL), 0);
	assert_int_equal(proc_of_pidfd(STDIN_FILENO, NULL), 0);
	assert_int_equal(proc_of_pidfd(-1, NULL), 0);
}

/* The number of one that unshare made pid 1 below us; -1: it may not. */
static pid_t below(int *launcher)
{
	pid_t pid = -1;
	int p[2];

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	*launcher = fork();
	if (*launcher == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pid = unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0 ? fork() : -1;
		if (pid != 0)
			(void)!write(p[1], &pid, sizeof(pid));
		wait_forever();
	}
	assert_int_equal(read(p[0], &pid, sizeof(pid)), sizeof(pid));
	close(p[0]);
	close(p[1]);
	return pid;
}

static void test_inner(void **state)
{
	pid_t launcher, inner = 0, pid = below(&launcher);
	int fd CLEANUP(fd_close) = pid > 0 ? pidfd(pid) : -1;

	(void)state;
	if (pid > 0) {
		assert_true(fd >= 0);
		assert_int_equal(proc_parent(pid), launcher);
		assert_int_equal(proc_of_pidfd(fd, &inner), pid);
		assert_int_equal(inner, 1);
		/* Its parent may end before it has said that it goes along. */
		kill(pid, SIGKILL);
	}
	end(launcher);
	if (pid <= 0)
		skip(); /* no namespaces for us here */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parent),
		cmocka_unit_test(test_pidfd),
		cmocka_unit_test(test_inner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
