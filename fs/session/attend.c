/* What is asked at a gateway's doors, and the answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "fs/session/brought.h"
#include "fs/session/session.h"
#include "fs/session/visit.h"

#define STATUS_INLINE (WIRE_MAX - 64)

/*
 * The rules of a visit
 * --------------------
 *  1. The kernel says who it is (SO_PEERCRED); nothing in a message does.
 *  2. HELLO first, with our version; then, at the owner door, a proof that a
 *     key slot of the store was opened: a keyed hash over this connection's
 *     nonce. Only the uid fixed at init may try.
 *  3. One request, one answer. What a door does not offer is refused, logged
 *     (denied.h says how often), and ends the visit: nobody asks for it by
 *     mistake.
 *  4. Somebody who says nothing is shown out after VISIT_PATIENCE seconds,
 *     unless he is in session or has proven who he is; anybody who does not
 *     read an answer within VISIT_DEAF.
 *  5. Descriptors that a request does not want are closed unseen; the others
 *     are looked at first (brought.h).
 */
static void say(struct visit *v, const struct wire *w, const int *fds, size_t n)
{
	if (wire_send(v->sock, w, fds, n) != 0)
		v->over = true;
}

void visit_say(struct visit *v, const struct wire *w)
{
	say(v, w, NULL, 0);
}

void visit_refuse(struct visit *v, int code, const struct err *e)
{
	struct wire w;

	wire_fail(&w, code, e);
	visit_say(v, &w);
}

bool visit_leaves(struct visit *v)
{
	bool was = v->left;

	v->left = true;
	return !was && atomic_fetch_sub(v->others, 1) == 1;
}

/* Who goes on asking counts again. */
static void stays(struct visit *v)
{
	if (v->left)
		atomic_fetch_add(v->others, 1);
	v->left = false;
}

void visit_ok(struct visit *v)
{
	visit_say(v, &(struct wire){.op = WIRE_OK});
}

void visit_denied(struct visit *v, const char *op, int code)
{
	struct event ev = {.kind = EV_DENIED};

	event_text(&ev, EF_OP, op);
	event_text(&ev, EF_KIND,
		   v->door == DOOR_OWNER ? "owner door" : "session door");
	event_uint(&ev, EF_UID, v->uid);
	event_uint(&ev, EF_PID, (uint64_t)v->pid);
	event_int(&ev, EF_RESULT, code);
	gateway_denied(v->g, &ev);
}

/* ---- who comes ---- */

/* Who looks whether somebody listens goes without a word: no refusal. */
static bool no_greeting(struct visit *v, int r)
{
	struct err e = {0};

	if (r == -EPIPE)
		return false;
	if (r == -EAGAIN) {
		visit_denied(v, "silence", -ETIMEDOUT);
		return false;
	}
	visit_denied(v, "greeting", -EPROTO);
	err_set(&e, -EPROTO, "",
		"the gateway is %s and speaks version %d of its protocol; that "
		"was no greeting in it",
		gateway_tool(v->g), WIRE_VERSION);
	visit_refuse(v, e.code, &e);
	return false;
}

static bool hello(struct visit *v)
{
	struct err e = {0};
	int r = wire_recv(v->sock, &v->in);

	if (r != 0 || v->in.msg.op != WIRE_HELLO)
		return no_greeting(v, r);
	if (wire_get(&v->in.msg, WF_VERSION) == WIRE_VERSION)
		return true;
	visit_denied(v, "version", -EPROTONOSUPPORT);
	err_set(&e, -EPROTONOSUPPORT, "",
		"the gateway is %s and speaks version %d of its protocol, not "
		"%llu: end it (carrel session end --gateway) and let this "
		"version start one",
		gateway_tool(v->g), WIRE_VERSION,
		(unsigned long long)wire_get(&v->in.msg, WF_VERSION));
	visit_refuse(v, e.code, &e);
	return false;
}

static void welcome(struct visit *v, const uint8_t nonce[32])
{
	struct wire w = {.op = WIRE_WELCOME};

	wire_uint(&w, WF_VERSION, WIRE_VERSION);
	wire_text(&w, WF_TOOL, gateway_tool(v->g));
	if (v->door == DOOR_OWNER && !v->proven)
		wire_bytes(&w, WF_NONCE, bytes_of(nonce, 32));
	visit_say(v, &w);
}

/* Constant in time, not in what it answers. */
static bool proof_holds(struct visit *v, const uint8_t nonce[32])
{
	struct bytes given = wire_getb(&v->in.msg, WF_PROOF);
	struct key *k CLEANUP(key_freep) = NULL;
	uint8_t want[32], differ = 0;

	if (v->uid != store_owner_uid(gateway_store(v->g)) || given.n != 32 ||
	    store_door_key(gateway_store(v->g), &k) != 0)
		return false;
	door_proof(k, nonce, want);
	for (size_t i = 0; i < sizeof(want); i++)
		differ |= (uint8_t)(want[i] ^ given.p[i]);
	return differ == 0;
}

static bool prove(struct visit *v, const uint8_t nonce[32])
{
	struct err e = {0};
	int r = wire_recv(v->sock, &v->in);

	if (r == -EPIPE)
		return false;
	if (r == 0 && v->in.msg.op == WIRE_PROVE && proof_holds(v, nonce)) {
		v->proven = true;
		visit_ok(v);
		return true;
	}
	visit_denied(v, "prove", -EACCES);
	err_set(&e, -EACCES, "",
		"the owner door is for the owner's uid with the store's key");
	visit_refuse(v, e.code, &e);
	return false;
}

/* ---- requests ---- */

/* Hundreds of sessions are more than a message holds. */
static void do_status(struct visit *v)
{
	struct buf b CLEANUP(buf_free) = {0};
	int fd CLEANUP(fd_close) = -1;
	struct wire w = {.op = WIRE_OK};
	struct json_out o;

	json_open(&o, &b);
	gateway_status(v->g, &o);
	if (o.err == 0 && b.n > STATUS_INLINE)
		fd = fd_memory(buf_bytes(&b));
	else
		wire_bytes(&w, WF_TEXT, buf_bytes(&b));
	if (o.err != 0 || (b.n > STATUS_INLINE && fd < 0))
		visit_refuse(v, -ENOMEM, NULL);
	else
		say(v, &w, &fd, fd >= 0);
}

static void do_kill(struct visit *v)
{
	uint64_t seq = wire_get(&v->in.msg, WF_SESSION);
	struct wire w = {.op = WIRE_OK};

	wire_uint(&w, WF_NUMBER, gateway_ask(v->g, seq, "ended by owner"));
	visit_say(v, &w);
}

static void do_apply(struct visit *v)
{
	struct buf text CLEANUP(buf_free) = {0};
	int fd CLEANUP(fd_close) = wire_take(&v->in, 0);
	struct wire w = {.op = WIRE_OK};
	struct err e = {0};
	unsigned ended = 0;
	char name[160];
	int r = wire_copy(&v->in.msg, WF_NAME, name, sizeof(name));

	if (r == 0)
		r = brought_text(fd, &text, &e);
	if (r == 0)
		r = gateway_apply(v->g, buf_bytes(&text), name, v->uid, &ended,
				  &e);
	if (r != 0) {
		visit_refuse(v, r, &e);
		return;
	}
	wire_uint(&w, WF_NUMBER, ended);
	visit_say(v, &w);
}

/* The lock goes along: should this process die first, the store stays locked
 * until the other has ended too. */
static void do_borrow(struct visit *v)
{
	int lock CLEANUP(fd_close) = store_lock_share(gateway_store(v->g));
	struct err e = {0};
	int r = lock < 0 ? lock : v->lent ? -EALREADY : gateway_lend(v->g);

	v->lent = v->lent || r == 0;
	if (r == 0) {
		say(v, &(struct wire){.op = WIRE_OK}, &lock, 1);
		return;
	}
	err_set(&e, r, "",
		"another command of the owner's is writing to this store; wait "
		"for it to end");
	visit_refuse(v, r, &e);
}

/* Which events an owner's command writes itself. */
static bool owners_event(enum event_kind k)
{
	return k == EV_INGEST || k == EV_EXPORT || k == EV_DATASET_KEY ||
	       k == EV_ERASE || k == EV_PREVIEW || k == EV_REPLAY ||
	       k == EV_QUERY || k == EV_AUDIT_EXPORT || k == EV_KEY ||
	       k == EV_FLAG;
}

static void do_log(struct visit *v)
{
	struct event ev = {0};
	struct wire w = {.op = WIRE_OK};
	struct audit *a = gateway_audit(v->g);
	uint64_t seq = 0;
	int r = event_unbody(wire_getb(&v->in.msg, WF_BODY), &ev);

	if (r == 0 && !owners_event(ev.kind))
		r = -EACCES;
	if (r == 0) {
		event_uint(&ev, EF_UID, v->uid);
		r = audit_append(a, NULL, &ev, &seq);
	}
	if (r == 0)
		r = audit_durable(a, seq);
	if (r != 0) {
		visit_refuse(v, r, NULL);
		return;
	}
	wire_uint(&w, WF_NUMBER, seq);
	visit_say(v, &w);
}

static void do_stop(struct visit *v)
{
	struct wire w = {.op = WIRE_OK};

	gateway_stop(v->g);
	v->last = true;
	wire_uint(&w, WF_LAST, 1);
	visit_say(v, &w);
}

static void do_reroot(struct visit *v)
{
	struct err e = {0};
	int r = store_root_current(gateway_store(v->g));

	if (r == 0) {
		visit_ok(v);
		return;
	}
	err_set(&e, r, "",
		"the gateway could not take the new root key (%s); end it "
		"(carrel session end --gateway), then run the command again",
		strerror(-r));
	visit_refuse(v, r, &e);
}

static void do_clear(struct visit *v)
{
	struct err e = {0};
	char project[128];
	int r = wire_copy(&v->in.msg, WF_PROJECT, project, sizeof(project));

	if (r != 0) {
		visit_refuse(v, r, NULL);
		return;
	}
	if (gateway_clear(v->g, project,
			  project[0] == '\0' ? "data erased"
					     : "project ended")) {
		store_forget(gateway_store(v->g));
		visit_ok(v);
		return;
	}
	err_set(&e, -EBUSY, "",
		"a session does not end; end the gateway (carrel session end "
		"--gateway) and run the command again");
	visit_refuse(v, e.code, &e);
}

static const struct {
	enum wire_op op;
	const char *name;
	bool owner; /* only at the owner door, proven */
	void (*fn)(struct visit *v);
} requests[] = {
	{WIRE_RUN, "run", false, visit_run},
	{WIRE_STATUS, "status", true, do_status},
	{WIRE_KILL, "session end", true, do_kill},
	{WIRE_APPLY, "policy apply", true, do_apply},
	{WIRE_BORROW, "borrow", true, do_borrow},
	{WIRE_LOG, "log", true, do_log},
	{WIRE_STOP, "stop", true, do_stop},
	{WIRE_REROOT, "reroot", true, do_reroot},
	{WIRE_CLEAR, "clear", true, do_clear},
};

/* False: the visit is over. */
static bool one_request(struct visit *v)
{
	struct err e = {0};

	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		if (requests[i].op != v->in.msg.op)
			continue;
		if (requests[i].owner && !v->proven) {
			visit_denied(v, requests[i].name, -EACCES);
			err_set(&e, -EACCES, "",
				"%s is asked at the owner door",
				requests[i].name);
			visit_refuse(v, e.code, &e);
			return false;
		}
		stays(v);
		requests[i].fn(v);
		return !v->last && !v->over;
	}
	visit_denied(v, "unknown request", -EPROTO);
	visit_refuse(v, -EPROTO, NULL);
	return false;
}

static void patience(int sock, time_t seconds)
{
	struct timeval t = {.tv_sec = seconds};

	(void)!setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	t.tv_sec = VISIT_DEAF; /* nor may he refuse to listen */
	(void)!setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static void requests_until_gone(struct visit *v)
{
	for (;;) {
		int r = wire_recv(v->sock, &v->in);

		if (r == -EPROTO) {
			visit_denied(v, "malformed message", r);
			visit_refuse(v, r, NULL);
		}
		if (r == -EAGAIN)
			visit_denied(v, "silence", -ETIMEDOUT);
		if (r != 0 || !one_request(v))
			return;
	}
}

void visit_attend(struct visit *v)
{
	uint8_t nonce[32];
	bool in;

	patience(v->sock, VISIT_PATIENCE);
	random_bytes(nonce, sizeof(nonce));
	in = hello(v);
	if (in)
		welcome(v, nonce);
	if (in && v->door == DOOR_OWNER && !v->proven)
		in = prove(v, nonce);
	if (in && v->proven) {
		atomic_store(&v->busy, true);
		patience(v->sock, 0);
	}
	if (in)
		requests_until_gone(v);
	if (v->lent)
		gateway_return(v->g);
	wire_in_free(&v->in);
}
