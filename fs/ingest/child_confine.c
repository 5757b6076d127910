/* What a keyless child takes away from itself before its first job. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/child_confine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Address space: the largest file that is mapped, and room to work. */
#define MEMORY_MAX ((rlim_t)64 << 30)
#define DATA_MAX ((rlim_t)4 << 30)

static int limit(int what, rlim_t max, struct err *e)
{
	struct rlimit l = {max, max};

	return setrlimit((__rlimit_resource_t)what, &l) == 0
		       ? 0
		       : err_errno(e, "", "setrlimit");
}

static int limits(struct err *e)
{
	int r = limit(RLIMIT_CORE, 1, e);

#if !defined(__SANITIZE_ADDRESS__) && !defined(CARREL_SANITIZE)
	if (r == 0)
		r = limit(RLIMIT_AS, MEMORY_MAX, e);
	if (r == 0)
		r = limit(RLIMIT_DATA, DATA_MAX, e);
#endif
	if (r == 0)
		r = limit(RLIMIT_FSIZE, 0, e);
	return r == 0 ? limit(RLIMIT_NOFILE, 4096, e) : r;
}

/* The kernel's struct with the fields of later versions: network from 4,
 * signals and abstract sockets from 6 on. */
struct landlock_all {
	uint64_t fs, net, scoped;
};

/* All rights that this kernel knows handled, none granted. */
static int landlock(struct err *e)
{
	static const uint64_t fs[] = {0,      0x1FFF, 0x3FFF,
				      0x7FFF, 0x7FFF, 0xFFFF};
	struct landlock_all a = {0};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	int fd;

	if (abi < 1)
		return 0; /* seccomp below allows no open at all */
	a.fs = fs[abi < 5 ? abi : 5];
	a.net = abi >= 4 ? 3 : 0;
	a.scoped = abi >= 6 ? 3 : 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &a,
			  abi >= 6   ? 24
			  : abi >= 4 ? 16
				     : 8,
			  0);
	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		return err_errno(e, "", "landlock");
	close(fd);
	return 0;
}

static const int allowed[] = {SCMP_SYS(read),
			      SCMP_SYS(write),
			      SCMP_SYS(pread64),
			      SCMP_SYS(recvmsg),
			      SCMP_SYS(sendmsg),
			      SCMP_SYS(poll),
			      SCMP_SYS(ppoll),
			      SCMP_SYS(fstat),
			      SCMP_SYS(newfstatat),
			      SCMP_SYS(lseek),
			      SCMP_SYS(close),
			      SCMP_SYS(munmap),
			      SCMP_SYS(mremap),
			      SCMP_SYS(madvise),
			      SCMP_SYS(brk),
			      SCMP_SYS(futex),
			      SCMP_SYS(clock_gettime),
			      SCMP_SYS(getrandom),
			      SCMP_SYS(rt_sigprocmask),
			      SCMP_SYS(rt_sigreturn),
			      SCMP_SYS(sched_yield),
			      SCMP_SYS(getpid),
			      SCMP_SYS(sysinfo),
			      SCMP_SYS(gettid),
			      SCMP_SYS(exit),
			      SCMP_SYS(exit_group),
			      SCMP_SYS(restart_syscall)};

#if defined(__SANITIZE_ADDRESS__) || defined(CARREL_SANITIZE)
/* The sanitizers look at their own process; only test builds allow that. */
static const int for_sanitizers[] = {
	SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction),
	SCMP_SYS(openat),      SCMP_SYS(readlink),
	SCMP_SYS(prctl),       SCMP_SYS(clone),
	SCMP_SYS(clone3),      SCMP_SYS(wait4),
	SCMP_SYS(getrlimit),   SCMP_SYS(prlimit64),
	SCMP_SYS(ptrace),      SCMP_SYS(mprotect),
	SCMP_SYS(readlinkat),  SCMP_SYS(getdents64),
	SCMP_SYS(tgkill),      SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),	       SCMP_SYS(sched_getaffinity),
	SCMP_SYS(ioctl),       SCMP_SYS(process_vm_readv)};
#endif

static int allow_all(scmp_filter_ctx f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(allowed); i++)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	/* Memory, but never code. */
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 0);
#if defined(__SANITIZE_ADDRESS__) || defined(CARREL_SANITIZE)
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(for_sanitizers); i++)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, for_sanitizers[i], 0);
#endif
	return r;
}

static int filter(struct err *e)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = f == NULL ? -ENOMEM : allow_all(f);

	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	return r == 0 ? 0 : err_set(e, r, "", "seccomp: %s", strerror(-r));
}

int child_confine(struct err *e)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0)
		return err_errno(e, "", "prctl");
	r = limits(e);
	if (r == 0)
		r = landlock(e);
	return r == 0 ? filter(e) : r;
}
