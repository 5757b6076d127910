/* What this machine gives a session: checks of facts and sysctls. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/session/machine.h"

static void host_landlock(const struct facts *f, struct machine_check *c)
{
	const char *advice =
		f->landlock_abi == 0
			? "Linux 5.13 or later, with landlock in lsm= of the "
			  "command line; without it a session has one wall "
			  "less, and the log says so"
		: f->landlock_abi == 1
			? "before Linux 5.19 files cannot be moved between "
			  "folders of the work area"
			: "before Linux 6.12 signals and abstract sockets have "
			  "one wall less (the namespaces)";

	if (f->landlock_abi == 0)
		machine_say(c, MACHINE_WARN, advice, "absent");
	else
		machine_say(c, f->landlock_abi >= 6 ? MACHINE_OK : MACHINE_WARN,
			    advice, "ABI %d", f->landlock_abi);
}

static void host_seccomp(const struct facts *f, struct machine_check *c)
{
	const uint8_t *h = f->seccomp_hash;

	if (!f->seccomp)
		machine_say(c, MACHINE_MISSING,
			    "a kernel with CONFIG_SECCOMP_FILTER; sessions "
			    "need it",
			    "absent");
	else
		machine_say(c, MACHINE_OK, "",
			    "filter %02x%02x%02x%02x%02x%02x%02x%02x", h[0],
			    h[1], h[2], h[3], h[4], h[5], h[6], h[7]);
}

static void host_hidepid(const struct facts *f, struct machine_check *c)
{
	machine_say(c,
		    f->hidepid == HIDEPID_INVISIBLE ? MACHINE_OK : MACHINE_WARN,
		    "other users read the arguments of programs in sessions: "
		    "mount -o remount,hidepid=invisible /proc",
		    "%s", facts_hidepid_name(f->hidepid));
}

static void host_swap(const struct facts *f, struct machine_check *c)
{
	machine_say(c, f->swap == SWAP_PLAIN ? MACHINE_WARN : MACHINE_OK,
		    "plain text of a running session can reach the disk: "
		    "swapoff -a, or swap on dm-crypt or zram",
		    "%s", facts_swap_name(f->swap));
}

static void host_core(const struct facts *f, struct machine_check *c)
{
	machine_say(c, f->core_pattern[0] == '|' ? MACHINE_WARN : MACHINE_OK,
		    "a program of the host takes core images; sessions and the "
		    "gateway hand it no memory, other programs do",
		    "%s", f->core_pattern);
}

static void host_yama(const struct facts *f, struct machine_check *c)
{
	const char *advice = "sysctl -w kernel.yama.ptrace_scope=1 makes it "
			     "harder for a second terminal of the same uid; a "
			     "boundary does not rest on it";

	if (f->yama < 0)
		machine_say(c, MACHINE_WARN, advice, "absent");
	else
		machine_say(c, f->yama > 0 ? MACHINE_OK : MACHINE_WARN, advice,
			    "ptrace_scope %d", f->yama);
}

static void host_tiocsti(const struct facts *f, struct machine_check *c)
{
	machine_say(c, f->tiocsti > 0 ? MACHINE_WARN : MACHINE_OK,
		    "sessions refuse it; for the rest of the machine: sysctl "
		    "-w dev.tty.legacy_tiocsti=0",
		    "%s",
		    f->tiocsti > 0    ? "programs may type into terminals"
		    : f->tiocsti == 0 ? "switched off"
				      : "no switch; sessions refuse it");
}

static void host_vsock(const struct facts *f, struct machine_check *c)
{
	int fd CLEANUP(fd_close) =
		socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)f;
	/* Not bound to a network namespace: only the filter stops it. */
	machine_say(c, MACHINE_OK, "", "%s",
		    fd >= 0 ? "present; sessions refuse the family" : "absent");
}

static void host_uring(const struct facts *f, struct machine_check *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	int r = file_read(AT_FDCWD, "/proc/sys/kernel/io_uring_disabled", 64,
			  &b);

	(void)f;
	machine_say(c, MACHINE_OK, "", "%s; sessions refuse it",
		    r != 0 || b.n == 0 ? "no switch"
		    : b.p[0] == '0'    ? "open to all"
		    : b.p[0] == '1'    ? "open to its group"
				       : "switched off");
}

static void host_groups(const struct facts *f, struct machine_check *c)
{
	machine_say(c, f->ngroups == 0 ? MACHINE_OK : MACHINE_WARN,
		    "sessions started without root keep the login's "
		    "supplementary groups; what those may read of /usr and "
		    "/etc stays readable",
		    "%u kept", f->ngroups);
}

bool machine_host(const char *name, const struct facts *f,
		  struct machine_check *c)
{
	static const struct {
		const char *name;
		void (*fn)(const struct facts *f, struct machine_check *c);
	} table[] = {
		{"landlock", host_landlock}, {"seccomp", host_seccomp},
		{"hidepid", host_hidepid},   {"swap", host_swap},
		{"core_pattern", host_core}, {"yama", host_yama},
		{"tiocsti", host_tiocsti},   {"vsock", host_vsock},
		{"io_uring", host_uring},    {"groups", host_groups},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(table[i].name, name) == 0) {
			table[i].fn(f, c);
			return true;
		}
	return false;
}
