/* Starting the launcher and talking to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_LAUNCH_H
#define SESSION_LAUNCH_H

#include <sys/types.h>

#include "fs/session/confine.h"

/* A launched session, before and while it runs; zero-initialise. */
struct launch {
	pid_t pid; /* of the launcher */
	int init;  /* pidfd of pid 1: readable when no process is left */
	int sock, fuse, master;
};

/**
 * launch_begin(c, l, e): execute the launcher with the wishes in c, wait until
 * the room is made: l holds the FUSE descriptor and, with a terminal, the
 * master. On failure nothing is left running.
 */
int launch_begin(const struct confine *c, struct launch *l,
		 struct err *e) MUST_CHECK;

/** launch_go(l, task, e): everything is logged and served: run the command, at
 * the task that the gateway gave ("": none). */
int launch_go(struct launch *l, const char *task, struct err *e) MUST_CHECK;

/**
 * launch_end(l, status): end what still runs and wait until the kernel has
 * ended every process of the session, reap the launcher; *status gets its exit
 * code. Safe at any point, also twice.
 */
void launch_end(struct launch *l, int *status);

/** launch_words(l, e): once it has ended: 0, or what step of the payload's
 * failed, in its own words. */
int launch_words(struct launch *l, struct err *e) MUST_CHECK;

#endif
