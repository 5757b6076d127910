/* A command's side of a gateway's door. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_CALL_H
#define SESSION_CALL_H

#include "base/progress.h"
#include "fs/session/door.h"
#include "fs/session/host.h"
#include "fs/session/wire.h"

/* A connection; zero-initialise with sock = -1. */
struct call {
	int sock;
	struct wire_in in; /* the last answer */
	char reason[64];   /* of an ENDED, which may come at any time */
	char soon[128];	   /* the words of the last SOON */
	bool ended;
	bool last;   /* the gateway goes; call_close waits for that */
	bool mortal; /* signals end this process while it only waits for a
			session to begin */
	/* what RUN says beside the room */
	const char *annotator, *task, *project, *policy_name;
	int policy; /* descriptor of its text, borrowed; -1: the one in force */
	const struct progress *progress;
};

/**
 * call_session(dir, tool, c, e): through the session door of the gateway of
 * this store; call_owner(s, tool, c, e): through the owner door, with the
 * proof of s. -ECONNREFUSED: none runs. call_begin(c, tool, e): greet over
 * c->sock, a connection that needs no proof.
 */
int call_session(const char *dir, const char *tool, struct call *c,
		 struct err *e) MUST_CHECK;
int call_owner(struct store *s, const char *tool, struct call *c,
	       struct err *e) MUST_CHECK;
int call_begin(struct call *c, const char *tool, struct err *e) MUST_CHECK;

/**
 * call_ask(c, w, fds, n, e): send a request, wait for its answer, which c->in
 * holds until the next; progress on the way is told. A WIRE_FAILED is its
 * code and words.
 */
int call_ask(struct call *c, const struct wire *w, const int *fds, size_t n,
	     struct err *e) MUST_CHECK NONNULL(1, 2);

/** call_close(c): where the gateway said it goes, until it has gone. Fits
 * CLEANUP. */
void call_close(struct call *c) NONNULL_ALL;

/** call_host(c, h): run_session's host over this connection. */
void call_host(struct call *c, struct host *h) NONNULL_ALL;

#endif
