/* The owner's own mount: no confinement, in the caller's namespace. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/mount/mount.h"
#include "fs/session/run.h"

/*
 * root mounts by mount(2). Everybody else asks fusermount3, which is setuid:
 * it mounts and sends the descriptor over the socket named in _FUSE_COMMFD.
 */
static int mount_as_root(const char *where, int *fd, struct err *e)
{
	struct buf o CLEANUP(buf_free) = {0};

	*fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		return err_set(e, -ENOTSUP, "/dev/fuse",
			       "cannot be opened (%s): modprobe fuse",
			       strerror(errno));
	if (mount_options(getuid(), getgid(), *fd, &o) != 0)
		return err_nomem(e);
	if (mount("carrel", where, "fuse.carrel", mount_flags(), buf_str(&o)) !=
	    0)
		return err_set(e, errno == ENOENT ? -ENOENT : -ENOTSUP, where,
			       "cannot be mounted on (%s): it must be a "
			       "folder, and mounting must be allowed here",
			       strerror(errno));
	return 0;
}

static _Noreturn void exec_fusermount(int sock, const char *const argv[])
{
	char commfd[32];
	char *env[] = {commfd, (char *)(uintptr_t) "PATH=/usr/bin:/bin", NULL};

	if (sock >= 0)
		fcntl(sock, F_SETFD, 0);
	snprintf(commfd, sizeof(commfd), "_FUSE_COMMFD=%d", sock);
	execve("/usr/bin/fusermount3", (char *const *)(uintptr_t)argv, env);
	execve("/bin/fusermount3", (char *const *)(uintptr_t)argv, env);
	_exit(127);
}

static int fusermount(int sock, const char *const argv[])
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		exec_fusermount(sock, argv);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

static int mount_as_user(const char *where, int *fd, struct err *e)
{
	const char *argv[] = {
		"fusermount3",
		"-o",
		"nosuid,nodev,noexec,fsname=carrel,subtype=carrel",
		"--",
		where,
		NULL};
	int pair[2];
	size_t nfds = 1;
	uint8_t byte;
	int r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, "", "socketpair");
	r = fusermount(pair[1], argv);
	close(pair[1]);
	if (r == 0 && (fd_recv(pair[0], &byte, 1, fd, &nfds) <= 0 || nfds != 1))
		r = -EPROTO;
	close(pair[0]);
	return r == 0 ? 0
		      : err_set(e, -ENOTSUP, where,
				"fusermount3 could not mount it: is the "
				"package fuse3 installed, is /dev/fuse there, "
				"is the folder yours and empty?");
}

static void unmount(const char *where)
{
	const char *argv[] = {"fusermount3", "-u", "-z", "--", where, NULL};

	if (getuid() != 0 || umount2(where, MNT_DETACH) != 0)
		(void)fusermount(-1, argv);
}

/* Until it is unmounted from outside (the host serves no more: news), or a
 * signal says to end it. */
static int until_end(const struct host *h, const char *where,
		     const sigset_t *set, const char **reason, struct err *e)
{
	int signals CLEANUP(fd_close) = signalfd(-1, set, SFD_CLOEXEC);
	struct pollfd p[2] = {{.fd = signals, .events = POLLIN},
			      {.fd = h->fd, .events = POLLIN}};
	const char *why = NULL;

	if (signals < 0)
		return err_errno(e, "", "signalfd");
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		continue;
	*reason = "signal";
	if (p[1].revents != 0 && h->news(h->ctx, &why) == 1)
		*reason = why;
	unmount(where);
	return 0;
}

static int serve_mount(const struct host *h, int fd, const char *where,
		       const sigset_t *set, bool *signalled, struct err *e)
{
	struct host_ask ask = {.facts = "{}",
			       .uid = getuid(),
			       .gid = getgid(),
			       .fuse = fd,
			       .init = -1};
	struct host_given given = {0};
	const char *reason = "failed", *ended = NULL;
	int r = h->begin(h->ctx, &ask, &given, e), end;

	if (r != 0) {
		unmount(where);
		return r;
	}
	r = until_end(h, where, set, &reason, e);
	*signalled = strcmp(reason, "signal") == 0;
	end = h->end(h->ctx, reason, 0, false, &ended, r == 0 ? e : NULL);
	if (strcmp(reason, "signal") == 0 || strcmp(reason, "unmounted") == 0)
		return r != 0 ? r : end;
	return err_set(e, -EACCES, where, "the mount was ended: %s", reason);
}

int owner_mount(const struct host *h, const char *mountpoint, bool *signalled,
		struct err *e)
{
	sigset_t set, was;
	int fd = -1, r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, &was);
	r = getuid() == 0 ? mount_as_root(mountpoint, &fd, e)
			  : mount_as_user(mountpoint, &fd, e);
	if (r == 0)
		r = serve_mount(h, fd, mountpoint, &set, signalled, e);
	else
		fd_close(&fd);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return r;
}
