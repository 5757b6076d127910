/* carrel run, carrel mount: sessions, confined and the owner's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/diag.h"
#include "fs/session/confine.h"
#include "fs/session/run.h"
#include "tools/commands.h"
#include "tools/open.h"

static int explain(const struct cli *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	size_t n;
	const struct confine_step *s = confine_steps(&n);

	if (c->json) {
		cli_json(&j, &b);
		json_key(&j, "steps");
		confine_explain(&j);
		return cli_json_end(c, &j, &b);
	}
	for (size_t i = 0; i < n; i++)
		fprintf(c->out, "%2zu  %-16s %s\n", i + 1, s[i].name,
			s[i].reason);
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

/* The gateway of this process, and what the command line wishes. */
static int prepare(const struct cli *c, struct open *o, struct gateway **g,
		   struct session_want *w, struct err *e)
{
	int r;

	if (!cli_has(c, "policy") || !cli_has(c, "as"))
		return err_set(e, -EINVAL, "",
			       "give --policy P and --as ANNOTATOR (owner, "
			       "guard-rail)");
	r = open_policy(cli_get(c, "policy"), o, e);
	if (r == 0)
		r = open_store(c, o, e);
	block_signals();
	if (r == 0)
		r = gateway_open(o->store, CARREL_TOOL, g, e);
	*w = (struct session_want){.policy = buf_bytes(&o->policy_text),
				   .policy_name = cli_get(c, "policy"),
				   .annotator = cli_get(c, "as"),
				   .task = cli_get(c, "task"),
				   .claimed = true,
				   .now = open_now(),
				   .uid = getuid(),
				   .gid = getgid()};
	return r;
}

/* Closes the gateway; its failure counts where nothing failed before. */
static int finish(struct gateway *g, int r, struct err *e)
{
	int end = g == NULL ? 0 : gateway_close(g);

	if (r == 0 && end != 0)
		return err_set(e, end, "", "the log could not be closed: %s",
			       strerror(-end));
	return r;
}

int cmd_run(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct gateway *g = NULL;
	struct run_want w = {.argv = c->rest,
			     .no_terminal = cli_has(c, "no-terminal")};
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
	r = prepare(c, &o, &g, &w.session, &e);
	w.gateway = g;
	progress_bar_start(&bar, "view index", "objects");
	w.session.progress = &p;
	if (r == 0)
		r = run_session(&w, &status, &e);
	r = finish(g, r, &e);
	return r != 0 ? cli_fail(c, &e) : status;
}

int cmd_mount(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct gateway *g = NULL;
	struct session_want w;
	struct progress_bar bar;
	struct progress p = {progress_bar_tick, &bar};
	struct err e = {0};
	int r = prepare(c, &o, &g, &w, &e);

	progress_bar_start(&bar, "view index", "objects");
	w.progress = &p;
	if (r == 0)
		r = owner_mount(g, &w, c->args[0], &e);
	r = finish(g, r, &e);
	return r != 0 ? cli_fail(c, &e) : 0;
}

int cmd_session(struct cli *c)
{
	(void)c;
	return confine_main(CONFINE_SOCK);
}
