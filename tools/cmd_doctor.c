/* carrel doctor: what this machine can and cannot do for a session. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/aead.h"
#include "base/fdio.h"
#include "tools/commands.h"
#include "tools/open.h"

/* One fact: good or not, what was seen, what to do. */
struct fact {
	const char *name;
	bool good;
	char seen[128];
	const char *advice;
};

static void fact_kernel(struct fact *f)
{
	struct utsname u;
	long major, minor = 0;
	char *end;

	uname(&u);
	snprintf(f->seen, sizeof(f->seen), "%.60s %.60s", u.sysname, u.release);
	major = strtol(u.release, &end, 10);
	if (*end == '.')
		minor = strtol(end + 1, NULL, 10);
	f->good = major > 6 || (major == 6 && minor >= 6);
	f->advice = "before 6.6 shared mmap of the view is refused; all else "
		    "works";
}

static void fact_fuse(struct fact *f)
{
	int fd CLEANUP(fd_close) = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	f->good = fd >= 0;
	snprintf(f->seen, sizeof(f->seen), "%s",
		 fd >= 0 ? "/dev/fuse opens" : strerror(errno));
	f->advice = "modprobe fuse; its device should be mode 0666 "
		    "(udev does that on usual installs)";
}

/* Tried in a child, which then ends. */
static void fact_userns(struct fact *f)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 0 : 1);
	if (pid > 0 && waitpid(pid, &status, 0) == pid)
		f->good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	snprintf(f->seen, sizeof(f->seen), "%s",
		 f->good ? "granted" : "refused");
	f->advice = "sysctl kernel.unprivileged_userns_clone=1, "
		    "user.max_user_namespaces > 0, and see AppArmor's "
		    "restriction of user namespaces";
}

static void fact_landlock(struct fact *f)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);

	f->good = abi >= 1;
	if (abi >= 1)
		snprintf(f->seen, sizeof(f->seen), "ABI %ld", abi);
	else
		snprintf(f->seen, sizeof(f->seen), "absent");
	f->advice = "kernel 5.13 or later with lsm=landlock; without it the "
		    "session has one wall less, and the log says so";
}

static void fact_seccomp(struct fact *f)
{
	f->good = access("/proc/sys/kernel/seccomp/actions_avail", R_OK) == 0;
	snprintf(f->seen, sizeof(f->seen), "%s",
		 f->good ? "filters available" : "absent");
	f->advice = "a kernel with CONFIG_SECCOMP_FILTER; sessions need it";
}

static void fact_memlock(struct fact *f)
{
	struct keypool *p CLEANUP(keypool_freep) = NULL;
	struct err e = {0};
	struct rlimit l = {0};

	getrlimit(RLIMIT_MEMLOCK, &l);
	f->good = keypool_new(&p, &e) == 0;
	snprintf(f->seen, sizeof(f->seen), "limit %llu KiB",
		 (unsigned long long)l.rlim_cur / 1024);
	f->advice = "ulimit -l 1024, or LimitMEMLOCK= of the service";
}

static void fact_cpu(struct fact *f)
{
	f->good = aead_available(AEAD_AES256GCM);
	snprintf(f->seen, sizeof(f->seen), "%s",
		 f->good ? "AES-GCM in hardware" : "no AES instructions");
	f->advice = "new stores use XChaCha20-Poly1305; a GCM store cannot be "
		    "opened here";
}

static void fact_swap(struct fact *f)
{
	struct buf b CLEANUP(buf_free) = {0};

	f->good = file_read(AT_FDCWD, "/proc/swaps", 65536, &b) == 0 &&
		  strchr(buf_str(&b), '\n') != NULL &&
		  strchr(buf_str(&b), '\n')[1] == '\0';
	snprintf(f->seen, sizeof(f->seen), "%s", f->good ? "none" : "in use");
	f->advice = "plain text of a running session can reach swap: encrypt "
		    "it or turn it off";
}

static const struct {
	const char *name;
	void (*fn)(struct fact *f);
	bool must;
} checks[] = {
	{"kernel", fact_kernel, false},
	{"fuse", fact_fuse, true},
	{"user namespaces", fact_userns, true},
	{"landlock", fact_landlock, false},
	{"seccomp", fact_seccomp, true},
	{"locked memory", fact_memlock, true},
	{"cpu", fact_cpu, false},
	{"swap", fact_swap, false},
};

static void print_fact(const struct cli *c, struct json_out *j,
		       const struct fact *f)
{
	if (!c->json) {
		fprintf(c->out, "%-4s %-16s %s\n", f->good ? "ok" : "NO",
			f->name, f->seen);
		if (!f->good)
			fprintf(c->out, "     %-16s %s\n", "", f->advice);
		return;
	}
	json_obj(j);
	json_key(j, "fact");
	json_cstr(j, f->name);
	json_key(j, "ok");
	json_bool(j, f->good);
	json_key(j, "seen");
	json_cstr(j, f->seen);
	json_key(j, "advice");
	json_cstr(j, f->good ? "" : f->advice);
	json_obj_end(j);
}

int cmd_doctor(struct cli *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	bool missing = false;

	cli_json(&j, &b);
	json_key(&j, "facts");
	json_arr(&j);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct fact f = {.name = checks[i].name, .advice = ""};

		checks[i].fn(&f);
		missing = missing || (!f.good && checks[i].must);
		print_fact(c, &j, &f);
	}
	json_arr_end(&j);
	if (c->json && cli_json_end(c, &j, &b) != 0)
		return 70;
	return missing ? 9 : 0;
}
