/* Confinement step: the system calls no annotation tool needs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/fdio.h"
#include "fs/session/confine.h"

/*
 * A deny list over a default of allow: the room itself is the wall, this takes
 * away what reaches past namespaces (vsock, keyrings), what avoids the filter
 * (io_uring), what looks into other processes, what makes new namespaces or
 * mounts, and what a kernel bug likes. Calls of foreign ABIs (int 0x80, x32)
 * kill: libseccomp's bad-architecture action.
 */
static const char *const refused[] = {"mount",
				      "umount2",
				      "pivot_root",
				      "chroot",
				      "move_mount",
				      "open_tree",
				      "fsopen",
				      "fsconfig",
				      "fsmount",
				      "fspick",
				      "mount_setattr",
				      "unshare",
				      "setns",
				      "ptrace",
				      "process_vm_readv",
				      "process_vm_writev",
				      "process_madvise",
				      "pidfd_getfd",
				      "kcmp",
				      "keyctl",
				      "add_key",
				      "request_key",
				      "io_uring_setup",
				      "io_uring_enter",
				      "io_uring_register",
				      "bpf",
				      "perf_event_open",
				      "userfaultfd",
				      "name_to_handle_at",
				      "open_by_handle_at",
				      "fanotify_init",
				      "fanotify_mark",
				      "mknod",
				      "mknodat",
				      "personality",
				      "acct",
				      "swapon",
				      "swapoff",
				      "reboot",
				      "kexec_load",
				      "kexec_file_load",
				      "init_module",
				      "finit_module",
				      "delete_module",
				      "lookup_dcookie",
				      "quotactl",
				      "quotactl_fd",
				      "settimeofday",
				      "clock_settime",
				      "clock_adjtime",
				      "adjtimex",
				      "syslog",
				      "uselib",
				      "vhangup",
				      "iopl",
				      "ioperm",
				      "modify_ldt",
				      "nfsservctl",
				      "vmsplice",
				      "mbind",
				      "move_pages",
				      "migrate_pages",
				      "set_mempolicy_home_node",
				      "memfd_secret",
				      "process_mrelease",
				      "umount"};

/* Newer than libseccomp 2.5; the same number on every architecture. */
#define NR_FCHMODAT2 452
static const int refused_new[] = {467 /* open_tree_attr */};

#define EPERM_ACT SCMP_ACT_ERRNO(EPERM)

static int refuse_names(scmp_filter_ctx f)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		int nr = seccomp_syscall_resolve_name(refused[i]);
		int r = nr == __NR_SCMP_ERROR
				? 0 /* libseccomp does not know it; nor do we
				       need it */
				: seccomp_rule_add(f, EPERM_ACT, nr, 0);

		if (r != 0 && r != -EDOM)
			return r;
	}
	for (size_t i = 0; i < ARRAY_LEN(refused_new); i++) {
		int r = seccomp_rule_add(f, EPERM_ACT, refused_new[i], 0);

		if (r != 0)
			return r;
	}
	return 0;
}

/* New namespaces by clone; clone3 hides its flags, so libc must fall back. */
static int refuse_clone(scmp_filter_ctx f)
{
	static const uint64_t flags[] = {
		CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
		CLONE_NEWUSER, CLONE_NEWPID,	CLONE_NEWNET};
	int r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3),
				 0);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(flags); i++)
		r = seccomp_rule_add(
			f, EPERM_ACT, SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
	return r;
}

/* The kernel looks at 32 bits of the request: so does the mask. */
static int refuse_ioctl(scmp_filter_ctx f)
{
	static const uint64_t requests[] = {TIOCSTI, TIOCLINUX, TIOCSETD,
					    TIOCCONS};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(requests); i++)
		r = seccomp_rule_add(
			f, EPERM_ACT, SCMP_SYS(ioctl), 1,
			SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, requests[i]));
	return r;
}

/* Families other than local, IPv4, IPv6 and netlink reach past a namespace. */
static int refuse_families(scmp_filter_ctx f)
{
	static const int calls[] = {SCMP_SYS(socket), SCMP_SYS(socketpair)};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(calls); i++) {
		for (uint64_t fam = 3; r == 0 && fam < 64; fam++) {
			if (fam == AF_INET6 || fam == AF_NETLINK)
				continue;
			r = seccomp_rule_add(
				f, SCMP_ACT_ERRNO(EAFNOSUPPORT), calls[i], 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, fam));
		}
		if (r == 0)
			r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT),
					     calls[i], 1,
					     SCMP_A0(SCMP_CMP_GE, 64));
	}
	return r;
}

/* The core limit of 1 stays: a limit of 0 is no limit to a piped handler. */
static int refuse_core_limit(scmp_filter_ctx f)
{
	int r = seccomp_rule_add(
		f, EPERM_ACT, SCMP_SYS(setrlimit), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, RLIMIT_CORE));

	if (r == 0)
		r = seccomp_rule_add(
			f, EPERM_ACT, SCMP_SYS(prlimit64), 2,
			SCMP_A1(SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, RLIMIT_CORE),
			SCMP_A2(SCMP_CMP_NE, 0));
	return r;
}

/* The bits by a call that changes the mode of what exists. */
static int refuse_mode_change(scmp_filter_ctx f, uint64_t bit)
{
	static const struct {
		int nr;
		unsigned arg;
	} calls[] = {{SCMP_SYS(chmod), 1},
		     {SCMP_SYS(fchmod), 1},
		     {SCMP_SYS(fchmodat), 2},
		     {NR_FCHMODAT2, 2},
		     {SCMP_SYS(creat), 1}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(calls); i++)
		r = seccomp_rule_add(
			f, EPERM_ACT, calls[i].nr, 1,
			SCMP_CMP(calls[i].arg, SCMP_CMP_MASKED_EQ, bit, bit));
	return r;
}

/* The bits by open: it takes a mode only where it makes a file, else that
 * register holds whatever was in it. */
static int refuse_mode_made(scmp_filter_ctx f, uint64_t bit)
{
	static const struct {
		int nr;
		unsigned flags;
	} calls[] = {{SCMP_SYS(open), 1}, {SCMP_SYS(openat), 2}};
	static const uint64_t making[] = {O_CREAT, O_TMPFILE & ~O_DIRECTORY};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		for (size_t k = 0; r == 0 && k < ARRAY_LEN(making); k++)
			r = seccomp_rule_add(
				f, EPERM_ACT, calls[i].nr, 2,
				SCMP_CMP(calls[i].flags, SCMP_CMP_MASKED_EQ,
					 making[k], making[k]),
				SCMP_CMP(calls[i].flags + 1, SCMP_CMP_MASKED_EQ,
					 bit, bit));
	return r;
}

/* openat2 hides its mode in memory, like clone3 its flags: libc and the few
 * that call it know kernels without it. */
static int refuse_setuid_bits(scmp_filter_ctx f)
{
	static const uint64_t bits[] = {S_ISUID, S_ISGID};
	int r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2),
				 0);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(bits); i++) {
		r = refuse_mode_change(f, bits[i]);
		if (r == 0)
			r = refuse_mode_made(f, bits[i]);
	}
	return r;
}

static int fill(scmp_filter_ctx f)
{
	int r = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH,
				 SCMP_ACT_KILL_PROCESS);

	if (r == 0)
		r = refuse_names(f);
	if (r == 0)
		r = refuse_clone(f);
	if (r == 0)
		r = refuse_ioctl(f);
	if (r == 0)
		r = refuse_families(f);
	if (r == 0)
		r = refuse_core_limit(f);
	if (r == 0)
		r = refuse_setuid_bits(f);
	return r;
}

static int make(scmp_filter_ctx *f)
{
	*f = seccomp_init(SCMP_ACT_ALLOW);
	return *f == NULL ? -ENOMEM : fill(*f);
}

int confine_seccomp(struct confine *c, struct err *e)
{
	scmp_filter_ctx f;
	int r = make(&f);

	(void)c;
	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	return r == 0 ? 0
		      : err_set(e, r == -ENOMEM ? r : -ENOTSUP, "",
				"the seccomp filter cannot be loaded: %s",
				strerror(-r));
}

static int read_program(int fd, struct buf *b)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (buf_reserve(b, (size_t)st.st_size) != 0)
		return -ENOMEM;
	got = fd_pread_full(fd, b->p, (size_t)st.st_size, 0);
	b->n = got < 0 ? 0 : (size_t)got;
	return got < 0 ? (int)got : 0;
}

int confine_seccomp_hash(uint8_t out[HASH_LEN])
{
	int fd CLEANUP(fd_close) = memfd_create("seccomp", MFD_CLOEXEC);
	struct buf b CLEANUP(buf_free) = {0};
	scmp_filter_ctx f;
	int r = fd < 0 ? -errno : 0;

	if (r != 0)
		return r;
	r = make(&f);
	if (r == 0)
		r = seccomp_export_bpf(f, fd);
	seccomp_release(f);
	if (r == 0)
		r = read_program(fd, &b);
	if (r == 0)
		hash_sha256(out, buf_bytes(&b));
	return r;
}
