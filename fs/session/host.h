/* Who gives a session its view and keeps its record, as run_session asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_HOST_H
#define SESSION_HOST_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* A room that was made, for which a session is asked. */
struct host_ask {
	const char *facts; /* JSON */
	uid_t uid;	   /* inside; shown as owner of files */
	gid_t gid;
	int fuse; /* taken over */
	int init; /* pidfd of pid 1; borrowed */
};

struct host_given {
	uint64_t session; /* number of its SESSION_START */
	char annotator[256], project[256], task[256], strength[32];
	char limits[512]; /* in words; "": none */
};

/*
 * A gateway behind its door (call.h); tests have one in memory. All functions
 * are called from one thread.
 */
struct host {
	void *ctx;
	int fd; /* readable: there is news; -1: there never is */
	/** begin: SESSION_START is on disk and the descriptor is served when it
	 * returns 0. */
	int (*begin)(void *ctx, const struct host_ask *a, struct host_given *g,
		     struct err *e);
	/** news: 0 nothing, 1 the session is to end, *reason says why, 2 it
	 * goes on, *reason is for its annotator. */
	int (*news)(void *ctx, const char **reason);
	/** end: the session is over; drop: new files that the policy does not
	 * keep go. 0 once SESSION_END is on disk. *ended: why, where the host
	 * had ended it already, or had gone. */
	int (*end)(void *ctx, const char *reason, uint64_t tty_out, bool drop,
		   const char **ended, struct err *e);
	/** unnamed: append the new files of the work area that the policy's
	 * work.keep does not name, each with a zero byte behind; -ESHUTDOWN:
	 * the host has ended the session, and keeps all. NULL: there is no
	 * work area. */
	int (*unnamed)(void *ctx, struct buf *names);
};

#endif
