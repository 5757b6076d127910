/* What a session is inside. Of this room's session files only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_SESSION_IN_H
#define SESSION_SESSION_IN_H

#include <pthread.h>
#include <stdatomic.h>

#include "fs/session/session.h"

struct session {
	struct gateway *g;
	struct policy *policy;
	struct subject subject;
	struct desk *desk;
	struct audit_dek *dek;
	_Atomic(struct mount *) mount; /* others count what it served */
	struct work *work;
	struct meter *meter; /* NULL: the owner's */
	struct flags *flags; /* likewise */
	struct buf task;     /* TASK.md */
	uint64_t seq;	     /* of SESSION_START */
	int64_t began;
	_Atomic uint64_t up; /* the same, by clock_s */
	char strength[32];
	bool entered, started, joined, in_force, owner;
	uid_t uid;
	gid_t gid;
	int init, wake;
	pthread_t waiter; /* the owner's mount may go by itself */
	bool waiting;
	_Atomic(const char *) asked; /* a reason; NULL: go on */
};

/** session_record_start(s, w, e): the sealed policy text, the session's keys,
 * SESSION_START, in this order, each durable. */
int session_record_start(struct session *s, const struct session_want *w,
			 struct err *e) MUST_CHECK;

/** session_record_held(s): pid 1 has ended and somebody outside the session
 * still holds its mount: a DENIED with op "leave". Joining takes it away. */
int session_record_held(const struct session *s) MUST_CHECK;

/** session_record_end(s, reason, tty_out, n): SESSION_END, durable. */
int session_record_end(const struct session *s, const char *reason,
		       uint64_t tty_out,
		       const struct mount_counts *n) MUST_CHECK;

#endif
