/* The gateway: the one holder of keys, writer of the log, maker of sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_GATEWAY_H
#define SESSION_GATEWAY_H

#include <sys/types.h>

#include "base/json.h"
#include "fs/audit/audit.h"
#include "fs/store/store.h"
#include "policy/policy.h"

struct gateway;
struct session;
struct child_pool;
struct shelves;
struct meters;

/**
 * gateway_open(s, tool, out, e): lock the store, open its log (recovery
 * included). One per store; sessions are many.
 */
int gateway_open(struct store *s, const char *tool, struct gateway **out,
		 struct err *e) MUST_CHECK;
/** gateway_close(g): SHUTDOWN, last checkpoint. Every session has ended. */
int gateway_close(struct gateway *g);

/** What sessions and doors need of it; all borrowed. */
struct audit *gateway_audit(struct gateway *g);
struct store *gateway_store(struct gateway *g);
struct child_pool *gateway_children(struct gateway *g);
struct shelves *gateway_shelves(struct gateway *g);
struct meters *gateway_meters(struct gateway *g);
const char *gateway_tool(const struct gateway *g);

/* ---- its sessions ---- */

/** gateway_enter(g, s): a session begins, and may come to hold keys; -EBUSY
 * when too many do. gateway_exit(g, s): it has given all back. */
int gateway_enter(struct gateway *g, struct session *s) MUST_CHECK;
void gateway_exit(struct gateway *g, struct session *s);

/** gateway_join(g, s, era): s is one of its sessions from now on; -ESHUTDOWN
 * while it ends; -EBUSY when there are too many; -ESTALE where it came from a
 * policy in force and another was put there since `era`. gateway_leave(g, s):
 * no more. */
int gateway_join(struct gateway *g, struct session *s, uint64_t era) MUST_CHECK;
void gateway_leave(struct gateway *g, struct session *s);
unsigned gateway_sessions(struct gateway *g);

/** gateway_ask(g, seq, reason): ask the session of this number (0: all) to
 * end; how many were asked. */
unsigned gateway_ask(struct gateway *g, uint64_t seq, const char *reason);

/** gateway_clear(g, project, reason): all sessions that there are (of this
 * project; "": of any) are asked to end; true when they have and nothing of
 * them is left in memory, also of those that were coming or going (of any
 * project); false when one has not within half a minute. */
bool gateway_clear(struct gateway *g, const char *project, const char *reason);

/** gateway_stop(g): no new session begins, all are asked to end.
 * gateway_stopping(g). */
void gateway_stop(struct gateway *g);
bool gateway_stopping(struct gateway *g);

/** gateway_each(g, fn, ctx): under the list's lock: no session ends
 * meanwhile. */
void gateway_each(struct gateway *g, void (*fn)(void *ctx, struct session *s),
		  void *ctx);

/** gateway_lend(g): the right to write the store goes to one owner's process;
 * -EBUSY while another has it. gateway_return(g). */
int gateway_lend(struct gateway *g) MUST_CHECK;
void gateway_return(struct gateway *g);

/* ---- refusals ---- */

/** gateway_denied(g, ev): a refusal at a door, for the log; above so many a
 * second only their number. gateway_denied_rest(g): tell the log the number of
 * those it was not told of; true: there are some, and the second is not over.
 */
void gateway_denied(struct gateway *g, struct event *ev);
bool gateway_denied_rest(struct gateway *g);

/* ---- the policy in force ---- */

/** gateway_era(g): which policies are in force, as a number that grows.
 * gateway_change(g): they are about to change; one at a time.
 * gateway_new_era(g): they did; who looked at the ones before cannot join.
 * gateway_changed(g): the next may change them. */
uint64_t gateway_era(struct gateway *g);
/** gateway_clears(g): how often gateway_clear has ended sessions: the era of a
 * session that brings its policy along. */
uint64_t gateway_clears(struct gateway *g);
void gateway_change(struct gateway *g);
void gateway_new_era(struct gateway *g);
void gateway_changed(struct gateway *g);

/**
 * gateway_apply(g, text, name, uid, e): put a policy in force: its text sealed
 * in the catalog and for the log's readers, POLICY durable in the log; then
 * every session under the one before that would not see the same is asked to
 * end. *ended: how many. -EPROTO and the words of policy_load.
 */
int gateway_apply(struct gateway *g, struct bytes text, const char *name,
		  uid_t uid, unsigned *ended, struct err *e) MUST_CHECK;

/* Whose session it would be, from the policies in force. */
struct gateway_seat {
	struct buf text;      /* of the policy */
	struct buf annotator; /* a string */
	uint64_t era;	      /* of the policies it was found in */
};
void gateway_seat_free(struct gateway_seat *s);

/**
 * gateway_find(g, user, project, task, out, e): the annotator whom a policy in
 * force names with `user: USER`; project and task choose among several, NULL:
 * there must be one. -EACCES: nobody is; -EINVAL lists the projects.
 */
int gateway_find(struct gateway *g, const char *user, const char *project,
		 const char *task, struct gateway_seat *out,
		 struct err *e) MUST_CHECK;

/** gateway_status(g, o): one JSON object: gateway, log, loan, sessions. */
void gateway_status(struct gateway *g, struct json_out *o);

#endif
