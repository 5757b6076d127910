/* Confinement steps of the payload: terminal, core, capabilities, Landlock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/session/confine.h"

int confine_pty(struct confine *c, struct err *e)
{
	unsigned nr = 0;
	int zero = 0;

	if (!c->terminal)
		return 0;
	c->master = open(CONFINE_ROOT "/dev/pts/ptmx",
			 O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c->master < 0 || ioctl(c->master, TIOCGPTN, &nr) != 0 ||
	    ioctl(c->master, TIOCSPTLCK, &zero) != 0)
		return err_errno(e, "/dev/ptmx", "a terminal of its own");
	snprintf(c->slave, sizeof(c->slave), "/dev/pts/%u", nr);
	return 0;
}

int confine_tty(struct confine *c, struct err *e)
{
	int fd;

	if (setsid() < 0)
		return err_errno(e, "", "setsid");
	if (!c->terminal)
		return 0; /* pid 1's streams lead to /dev/null */
	fd = open(c->slave, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) != 0)
		return err_errno(e, c->slave, "its own terminal");
	for (int i = 0; i < 3; i++)
		if (dup2(fd, i) < 0)
			return err_errno(e, "", "dup2");
	if (fd > 2)
		close(fd);
	return 0;
}

int confine_image(struct confine *c, struct err *e)
{
	int fd CLEANUP(fd_close) =
		open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

	(void)c;
	if (fd < 0 && errno == ENOENT)
		return 0; /* a kernel that dumps no cores */
	if (fd < 0 || fd_write_full(fd, bytes_str("0")) != 0)
		return err_errno(e, "", "coredump_filter");
	return 0;
}

int confine_core(struct confine *c, struct err *e)
{
	struct rlimit one = {1, 1};

	(void)c;
	/* One, not zero: a "|handler" gets the whole image with zero. */
	if (setrlimit(RLIMIT_CORE, &one) != 0)
		return err_errno(e, "", "RLIMIT_CORE");
	return 0;
}

int confine_rights(struct confine *c, struct err *e)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};
	unsigned long bits =
		SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE |
		SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

	(void)c;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(e, "", "no_new_privs");
	if (prctl(PR_SET_SECUREBITS, bits) != 0)
		return err_errno(e, "", "securebits");
	for (unsigned cap = 0; cap <= 63; cap++)
		if (prctl(PR_CAPBSET_DROP, cap) != 0 && errno != EINVAL)
			return err_errno(e, "", "bounding set");
	if (syscall(SYS_capset, &h, none) != 0)
		return err_errno(e, "", "capset");
	return 0;
}

/* ---- Landlock (landlock(7)), by system call ---- */

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

/* Newer than Debian 12's headers. */
#define FS_TRUNCATE (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define SCOPE_ABSTRACT (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)
struct ruleset_attr {
	uint64_t fs, net, scoped;
};

#define FS_READ                                                      \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	 LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_ALL_1 ((1ULL << 13) - 1)

static uint64_t handled_fs(int abi)
{
	uint64_t all = FS_ALL_1;

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= FS_TRUNCATE;
	if (abi >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

static int allow(int ruleset, const char *path, uint64_t access, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr a = {access, fd};
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, path, "open");
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		a.allowed_access &= LANDLOCK_ACCESS_FS_EXECUTE |
				    LANDLOCK_ACCESS_FS_READ_FILE |
				    LANDLOCK_ACCESS_FS_WRITE_FILE |
				    FS_TRUNCATE | FS_IOCTL_DEV;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		    &a, 0) != 0)
		return err_errno(e, path, "a Landlock rule");
	return 0;
}

static int add_rules(int fs, const struct confine *c, uint64_t all,
		     struct err *e)
{
	uint64_t make = all & ~(uint64_t)(LANDLOCK_ACCESS_FS_MAKE_CHAR |
					  LANDLOCK_ACCESS_FS_MAKE_BLOCK);
	/* What is written here may be kept: plain files, folders, links. */
	uint64_t work = make & ~(uint64_t)(LANDLOCK_ACCESS_FS_MAKE_SOCK |
					   LANDLOCK_ACCESS_FS_MAKE_FIFO);
	/* The gateway answers writes to the view, with EROFS and an event; but
	 * nothing of it is linked or moved elsewhere. */
	uint64_t desk = work & ~(uint64_t)LANDLOCK_ACCESS_FS_REFER;
	uint64_t device = (FS_READ & all) | LANDLOCK_ACCESS_FS_WRITE_FILE |
			  (all & (FS_IOCTL_DEV | FS_TRUNCATE));
	const struct {
		const char *path;
		uint64_t access;
	} rules[] = {
		{"/", FS_READ},	      {"/tmp", make},	    {"/var/tmp", make},
		{"/run", make},	      {"/dev/shm", make},   {c->home, make},
		{CONFINE_DESK, desk}, {CONFINE_WORK, work}, {"/dev", device}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(rules); i++)
		r = allow(fs, rules[i].path, rules[i].access, e);
	return r;
}

int confine_landlock(struct confine *c, struct err *e)
{
	int abi = landlock_abi();
	struct ruleset_attr a = {.fs = handled_fs(abi)};
	int fd CLEANUP(fd_close) = -1;
	size_t n = abi >= 6 ? sizeof(a) : abi >= 4 ? 16 : 8;
	int r;

	if (abi == 0)
		return 0; /* the log says so */
	/* Network rights stay: the namespace has only its own loopback. */
	if (abi >= 6)
		a.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	fd = (int)syscall(SYS_landlock_create_ruleset, &a, n, 0);
	if (fd < 0)
		return err_errno(e, "", "a Landlock ruleset");
	r = add_rules(fd, c, a.fs, e);
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		return err_errno(e, "", "landlock_restrict_self");
	return r;
}
