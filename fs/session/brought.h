/* The descriptors a client brings along, looked at before they are used. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_BROUGHT_H
#define SESSION_BROUGHT_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/**
 * brought_fuse(fd, e): it is the FUSE device; -EPROTO. Asks no file system.
 */
int brought_fuse(int fd, struct err *e) MUST_CHECK;

/**
 * brought_init(fd, client, e): it is the pidfd of a pid 1 that lives in a pid
 * namespace of its own and descends from the process `client`; -EPROTO.
 */
int brought_init(int fd, pid_t client, struct err *e) MUST_CHECK;

/**
 * brought_text(fd, out, e): append what a sealed file in memory (fd_memory)
 * holds, at most 1 MiB. -EPROTO for what may change, block or is no such file;
 * -EFBIG.
 */
int brought_text(int fd, struct buf *out, struct err *e) MUST_CHECK;

#endif
