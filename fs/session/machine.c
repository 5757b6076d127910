/* What this machine gives a session: checks that try the thing itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/aead.h"
#include "base/fdio.h"
#include "fs/session/strength.h"

void machine_say(struct machine_check *c, enum machine_state state,
		 const char *advice, const char *seen, ...)
{
	va_list ap;

	c->state = state;
	va_start(ap, seen);
	vsnprintf(c->seen, sizeof(c->seen), seen, ap);
	va_end(ap);
	snprintf(c->advice, sizeof(c->advice), "%s",
		 state == MACHINE_OK ? "" : advice);
}

/* ---- kernel and FUSE ---- */

/* The release as major * 1000 + minor. */
static long version_of(const char *release)
{
	char *end;
	long major = strtol(release, &end, 10);

	return major * 1000 + (*end == '.' ? strtol(end + 1, NULL, 10) : 0);
}

static void check_kernel(const struct facts *f, struct machine_check *c)
{
	/* mount_setattr(2) makes what is bound read-only, all of it. */
	machine_say(
		c, version_of(f->kernel) >= 5012 ? MACHINE_OK : MACHINE_MISSING,
		"sessions need Linux 5.12 or later", "Linux %s", f->kernel);
}

static void check_mmap(const struct facts *f, struct machine_check *c)
{
	bool good = version_of(f->kernel) >= 6006;

	machine_say(c, good ? MACHINE_OK : MACHINE_WARN,
		    "before Linux 6.6 the view cannot be mapped shared; all "
		    "else works",
		    "%s", good ? "FUSE may offer it" : "refused");
}

static void check_fuse(const struct facts *f, struct machine_check *c)
{
	int fd CLEANUP(fd_close) = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	int why = errno;
	struct stat st = {0};
	bool seen = stat("/dev/fuse", &st) == 0;

	(void)f;
	if (fd < 0)
		machine_say(c, MACHINE_MISSING,
			    seen ? "chmod 0666 /dev/fuse (udev does that on "
				   "usual installs)"
				 : "modprobe fuse; in a container: --device "
				   "/dev/fuse",
			    "/dev/fuse: %s", strerror(why));
	else
		machine_say(c,
			    (st.st_mode & 0666) == 0666 ? MACHINE_OK
							: MACHINE_WARN,
			    "chmod 0666 /dev/fuse, else only its owner makes "
			    "sessions",
			    "/dev/fuse opens, mode %04o", st.st_mode & 07777);
}

static void check_sysadmin(const struct facts *f, struct machine_check *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	bool on = file_read(AT_FDCWD,
			    "/sys/module/fuse/parameters/"
			    "allow_sys_admin_access",
			    64, &b) == 0 &&
		  b.n > 0 && (b.p[0] == 'Y' || b.p[0] == '1');

	(void)f;
	machine_say(c, on ? MACHINE_WARN : MACHINE_OK,
		    "the view opens to root of the host: modprobe fuse with "
		    "allow_sys_admin_access=N",
		    "%s",
		    on ? "root of the host may look into the mount"
		       : "root of the host gets EACCES from the mount");
}

/* ---- user namespaces ---- */

static bool says(int proc, const char *path, char digit)
{
	struct buf b CLEANUP(buf_free) = {0};

	return file_read(proc, path, 64, &b) == 0 && b.n > 0 &&
	       b.p[0] == (uint8_t)digit && (b.n == 1 || b.p[1] == '\n');
}

int machine_userns(int proc, int code, struct buf *b)
{
	static const struct {
		const char *path;
		char bad;
		const char *words;
	} why[] = {{"sys/user/max_user_namespaces", '0',
		    "they are switched off: sysctl -w "
		    "user.max_user_namespaces=10000"},
		   {"sys/kernel/unprivileged_userns_clone", '0',
		    "only root may make them: sysctl -w "
		    "kernel.unprivileged_userns_clone=1"},
		   {"sys/kernel/apparmor_restrict_unprivileged_userns", '1',
		    "AppArmor takes their rights away: a profile that allows "
		    "userns for carrel, or sysctl -w "
		    "kernel.apparmor_restrict_unprivileged_userns=0"}};
	int r = buf_printf(b, "user namespaces are refused (%s)",
			   strerror(code));
	bool found = false;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(why); i++) {
		if (!says(proc, why[i].path, why[i].bad))
			continue;
		found = true;
		r = buf_printf(b, "; %s", why[i].words);
	}
	if (r == 0 && !found)
		r = buf_puts(b, "; the nesting may be too deep, or a container "
				"or chroot refuses them: try outside of it");
	return r;
}

/* The step that a session makes, in a child: its errno, or 0. */
static int try_userns(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) != 0 ||
		    unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
			    CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWCGROUP) !=
			    0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
			_exit(errno);
		_exit(0);
	}
	if (pid < 0)
		return errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

static void check_userns(const struct facts *f, struct machine_check *c)
{
	int proc CLEANUP(fd_close) =
		open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct buf b CLEANUP(buf_free) = {0};
	int code = try_userns();

	(void)f;
	if (code != 0 && machine_userns(proc, code, &b) == 0)
		machine_say(c, MACHINE_MISSING, buf_str(&b), "refused");
	else
		machine_say(c, code == 0 ? MACHINE_OK : MACHINE_MISSING, "",
			    "%s", code == 0 ? "granted" : "refused");
}

/* ---- the process ---- */

static void check_memlock(const struct facts *f, struct machine_check *c)
{
	struct keypool *p CLEANUP(keypool_freep) = NULL;
	struct rlimit l = {0};
	struct err e = {0};

	(void)f;
	getrlimit(RLIMIT_MEMLOCK, &l);
	machine_say(c, keypool_new(&p, &e) == 0 ? MACHINE_OK : MACHINE_MISSING,
		    "ulimit -l 1024, or LimitMEMLOCK= of the service",
		    "limit %llu KiB", (unsigned long long)l.rlim_cur / 1024);
}

static void check_cpu(const struct facts *f, struct machine_check *c)
{
	bool good = aead_available(AEAD_AES256GCM);

	(void)f;
	machine_say(c, good ? MACHINE_OK : MACHINE_WARN,
		    "new stores use XChaCha20-Poly1305; a GCM store cannot be "
		    "opened here",
		    "%s", good ? "AES-GCM in hardware" : "no AES instructions");
}

static void check_strength(const struct facts *f, struct machine_check *c)
{
	const struct strength_gap *g = strength_gap(f, 0);
	enum strength s = strength_of(f);
	char words[320];

	snprintf(words, sizeof(words), "not boundary, since %s: %s",
		 g == NULL ? "" : g->why, g == NULL ? "" : g->change);
	machine_say(c, s == STRENGTH_BOUNDARY ? MACHINE_OK : MACHINE_WARN,
		    words, "%s", strength_name(s));
}

/* fn NULL: machine_host knows it. */
static const struct {
	const char *name;
	void (*fn)(const struct facts *f, struct machine_check *c);
} table[] = {
	{"kernel", check_kernel},
	{"fuse", check_fuse},
	{"fuse for root", check_sysadmin},
	{"shared mapping", check_mmap},
	{"user namespaces", check_userns},
	{"landlock", NULL},
	{"seccomp", NULL},
	{"locked memory", check_memlock},
	{"cpu", check_cpu},
	{"hidepid", NULL},
	{"swap", NULL},
	{"core_pattern", NULL},
	{"yama", NULL},
	{"tiocsti", NULL},
	{"vsock", NULL},
	{"io_uring", NULL},
	{"groups", NULL},
	{"strength", check_strength},
};

size_t machine_checks(void)
{
	return ARRAY_LEN(table);
}

void machine_check(size_t i, const struct facts *f, struct machine_check *out)
{
	*out = (struct machine_check){.name = table[i].name};
	if (table[i].fn != NULL)
		table[i].fn(f, out);
	else if (!machine_host(table[i].name, f, out))
		machine_say(out, MACHINE_MISSING, "", "no such check");
}

const char *machine_state_name(enum machine_state s)
{
	static const char *const names[] = {"missing", "warn", "ok"};

	return names[s];
}
