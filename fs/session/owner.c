/* The owner's own mount: no confinement, in the caller's namespace. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
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

/* Tells the main thread when the kernel has taken the mount down. */
struct waiter {
	struct mount *m;
	int fd;
};

static void *wait_for_end(void *arg)
{
	struct waiter *w = arg;
	uint64_t one = 1;

	mount_wait(w->m);
	(void)!write(w->fd, &one, sizeof(one));
	return NULL;
}

/* Until it is unmounted from outside, or a signal says to end it. */
static int until_end(struct session *s, const char *where, const sigset_t *set,
		     const char **reason, struct err *e)
{
	int signals CLEANUP(fd_close) = signalfd(-1, set, SFD_CLOEXEC);
	int ended CLEANUP(fd_close) = eventfd(0, EFD_CLOEXEC);
	struct waiter w = {session_mount(s), ended};
	struct pollfd p[2] = {{.fd = signals, .events = POLLIN},
			      {.fd = ended, .events = POLLIN}};
	pthread_t t;

	if (signals < 0 || ended < 0 ||
	    pthread_create(&t, NULL, wait_for_end, &w) != 0)
		return err_set(e, -EAGAIN, "", "cannot wait for the mount");
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		continue;
	*reason = p[1].revents != 0 ? "unmounted" : "signal";
	if (p[1].revents == 0)
		unmount(where);
	pthread_join(t, NULL);
	return 0;
}

int owner_mount(struct gateway *g, const struct session_want *want,
		const char *mountpoint, struct err *e)
{
	struct session_want w = *want;
	struct session *s = NULL;
	const char *reason = "failed";
	sigset_t set, was;
	int fd = -1, r, end;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, &was);
	w.strength = "none";
	w.facts = "{}";
	w.owner = true;
	r = session_open(g, &w, &s, e);
	if (r != 0) {
		pthread_sigmask(SIG_SETMASK, &was, NULL);
		return r;
	}
	r = getuid() == 0 ? mount_as_root(mountpoint, &fd, e)
			  : mount_as_user(mountpoint, &fd, e);
	if (r == 0)
		r = session_serve(s, fd, e);
	else
		fd_close(&fd);
	if (r == 0)
		r = until_end(s, mountpoint, &set, &reason, e);
	end = session_end(s, reason, 0);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (r == 0 && end != 0)
		return err_set(e, end, "", "the end could not be logged: %s",
			       strerror(-end));
	return r;
}
