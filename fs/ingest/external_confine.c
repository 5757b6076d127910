/* What an external recognizer has lost before it is started. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * It reads plain text, of whatever the owner wrote or was given, and is
 * anybody's program: an interpreter with libraries that phone home, or that a
 * text may take over. So it is shut in by what needs no privilege and no
 * namespace. Landlock (an allow list; without it nothing is started) says which
 * files it can open; it also keeps it from looking into processes outside, the
 * one that holds the keys above all. The filter refuses what Landlock of some
 * kernel does not know of: sockets of every family and the way around the
 * filter, changing a file by its path, and leaving the process group, by which
 * all of it is killed. What is refused fails with EACCES rather than kills:
 * interpreters try many things and live without.
 *
 * What it can still do: use a processor until its time is up; tell, by what it
 * answers, anything to whoever sees spans, the owner; and before Linux 6.12
 * send a signal to another process of its uid (tgkill, which abort(3) needs).
 */
#include "fs/ingest/external_confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fdio.h"

#define MEMORY_MAX ((rlim_t)16 << 30) /* address space */
#define DATA_MAX ((rlim_t)4 << 30)

/* Newer than Debian 12's headers: network rights from 4, signals and abstract
 * sockets from 6 on. */
struct landlock_all {
	uint64_t fs, net, scoped;
};

#define FS_READ                                                      \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	 LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_ONLY                                                    \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | \
	 LANDLOCK_ACCESS_FS_WRITE_FILE)

static int limits(struct err *e)
{
	const struct {
		int what;
		rlim_t max;
	} v[] = {{RLIMIT_CORE, 1},
		 {RLIMIT_AS, MEMORY_MAX},
		 {RLIMIT_DATA, DATA_MAX},
		 {RLIMIT_NOFILE, 1024}};

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct rlimit l = {v[i].max, v[i].max}, was;

		if (getrlimit((__rlimit_resource_t)v[i].what, &was) == 0 &&
		    was.rlim_max < l.rlim_max)
			l.rlim_cur = l.rlim_max = was.rlim_max;
		if (setrlimit((__rlimit_resource_t)v[i].what, &l) != 0)
			return err_errno(e, "", "setrlimit");
	}
	return 0;
}

static int rights(struct err *e)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(e, "", "prctl");
	/* Without them nothing gives any back, root or not. */
	return syscall(SYS_capset, &h, none) == 0 ? 0
						  : err_errno(e, "", "capset");
}

static int allow(int ruleset, const char *path, uint64_t access, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr a = {access, fd};
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, path, "open");
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		a.allowed_access &= FILE_ONLY;
	return syscall(SYS_landlock_add_rule, ruleset,
		       LANDLOCK_RULE_PATH_BENEATH, &a, 0) == 0
		       ? 0
		       : err_errno(e, path, "a Landlock rule");
}

static int landlock(const char *const *paths, struct err *e)
{
	static const char *const common[] = {"/usr",
					     "/lib",
					     "/lib32",
					     "/lib64",
					     "/libx32",
					     "/bin",
					     "/sbin",
					     "/etc/ld.so.cache",
					     "/etc/localtime",
					     "/etc/locale.alias",
					     "/etc/alternatives",
					     "/dev/zero",
					     "/dev/urandom",
					     "/dev/random"};
	static const uint64_t fs[] = {0,      0x1FFF, 0x3FFF,
				      0x7FFF, 0x7FFF, 0xFFFF};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_all a = {0};
	int fd CLEANUP(fd_close) = -1;
	int r = 0;

	if (abi < 1)
		return err_set(e, -ENOTSUP, "",
			       "this kernel has no Landlock, without which "
			       "external recognizers are not started");
	a.fs = fs[abi < 5 ? abi : 5];
	a.net = abi >= 4 ? 3 : 0;
	a.scoped = abi >= 6 ? 3 : 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &a,
			  abi >= 6   ? 24
			  : abi >= 4 ? 16
				     : 8,
			  0);
	if (fd < 0)
		return err_errno(e, "", "a Landlock ruleset");
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(common); i++)
		r = allow(fd, common[i], FS_READ, e);
	if (r == 0)
		r = allow(fd, "/dev/null", FILE_ONLY, e);
	for (; r == 0 && *paths != NULL; paths++)
		r = allow(fd, *paths, FS_READ, e);
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		r = err_errno(e, "", "landlock_restrict_self");
	return r;
}

static const char *const refused[] = {
	/* the network, and ways around this filter */
	"socket", "io_uring_setup", "io_uring_enter", "io_uring_register",
	/* changing what stands, by its path or because it can be read */
	"truncate", "truncate64", "chmod", "fchmod", "fchmodat", "chown",
	"fchown", "lchown", "fchownat", "utime", "utimes", "utimensat",
	"futimesat", "setxattr", "lsetxattr", "fsetxattr", "removexattr",
	"lremovexattr", "fremovexattr", "mknod", "mknodat",
	/* other processes, and out of reach of those who end it */
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
	"process_mrelease", "pidfd_getfd", "pidfd_open", "pidfd_send_signal",
	"kcmp", "setsid", "setpgid", "setpriority", "sched_setaffinity",
	"sched_setscheduler", "sched_setparam", "kill", "tkill",
	"rt_sigqueueinfo", "rt_tgsigqueueinfo",
	/* what is shared by key rather than by path */
	"keyctl", "add_key", "request_key", "shmget", "shmat", "msgget",
	"semget", "mq_open",
	/* other views of the file system, and what a kernel bug likes */
	"mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree",
	"fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "unshare",
	"setns", "name_to_handle_at", "open_by_handle_at", "bpf",
	"perf_event_open", "userfaultfd", "fanotify_init", "personality",
	"vmsplice", "syslog", "acct", "swapon", "swapoff", "reboot",
	"kexec_load", "init_module", "finit_module", "delete_module"};

/* Newer than libseccomp 2.5; the same number on every architecture:
 * fchmodat2, setxattrat, removexattrat, open_tree_attr, file_setattr. */
static const int refused_new[] = {452, 463, 466, 467, 469};

/* What changes a file by a descriptor that only reads: its flags and project,
 * how it is encrypted, and that it can never be written again (fs-verity). */
static const uint32_t refused_ioctls[] = {FS_IOC_SETFLAGS,
					  FS_IOC32_SETFLAGS,
					  FS_IOC_FSSETXATTR,
					  FS_IOC_SETVERSION,
					  FS_IOC32_SETVERSION,
					  FS_IOC_ENABLE_VERITY,
					  FS_IOC_SET_ENCRYPTION_POLICY,
					  FS_IOC_ADD_ENCRYPTION_KEY};

#define REFUSE SCMP_ACT_ERRNO(EACCES)

static int refuse_all(scmp_filter_ctx f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(refused); i++) {
		int nr = seccomp_syscall_resolve_name(refused[i]);

		/* One that libseccomp does not know is none of this machine. */
		r = nr == __NR_SCMP_ERROR ? 0
					  : seccomp_rule_add(f, REFUSE, nr, 0);
		r = r == -EDOM ? 0 : r;
	}
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(refused_new); i++)
		r = seccomp_rule_add(f, REFUSE, refused_new[i], 0);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(refused_ioctls); i++)
		r = seccomp_rule_add(f, REFUSE, SCMP_SYS(ioctl), 1,
				     SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX,
					     refused_ioctls[i]));
	if (r == 0) /* its own limits are nobody's affair */
		r = seccomp_rule_add(f, REFUSE, SCMP_SYS(prlimit64), 1,
				     SCMP_A0(SCMP_CMP_NE, 0));
	/* New namespaces; clone3 hides its flags, so libc must fall back. */
	if (r == 0)
		r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
				     SCMP_SYS(clone3), 0);
	if (r == 0)
		r = seccomp_rule_add(f, REFUSE, SCMP_SYS(clone), 1,
				     SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER,
					     CLONE_NEWUSER));
	return r;
}

static int filter(struct err *e)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int r = f == NULL ? -ENOMEM : refuse_all(f);

	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	return r == 0 ? 0 : err_set(e, r, "", "seccomp: %s", strerror(-r));
}

int external_confine(const char *const *paths, struct err *e)
{
	int r = rights(e);

	if (r == 0)
		r = landlock(paths, e);
	if (r == 0)
		r = filter(e);
	return r == 0 ? limits(e) : r;
}
