/* carrel run, carrel mount: sessions, confined and the owner's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/session/call.h"
#include "fs/session/confine.h"
#include "fs/session/hold.h"
#include "fs/session/inplace.h"
#include "fs/session/run.h"
#include "fs/session/start.h"
#include "tools/commands.h"
#include "tools/open.h"

#define REACH_TRIES 40 /* about ten seconds */
#define AGAIN_TRIES 10 /* for a gateway that ends under our hands */

/* What the process that becomes the gateway opens. */
struct gateway_open {
	const struct cli *c;
	struct open o;
};

static int explain(const struct cli *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (c->json) {
		cli_json(&j, &b);
		json_key(&j, "steps");
		confine_explain(&j);
		return cli_json_end(c, &j, &b);
	}
	if (confine_words(&b) != 0)
		return 70;
	cli_print(c, buf_bytes(&b));
	return fflush(c->out) == 0 ? 0 : 70;
}

/*
 * Signals are for the thread that waits for them: blocked before the log and
 * the mount start threads of their own, which inherit that.
 */
static void block_signals(void)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGWINCH};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void say(const char *line)
{
	diag_say("%s", line);
}

/* What the owner brings along, as a descriptor. */
static int bring_policy(const struct cli *c, struct call *call, struct err *e)
{
	struct open o CLEANUP(open_close) = {0};
	int r;

	if (cli_has(c, "policy") != cli_has(c, "as"))
		return err_set(e, -EINVAL, "",
			       "--policy P and --as ANNOTATOR go together "
			       "(owner, guard-rail)");
	call->task = cli_get(c, "task");
	call->project = cli_get(c, "project");
	if (!cli_has(c, "policy"))
		return 0;
	call->annotator = cli_get(c, "as");
	call->policy_name = cli_get(c, "policy");
	r = open_policy(call->policy_name, &o, e);
	if (r == 0)
		call->policy = fd_memory(buf_bytes(&o.policy_text));
	return call->policy < 0 && r == 0 ? err_nomem(e) : r;
}

/* ---- run ---- */

static int open_for_gateway(void *ctx, struct store **out, struct err *e)
{
	struct gateway_open *g = ctx;
	int r = open_store(g->c, &g->o, e);

	*out = g->o.store;
	return r;
}

static void close_for_gateway(void *ctx)
{
	struct gateway_open *g = ctx;

	open_close(&g->o);
}

/* A gateway that runs: annotators by the session door, the owner, who brings a
 * policy, by the owner door with a proof. */
static int join(const struct cli *c, const char *dir, struct call *call,
		struct err *e)
{
	struct open o CLEANUP(open_close) = {0};
	int r = call_session(dir, CARREL_TOOL, call, e);

	if (r != 0 || call->policy < 0)
		return r;
	/* It lets people in: only now is it worth asking for a passphrase. */
	call_close(call);
	r = open_store(c, &o, e);
	return r != 0 ? r : call_owner(o.store, CARREL_TOOL, call, e);
}

static int start(const struct cli *c, struct call *call, struct err *e)
{
	struct gateway_open g = {.c = c};
	struct start_want w = {.open = open_for_gateway,
			       .close = close_for_gateway,
			       .ctx = &g,
			       .tool = CARREL_TOOL};
	int r = start_gateway(&w, e);

	call->sock = r < 0 ? -1 : r;
	return r < 0 ? r : call_begin(call, CARREL_TOOL, e);
}

/*
 * Two may start at once: one gets the lock, the other finds the store busy
 * and, a moment later, the first one's door. One that is just going is waited
 * for likewise.
 */
static int reach(const struct cli *c, struct call *call, struct err *e)
{
	const char *dir = open_dir(c);
	int r;

	if (dir == NULL)
		return err_set(
			e, -EINVAL, "",
			"which store? give --store DIR or set CARREL_STORE");
	for (int i = 0; i < REACH_TRIES; i++) {
		call->last = false;
		call_close(call);
		r = join(c, dir, call, e);
		if (r == -ECONNREFUSED) {
			r = start(c, call, e);
			if (r == -ENOKEY)
				diag_say("no gateway serves this store; who "
					 "holds a key starts one, or `carrel "
					 "serve` does");
		}
		if (r != -EBUSY && r != -ESHUTDOWN && r != -ECONNRESET)
			return r;
		(void)poll(NULL, 0, 20 + 10 * i);
	}
	return r;
}

/* A gateway that ends between our greeting and our request is no failure, nor
 * is a policy that changes meanwhile. */
static int run_again(const struct cli *c, struct call *call, struct run_want *w,
		     int *status, struct err *e)
{
	struct host h;
	int r = -ESHUTDOWN;

	for (int i = 0; i < AGAIN_TRIES && (r == -ESHUTDOWN || r == -ESTALE);
	     i++) {
		r = reach(c, call, e);
		if (r != 0)
			return r;
		call_host(call, &h);
		w->host = &h;
		r = run_session(w, status, e);
	}
	return r;
}

int cmd_run(struct cli *c)
{
	struct call call CLEANUP(call_close) = {.sock = -1, .policy = -1};
	struct run_want w = {.argv = c->rest,
			     .no_terminal = cli_has(c, "no-terminal"),
			     .say = say};
	struct progress_bar bar;
	struct progress p = {progress_bar_tick, &bar};
	struct err e = {0};
	int status = 0, r;

	if (cli_has(c, "explain"))
		return explain(c);
	if (!w.no_terminal && (!isatty(0) || !isatty(1) || !isatty(2)))
		return cli_usage(c,
				 "standard input, output and error must be one "
				 "terminal, or give --no-terminal");
	r = bring_policy(c, &call, &e);
	block_signals();
	progress_bar_start(&bar, "view index", "objects");
	call.progress = &p;
	call.mortal = true;
	if (r == 0)
		r = run_again(c, &call, &w, &status, &e);
	fd_close(&call.policy);
	/* On a terminal the shell or the launcher has said so. */
	if (r == 0 && w.no_terminal && status == 127)
		diag_say("exit 127: a command (or the interpreter of a "
			 "script) was not found inside the session; it looks "
			 "in " CONFINE_PATH ", and of the host only what lies "
			 "below /usr is there");
	return r != 0 ? cli_fail(c, &e) : status;
}

/* ---- mount ---- */

/* The gateway of this process, or the one that runs. */
static int mount_host(struct open *o, struct gateway **g, struct inplace **in,
		      struct call *call, struct err *e)
{
	int r = hold_reach(o->store, CARREL_TOOL, g, call, e);

	if (r != 0 || *g == NULL)
		return r;
	r = inplace_start(*g, in, e);
	call->sock = r < 0 ? -1 : r;
	return r < 0 ? r : call_begin(call, CARREL_TOOL, e);
}

/* Closes what this process was the gateway of. */
static int mount_done(struct gateway *g, struct inplace *in, bool now, int r,
		      struct err *e)
{
	struct err why = {0};
	int end = in == NULL ? 0 : inplace_end(in, now, &why);

	if (g != NULL && gateway_close(g) != 0 && end == 0)
		end = err_set(&why, -EIO, "", "the log could not be closed");
	if (r == 0 && end != 0)
		*e = why;
	return r != 0 ? r : end;
}

int cmd_mount(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct call call = {.sock = -1, .policy = -1};
	struct gateway *g = NULL;
	struct inplace *in = NULL;
	struct progress_bar bar;
	struct progress p = {progress_bar_tick, &bar};
	struct host h;
	struct err e = {0};
	bool signalled = true;
	int r = bring_policy(c, &call, &e);

	block_signals();
	if (r == 0 && call.policy < 0)
		r = err_set(&e, -EINVAL, "",
			    "give --policy P and --as ANNOTATOR");
	if (r == 0)
		r = open_store(c, &o, &e);
	if (r == 0)
		r = mount_host(&o, &g, &in, &call, &e);
	progress_bar_start(&bar, "view index", "objects");
	call.progress = &p;
	call_host(&call, &h);
	if (r == 0)
		r = owner_mount(&h, c->args[0], &signalled, &e);
	call.last = call.last && in == NULL;
	call_close(&call);
	r = mount_done(g, in, r != 0 || signalled, r, &e);
	fd_close(&call.policy);
	return r != 0 ? cli_fail(c, &e) : 0;
}

int cmd_session(struct cli *c)
{
	(void)c;
	return confine_main(CONFINE_SOCK);
}
