/* A confined session: namespaces, FUSE inside, own pty, the table of steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_RUN_H
#define SESSION_RUN_H

#include <stdbool.h>

#include "fs/session/host.h"

struct run_want {
	const struct host *host;
	char *const *argv;	       /* command; NULL: the user's shell */
	bool no_terminal;	       /* standard descriptors are /dev/null */
	void (*say)(const char *line); /* to the person; NULL: nobody */
};

/**
 * run_session(w, status, e): start to end of one session in guard-rail.
 * *status: the command's exit code, or 128 + signal. Standard input, output
 * and error must be one terminal unless no_terminal: -EINVAL. -ENOTSUP names
 * the missing kernel feature and what to do. -EACCES: the gateway ended it
 * (revoked, expired), with the reason.
 */
int run_session(const struct run_want *w, int *status,
		struct err *e) MUST_CHECK;

/**
 * owner_mount(h, mountpoint, signalled, e): the owner's own mount in the
 * caller's mount namespace through fusermount3 or mount(2); confinement none.
 * Returns when it was unmounted or a signal came (*signalled), after the
 * session's end is on disk.
 */
int owner_mount(const struct host *h, const char *mountpoint, bool *signalled,
		struct err *e) MUST_CHECK;

#endif
