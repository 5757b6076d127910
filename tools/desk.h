/* A desk for a command: subject, keyless children, progress bar. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_DESK_H
#define TOOLS_DESK_H

#include "base/progress.h"
#include "fs/desk/desk.h"
#include "tools/open.h"

/* What a desk borrows while it is open. */
struct tool_desk {
	struct child_pool *children;
	struct progress_bar bar;
	struct progress progress;
	bool drawing;
};
void tool_desk_close(struct tool_desk *t);

/**
 * tool_desk_open(o, s, label, t, out, e): the desk of s over o's store; with a
 * label, long work draws a bar. No cells are written where the lock is not
 * held. The desk is closed before t.
 */
int tool_desk_open(struct open *o, const struct subject *s, const char *label,
		   struct tool_desk *t, struct desk **out,
		   struct err *e) MUST_CHECK;

/**
 * tool_subject(c, o, s, e): --policy, --as and --task of a command line: loads
 * the policy into o.
 */
int tool_subject(const struct cli *c, struct open *o, struct subject *s,
		 struct err *e) MUST_CHECK;

#endif
