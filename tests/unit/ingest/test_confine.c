/* What a confined child can no longer do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/ingest/child_confine.h"

#ifdef CARREL_SANITIZE
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* Confine a process, let it try; its wait status. */
static int try(int (*what)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct err e;

		if (child_confine(&e) != 0)
			_exit(99);
		_exit(what());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void killed(int (*what)(void))
{
	int status = try(what);

	if (SANITIZED != 0)
		skip();
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static int do_open(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : 1;
}

static int do_create(void)
{
	return open("/tmp/x", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : 1;
}

static int do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}

static int do_exec(void)
{
	char *const none[] = {NULL};

	return execve("/bin/true", none, none);
}

static int do_fork(void)
{
	return fork() >= 0 ? 0 : 1;
}

static int do_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 1 : 0;
}

static int do_kill(void)
{
	return kill(getppid(), 0);
}

static int do_work(void)
{
	uint8_t *p = malloc(1 << 24);

	if (p == NULL)
		return 1;
	p[12345] = 1;
	free(p);
	return 42;
}

static void test_open(void **state)
{
	(void)state;
	killed(do_open);
	killed(do_create);
}

static void test_reach(void **state)
{
	(void)state;
	killed(do_socket);
	killed(do_kill);
}

static void test_processes(void **state)
{
	(void)state;
	killed(do_exec);
	killed(do_fork);
}

static void test_code(void **state)
{
	(void)state;
	killed(do_code);
}

static void test_work(void **state)
{
	int status = try(do_work);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),	  cmocka_unit_test(test_reach),
		cmocka_unit_test(test_processes), cmocka_unit_test(test_code),
		cmocka_unit_test(test_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
