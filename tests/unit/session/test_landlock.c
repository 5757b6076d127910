/* What Landlock allows below the desk: plain files in work, nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "fs/session/confine.h"

/*
 * A child makes a small root of its own with a desk in it, takes the rules of
 * a session upon itself, and tries. Its exit code is the line of the first
 * thing that was not as promised, modulo 250, and its words are on stderr.
 */
static _Noreturn void not_so(int line, const char *what)
{
	fprintf(stderr, "line %d: %s: %s\n", line, what, strerror(errno));
	_exit(line % 250 + 1);
}

#define YES(call)                                \
	do {                                     \
		if (!((call) >= 0))              \
			not_so(__LINE__, #call); \
	} while (0)
#define NO(call, code)                              \
	do {                                        \
		errno = 0;                          \
		if ((call) >= 0 || errno != (code)) \
			not_so(__LINE__, #call);    \
	} while (0)

static int make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd;
}

static int socket_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd CLEANUP(fd_close) = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return bind(fd, (const struct sockaddr *)&a, sizeof(a));
}

static void write_map(const char *path, uid_t id)
{
	char text[64];
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	snprintf(text, sizeof(text), "%u %u 1", id, id);
	YES(fd);
	YES(fd_write_full(fd, bytes_str(text)));
	close(fd);
}

/* A root in memory, of a user namespace of its own. */
static void small_root(bool with_work)
{
	static const char *const dirs[] = {"tmp", "home", "dev", "carrel",
					   "carrel/data"};
	uid_t uid = getuid();
	gid_t gid = getgid();

	YES(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_map("/proc/self/uid_map", uid);
	YES(fd_write_full(open("/proc/self/setgroups", O_WRONLY),
			  bytes_str("deny")));
	write_map("/proc/self/gid_map", gid);
	YES(mount("tmpfs", "/tmp", "tmpfs", 0, "size=1m"));
	YES(chroot("/tmp"));
	YES(chdir("/"));
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		YES(mkdir(dirs[i], 0700));
	YES(make("/carrel/data/file"));
	if (with_work)
		YES(mkdir("/carrel/work", 0700));
}

static void take_rules(void)
{
	struct confine c = {.home = "/home"};
	struct err e = {0};

	umask(0);
	YES(confine_rights(&c, &e));
	YES(confine_landlock(&c, &e));
}

/* Everything a plain tree needs. */
static void plain_files(void)
{
	YES(mkdir("/carrel/work/a", 0700));
	YES(mkdir("/carrel/work/b", 0700));
	YES(make("/carrel/work/a/f"));
	YES(truncate("/carrel/work/a/f", 100));
	YES(chmod("/carrel/work/a/f", 0644));
	YES(symlink("../a/f", "/carrel/work/b/l"));
	if (landlock_abi() >= 2) { /* before, Landlock refuses it to all */
		YES(rename("/carrel/work/a/f", "/carrel/work/b/f"));
		YES(link("/carrel/work/b/f", "/carrel/work/a/h"));
	}
	YES(rename("/carrel/work/b/l", "/carrel/work/b/m"));
	YES(unlink("/carrel/work/b/m"));
	YES(make("/carrel/work/a/f"));
	YES(unlink("/carrel/work/a/f"));
}

/* Not plain files; the view into work or out of it; elsewhere. */
static void refused(void)
{
	NO(mkfifo("/carrel/work/p", 0600), EACCES);
	NO(mknod("/carrel/work/s", S_IFSOCK | 0600, 0), EACCES);
	NO(mknod("/carrel/work/c", S_IFCHR | 0600, 0x0103), EACCES);
	NO(mknod("/carrel/work/d", S_IFBLK | 0600, 0x0700), EACCES);
	NO(socket_at("/carrel/work/s"), EACCES);
	NO(link("/carrel/data/file", "/carrel/work/h"), EXDEV);
	NO(rename("/carrel/data/file", "/carrel/work/h"), EXDEV);
	YES(make("/carrel/work/mine"));
	NO(link("/carrel/work/mine", "/carrel/data/h"), EXDEV);
	NO(rename("/carrel/work/mine", "/carrel/data/h"), EXDEV);
}

static void elsewhere(void)
{
	NO(make("/x"), EACCES);
	NO(mkdir("/carrel2", 0700), EACCES);
	NO(mkfifo("/carrel/data/p", 0600), EACCES);
	NO(mknod("/tmp/d", S_IFBLK | 0600, 0x0700), EACCES);
	YES(make("/tmp/x"));
	YES(mkfifo("/tmp/p", 0600));
	YES(make("/home/x"));
	YES(make("/carrel/data/x")); /* reaches the gateway, who refuses */
}

static int child(bool with_work)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		small_root(with_work);
		take_rules();
		elsewhere();
		if (with_work) {
			plain_files();
			refused();
		} else {
			YES(mkdir("/carrel/work", 0700)); /* to the gateway */
			YES(make("/carrel/work/a"));
			NO(link("/carrel/work/a", "/carrel/data/h"), EXDEV);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_work(void **state)
{
	(void)state;
	assert_int_equal(child(true), 0);
}

static void test_no_work(void **state)
{
	(void)state;
	assert_int_equal(child(false), 0);
}

static bool can_try(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 0 : 1);
	waitpid(pid, &status, 0);
	return status == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_no_work),
	};

	if (landlock_abi() == 0 || !can_try()) {
		printf("SKIP: needs Landlock and user namespaces\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
