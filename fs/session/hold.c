/* Writing to a store from an owner's command, whoever is its gateway. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/hold.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/session/call.h"

#define HOLD_TRIES 20	/* a second, for a lock without a door, or a loan */
#define GOING_TRIES 200 /* ten, for a gateway that says it goes */

struct hold {
	struct gateway *own; /* NULL: borrowed */
	struct call call;
	struct store *store;
	const char *tool;
};

/* It was there and is ending: the lock comes free. */
static bool is_going(int r)
{
	return r == -ECONNRESET || r == -ESHUTDOWN;
}

int hold_reach(struct store *s, const char *tool, struct gateway **own,
	       struct call *c, struct err *e)
{
	struct err busy = {0}, why = {0};
	int r = -EBUSY, tries = HOLD_TRIES;

	for (int i = 0; i < tries; i++) {
		if (i > 0)
			(void)poll(NULL, 0, 50);
		r = gateway_open(s, tool, own, &busy);
		if (r != -EBUSY)
			break;
		call_close(c);
		r = call_owner(s, tool, c, &why);
		if (r != -ECONNREFUSED && !is_going(r)) {
			busy = why;
			break;
		}
		tries = is_going(r) ? GOING_TRIES : tries;
		/* Who holds the lock opens no door: busy says who it is. */
		r = -EBUSY;
	}
	if (r != 0 && e != NULL)
		*e = busy;
	return r;
}

static int borrow(struct hold *h, struct store *s, struct err *e)
{
	const struct wire w = {.op = WIRE_BORROW};
	struct err why = {0};
	int r = -EBUSY;

	/* A command that was killed has it for another moment. */
	for (int i = 0; r == -EBUSY && i < HOLD_TRIES; i++) {
		if (i > 0)
			(void)poll(NULL, 0, 50);
		r = call_ask(&h->call, &w, NULL, 0, &why);
	}
	if (r != 0 && e != NULL)
		*e = why;
	if (r != 0)
		return r;
	store_lent(s, wire_take(&h->call.in, 0));
	return store_settle(s, hold_reroot, hold_clear, h, e);
}

int hold_open(struct store *s, const char *tool, struct hold **out,
	      struct err *e)
{
	struct hold *h = mem_new(1, sizeof(*h));
	int r;

	if (h == NULL)
		return err_nomem(e);
	h->call.sock = -1;
	h->store = s;
	h->tool = tool;
	do {
		r = hold_reach(s, tool, &h->own, &h->call, e);
		if (r != 0 || h->own != NULL)
			break;
		r = borrow(h, s, e);
	} while (is_going(r)); /* the next time it does not open */
	if (r != 0) {
		call_close(&h->call);
		mem_free(h);
		return r;
	}
	*out = h;
	return 0;
}

/* The lender has gone; its lock is ours, with it the right to write, and its
 * log is free once it has ended. */
static int take_over(struct hold *h)
{
	int r = -EBUSY;

	call_close(&h->call);
	for (int i = 0; r == -EBUSY && i < GOING_TRIES; i++) {
		if (i > 0)
			(void)poll(NULL, 0, 50);
		r = gateway_open(h->store, h->tool, &h->own, NULL);
	}
	return r;
}

static int log_own(struct hold *h, struct event *ev)
{
	uint64_t seq;
	int r;

	event_uint(ev, EF_UID, getuid());
	r = audit_append(gateway_audit(h->own), NULL, ev, &seq);
	return r != 0 ? r : audit_durable(gateway_audit(h->own), seq);
}

int hold_log(void *ctx, struct event *ev)
{
	struct hold *h = ctx;
	struct buf b CLEANUP(buf_free) = {0};
	struct wire w = {.op = WIRE_LOG};
	int r;

	if (h->own != NULL)
		return log_own(h, ev);
	r = event_body(ev, &b);
	if (r != 0)
		return r;
	wire_bytes(&w, WF_BODY, buf_bytes(&b));
	r = call_ask(&h->call, &w, NULL, 0, NULL);
	if (is_going(r))
		r = take_over(h);
	else
		return r;
	return r == 0 ? log_own(h, ev) : r;
}

int hold_apply(struct hold *h, struct bytes text, const char *name,
	       uint64_t *ended, struct err *e)
{
	struct wire w = {.op = WIRE_APPLY};
	int fd CLEANUP(fd_close) = -1;
	unsigned n = 0;
	int r;

	if (h->own != NULL) {
		r = gateway_apply(h->own, text, name, getuid(), &n, e);
		*ended = n;
		return r;
	}
	fd = fd_memory(text);
	if (fd < 0)
		return err_set(e, fd, name, "handing the policy over: %s",
			       strerror(-fd));
	wire_text(&w, WF_NAME, name);
	r = call_ask(&h->call, &w, &fd, 1, e);
	*ended = wire_get(&h->call.in.msg, WF_NUMBER);
	return r;
}

/* A gateway of this process has no sessions, and this process's store; one
 * that has gone has neither. */
static int ask_others(struct hold *h, const struct wire *w, struct err *e)
{
	int r;

	if (h->own != NULL)
		return 0;
	r = call_ask(&h->call, w, NULL, 0, e);
	if (!is_going(r))
		return r;
	r = take_over(h);
	return r == 0 ? 0
		      : err_set(e, r, "",
				"the gateway has gone, and its log cannot be "
				"opened: %s",
				strerror(-r));
}

int hold_reroot(void *ctx, struct err *e)
{
	return ask_others(ctx, &(struct wire){.op = WIRE_REROOT}, e);
}

int hold_clear(void *ctx, struct err *e)
{
	return ask_others(ctx, &(struct wire){.op = WIRE_CLEAR}, e);
}

int hold_clear_project(struct hold *h, const char *project, struct err *e)
{
	struct wire w = {.op = WIRE_CLEAR};

	wire_text(&w, WF_PROJECT, project);
	return ask_others(h, &w, e);
}

int hold_close(struct hold *h, int r, struct err *e)
{
	int end = 0;

	if (h == NULL)
		return r;
	if (h->own != NULL)
		end = gateway_close(h->own);
	call_close(&h->call);
	mem_free(h);
	if (r != 0 || end == 0)
		return r;
	return err_set(e, end, "", "the log could not be closed: %s",
		       strerror(-end));
}
