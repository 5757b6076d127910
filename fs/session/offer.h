/* At the end of a session: what becomes of files no rule keeps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_OFFER_H
#define SESSION_OFFER_H

#include "fs/session/host.h"

/**
 * offer_drops(h, ask, say): true when the new files that work.keep does not
 * name are to go. On a terminal (standard input) the annotator is asked, and
 * anything but a clear no keeps them; elsewhere they go, as the policy says,
 * and their names are said. False where there are none.
 */
bool offer_drops(const struct host *h, bool ask, void (*say)(const char *line));

/** offer_words(names, b): "3 new files: a, b, c"; at most ten are named, as
 * they are: for diag_say, which escapes what a terminal would act on. -ENOMEM.
 */
int offer_words(struct bytes names, struct buf *b) MUST_CHECK;

#endif
