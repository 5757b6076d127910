/* Whole reads and writes, atomic replacement, directories that last. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fdio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/secret.h"

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Read n bytes; at < 0: from the descriptor's own position. */
static ssize_t read_all(int fd, uint8_t *p, size_t n, off_t at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r =
			at < 0 ? read(fd, p + got, n - got)
			       : pread(fd, p + got, n - got, at + (off_t)got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

ssize_t fd_read_full(int fd, void *p, size_t n)
{
	return read_all(fd, p, n, -1);
}

ssize_t fd_pread_full(int fd, void *p, size_t n, uint64_t off)
{
	if (off > INT64_MAX || n > INT64_MAX - off)
		return -EOVERFLOW;
	return read_all(fd, p, n, (off_t)off);
}

static int write_all(int fd, struct bytes b, off_t at)
{
	size_t put = 0;

	while (put < b.n) {
		ssize_t r = at < 0 ? write(fd, b.p + put, b.n - put)
				   : pwrite(fd, b.p + put, b.n - put,
					    at + (off_t)put);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			return -EIO;
		put += (size_t)r;
	}
	return 0;
}

int fd_write_full(int fd, struct bytes b)
{
	return write_all(fd, b, -1);
}

int fd_pwrite_full(int fd, struct bytes b, uint64_t off)
{
	if (off > INT64_MAX || b.n > INT64_MAX - off)
		return -EOVERFLOW;
	return write_all(fd, b, (off_t)off);
}

int fd_read_rest(int fd, size_t max, struct buf *b)
{
	size_t left = max;

	for (;;) {
		size_t want = left < 65536 ? left + 1 : 65536;
		ssize_t r;
		int rc = buf_reserve(b, want);

		if (rc != 0)
			return rc;
		r = fd_read_full(fd, b->p + b->n, want);
		if (r < 0)
			return (int)r;
		if ((size_t)r > left)
			return -EFBIG;
		b->n += (size_t)r;
		left -= (size_t)r;
		if ((size_t)r < want)
			return 0;
	}
}

int fd_memory_new(void)
{
	int fd = memfd_create("carrel", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return fd < 0 ? -errno : fd;
}

int fd_memory_seal(int fd)
{
	int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

	return fcntl(fd, F_ADD_SEALS, seals) == 0 ? 0 : -errno;
}

int fd_memory(struct bytes b)
{
	CLEANUP(fd_close) int fd = fd_memory_new();
	int rc = fd < 0 ? fd : fd_write_full(fd, b);

	if (rc == 0)
		rc = fd_memory_seal(fd);
	return rc != 0 ? rc : fd_steal(&fd);
}

int file_read(int dirfd, const char *path, size_t max, struct buf *b)
{
	CLEANUP(fd_close) int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t n = b->n;
	struct stat st;
	int rc;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (st.st_size > 0 && (uint64_t)st.st_size > max)
		return -EFBIG;
	if (st.st_size > 0 && buf_reserve(b, (size_t)st.st_size + 1) != 0)
		return -ENOMEM;
	rc = fd_read_rest(fd, max, b);
	if (rc != 0)
		b->n = n;
	return rc;
}

/* Length of path's directory part with its slash; 0 for none. Slashes at its
 * end belong to its last name. */
static size_t dir_part(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return n;
}

int dir_sync_parent(int dirfd, const char *path)
{
	CLEANUP(fd_close) int fd = -1;
	CLEANUP(mem_freep) char *dir = NULL;
	size_t n = dir_part(path);

	dir = n == 0 ? mem_dup(".", 1) : mem_dup(path, n);
	if (dir == NULL)
		return -ENOMEM;
	fd = openat(dirfd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return dir_sync(fd);
}

/* "DIR/.tmp-<16 hex digits>" beside path. */
static char *temp_name(const char *path)
{
	static const char mark[] = ".tmp-";
	uint8_t raw[8];
	char *name = mem_new(dir_part(path) + sizeof(mark) + 16, 1);
	size_t n = dir_part(path);

	if (name == NULL)
		return NULL;
	memcpy(name, path, n);
	memcpy(name + n, mark, sizeof(mark) - 1);
	random_bytes(raw, sizeof(raw));
	hex_encode(name + n + sizeof(mark) - 1, bytes_of(raw, sizeof(raw)));
	return name;
}

/* Make a new file of exactly this mode and content, synced. */
static int temp_write(int dirfd, const char *name, mode_t mode, struct bytes b)
{
	CLEANUP(fd_close)
	int fd = openat(dirfd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int rc;

	if (fd < 0)
		return -errno;
	rc = fd_write_full(fd, b);
	if (rc != 0)
		return rc;
	if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
		return -errno;
	return 0;
}

int file_replace(int dirfd, const char *path, mode_t mode, struct bytes b)
{
	CLEANUP(mem_freep) char *temp = temp_name(path);
	int rc;

	if (temp == NULL)
		return -ENOMEM;
	rc = temp_write(dirfd, temp, mode, b);
	if (rc == 0 && renameat(dirfd, temp, dirfd, path) != 0)
		rc = -errno;
	if (rc != 0) {
		/* -EEXIST: not ours to remove. */
		if (rc != -EEXIST)
			unlinkat(dirfd, temp, 0);
		return rc;
	}
	return dir_sync_parent(dirfd, path);
}

/* Name temp as path where nothing stands; links only where the file system
 * has no such rename. */
static int take_name(int dirfd, const char *temp, const char *path)
{
	if (renameat2(dirfd, temp, dirfd, path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	return linkat(dirfd, temp, dirfd, path, 0) == 0 ? 0 : -errno;
}

int file_create(int dirfd, const char *path, mode_t mode, struct bytes b)
{
	CLEANUP(mem_freep) char *temp = temp_name(path);
	int rc;

	if (temp == NULL)
		return -ENOMEM;
	rc = temp_write(dirfd, temp, mode, b);
	if (rc == -EEXIST)
		return rc;
	if (rc == 0)
		rc = take_name(dirfd, temp, path);
	unlinkat(dirfd, temp, 0); /* gone already where it was renamed */
	return rc != 0 ? rc : dir_sync_parent(dirfd, path);
}

int dir_sync(int dirfd)
{
	return fsync(dirfd) == 0 ? 0 : -errno;
}

/* Make the one directory path, its parent being there. */
static int dir_make_one(int dirfd, const char *path, mode_t mode)
{
	struct stat st;

	if (mkdirat(dirfd, path, mode) == 0)
		return dir_sync_parent(dirfd, path);
	if (errno != EEXIST)
		return -errno;
	if (fstatat(dirfd, path, &st, 0) != 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int dir_make(int dirfd, const char *path, mode_t mode)
{
	CLEANUP(mem_freep) char *p = mem_dup(path, strlen(path));
	size_t n = strlen(path);

	if (p == NULL)
		return -ENOMEM;
	while (n > 1 && p[n - 1] == '/')
		p[--n] = '\0';
	for (size_t i = 1; i < n; i++) {
		int rc;

		if (p[i] != '/' || p[i - 1] == '/')
			continue;
		p[i] = '\0';
		rc = dir_make_one(dirfd, p, mode);
		p[i] = '/';
		if (rc != 0)
			return rc;
	}
	return dir_make_one(dirfd, p, mode);
}

int fd_beneath(int dirfd, const char *name, int flags, mode_t mode)
{
	const uint64_t resolve =
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
			       .mode = mode,
			       .resolve = resolve};
	long fd = syscall(SYS_openat2, dirfd, name, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}
