/* Files: whole reads and writes, atomic replacement, directory sync. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FDIO_H
#define BASE_FDIO_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/** fd_close(&fd): for CLEANUP; -1 is fine, the variable becomes -1. */
void fd_close(int *fd) NONNULL_ALL;

/** fd_steal(&fd): the descriptor, past a CLEANUP; the variable becomes -1. */
static inline int fd_steal(int *fd)
{
	int was = *fd;

	*fd = -1;
	return was;
}

/** fd_memory(b): a file in memory that holds b and can be changed by nobody
 * (memfd, sealed), to be handed to another process; a negative errno. */
int fd_memory(struct bytes b) MUST_CHECK;
/** fd_memory_new(): an empty one that can, until fd_memory_seal(fd), after
 * which nobody can, whoever else has it. */
int fd_memory_new(void) MUST_CHECK;
int fd_memory_seal(int fd) MUST_CHECK;

/**
 * fd_read_full, fd_pread_full: n bytes or fewer only at the end of the file;
 * the count, or a negative errno. EINTR is retried.
 */
ssize_t fd_read_full(int fd, void *p, size_t n) MUST_CHECK;
ssize_t fd_pread_full(int fd, void *p, size_t n, uint64_t off) MUST_CHECK;

/** fd_write_full, fd_pwrite_full: all of it, or a negative errno. */
int fd_write_full(int fd, struct bytes b) MUST_CHECK;
int fd_pwrite_full(int fd, struct bytes b, uint64_t off) MUST_CHECK;

/** fd_read_rest(fd, max, b): append what fd still holds; -EFBIG above max. */
int fd_read_rest(int fd, size_t max, struct buf *b) MUST_CHECK;

/**
 * file_read(dirfd, path, max, b): append the whole file; -EFBIG above max.
 */
int file_read(int dirfd, const char *path, size_t max,
	      struct buf *b) MUST_CHECK;

/**
 * file_replace(dirfd, path, mode, b): write a temporary file in the same
 * directory, sync it, rename it over path, sync the directory: after a crash
 * the old or the new content, never a part.
 */
int file_replace(int dirfd, const char *path, mode_t mode,
		 struct bytes b) MUST_CHECK;

/**
 * fd_beneath(dirfd, name, flags, mode): openat2 below dirfd, through no
 * symlink; the descriptor, close-on-exec, or a negative errno.
 */
int fd_beneath(int dirfd, const char *name, int flags, mode_t mode) MUST_CHECK;

/**
 * file_create(dirfd, path, mode, b): as file_replace, but where something
 * stands at path: -EEXIST. After a crash the whole file or none.
 */
int file_create(int dirfd, const char *path, mode_t mode,
		struct bytes b) MUST_CHECK;

/** dir_sync(dirfd): fsync of a directory. */
int dir_sync(int dirfd) MUST_CHECK;
/** dir_sync_parent(dirfd, path): sync the directory that holds path. */
int dir_sync_parent(int dirfd, const char *path) MUST_CHECK;

/**
 * dir_make(dirfd, path, mode): make path and its parents below dirfd, each new
 * one synced into its parent; existing ones are fine.
 */
int dir_make(int dirfd, const char *path, mode_t mode) MUST_CHECK;

/**
 * fd_send(sock, data, fds, nfds), fd_recv(...): one message over a Unix
 * SOCK_SEQPACKET or SOCK_STREAM socket with up to 16 descriptors
 * (SCM_RIGHTS, received with MSG_CMSG_CLOEXEC). fd_recv returns the bytes
 * received (0: peer gone) and sets *nfds to how many came; fds has room for
 * 16, or is NULL and none may come. A message longer than n: -EMSGSIZE; too
 * many descriptors or unwanted ones: -EPROTO; in both cases none stays open.
 * fd_send: -EINVAL for more than 16, or for descriptors without a byte.
 */
int fd_send(int sock, struct bytes data, const int *fds,
	    size_t nfds) MUST_CHECK;
ssize_t fd_recv(int sock, void *p, size_t n, int *fds, size_t *nfds) MUST_CHECK;

#endif
