/* One annotator's session as the gateway has it: desk, keys, mount, record. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "fs/mount/mount.h"
#include "fs/session/gateway.h"

struct session_want {
	struct bytes policy;	      /* text */
	const char *policy_name;      /* for messages */
	const char *annotator, *task; /* task NULL: the only one */
	bool claimed;		      /* --as: claimed, not proven */
	bool in_force;		      /* the policy that policy apply put there:
					 a later one may end the session */
	uint64_t era; /* gateway_find's, where in_force, else gateway_clears
			 before it began */
	const char *strength; /* what confinement gives, in facts */
	const char *facts;    /* JSON of the facts */
	bool owner; /* the owner's own look: any policy, any strength */
	int64_t now;
	uid_t uid; /* shown as owner of files */
	gid_t gid;
	uid_t peer; /* who asked, by the kernel's word: for the log */
	int init;   /* pidfd of the session's pid 1, taken over; -1: none */
	const struct progress *progress;
};

struct session;

/**
 * session_open(g, w, out, e): policy, terms, desk; then in this order, each
 * durable before the next: sealed policy text, wrapped session keys,
 * SESSION_START. -EACCES where the policy demands a confinement that
 * w->strength is not, but for the owner. -ESTALE: another policy was put in
 * force meanwhile. The session is then one of the gateway's: listed, and ended
 * when the gateway says so.
 */
int session_open(struct gateway *g, const struct session_want *w,
		 struct session **out, struct err *e) MUST_CHECK;
struct desk *session_desk(struct session *s);
const struct policy *session_policy(const struct session *s);
const struct subject *session_subject(const struct session *s);
const char *session_strength(const struct session *s);
/** session_serve(s, fd, e): serve this FUSE descriptor, taken over. */
int session_serve(struct session *s, int fd, struct err *e) MUST_CHECK;
struct mount *session_mount(struct session *s);
/** session_seq(s): the number of its SESSION_START. */
uint64_t session_seq(const struct session *s);

/**
 * session_watch(s): a descriptor that is readable once the gateway wants the
 * session to end. session_due(s, now): why it must end now ("expired",
 * "session limit", "idle", what session_ask said); NULL: it need not.
 * session_left(s, now): seconds until the clock may say so, if nothing happens.
 * session_rest(s): what is to be done once a second.
 */
int session_watch(const struct session *s);
const char *session_due(struct session *s, int64_t now);
uint64_t session_left(struct session *s, int64_t now);
/**
 * session_soon(s, now, left): why it ends within minutes, where it does, and in
 * how many seconds; NULL: it does not. session_terms(s, now, b): append its
 * limits and what of them is used, in words; nothing where there are none.
 */
const char *session_soon(struct session *s, int64_t now, uint64_t *left);
int session_terms(struct session *s, int64_t now, struct buf *b) MUST_CHECK;
void session_rest(struct session *s);

/** session_ask(s, reason): end it, from any thread; the first reason stays.
 * The one who serves it does so. */
void session_ask(struct session *s, const char *reason);

/** session_stop(s): deny all that is asked, end its pid 1 and with it every
 * process; again is fine. */
void session_stop(struct session *s);

/**
 * session_end(s, reason, tty_out): session_stop, join, SESSION_END with its
 * totals, checkpoint; frees s. Returns the first failure.
 */
int session_end(struct session *s, const char *reason, uint64_t tty_out);

/** session_unnamed(s, names): append the new files of its work area that the
 * policy's work.keep does not name, each with a zero byte behind. */
int session_unnamed(struct session *s, struct buf *names) MUST_CHECK;

/** session_drop(s): those go, each on record; after session_stop. */
int session_drop(struct session *s) MUST_CHECK;

/** session_json(s, o): one object: number, annotator, task, totals,
 * limits. */
void session_json(struct session *s, struct json_out *o);

/**
 * session_same(s, p, now): under policy p the session would see what it sees:
 * same subject, same records, same decisions for every visible object. False
 * when in doubt.
 */
bool session_same(struct session *s, const struct policy *p, int64_t now);

/** session_in_force(s): it came from the policy in force; its project. */
bool session_in_force(const struct session *s);

#endif
