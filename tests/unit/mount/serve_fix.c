/* One mount for all tests of a program, over a desk in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/mount/serve_fix.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"

int serve_up(struct fix *f, enum durability d)
{
	struct buf o CLEANUP(buf_free) = {0};
	struct mount_want w = {.desk = f->desk,
			       .audit = f->audit,
			       .dek = f->dek,
			       .session = 77,
			       .durability = d,
			       .uid = getuid(),
			       .gid = getgid(),
			       .init = f->init,
			       .anybody = f->init == 0,
			       .task = bytes_str(SERVE_TASK),
			       .meter = f->meter,
			       .flags = f->flags};
	struct err e = {0};

	w.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (w.fd < 0)
		return -errno;
	if (mount_options(w.uid, w.gid, w.fd, &o) != 0)
		return -ENOMEM;
	if (mount("carrel", f->dir, "fuse", mount_flags(), buf_str(&o)) != 0)
		return -errno;
	return mount_start(&w, &f->m, &e);
}

void serve_down(struct fix *f)
{
	umount2(f->dir, MNT_DETACH);
	mount_stop(f->m);
	assert_int_equal(mount_join(f->m, NULL), 0);
	f->m = NULL;
}

int serve_setup(void **state)
{
	static struct fix f;

	snprintf(f.dir, sizeof(f.dir), "/tmp/carrel-mount-XXXXXX");
	*state = &f;
	if (mkdtemp(f.dir) == NULL || keypool_new(&f.pool, NULL) != 0)
		return -1;
	f.desk = fake_desk_new();
	f.audit = fake_audit_new();
	f.dek = fake_dek_new(f.pool);
	return serve_up(&f, DURABLE_OPEN);
}

int serve_teardown(void **state)
{
	struct fix *f = *state;

	serve_down(f);
	rmdir(f->dir);
	fake_dek_free(f->dek);
	fake_audit_free(f->audit);
	fake_desk_free(f->desk);
	keypool_free(f->pool);
	return 0;
}

int serve_clear(void **state)
{
	struct fix *f = *state;

	fake_audit_clear(f->audit);
	fake_desk_fail(f->desk, false);
	return 0;
}

const char *serve_at(struct fix *f, const char *path)
{
	static char b[4][256];
	static int i;

	i = (i + 1) % 4;
	snprintf(b[i], sizeof(b[i]), "%s/%s", f->dir, path);
	return b[i];
}

/* A command's exit code, its output compared by the shell itself. */
int serve_sh(struct fix *f, const char *script)
{
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		if (chdir(f->dir) == 0)
			execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(126);
	}
	waitpid(pid, &st, 0);
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

void serve_check(uint32_t nr, uint64_t off, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != fake_byte(nr, off + i))
			fail_msg("byte %zu differs", (size_t)off + i);
}

static int write_file(const char *path, const char *text)
{
	int fd CLEANUP(fd_close) = open(path, O_WRONLY);

	return fd < 0 ? -errno : fd_write_full(fd, bytes_str(text));
}

/* An ordinary user becomes himself in a user namespace of his own. */
static int own_user(void)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof(uid), "%u %u 1", getuid(), getuid());
	snprintf(gid, sizeof(gid), "%u %u 1", getgid(), getgid());
	if (unshare(CLONE_NEWUSER) != 0)
		return -errno;
	if (write_file("/proc/self/setgroups", "deny") != 0 ||
	    write_file("/proc/self/uid_map", uid) != 0)
		return -EPERM;
	return write_file("/proc/self/gid_map", gid);
}

/* An own mount namespace: no trace stays, whoever runs this. */
static int serve_private(void)
{
	if (getuid() != 0 && own_user() != 0)
		return -1;
	if (unshare(CLONE_NEWNS) != 0)
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int serve_main(const struct CMUnitTest *tests, size_t n)
{
	if (access("/dev/fuse", R_OK | W_OK) != 0 || serve_private() != 0) {
		printf("SKIP: no /dev/fuse, or no namespaces here\n");
		return 77;
	}
	return _cmocka_run_group_tests("mount", tests, n, serve_setup,
				       serve_teardown);
}
