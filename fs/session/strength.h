/* How strong a session is: computed from facts, never claimed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_STRENGTH_H
#define SESSION_STRENGTH_H

#include "fs/session/facts.h"

/* Zero means no: what nobody computed is no strength at all. */
enum strength {
	STRENGTH_NONE = 0,
	STRENGTH_DISPLAY,    /* the app is confined, its browser user is not */
	STRENGTH_GUARD_RAIL, /* every copy from inside; not a second terminal */
	STRENGTH_BOUNDARY,   /* also the annotator's other programs get nothing
			      */
};

/* Why it is no more, and what to change; both are sentences without a stop. */
struct strength_gap {
	enum strength at_most;
	bool (*open)(const struct facts *f);
	const char *why, *change;
};

/** strength_of(f): the most that these facts allow. */
enum strength strength_of(const struct facts *f) NONNULL_ALL;

/** strength_name(s): as in policies and in the log. */
const char *strength_name(enum strength s);

/**
 * strength_gap(f, i): number i, from 0, of what stands between f and boundary,
 * the worst first; NULL: there are no more.
 */
const struct strength_gap *strength_gap(const struct facts *f,
					size_t i) NONNULL_ALL;

/**
 * strength_words(f, b): append the gaps as lines "why: change\n". -ENOMEM.
 */
int strength_words(const struct facts *f, struct buf *b) MUST_CHECK NONNULL_ALL;

#endif
