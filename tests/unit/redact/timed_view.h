/* What is shown of subtitles and tables of speech, for their tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_TIMED_VIEW_H
#define TEST_TIMED_VIEW_H

#include "policy/redact/view.h"
#include "tests/unit/redact/probe.h"

/* Everything kept, tagged, dropped; the last four characters left; dashes as
 * long as the value; a stand-in. */
extern const struct decision timed_keep, timed_tag, timed_drop, timed_last4,
	timed_dashes, timed_stand_in;

/** timed_view(p, d, s, visible, out): append the view of a file of one block;
 * visible NULL: all of it. */
void timed_view(struct probe *p, const struct decision *d,
		const struct standin *s, const bool *visible, struct buf *out);

/** timed_shown(path, d, text, want): the file of that name is shown so; its
 * view can be read again and has as many records, and what is visible alone
 * is the source restricted to that. timed_tagged: under timed_tag. */
void timed_shown(const char *path, const struct decision *d, const char *text,
		 const char *want);
void timed_tagged(const char *path, const char *text, const char *want);

/** timed_refused(path, text, words): the file is denied, with those words. */
void timed_refused(const char *path, struct bytes text, const char *words);

/** timed_probe(path, text, p): as probe_one, without rules. */
void timed_probe(const char *path, const char *text, struct probe *p);

#endif
