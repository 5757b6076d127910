/* How much annotators were shown, held against the limits of their roles. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_METER_H
#define DESK_METER_H

#include "fs/desk/shown.h"

/* What is counted. The numbers stand in the catalog: never renumber. */
enum meter_kind {
	METER_RECORDS = 0, /* that the session has not been shown before */
	METER_BYTES,	   /* of views, each delivery */
	METER_OPENS,	   /* of files of the view */
	METER_FLAGS,	   /* of values that were missed */
	METER_KINDS
};

/* Each hides a file from who flags it: where the role says no number. */
#define METER_FLAGS_DEFAULT 20
static inline uint64_t meter_flags(const struct limits *l)
{
	return l->flags_per_hour != 0 ? l->flags_per_hour : METER_FLAGS_DEFAULT;
}

/* A sweep: more than half of the files of a view that has SWEEP_LEAST of them
 * or more are opened within so many seconds, in whatever order. */
#define SWEEP_SECONDS 600
#define SWEEP_LEAST 200

struct meters; /* of a gateway: who is in session, counted */
struct meter;  /* one session's */

/** meters_new(s, now): the counters lie in s, which outlives it and is locked;
 * now: seconds since 1970, NULL: the clock's. NULL: no memory.
 * meters_free(ms): all meters are closed; NULL is fine. */
struct meters *meters_new(struct store *s, int64_t (*now)(void));
void meters_free(struct meters *ms);

struct meter_want {
	const char *project, *annotator;
	const struct limits *limits; /* borrowed */
	uint32_t objects;	     /* desk_objects */
};

/**
 * meter_open(ms, w, out, e): the meter of a session; all sessions of one
 * annotator in one project count together, and go on where the last one ended.
 * -EUCLEAN: the counters cannot be read: then nothing may be shown.
 * meter_close(t): what it reserved and did not use goes back; NULL is fine.
 */
int meter_open(struct meters *ms, const struct meter_want *w,
	       struct meter **out, struct err *e) MUST_CHECK;
void meter_close(struct meter *t);

/**
 * meter_read(t, s, off, n, whole, which): the bytes [off, off + n) of a view
 * are about to be shown, n > 0: how many of them may be; they are counted as
 * shown. Where a limit is reached in between it is fewer, up to the record or
 * byte that is the first too many; whole: then none. -EDQUOT: none. Any other
 * negative errno: the counting failed. Where it is not n, *which is why.
 */
ssize_t meter_read(struct meter *t, struct shown *s, uint64_t off, size_t n,
		   bool whole, enum meter_kind *which) MUST_CHECK;

/**
 * meter_file(t, object, swept): a file is about to be opened; 0, or as
 * meter_read for METER_OPENS. *swept, where not 0: with this one the session
 * has opened so many files that it is a sweep: told once of each session.
 */
int meter_file(struct meter *t, uint32_t object, uint32_t *swept) MUST_CHECK;

/** meter_flag(t): a value is about to be flagged; 0, -EDQUOT, or the counting
 * failed. */
int meter_flag(struct meter *t) MUST_CHECK;

/** meter_name(k): its key in a policy. meter_limit(t, k): 0: none.
 * meter_used(t, k): by all sessions of the annotator, in the window; waits for
 * nothing: while a step is on its way to the catalog, what was used before it.
 * meter_records(t): the session has been shown. meter_swept(t). */
const char *meter_name(enum meter_kind k);
uint64_t meter_limit(const struct meter *t, enum meter_kind k);
uint64_t meter_used(struct meter *t, enum meter_kind k);
uint64_t meter_records(struct meter *t);
bool meter_swept(struct meter *t);

#endif
