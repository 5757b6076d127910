/* The recorder's calls on names, sizes and syncs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/powercut/recorder.h"

static const struct iovec none;

/* ---- sizes ---- */

static void sized(int fd, enum kind kind, off_t size)
{
	ino_t ino = recorder_ino(fd, NULL);

	if (ino != 0)
		recorder_put(kind, "", "", ino, (uint64_t)size, none);
}

SEEN int ftruncate(int fd, off_t size)
{
	int rc;

	if (!recorder_ours(fd))
		return REAL(ftruncate)(fd, size);
	recorder_lock();
	rc = REAL(ftruncate)(fd, size);
	if (rc == 0)
		sized(fd, SIZE, size);
	recorder_unlock();
	return rc;
}

int ftruncate64(int fd, off_t size) ALIAS("ftruncate");

SEEN int posix_fallocate(int fd, off_t off, off_t n)
{
	int rc;

	if (!recorder_ours(fd))
		return REAL(posix_fallocate)(fd, off, n);
	recorder_lock();
	rc = REAL(posix_fallocate)(fd, off, n);
	if (rc == 0)
		sized(fd, GROW, off + n);
	recorder_unlock();
	return rc;
}

int posix_fallocate64(int fd, off_t off, off_t n) ALIAS("posix_fallocate");

SEEN int fallocate(int fd, int mode, off_t off, off_t n)
{
	int rc;

	if (!recorder_ours(fd))
		return REAL(fallocate)(fd, mode, off, n);
	recorder_lock();
	rc = REAL(fallocate)(fd, mode, off, n);
	if (rc == 0 && mode == 0)
		sized(fd, GROW, off + n);
	else if (rc == 0)
		recorder_plain(ODD, "fallocate with a mode", "");
	recorder_unlock();
	return rc;
}

int fallocate64(int fd, int mode, off_t off, off_t n) ALIAS("fallocate");

SEEN int truncate(const char *path, off_t size)
{
	char rel[RECORDER_PATH];

	if (recorder_below(AT_FDCWD, path, rel))
		recorder_plain(ODD, "truncate by path", "");
	return REAL(truncate)(path, size);
}

int truncate64(const char *path, off_t size) ALIAS("truncate");

/* ---- names ---- */

/* Two names, both below the root or both not. */
static bool two(int da, const char *a, char ra[RECORDER_PATH], int db,
		const char *b, char rb[RECORDER_PATH])
{
	bool one = recorder_below(da, a, ra), other = recorder_below(db, b, rb);

	if (one != other)
		recorder_plain(ODD, "a name across the root", "");
	return one && other;
}

SEEN int renameat2(int da, const char *a, int db, const char *b, unsigned flags)
{
	char ra[RECORDER_PATH], rb[RECORDER_PATH];
	int rc;

	if (!two(da, a, ra, db, b, rb))
		return REAL(renameat2)(da, a, db, b, flags);
	recorder_lock();
	rc = REAL(renameat2)(da, a, db, b, flags);
	if (rc == 0 && (flags & RENAME_EXCHANGE) == 0)
		recorder_plain(RENAME, ra, rb);
	else if (rc == 0)
		recorder_plain(ODD, "an exchange of names", "");
	recorder_unlock();
	return rc;
}

SEEN int renameat(int da, const char *a, int db, const char *b)
{
	return renameat2(da, a, db, b, 0);
}

SEEN int rename(const char *a, const char *b)
{
	return renameat2(AT_FDCWD, a, AT_FDCWD, b, 0);
}

SEEN int linkat(int da, const char *a, int db, const char *b, int flags)
{
	char ra[RECORDER_PATH], rb[RECORDER_PATH];
	int rc;

	if (!two(da, a, ra, db, b, rb))
		return REAL(linkat)(da, a, db, b, flags);
	recorder_lock();
	rc = REAL(linkat)(da, a, db, b, flags);
	if (rc == 0)
		recorder_plain(LINK, ra, rb);
	recorder_unlock();
	return rc;
}

SEEN int link(const char *a, const char *b)
{
	return linkat(AT_FDCWD, a, AT_FDCWD, b, 0);
}

SEEN int symlinkat(const char *to, int dir, const char *path)
{
	char rel[RECORDER_PATH];

	if (recorder_below(dir, path, rel))
		recorder_plain(ODD, "a symbolic link", "");
	return REAL(symlinkat)(to, dir, path);
}

SEEN int symlink(const char *to, const char *path)
{
	return symlinkat(to, AT_FDCWD, path);
}

SEEN int unlinkat(int dir, const char *path, int flags)
{
	char rel[RECORDER_PATH];
	int rc;

	if (!recorder_below(dir, path, rel))
		return REAL(unlinkat)(dir, path, flags);
	recorder_lock();
	rc = REAL(unlinkat)(dir, path, flags);
	if (rc == 0)
		recorder_plain((flags & AT_REMOVEDIR) != 0 ? RMDIR : UNLINK,
			       rel, "");
	recorder_unlock();
	return rc;
}

SEEN int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

SEEN int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

SEEN int mkdirat(int dir, const char *path, mode_t mode)
{
	char rel[RECORDER_PATH];
	struct stat st;
	int rc;

	if (!recorder_below(dir, path, rel))
		return REAL(mkdirat)(dir, path, mode);
	recorder_lock();
	rc = REAL(mkdirat)(dir, path, mode);
	if (rc == 0 && fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		recorder_put(MKDIR, rel, "", st.st_ino, 0, none);
	recorder_unlock();
	return rc;
}

SEEN int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

/* ---- syncs ---- */

static int sync_one(int fd, int (*fn)(int fd))
{
	static _Atomic uint64_t count;
	uint64_t number = ((uint64_t)getpid() << 32) | ++count;
	ino_t ino;
	int rc;

	recorder_lock();
	ino = recorder_ino(fd, NULL);
	if (ino != 0)
		recorder_put(BEGIN, "", "", ino, number, none);
	recorder_unlock();
	rc = fn(fd);
	if (ino == 0 || rc != 0)
		return rc;
	recorder_lock();
	recorder_put(END, "", "", ino, number, none);
	recorder_unlock();
	return rc;
}

SEEN int fsync(int fd)
{
	return sync_one(fd, REAL(fsync));
}

SEEN int fdatasync(int fd)
{
	return sync_one(fd, REAL(fdatasync));
}

/* ---- what the model has no word for ---- */

static void odd(int fd, const char *what)
{
	const char *path = "";
	size_t n;

	if (!recorder_ours(fd))
		return;
	recorder_lock();
	if (recorder_ino(fd, &path) != 0) {
		n = strlen(path);
		if (n < 4 || strcmp(path + n - 4, "-shm") != 0)
			recorder_plain(ODD, what, path);
	}
	recorder_unlock();
}

SEEN void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	void *p = REAL(mmap)(at, n, prot, flags, fd, off);
	bool writes = (flags & MAP_SHARED) != 0 && (prot & PROT_WRITE) != 0;

	if (writes && p != MAP_FAILED && !recorder_map(fd, p, n, off))
		odd(fd, "a shared writable mapping");
	return p;
}

SEEN int munmap(void *p, size_t n)
{
	recorder_unmap(p);
	return REAL(munmap)(p, n);
}

void *mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off)
	ALIAS("mmap");

SEEN ssize_t sendfile(int out, int in, off_t *off, size_t n)
{
	odd(out, "sendfile");
	return REAL(sendfile)(out, in, off, n);
}

ssize_t sendfile64(int out, int in, off_t *off, size_t n) ALIAS("sendfile");

SEEN ssize_t copy_file_range(int in, off_t *ioff, int out, off_t *ooff,
			     size_t n, unsigned flags)
{
	odd(out, "copy_file_range");
	return REAL(copy_file_range)(in, ioff, out, ooff, n, flags);
}

SEEN int dup(int fd)
{
	odd(fd, "dup");
	return REAL(dup)(fd);
}

SEEN int dup2(int fd, int to)
{
	odd(fd, "dup2");
	return REAL(dup2)(fd, to);
}

SEEN int dup3(int fd, int to, int flags)
{
	odd(fd, "dup3");
	return REAL(dup3)(fd, to, flags);
}
