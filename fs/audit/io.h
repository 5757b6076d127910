/* The log's writes to disk as one table, so that tests can break them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_IO_H
#define AUDIT_IO_H

#include <sys/types.h>

#include "base/buf.h"

/*
 * Every call that changes the disk goes through this table; reads do not. All
 * return 0 (open: a descriptor) or a negative errno. A test's table counts,
 * fails, or remembers what was synced (tests/fault). Zero in the numbers
 * means the default.
 */
struct audit_io {
	void *ctx;
	int (*open)(void *ctx, int dir, const char *path, int flags,
		    mode_t mode);
	int (*write)(void *ctx, int fd, struct bytes b, uint64_t off);
	int (*sync)(void *ctx, int fd, bool data_only);
	int (*alloc)(void *ctx, int fd, uint64_t size);
	int (*trunc)(void *ctx, int fd, uint64_t size);
	int (*rename)(void *ctx, int dir, const char *from, const char *to);
	int (*unlink)(void *ctx, int dir, const char *path, int flags);
	int (*mkdir)(void *ctx, int dir, const char *path, mode_t mode);
	/* A window of an allocated file to write to, n whole pages of it, each
	 * of which can be written now; NULL: not to be had. May be unset. */
	uint8_t *(*map)(void *ctx, int fd, size_t n, uint64_t off);
	void (*unmap)(void *ctx, uint8_t *p, size_t n);
	size_t segment;	       /* bytes of a WAL segment: 16 MiB */
	unsigned heartbeat_ms; /* 60,000 */
	unsigned sync_ms;      /* 100: within which an entry is durable */
	unsigned integrate_ms; /* 1,000; while reads come ten times that */
};

/** io_kernel(): the table of the plain system calls, with the defaults. */
const struct audit_io *io_kernel(void);

/**
 * io_put(io, dir, path, b): write a new file under a temporary name, sync it,
 * rename it over path, making missing parents. The directory is synced only by
 * io_sync_parent: a batch of files needs it once.
 */
int io_put(const struct audit_io *io, int dir, const char *path,
	   struct bytes b) MUST_CHECK NONNULL_ALL;

/** io_sync_parent(io, dir, path): sync the directory that holds path. */
int io_sync_parent(const struct audit_io *io, int dir,
		   const char *path) MUST_CHECK NONNULL_ALL;

/** io_mkdirs(io, dir, path): path and its parents, mode 0700, each synced. */
int io_mkdirs(const struct audit_io *io, int dir,
	      const char *path) MUST_CHECK NONNULL_ALL;

#endif
