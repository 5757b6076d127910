/* Negotiating with the kernel: what the connection may do, and its I/O. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_INIT_H
#define MOUNT_INIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct fuse_session;
struct fuse_conn_info;

/* What was seen in the kernel's INIT; zero-initialise. */
struct init_state {
	atomic_bool seen;     /* INIT came and was looked at */
	atomic_bool offered;  /* the kernel can map direct_io files shared */
	atomic_bool granted;  /* and we said yes */
	atomic_ullong unique; /* of the INIT request */
};

/**
 * init_attach(se, fd): make se read and write fd through the hooks of this
 * file; se's user data is its struct mount. fd belongs to se on success.
 * Negative errno.
 */
int init_attach(struct fuse_session *se, int fd) MUST_CHECK;

/**
 * init_negotiate(s, conn): for the INIT operation: sizes, no splice, no
 * writeback cache, page-exact read-ahead.
 */
void init_negotiate(struct init_state *s,
		    struct fuse_conn_info *conn) NONNULL_ALL;

/**
 * init_look(s, in, n): look at one request as read from the kernel; notes what
 * an INIT offers. init_patch(s, head, body, n): turn the reply to that INIT
 * (out header, body of n bytes) into one that asks for shared mapping, where it
 * was offered. Both are pure but for s; the tests call them.
 */
void init_look(struct init_state *s, const void *in, uint64_t n) NONNULL_ALL;
void init_patch(struct init_state *s, const void *head, void *body,
		uint64_t n) NONNULL_ALL;

#endif
