/* carrel serve, status, session list, session end: the gateway's operator. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/session/brought.h"
#include "fs/session/call.h"
#include "fs/session/serve.h"
#include "tools/commands.h"
#include "tools/open.h"

/* ---- serve ---- */

static void say_ready(void *ctx)
{
	const struct open *o = ctx;

	diag_say("serving %s; sessions begin with `carrel run`, end this with "
		 "SIGTERM",
		 store_dir(o->store));
}

static void block_ends(void)
{
	static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigaddset(&set, ends[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int cmd_serve(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct serve_want w = {.starter = -1,
			       .stop = -1,
			       .linger = true,
			       .signals = true,
			       .ready = say_ready,
			       .ctx = &o};
	struct err e = {0};
	int r = open_store(c, &o, &e), end;

	block_ends();
	if (r == 0)
		r = gateway_open(o.store, CARREL_TOOL, &w.gateway, &e);
	if (r != 0)
		return cli_fail(c, &e);
	r = serve(&w, &e);
	end = gateway_close(w.gateway);
	if (r == 0 && end != 0)
		r = err_set(&e, end, "", "the log could not be closed: %s",
			    strerror(-end));
	return r != 0 ? cli_fail(c, &e) : 0;
}

/* ---- what runs ---- */

/* None runs, or one that is ending: it answers nothing any more. */
static bool is_none(int r)
{
	return r == -ECONNREFUSED || r == -ESHUTDOWN;
}

/* 0: asked, and the answer is in call; is_none: there is nobody to ask. */
static int ask(const struct cli *c, struct open *o, const struct wire *w,
	       struct call *call, struct err *e)
{
	int r = open_store(c, o, e);

	if (r == 0)
		r = call_owner(o->store, CARREL_TOOL, call, e);
	return r != 0 ? r : call_ask(call, w, NULL, 0, e);
}

static int print_status(const struct cli *c, struct bytes gateway)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	cli_json(&j, &b);
	json_key(&j, "running");
	json_bool(&j, gateway.n > 0);
	/* The gateway's own object, as it said it. */
	if (gateway.n > 0) {
		json_key(&j, "status");
		if (j.err == 0)
			j.err = buf_putb(&b, gateway);
	}
	return cli_json_end(c, &j, &b);
}

/* A value of the flat objects that session_json makes. */
static struct bytes field(struct json_scan *s, struct bytes all,
			  const char *name, struct buf *text)
{
	struct json_token t;
	bool key = false;

	buf_clear(text);
	while (json_next(s, &t) > JSON_END) {
		struct bytes raw = bytes_sub(all, t.start, t.end - t.start);

		if (key && t.kind == JSON_STRING) {
			raw = bytes_sub(raw, 1, raw.n - 2);
			if (json_unescape(text, raw) != 0)
				buf_clear(text);
			return buf_bytes(text);
		}
		if (key)
			return raw;
		key = t.kind == JSON_KEY && t.end - t.start >= 2 &&
		      bytes_is(bytes_sub(raw, 1, raw.n - 2), name);
	}
	return bytes_of(NULL, 0);
}

/* What follows the columns in a session's object: each limit as "records
 * 12/600", and whether it was a sweep. */
static void list_limits(const struct cli *c, struct json_scan *s,
			struct bytes all)
{
	const size_t tail = strlen("_used");
	struct bytes key = {0}, used = {0}, word = {0};
	struct json_token t;

	while (json_next(s, &t) > JSON_END && t.kind != JSON_OBJECT_END) {
		struct bytes raw = bytes_sub(all, t.start, t.end - t.start);

		if (t.kind == JSON_KEY) {
			key = bytes_sub(raw, 1, raw.n - 2);
		} else if (key.n > tail &&
			   bytes_is(bytes_sub(key, key.n - tail, tail),
				    "_used")) {
			word = bytes_sub(key, 0, key.n - tail);
			used = raw;
		} else if (word.n > 0) {
			fputs("  ", c->out);
			cli_name(c, word);
			fprintf(c->out, " %.*s/%.*s", (int)used.n,
				(const char *)used.p, (int)raw.n,
				(const char *)raw.p);
			word.n = 0;
		} else if (bytes_is(key, "sweep") && t.kind == JSON_TRUE) {
			fputs("  sweep", c->out);
		}
	}
}

static bool list_line(const struct cli *c, struct json_scan *s,
		      struct bytes all)
{
	static const char *const columns[] = {
		"session",     "annotator", "project", "task",
		"confinement", "opens",	    "reads"};
	struct buf text CLEANUP(buf_free) = {.secret = true};

	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		struct bytes v = field(s, all, columns[i], &text);

		if (v.n == 0 && i == 0)
			return false;
		if (i > 0)
			fputs("  ", c->out);
		cli_name(c, v);
	}
	list_limits(c, s, all);
	fputc('\n', c->out);
	return true;
}

static void list_words(const struct cli *c, struct bytes all)
{
	struct json_scan s;

	json_start(&s, all, 0);
	while (list_line(c, &s, all))
		continue;
}

/* In the answer, or where it is long behind a descriptor. */
static int take_text(struct call *call, struct buf *text, struct err *e)
{
	int fd CLEANUP(fd_close) = wire_take(&call->in, 0);

	if (fd >= 0)
		return brought_text(fd, text, e);
	return buf_putb(text, wire_getb(&call->in.msg, WF_TEXT)) == 0
		       ? 0
		       : err_nomem(e);
}

static int show(struct cli *c, bool list)
{
	struct open o CLEANUP(open_close) = {0};
	struct call call CLEANUP(call_close) = {.sock = -1, .policy = -1};
	struct buf text CLEANUP(buf_free) = {.secret = true};
	struct err e = {0};
	int r = ask(c, &o, &(struct wire){.op = WIRE_STATUS}, &call, &e);

	if (r == 0)
		r = take_text(&call, &text, &e);
	/* One that went while it was asked runs no more. */
	if (r != 0 && !is_none(r) && r != -ECONNRESET)
		return cli_fail(c, &e);
	if (c->json)
		return print_status(c, buf_bytes(&text));
	if (r != 0) {
		fprintf(c->out, "%s\n",
			r == -ESHUTDOWN ? e.text : "no gateway runs");
		return 0;
	}
	if (!list)
		fprintf(c->out, "a gateway runs\n");
	list_words(c, buf_bytes(&text));
	return fflush(c->out) == 0 ? 0 : 70;
}

int cmd_status(struct cli *c)
{
	return show(c, false);
}

int cmd_session_list(struct cli *c)
{
	return show(c, true);
}

/* ---- ending ---- */

static int parse_end(const struct cli *c, struct wire *w, struct err *e)
{
	char *end = NULL;
	uint64_t seq = 0;

	if (cli_has(c, "gateway") && c->nargs == 0) {
		*w = (struct wire){.op = WIRE_STOP};
		return 0;
	}
	*w = (struct wire){.op = WIRE_KILL};
	if (cli_has(c, "all") && c->nargs == 0)
		return 0;
	if (c->nargs == 1)
		seq = strtoull(c->args[0], &end, 10);
	if (seq == 0 || *end != '\0')
		return err_set(e, -EINVAL, "",
			       "which session? its number (carrel session "
			       "list), --all, or --gateway");
	wire_uint(w, WF_SESSION, seq);
	return 0;
}

static int answer_end(const struct cli *c, bool gateway, uint64_t told)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (c->json) {
		cli_json(&j, &b);
		json_key(&j, "gateway");
		json_bool(&j, gateway);
		if (!gateway) { /* it does not say how many there were */
			json_key(&j, "told");
			json_uint(&j, told);
		}
		return cli_json_end(c, &j, &b);
	}
	if (gateway)
		diag_say("the gateway ends its sessions and itself");
	else
		diag_say("%" PRIu64 " %s told to end", told,
			 told == 1 ? "session was" : "sessions were");
	return 0;
}

int cmd_session_end(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct call call CLEANUP(call_close) = {.sock = -1, .policy = -1};
	struct wire w;
	struct err e = {0};
	uint64_t n;
	int r = parse_end(c, &w, &e);

	if (r == 0)
		r = ask(c, &o, &w, &call, &e);
	if (is_none(r))
		err_set(&e, -ENOENT, "", "%s",
			r == -ESHUTDOWN ? "the gateway is ending already"
					: "no gateway runs");
	if (r != 0)
		return cli_fail(c, &e);
	n = wire_get(&call.in.msg, WF_NUMBER);
	if (w.op == WIRE_KILL && n == 0 && !cli_has(c, "all")) {
		err_set(&e, -ENOENT, c->args[0], "no such session runs");
		return cli_fail(c, &e);
	}
	return answer_end(c, w.op == WIRE_STOP, n);
}
