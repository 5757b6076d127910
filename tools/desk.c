/* A desk for a command. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/desk.h"

#include <errno.h>

#include "fs/ingest/child.h"

void tool_desk_close(struct tool_desk *t)
{
	if (t->drawing)
		progress_bar_end(&t->bar);
	child_pool_free(t->children);
	*t = (struct tool_desk){0};
}

int tool_desk_open(struct open *o, const struct subject *s, const char *label,
		   struct tool_desk *t, struct desk **out, struct err *e)
{
	struct desk_want w = {
		.store = o->store,
		.subject = s,
		.now = open_now(),
	};
	struct err busy = {0};
	int r = store_lock(o->store, &busy);

	/* With the lock, what is worked out is kept; a running gateway's store
	 * is read as it is. */
	w.no_cache = r != 0;
	if (r != 0 && r != -EBUSY) {
		*e = busy;
		return r;
	}
	r = child_pool_new(0, &t->children, e);

	if (r != 0)
		return r;
	if (label != NULL) {
		progress_bar_start(&t->bar, label, "objects");
		t->progress = (struct progress){progress_bar_tick, &t->bar};
		t->drawing = true;
		w.progress = &t->progress;
	}
	w.children = t->children;
	return desk_open(&w, out, e);
}

int tool_subject(const struct cli *c, struct open *o, struct subject *s,
		 struct err *e)
{
	int r;

	if (!cli_has(c, "policy") || !cli_has(c, "as"))
		return err_set(e, -EINVAL, "",
			       "give --policy P and --as ANNOTATOR");
	r = open_policy(cli_get(c, "policy"), o, e);
	return r != 0 ? r
		      : policy_subject(o->policy, cli_get(c, "as"),
				       cli_get(c, "task"), open_now(), s, e);
}
