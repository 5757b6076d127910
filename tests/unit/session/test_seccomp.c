/* What the filter of system calls refuses, by a list of the test's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/session/confine.h"

/*
 * Not derived from the filter's table, so that a name which falls out of it is
 * missed here. Every argument but those given is -1, with which no call does
 * anything: it fails by its own checks, and with another error than the
 * filter's. A first run without the filter shows that.
 */
struct call {
	const char *name;
	long nr;
	int want;
	unsigned long a[3];
};

#define BAD (~0UL)
#define NO(name)                          \
	{                                 \
#name, SYS_##name, EPERM, \
		{                         \
			BAD, BAD, BAD     \
		}                         \
	}
#define UNKNOWN(name)                      \
	{                                  \
#name, SYS_##name, ENOSYS, \
		{                          \
			BAD, BAD, BAD      \
		}                          \
	}
/* CLONE_SIGHAND alone makes no process. */
#define SPACE(flag)                                    \
	{                                              \
#flag, SYS_clone, EPERM,               \
		{                                      \
			(flag) | CLONE_SIGHAND, 0, BAD \
		}                                      \
	}
#define TTY(request)                        \
	{                                   \
#request, SYS_ioctl, EPERM, \
		{                           \
			BAD, request, BAD   \
		}                           \
	}
#define FAMILY(n)                                       \
	{                                               \
		"family " #n, SYS_socket, EAFNOSUPPORT, \
		{                                       \
			n, BAD, 0                       \
		}                                       \
	}
#define HIGH (1UL << 32)

static const struct call calls[] = {
	/* mounts, roots, namespaces */
	NO(mount),
	NO(umount2),
	NO(pivot_root),
	NO(chroot),
	NO(move_mount),
	NO(open_tree),
	NO(fsopen),
	NO(fsconfig),
	NO(fsmount),
	NO(fspick),
	NO(mount_setattr),
	NO(unshare),
	NO(setns),
	{"open_tree_attr", 467, EPERM, {BAD, BAD, BAD}},
	SPACE(CLONE_NEWNS),
	SPACE(CLONE_NEWCGROUP),
	SPACE(CLONE_NEWUTS),
	SPACE(CLONE_NEWIPC),
	SPACE(CLONE_NEWUSER),
	SPACE(CLONE_NEWPID),
	SPACE(CLONE_NEWNET),
	UNKNOWN(clone3),
	/* other processes */
	NO(ptrace),
	NO(process_vm_readv),
	NO(process_vm_writev),
	NO(process_madvise),
	NO(pidfd_getfd),
	NO(kcmp),
	NO(process_mrelease),
	NO(move_pages),
	NO(migrate_pages),
	/* past namespaces, or past the filter */
	NO(keyctl),
	NO(add_key),
	NO(request_key),
	NO(io_uring_setup),
	NO(io_uring_enter),
	NO(io_uring_register),
	NO(name_to_handle_at),
	NO(open_by_handle_at),
	NO(fanotify_init),
	NO(fanotify_mark),
	NO(syslog),
	NO(vmsplice),
	FAMILY(AF_PACKET),
	FAMILY(AF_VSOCK),
	FAMILY(AF_ALG),
	FAMILY(AF_BLUETOOTH),
	FAMILY(AF_XDP),
	FAMILY(64),
	{"family by high bits",
	 SYS_socket,
	 EAFNOSUPPORT,
	 {HIGH | AF_VSOCK, BAD, 0}},
	{"socketpair", SYS_socketpair, EAFNOSUPPORT, {AF_VSOCK, BAD, 0}},
	/* what a bug of the kernel likes */
	NO(bpf),
	NO(perf_event_open),
	NO(userfaultfd),
	NO(memfd_secret),
	NO(mbind),
	NO(set_mempolicy_home_node),
	NO(personality),
	NO(modify_ldt),
	NO(iopl),
	NO(ioperm),
	NO(uselib),
	NO(nfsservctl),
	NO(lookup_dcookie),
	/* the machine */
	NO(acct),
	NO(swapon),
	NO(swapoff),
	NO(reboot),
	NO(kexec_load),
	NO(kexec_file_load),
	NO(init_module),
	NO(finit_module),
	NO(delete_module),
	NO(quotactl),
	NO(quotactl_fd),
	NO(settimeofday),
	NO(clock_settime),
	NO(clock_adjtime),
	NO(adjtimex),
	NO(vhangup),
	/* devices, terminals, modes, cores */
	NO(mknod),
	NO(mknodat),
	TTY(TIOCSTI),
	TTY(TIOCLINUX),
	TTY(TIOCSETD),
	TTY(TIOCCONS),
	TTY(HIGH | TIOCSTI),
	UNKNOWN(openat2),
	{"chmod", SYS_chmod, EPERM, {BAD, 04755, BAD}},
	{"chmod of the group", SYS_chmod, EPERM, {BAD, 02755, BAD}},
	{"fchmod", SYS_fchmod, EPERM, {BAD, 04755, BAD}},
	{"fchmodat", SYS_fchmodat, EPERM, {BAD, BAD, 04755}},
	{"fchmodat2", 452, EPERM, {BAD, BAD, 02755}},
	{"creat", SYS_creat, EPERM, {BAD, 04755, BAD}},
	{"setrlimit", SYS_setrlimit, EPERM, {RLIMIT_CORE, BAD, BAD}},
	{"prlimit64", SYS_prlimit64, EPERM, {BAD, RLIMIT_CORE, BAD}},
};

/* Each call's errno, by a child: with the filter it stays there. */
static void try_all(bool filter, int *code)
{
	struct confine c = {0};
	struct err e = {0};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		setsid(); /* vhangup finds no terminal */
		if (filter && confine_seccomp(&c, &e) != 0)
			_exit(1);
		for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
			const unsigned long *a = calls[i].a;

			errno = 0;
			(void)!syscall(calls[i].nr, a[0], a[1], a[2], BAD, BAD,
				       BAD);
			code[i] = errno;
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_refused(void **state)
{
	size_t n = 2 * ARRAY_LEN(calls) * sizeof(int);
	int *code = mmap(NULL, n, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int *free_code = code + ARRAY_LEN(calls);

	(void)state;
	assert_true(code != MAP_FAILED);
	try_all(false, free_code);
	try_all(true, code);
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		if (code[i] != calls[i].want)
			fail_msg("%s: errno %d, not %d", calls[i].name, code[i],
				 calls[i].want);
		/* Many are root's in any case: then this tells nothing. */
		if (free_code[i] == calls[i].want && geteuid() == 0)
			fail_msg("%s: errno %d without the filter, too",
				 calls[i].name, free_code[i]);
	}
	munmap(code, n);
}

#ifdef __x86_64__
#define X32_GETPID (0x40000000 | SYS_getpid)

enum gate {
	GATE_386,
	GATE_X32
};

/* The status of a process that asks for its id by that gate. */
static int by_gate(enum gate gate, bool filtered)
{
	struct confine c = {0};
	struct err e = {0};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		long nr = 20; /* getpid, of i386 */

		signal(SIGSEGV, SIG_DFL); /* cmocka's, else */
		if (filtered && confine_seccomp(&c, &e) != 0)
			_exit(1);
		if (gate == GATE_X32)
			_exit(syscall(X32_GETPID) == -1 ? 2 : 0);
		__asm__ volatile("int $0x80" : "+a"(nr) : : "memory");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* A filter for one ABI would let the calls of others pass: they kill. */
static void test_foreign_abi(void **state)
{
	int status = by_gate(GATE_X32, true);

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void test_foreign_gate(void **state)
{
	int status;

	(void)state;
	/* Some hypervisors and kernels have no such gate. */
	status = by_gate(GATE_386, false);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		skip();
	assert_int_equal(status, 0);
	status = by_gate(GATE_386, true);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
#ifdef __x86_64__
		cmocka_unit_test(test_foreign_abi),
		cmocka_unit_test(test_foreign_gate),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
