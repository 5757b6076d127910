/* A command's side of a gateway's door. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/call.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fdio.h"

#define GOING_MS 30000 /* a gateway closes its log within that */

static int gone(struct err *e)
{
	return err_set(e, -ECONNRESET, "",
		       "the gateway has gone: it was ended, or ended itself");
}

static void note_ended(struct call *c)
{
	c->ended = true;
	if (wire_copy(&c->in.msg, WF_REASON, c->reason, sizeof(c->reason)) != 0)
		snprintf(c->reason, sizeof(c->reason), "no reason was given");
}

/* Whichever is seen first, that or the command's end: the same words. */
static void note_gone(struct call *c)
{
	c->ended = true;
	snprintf(c->reason, sizeof(c->reason), "the gateway has gone");
}

/* Signals that a session waits for are blocked from the start; until there is
 * one they do what they always do, however long a gateway takes. */
static void mortal_mask(sigset_t *set)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};

	pthread_sigmask(SIG_SETMASK, NULL, set);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigdelset(set, ends[i]);
}

/* Where a gateway that was about to be died of a signal that came to both, its
 * end may be seen first: it is not one that went, for another to be started. */
static void mortal_now(const struct call *c)
{
	sigset_t set, was;

	if (!c->mortal)
		return;
	mortal_mask(&set);
	pthread_sigmask(SIG_SETMASK, &set, &was);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
}

static void wait_mortal(const struct call *c)
{
	struct pollfd p = {.fd = c->sock, .events = POLLIN};
	sigset_t set;

	if (!c->mortal)
		return;
	mortal_mask(&set);
	(void)ppoll(&p, 1, NULL, &set);
	mortal_now(c);
}

/* The answer to a request; what only reports on the way is not one. */
static int answer(struct call *c, struct err *e)
{
	for (;;) {
		const struct wire *m = &c->in.msg;
		int r;

		wait_mortal(c);
		r = wire_recv(c->sock, &c->in);

		if (r == -EPIPE)
			return gone(e);
		if (r != 0)
			return err_set(e, r, "", "the gateway's answer: %s",
				       strerror(-r));
		if (m->op == WIRE_FAILED)
			return wire_error(m, e);
		if (m->op == WIRE_ENDED)
			note_ended(c);
		else if (m->op != WIRE_PROGRESS && m->op != WIRE_SOON)
			return 0;
		else if (m->op == WIRE_PROGRESS)
			(void)!progress_tick(c->progress, wire_get(m, WF_DONE),
					     wire_get(m, WF_TOTAL),
					     wire_get(m, WF_NUMBER));
	}
}

static void note_last(struct call *c)
{
	c->last = c->last || wire_get(&c->in.msg, WF_LAST) == 1;
}

int call_ask(struct call *c, const struct wire *w, const int *fds, size_t n,
	     struct err *e)
{
	int r = wire_send(c->sock, w, fds, n);

	if (r == -EPIPE || r == -ECONNRESET) {
		mortal_now(c);
		/* It may have said why before it went. */
		if (wire_recv(c->sock, &c->in) == 0 &&
		    c->in.msg.op == WIRE_FAILED)
			return wire_error(&c->in.msg, e);
		return gone(e);
	}
	if (r != 0)
		return err_set(e, r, "", "asking the gateway: %s",
			       strerror(-r));
	r = answer(c, e);
	note_last(c);
	return r;
}

int call_begin(struct call *c, const char *tool, struct err *e)
{
	struct wire w = {.op = WIRE_HELLO};
	int r;

	wire_uint(&w, WF_VERSION, WIRE_VERSION);
	wire_text(&w, WF_TOOL, tool);
	r = call_ask(c, &w, NULL, 0, e);
	if (r != 0)
		return r;
	if (c->in.msg.op != WIRE_WELCOME)
		return err_set(e, -EPROTO, "", "that is no gateway of ours");
	if (wire_get(&c->in.msg, WF_VERSION) == WIRE_VERSION)
		return 0;
	return err_set(e, -EPROTONOSUPPORT, "",
		       "the gateway speaks version %llu of its protocol and "
		       "this command version %d: end it with the version that "
		       "started it (carrel session end --gateway)",
		       (unsigned long long)wire_get(&c->in.msg, WF_VERSION),
		       WIRE_VERSION);
}

int call_session(const char *dir, const char *tool, struct call *c,
		 struct err *e)
{
	int r = door_connect(dir, DOOR_SESSION, e);

	c->sock = r < 0 ? -1 : r;
	return r < 0 ? r : call_begin(c, tool, e);
}

int call_owner(struct store *s, const char *tool, struct call *c, struct err *e)
{
	struct key *k CLEANUP(key_freep) = NULL;
	struct wire w = {.op = WIRE_PROVE};
	uint8_t proof[32];
	struct bytes nonce;
	int r = door_connect(store_dir(s), DOOR_OWNER, e);

	c->sock = r < 0 ? -1 : r;
	if (r >= 0)
		r = call_begin(c, tool, e);
	if (r < 0)
		return r;
	nonce = wire_getb(&c->in.msg, WF_NONCE);
	if (nonce.n != 32)
		return err_set(e, -EPROTO, "", "the gateway gave no nonce");
	if (store_door_key(s, &k) != 0)
		return err_nomem(e);
	door_proof(k, nonce.p, proof);
	wire_bytes(&w, WF_PROOF, bytes_of(proof, sizeof(proof)));
	return call_ask(c, &w, NULL, 0, e);
}

void call_close(struct call *c)
{
	struct pollfd p = {.fd = c->sock, .events = POLLIN};

	while (c->last && c->sock >= 0) {
		if (poll(&p, 1, GOING_MS) < 0 && errno == EINTR)
			continue;
		if (p.revents == 0 || wire_recv(c->sock, &c->in) != 0)
			break;
	}
	wire_in_free(&c->in);
	fd_close(&c->sock);
}

/* ---- run_session's host ---- */

static int begin(void *ctx, const struct host_ask *a, struct host_given *g,
		 struct err *e)
{
	struct call *c = ctx;
	struct wire w = {.op = WIRE_RUN};
	int fuse CLEANUP(fd_close) = a->fuse;
	int fds[3] = {fuse, a->init, c->policy};
	const struct wire *m = &c->in.msg;
	int r;

	wire_text(&w, WF_ANNOTATOR, c->annotator);
	wire_text(&w, WF_TASK, c->task);
	wire_text(&w, WF_PROJECT, c->project);
	wire_text(&w, WF_NAME, c->policy_name);
	wire_text(&w, WF_FACTS, a->facts);
	wire_uint(&w, WF_UID, a->uid);
	wire_uint(&w, WF_GID, a->gid);
	if (a->init < 0) { /* the owner's own mount */
		wire_uint(&w, WF_OWNER, 1);
		fds[1] = c->policy;
	}
	r = call_ask(c, &w, fds, a->init < 0 || c->policy < 0 ? 2 : 3, e);
	if (r == -ECONNRESET)
		return -ESHUTDOWN; /* nothing has begun: another may do it */
	if (r != 0)
		return r;
	c->mortal = false;
	g->session = wire_get(m, WF_SESSION);
	if (m->op != WIRE_STARTED ||
	    wire_copy(m, WF_ANNOTATOR, g->annotator, sizeof(g->annotator)) ||
	    wire_copy(m, WF_PROJECT, g->project, sizeof(g->project)) ||
	    wire_copy(m, WF_TASK, g->task, sizeof(g->task)) ||
	    wire_copy(m, WF_STRENGTH, g->strength, sizeof(g->strength)) ||
	    wire_copy(m, WF_TEXT, g->limits, sizeof(g->limits)))
		return err_set(e, -EPROTO, "",
			       "the gateway's answer is "
			       "malformed");
	return 0;
}

/* Its words: what the message says is no place for others. */
static const char *soon(struct call *c)
{
	const struct wire *m = &c->in.msg;
	unsigned long long s = wire_get(m, WF_NUMBER);
	bool idle = bytes_is(wire_getb(m, WF_REASON), "idle");

	snprintf(c->soon, sizeof(c->soon), "this session ends in %llu %s%s",
		 s < 120 ? s : s / 60, s < 120 ? "seconds" : "minutes",
		 idle ? " unless something is read or saved"
		      : ": save what you have");
	return c->soon;
}

static int news(void *ctx, const char **reason)
{
	struct call *c = ctx;

	int r = wire_recv(c->sock, &c->in);

	*reason = c->reason;
	if (r == 0 && c->in.msg.op == WIRE_SOON) {
		*reason = soon(c);
		return 2;
	}
	if (r == 0 && c->in.msg.op == WIRE_ENDED)
		note_ended(c);
	else
		note_gone(c);
	return 1;
}

static int end(void *ctx, const char *reason, uint64_t tty_out, bool drop,
	       const char **ended, struct err *e)
{
	struct call *c = ctx;
	struct wire w = {.op = WIRE_END};
	int r;

	wire_text(&w, WF_REASON, reason);
	wire_uint(&w, WF_TTY_OUT, tty_out);
	wire_uint(&w, WF_DROP, drop);
	r = call_ask(c, &w, NULL, 0, e);
	if (r == -ECONNRESET && !c->ended)
		note_gone(c);
	if (c->ended)
		*ended = c->reason;
	note_last(c);
	return r;
}

static int unnamed(void *ctx, struct buf *names)
{
	struct call *c = ctx;
	int r = call_ask(c, &(struct wire){.op = WIRE_UNNAMED}, NULL, 0, NULL);

	/* Its init dies before the word that ends it comes: all is kept. */
	if (r == 0 && c->ended)
		return -ESHUTDOWN;
	return r != 0 ? r : buf_putb(names, wire_getb(&c->in.msg, WF_BODY));
}

void call_host(struct call *c, struct host *h)
{
	*h = (struct host){.ctx = c,
			   .fd = c->sock,
			   .begin = begin,
			   .news = news,
			   .end = end,
			   .unnamed = unnamed};
}
