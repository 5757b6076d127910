/* The plain system calls behind the log's table, and files put in place. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything the log does to a disk goes through one table of calls, so that a
 * test can put a disk of its own there which fails, tears and forgets at any
 * step. Reading does not: what is on the disk is what is there.
 *
 * Files are put in place as a whole: a temporary name beside the final one, the
 * bytes, a sync, a rename. The sync of the directory is the caller's, who often
 * has several files to cover by one.
 */
#include "fs/audit/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

#define PATH_MOST 256

static int k_open(void *ctx UNUSED, int dir, const char *path, int flags,
		  mode_t mode)
{
	int fd = openat(dir, path, flags | O_CLOEXEC, mode);

	return fd < 0 ? -errno : fd;
}

static int k_write(void *ctx UNUSED, int fd, struct bytes b, uint64_t off)
{
	return fd_pwrite_full(fd, b, off);
}

static int k_sync(void *ctx UNUSED, int fd, bool data_only)
{
	return (data_only ? fdatasync(fd) : fsync(fd)) == 0 ? 0 : -errno;
}

static int k_alloc(void *ctx UNUSED, int fd, uint64_t size)
{
	int rc;

	do
		rc = posix_fallocate(fd, 0, (off_t)size);
	while (rc == EINTR);
	return -rc;
}

static int k_trunc(void *ctx UNUSED, int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) == 0 ? 0 : -errno;
}

static int k_rename(void *ctx UNUSED, int dir, const char *from, const char *to)
{
	return renameat(dir, from, dir, to) == 0 ? 0 : -errno;
}

static int k_unlink(void *ctx UNUSED, int dir, const char *path, int flags)
{
	return unlinkat(dir, path, flags) == 0 ? 0 : -errno;
}

static int k_mkdir(void *ctx UNUSED, int dir, const char *path, mode_t mode)
{
	return mkdirat(dir, path, mode) == 0 ? 0 : -errno;
}

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/* Where a page cannot be written it shows here, not by a signal later. A child
 * that is forked gets none of it: the log is this process's alone. */
static uint8_t *k_map(void *ctx UNUSED, int fd, size_t n, uint64_t off)
{
	uint8_t *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  (off_t)off);

	if (p == MAP_FAILED)
		return NULL;
	if (madvise(p, n, MADV_DONTFORK) == 0 &&
	    madvise(p, n, MADV_POPULATE_WRITE) == 0)
		return p;
	munmap(p, n);
	return NULL;
}

static void k_unmap(void *ctx UNUSED, uint8_t *p, size_t n)
{
	munmap(p, n);
}

const struct audit_io *io_kernel(void)
{
	static const struct audit_io kernel = {
		.open = k_open,
		.write = k_write,
		.sync = k_sync,
		.alloc = k_alloc,
		.trunc = k_trunc,
		.rename = k_rename,
		.unlink = k_unlink,
		.mkdir = k_mkdir,
		.map = k_map,
		.unmap = k_unmap,
		.segment = (size_t)16 * 1024 * 1024,
		.heartbeat_ms = 60000,
		.sync_ms = 100,
		.integrate_ms = 1000,
	};

	return &kernel;
}

/* The directory part of path ("." where there is none) into out. */
static int parent_of(const char *path, char out[PATH_MOST])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 1 : (size_t)(slash - path);

	if (n >= PATH_MOST)
		return -ENAMETOOLONG;
	memcpy(out, slash == NULL ? "." : path, n);
	out[n] = '\0';
	return 0;
}

int io_sync_parent(const struct audit_io *io, int dir, const char *path)
{
	CLEANUP(fd_close) int fd = -1;
	char up[PATH_MOST];
	int rc = parent_of(path, up);

	if (rc != 0)
		return rc;
	fd = io->open(io->ctx, dir, up, O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? fd : io->sync(io->ctx, fd, false);
}

/* One directory whose parent stands. An existing one counts as synced. */
static int make_one(const struct audit_io *io, int dir, const char *path)
{
	int rc = io->mkdir(io->ctx, dir, path, 0700);

	if (rc == -EEXIST)
		return 0;
	return rc != 0 ? rc : io_sync_parent(io, dir, path);
}

int io_mkdirs(const struct audit_io *io, int dir, const char *path)
{
	char part[PATH_MOST];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t i = 1; i <= n; i++) {
		int rc;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		rc = make_one(io, dir, part);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Open a temporary file beside path, making its directory where needed. */
static int open_temp(const struct audit_io *io, int dir, const char *path,
		     const char *temp)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
	int fd = io->open(io->ctx, dir, temp, flags, 0600);
	char up[PATH_MOST];
	int rc;

	if (fd != -ENOENT)
		return fd;
	rc = parent_of(path, up);
	if (rc == 0)
		rc = io_mkdirs(io, dir, up);
	return rc != 0 ? rc : io->open(io->ctx, dir, temp, flags, 0600);
}

int io_put(const struct audit_io *io, int dir, const char *path, struct bytes b)
{
	CLEANUP(fd_close) int fd = -1;
	char temp[PATH_MOST];
	int rc = snprintf(temp, sizeof(temp), "%s.tmp", path);

	if (rc < 0 || (size_t)rc >= sizeof(temp))
		return -ENAMETOOLONG;
	fd = open_temp(io, dir, path, temp);
	if (fd < 0)
		return fd;
	rc = io->write(io->ctx, fd, b, 0);
	if (rc == 0)
		rc = io->sync(io->ctx, fd, false);
	return rc != 0 ? rc : io->rename(io->ctx, dir, temp, path);
}
