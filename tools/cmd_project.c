/* carrel project end: its keys are destroyed, nothing of it is made again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/diag.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/open.h"

struct ending {
	const struct cli *c;
	const char *project;
	struct open o;
	struct hold *hold;
	struct store_ended ended;
	uint64_t areas; /* before */
};

static void ending_done(struct ending *x)
{
	store_ended_free(&x->ended);
	open_close(&x->o);
}

static int area(void *ctx, const struct store_work *a)
{
	struct ending *x = ctx;

	if (!bytes_is(buf_bytes(&a->project), x->project))
		return 0;
	x->areas++;
	diag_say("the work area of %s goes, too (carrel work export)",
		 (const char *)a->annotator.p);
	return 0;
}

static int look(struct ending *x, struct err *e)
{
	int r = open_store(x->c, &x->o, e);

	if (r != 0)
		return r;
	r = store_work_each(x->o.store, area, x);
	return r == 0 ? open_confirm(x->c, x->project, e)
		      : err_set(e, r, "", "work areas cannot be listed: %s",
				strerror(-r));
}

static int log_it(struct ending *x, struct err *e)
{
	struct event ev = {.kind = EV_DATASET_KEY};
	int r;

	event_text(&ev, EF_OP, "project end");
	event_text(&ev, EF_PROJECT, x->project);
	r = hold_log(x->hold, &ev);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

/* The key first: nobody can come back while the sessions there are end. */
static int end_it(struct ending *x, struct err *e)
{
	int r = hold_open(x->o.store, CARREL_TOOL, &x->hold, e);

	if (r != 0)
		return r;
	r = log_it(x, e);
	if (r == 0)
		r = store_project_end(x->o.store, x->project, &x->ended, e);
	if (r == 0)
		r = hold_clear_project(x->hold, x->project, e);
	if (r == 0)
		r = store_ended_sweep(x->o.store, &x->ended, e);
	return hold_close(x->hold, r, e);
}

int cmd_project_end(struct cli *c)
{
	struct ending x CLEANUP(ending_done) = {.c = c, .project = c->args[0]};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	int r = look(&x, &e);

	if (r == 0)
		r = end_it(&x, &e);
	if (r != 0)
		return cli_fail(c, &e);
	diag_say("project %s has ended: its stand-ins cannot be made again, "
		 "reads of its sessions not be replayed; work areas gone: %zu",
		 x.project, x.ended.n);
	if (!c->json)
		return 0;
	cli_json(&j, &b);
	json_key(&j, "project");
	json_cstr(&j, x.project);
	json_key(&j, "areas");
	json_uint(&j, x.ended.n);
	return cli_json_end(c, &j, &b);
}
