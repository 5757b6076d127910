/* The descriptors a client brings along, looked at before they are used. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/brought.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fdio.h"
#include "base/proc.h"

#define FUSE_MAJOR 10
#define FUSE_MINOR 229
#define TEXT_MAX (1 << 20)
#define FAMILY 2 /* pid 1 is a child of the launcher, and that of run */

/*
 * A client chooses what is behind a descriptor, so looking at it must not
 * give him the thread that looks: a file of a file system he serves himself
 * (FUSE) never answers stat or read. What the kernel knows without asking
 * anybody decides: statx without synchronisation, the seals that only files in
 * memory have, the fdinfo of a pidfd.
 */
int brought_fuse(int fd, struct err *e)
{
	struct statx st = {0};

	if (fd >= 0 &&
	    statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE,
		  &st) == 0 &&
	    S_ISCHR(st.stx_mode) && st.stx_rdev_major == FUSE_MAJOR &&
	    st.stx_rdev_minor == FUSE_MINOR)
		return 0;
	return err_set(e, -EPROTO, "", "a session needs a FUSE descriptor");
}

/* ---- pid 1 ---- */

/* The pid behind a pidfd that is pid 1 of a namespace below ours; 0. */
static pid_t init_pid(int fd)
{
	pid_t inner, pid = proc_of_pidfd(fd, &inner);

	return inner == 1 ? pid : 0;
}

static bool descends(pid_t pid, pid_t from)
{
	for (int i = 0; i < FAMILY && pid > 1; i++) {
		pid = proc_parent(pid);
		if (pid == from)
			return true;
	}
	return false;
}

int brought_init(int fd, pid_t client, struct err *e)
{
	pid_t pid = fd < 0 || client <= 0 ? 0 : init_pid(fd);

	/* Asked again: a number that was given anew meanwhile is another's. */
	if (pid > 1 && descends(pid, client) && init_pid(fd) == pid)
		return 0;
	return err_set(e, -EPROTO, "",
		       "a session needs the pidfd of its own pid 1");
}

/* ---- a text ---- */

int brought_text(int fd, struct buf *out, struct err *e)
{
	const int sealed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	int seals = fd < 0 ? -1 : fcntl(fd, F_GET_SEALS);
	struct stat st;
	ssize_t got;

	if (seals < 0 || (seals & sealed) != sealed || fstat(fd, &st) != 0)
		return err_set(e, -EPROTO, "",
			       "a policy travels as a sealed file in memory");
	if (st.st_size > TEXT_MAX)
		return err_set(e, -EFBIG, "", "the policy is above 1 MiB");
	if (buf_reserve(out, (size_t)st.st_size + 1) != 0)
		return err_nomem(e);
	got = fd_pread_full(fd, out->p + out->n, (size_t)st.st_size, 0);
	if (got < 0)
		return err_set(e, (int)got, "", "the policy cannot be read: %s",
			       strerror((int)-got));
	out->n += (size_t)got;
	return 0;
}
