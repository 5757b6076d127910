/* Confinement steps: namespaces, FUSE inside, entering the new root. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "fs/mount/mount.h"
#include "fs/session/confine.h"
#include "fs/session/machine.h"

int confine_null(struct confine *c, struct err *e)
{
	int null = open("/dev/null", O_RDWR);

	(void)c;
	if (null < 0)
		return err_errno(e, "/dev/null", "open");
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			return err_errno(e, "", "dup2");
	if (null > 2)
		close(null);
	return 0;
}

int confine_streams(struct confine *c, struct err *e)
{
	int r = confine_null(c, e);

	if (r != 0)
		return r;
	if (c->sock != CONFINE_SOCK || close_range(CONFINE_SOCK + 1, ~0U, 0))
		return err_errno(e, "", "close_range");
	if (fcntl(c->sock, F_SETFD, FD_CLOEXEC) != 0)
		return err_errno(e, "", "fcntl");
	umask(022);
	return 0;
}

int confine_keyring(struct confine *c, struct err *e)
{
	(void)c;
	/* A kernel without keys has none to lose. */
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
	    errno != ENOSYS && errno != EPERM)
		return err_errno(e, "", "a fresh session keyring");
	return 0;
}

static int write_map(const char *path, const char *text, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || fd_write_full(fd, bytes_str(text)) != 0)
		return err_errno(e, path, "write");
	return 0;
}

/* The launcher dies with the gateway; credential changes clear that. */
static int die_with_parent(struct err *e)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return err_errno(e, "", "PR_SET_PDEATHSIG");
	return 0;
}

/* Which switch of this machine it is, and how to turn it. */
static int refused(int code, struct err *e)
{
	int proc CLEANUP(fd_close) =
		open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct buf b CLEANUP(buf_free) = {0};

	if (code == ENOMEM || machine_userns(proc, code, &b) != 0)
		return err_nomem(e);
	return err_set(e, -ENOTSUP, "", "%s (carrel doctor tells more)",
		       buf_str(&b));
}

int confine_user(struct confine *c, struct err *e)
{
	char map[64];
	int r;

	/* Only the privileged may shed groups; others keep the login's. */
	if (setgroups(0, NULL) != 0 && errno != EPERM)
		return err_errno(e, "", "setgroups");
	if (unshare(CLONE_NEWUSER) != 0)
		return refused(errno, e);
	r = write_map("/proc/self/setgroups", "deny", e);
	snprintf(map, sizeof(map), "%u %u 1", c->in_gid, c->gid);
	if (r == 0)
		r = write_map("/proc/self/gid_map", map, e);
	snprintf(map, sizeof(map), "%u %u 1", c->in_uid, c->uid);
	if (r == 0)
		r = write_map("/proc/self/uid_map", map, e);
	return r != 0 ? r : die_with_parent(e);
}

int confine_spaces(struct confine *c, struct err *e)
{
	(void)c;
	if (unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET |
		    CLONE_NEWCGROUP) != 0)
		/* AppArmor grants the first one, and then no rights in it. */
		return errno == EPERM || errno == EACCES || errno == ENOSPC
			       ? refused(errno, e)
			       : err_errno(e, "",
					   "mount, ipc, uts, net and cgroup "
					   "namespaces");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return err_errno(e, "/", "making mounts private");
	if (sethostname("carrel", 6) != 0)
		return err_errno(e, "", "sethostname");
	return die_with_parent(e);
}

int confine_network(struct confine *c, struct err *e)
{
	struct ifreq ifr = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd CLEANUP(fd_close) =
		socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)c;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr) != 0)
		return err_errno(e, "lo", "bringing the loopback up");
	return 0;
}

int confine_fuse(struct confine *c, struct err *e)
{
	struct buf o CLEANUP(buf_free) = {0};
	int fd;

	/* Opened in the user namespace that mounts it: the kernel asks so. */
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err_set(
			e, -ENOTSUP, "/dev/fuse",
			"cannot be opened (%s): modprobe fuse; its mode should "
			"be 0666",
			strerror(errno));
	c->fuse = fd;
	if (mount_options(c->in_uid, c->in_gid, fd, &o) != 0)
		return err_nomem(e);
	if (mount("carrel", CONFINE_ROOT CONFINE_DESK, "fuse.carrel",
		  mount_flags(), buf_str(&o)) != 0)
		return err_errno(e, CONFINE_DESK, "mounting FUSE");
	return 0;
}

int confine_handover(struct confine *c, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	int fds[2] = {c->fuse, c->master};
	int r = cbor_put_uint(&b, CONFINE_READY);

	if (r == 0)
		r = fd_send(c->sock, buf_bytes(&b), fds, c->terminal ? 2 : 1);
	fd_close(&c->fuse);
	fd_close(&c->master);
	return r == 0 ? 0 : err_set(e, r, "", "handing descriptors out");
}

int confine_pid(struct confine *c, struct err *e)
{
	if (unshare(CLONE_NEWPID) != 0)
		return err_errno(e, "", "pid namespace");
	/* By it pid 1, to whom its parent has no number, sees it alive. */
	c->parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	return c->parent >= 0 ? 0 : err_errno(e, "", "pidfd_open");
}

/* A parent that died before the signal was asked for sends none. */
static int parent_lives(const struct confine *c, struct err *e)
{
	struct pollfd p = {.fd = c->parent, .events = POLLIN};

	if (poll(&p, 1, 0) != 0)
		return err_set(e, -ECANCELED, "", "the launcher is gone");
	return 0;
}

int confine_reaper(struct confine *c, struct err *e)
{
	int r = die_with_parent(e);

	if (r == 0)
		r = parent_lives(c, e);
	if (r == 0 && prctl(PR_SET_DUMPABLE, 0) != 0)
		return err_errno(e, "", "PR_SET_DUMPABLE");
	return r;
}

/* Credentials change here for the last time: the kernel may have taken the
 * signal of the parent's death back with that. */
int confine_keep(struct confine *c, struct err *e)
{
	int r = confine_rights(c, e);

	if (r == 0 && prctl(PR_SET_DUMPABLE, 0) != 0)
		return err_errno(e, "", "PR_SET_DUMPABLE");
	return r == 0 ? die_with_parent(e) : r;
}

int confine_proc(struct confine *c, struct err *e)
{
	/* Read-only: the kernel lets the uid that is root outside write sysctls
	 * by their mode bits alone, whatever namespace it is in. */
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;

	(void)c;
	if (mount("proc", CONFINE_ROOT "/proc", "proc", flags,
		  "hidepid=invisible") == 0)
		return 0;
	if (mount("proc", CONFINE_ROOT "/proc", "proc", flags, NULL) == 0)
		return 0;
	return err_errno(e, "/proc", "mounting a proc of its own");
}

int confine_enter(struct confine *c, struct err *e)
{
	unsigned long ro =
		MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;

	(void)c;
	if (chdir(CONFINE_ROOT) != 0 ||
	    syscall(SYS_pivot_root, ".", ".") != 0 ||
	    umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		return err_errno(e, "", "pivot_root");
	if (mount(NULL, "/", NULL, ro, NULL) != 0)
		return err_errno(e, "/", "making the root read-only");
	return 0;
}

/* Waits for the gateway's word; its end is ours. */
int confine_go(struct confine *c, struct err *e)
{
	uint8_t msg[512];
	size_t nfds = 0;
	ssize_t got = fd_recv(c->sock, msg, sizeof(msg), NULL, &nfds);
	struct cbor b = {.in = bytes_of(msg, got > 0 ? (size_t)got : 0)};

	if (cbor_get_uint(&b) != CONFINE_START)
		return err_set(e, -ECANCELED, "", "the gateway ended it");
	c->task = arena_str(c->mem, cbor_get_text(&b));
	if (c->task == NULL)
		return err_nomem(e);
	if (cbor_end(&b) != 0)
		return err_set(e, -EPROTO, "",
			       "the word to start is malformed");
	if (chdir(CONFINE_DESK) != 0)
		return err_errno(e, CONFINE_DESK, "chdir");
	return 0;
}
