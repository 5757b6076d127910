/* A confined session: namespaces, FUSE inside, own pty, the table of steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_RUN_H
#define SESSION_RUN_H

#include "fs/session/gateway.h"

struct run_want {
	struct gateway *gateway;
	struct session_want session; /* strength and facts are filled here */
	char *const *argv;	     /* command; NULL: the user's shell */
	bool no_terminal;	     /* standard descriptors are /dev/null */
};

/**
 * run_session(w, status, e): start to end of one session in guard-rail.
 * *status: the command's exit code, or 128 + signal. Standard input, output
 * and error must be one terminal unless no_terminal: -EINVAL. -ENOTSUP names
 * the missing kernel feature and what to do.
 */
int run_session(const struct run_want *w, int *status,
		struct err *e) MUST_CHECK;

/**
 * owner_mount(g, want, mountpoint, e): the owner's own mount in the caller's
 * mount namespace through fusermount3 or mount(2); confinement none. Returns
 * when it was unmounted or a signal came.
 */
int owner_mount(struct gateway *g, const struct session_want *want,
		const char *mountpoint, struct err *e) MUST_CHECK;

#endif
