/* What carrel doctor says of facts, and of user namespaces refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "fs/session/machine.h"

/* ---- the words for refused user namespaces ---- */

/* A folder like /proc with one file; what is said of it. */
static void words_of(const char *path, const char *text, struct buf *b)
{
	char dir[] = "/tmp/carrel-machine.XXXXXX";
	int fd, proc;

	assert_non_null(mkdtemp(dir));
	proc = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(proc >= 0);
	assert_int_equal(mkdirat(proc, "sys", 0700), 0);
	assert_int_equal(mkdirat(proc, "sys/user", 0700), 0);
	assert_int_equal(mkdirat(proc, "sys/kernel", 0700), 0);
	if (path != NULL) {
		fd = openat(proc, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		assert_int_equal(fd_write_full(fd, bytes_str(text)), 0);
		close(fd);
	}
	buf_clear(b);
	assert_int_equal(machine_userns(proc, EPERM, b), 0);
	if (path != NULL)
		unlinkat(proc, path, 0);
	unlinkat(proc, "sys/user", AT_REMOVEDIR);
	unlinkat(proc, "sys/kernel", AT_REMOVEDIR);
	unlinkat(proc, "sys", AT_REMOVEDIR);
	close(proc);
	assert_int_equal(rmdir(dir), 0);
}

static void test_userns_words(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};

	(void)state;
	words_of("sys/user/max_user_namespaces", "0\n", &b);
	assert_non_null(strstr(buf_str(&b), "user.max_user_namespaces=10000"));
	words_of("sys/kernel/unprivileged_userns_clone", "0\n", &b);
	assert_non_null(
		strstr(buf_str(&b), "kernel.unprivileged_userns_clone=1"));
	words_of("sys/kernel/apparmor_restrict_unprivileged_userns", "1\n", &b);
	assert_non_null(strstr(buf_str(&b), "AppArmor"));
	/* Switches that stand right are not blamed. */
	words_of("sys/user/max_user_namespaces", "05\n", &b);
	assert_null(strstr(buf_str(&b), "sysctl"));
	words_of("sys/kernel/unprivileged_userns_clone", "1\n", &b);
	assert_non_null(strstr(buf_str(&b), "container"));
	words_of(NULL, NULL, &b);
	assert_non_null(strstr(buf_str(&b), strerror(EPERM)));
}

/* ---- checks over facts ---- */

static struct machine_check of(const char *name, const struct facts *f)
{
	struct machine_check c = {.name = "none"};

	for (size_t i = 0; i < machine_checks(); i++) {
		machine_check(i, f, &c);
		if (strcmp(c.name, name) == 0)
			return c;
	}
	fail_msg("no check %s", name);
	return c;
}

/* Facts of a machine that has everything. */
static struct facts best(void)
{
	return (struct facts){.room = true,
			      .seccomp = true,
			      .gateway = 990,
			      .annotator = 1000,
			      .owner = 990,
			      .landlock_abi = 7,
			      .hidepid = HIDEPID_INVISIBLE,
			      .swap = SWAP_NONE,
			      .yama = 1,
			      .core_pattern = "core",
			      .kernel = "6.18.4"};
}

static void is(const char *name, const struct facts *f, enum machine_state want)
{
	struct machine_check c = of(name, f);

	if (c.state != want)
		fail_msg("%s: %s, not %s", name, machine_state_name(c.state),
			 machine_state_name(want));
	assert_true(c.seen[0] != '\0');
	assert_int_equal(c.advice[0] == '\0', want == MACHINE_OK);
}

static void test_best(void **state)
{
	static const char *const names[] = {
		"kernel",	"shared mapping", "landlock", "seccomp",
		"hidepid",	"swap",		  "yama",     "tiocsti",
		"core_pattern", "vsock",	  "io_uring", "groups",
		"strength"};
	struct facts f = best();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		is(names[i], &f, MACHINE_OK);
}

static void test_each_worse(void **state)
{
	struct facts f = best();

	(void)state;
	snprintf(f.kernel, sizeof(f.kernel), "6.1.0-18-amd64");
	is("shared mapping", &f, MACHINE_WARN);
	is("kernel", &f, MACHINE_OK);
	snprintf(f.kernel, sizeof(f.kernel), "5.4");
	is("kernel", &f, MACHINE_MISSING);
	for (f.landlock_abi = 0; f.landlock_abi < 6; f.landlock_abi++)
		is("landlock", &f, MACHINE_WARN);
	f.seccomp = false;
	is("seccomp", &f, MACHINE_MISSING);
	f.hidepid = HIDEPID_NOACCESS;
	is("hidepid", &f, MACHINE_WARN);
	f.swap = SWAP_PLAIN;
	is("swap", &f, MACHINE_WARN);
	f.swap = SWAP_MEMORY;
	is("swap", &f, MACHINE_OK);
	f.yama = -1;
	is("yama", &f, MACHINE_WARN);
	f.tiocsti = 1;
	is("tiocsti", &f, MACHINE_WARN);
	f.ngroups = 3;
	is("groups", &f, MACHINE_WARN);
	snprintf(f.core_pattern, sizeof(f.core_pattern), "|/bin/handler");
	is("core_pattern", &f, MACHINE_WARN);
	is("strength", &f, MACHINE_WARN);
}

/* Where they are switched off for real, the check tells which switch. */
static void test_namespaces_off(void **state)
{
	int status = -1, fd;
	pid_t pid = fork();
	struct facts f = best();

	(void)state;
	if (pid == 0) {
		struct machine_check c;
		char map[32];

		snprintf(map, sizeof(map), "0 %u 1", geteuid());
		if (unshare(CLONE_NEWUSER) != 0)
			_exit(77);
		fd = open("/proc/self/uid_map", O_WRONLY);
		if (fd < 0 || fd_write_full(fd, bytes_str(map)) != 0)
			_exit(1);
		fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY);
		if (fd < 0 || fd_write_full(fd, bytes_str("0")) != 0)
			_exit(2);
		c = of("user namespaces", &f);
		_exit(c.state == MACHINE_MISSING &&
				      strstr(c.advice,
					     "user.max_user_namespaces=") !=
					      NULL
			      ? 0
			      : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void test_names(void **state)
{
	struct machine_check c = {.name = "x"};
	struct facts f = best();

	(void)state;
	assert_string_equal(machine_state_name(MACHINE_MISSING), "missing");
	assert_string_equal(machine_state_name(MACHINE_WARN), "warn");
	assert_string_equal(machine_state_name(MACHINE_OK), "ok");
	assert_false(machine_host("x", &f, &c));
	assert_int_equal(c.state, MACHINE_MISSING); /* zero means no */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_userns_words),
		cmocka_unit_test(test_best),
		cmocka_unit_test(test_each_worse),
		cmocka_unit_test(test_namespaces_off),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
