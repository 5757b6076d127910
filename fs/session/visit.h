/* One connection at a door, and what the gateway's loop knows of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_VISIT_H
#define SESSION_VISIT_H

#include <pthread.h>
#include <stdatomic.h>

#include "fs/session/door.h"
#include "fs/session/gateway.h"
#include "fs/session/wire.h"

/* Seconds somebody may stand at the door without a word; seconds that an
 * answer may wait to be read. */
#define VISIT_PATIENCE 5
#define VISIT_DEAF 2
#define VISITS_MAX 320
#define VISITS_IDLE 48 /* who stand there without a session */

/*
 * The loop owns the list and the sockets; the visit's thread owns the rest.
 * `busy` is set by the thread while it is worth keeping: proven, or asking for
 * a session, or in it.
 */
struct visit {
	struct gateway *g;
	struct visit *next;
	pthread_t thread;
	enum door door;
	uid_t uid;
	pid_t pid;
	int sock;
	bool proven; /* a key slot; at the owner door */
	bool lent;   /* has the right to write */
	bool linger; /* the gateway stays when nobody is left */
	bool last;   /* was told that the gateway goes: keep the socket */
	bool over;   /* broke the rules, or does not read its answers */
	bool out;    /* the loop's: shown out */
	atomic_bool busy, done;
	bool left;	     /* counts no more among the others */
	atomic_uint *others; /* connections that have not left */
	int wake;	     /* the loop's: written when done */
	struct wire_in in;
};

/**
 * visit_attend(v): hello, proof, requests, the session: until the other side
 * goes or breaks the rules. Returns when there is nothing left of it but the
 * socket.
 */
void visit_attend(struct visit *v) NONNULL_ALL;

/**
 * visit_leaves(v): nobody need stay for v any more. True for one only: it was
 * the last. Of several that leave at once each has left before it asks.
 */
bool visit_leaves(struct visit *v) NONNULL_ALL;

/** visit_say(v, w): a reply. Who does not take it is not listened to again. */
void visit_say(struct visit *v, const struct wire *w) NONNULL_ALL;
/** visit_refuse(v, code, e): a WIRE_FAILED. visit_ok(v): a plain WIRE_OK. */
void visit_refuse(struct visit *v, int code, const struct err *e) NONNULL(1);
void visit_ok(struct visit *v) NONNULL_ALL;

/** visit_run(v): answer WIRE_RUN: open the session and stay until it ended. */
void visit_run(struct visit *v) NONNULL_ALL;

/** visit_denied(v, op, code): what was refused at a door is an event. */
void visit_denied(struct visit *v, const char *op, int code) NONNULL_ALL;

#endif
