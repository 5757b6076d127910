/* The gateway: the one holder of keys, writer of the log, maker of sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_GATEWAY_H
#define SESSION_GATEWAY_H

#include "fs/mount/mount.h"

struct gateway;

/**
 * gateway_open(s, tool, out, e): lock the store, open its log (recovery
 * included). One per store; sessions are many.
 */
int gateway_open(struct store *s, const char *tool, struct gateway **out,
		 struct err *e) MUST_CHECK;
/** gateway_close(g): ends what still runs, SHUTDOWN, last checkpoint. */
int gateway_close(struct gateway *g);
struct audit *gateway_audit(struct gateway *g);

struct session_want {
	struct bytes policy;	      /* text */
	const char *policy_name;      /* for messages */
	const char *annotator, *task; /* task NULL: the only one */
	bool claimed;		      /* --as: claimed, not proven */
	const char *strength;	      /* what confinement gives, in facts */
	const char *facts;	      /* JSON of the facts */
	bool owner; /* the owner's own look: any policy, any strength */
	int64_t now;
	uid_t uid;
	gid_t gid;
	const struct progress *progress;
};

struct session;

/**
 * session_open(g, w, out, e): policy, terms, desk; then in this order, each
 * durable before the next: sealed policy text, wrapped session keys,
 * SESSION_START. -EACCES where the policy demands a confinement that
 * w->strength is not, but for the owner.
 */
int session_open(struct gateway *g, const struct session_want *w,
		 struct session **out, struct err *e) MUST_CHECK;
struct desk *session_desk(struct session *s);
const struct policy *session_policy(const struct session *s);
const struct subject *session_subject(const struct session *s);
/** session_serve(s, fd, e): serve this FUSE descriptor. */
int session_serve(struct session *s, int fd, struct err *e) MUST_CHECK;
struct mount *session_mount(struct session *s);
/** session_seq(s): the number of its SESSION_START. */
uint64_t session_seq(const struct session *s);
/** session_end(s, reason, tty_out): stop, join, SESSION_END with its totals,
 * checkpoint; frees s. Returns the first failure. */
int session_end(struct session *s, const char *reason, uint64_t tty_out);

#endif
