/* Inside of detection: values that annotators flagged, one by one. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_FLAG_H
#define REDACT_DETECT_FLAG_H

#include "policy/redact/detect.h"

/* One flag of a file: its words to search, or seconds in microseconds. */
struct detect_flag {
	uint16_t type;
	struct propagate *words; /* NULL: they hold none */
	bool timed;
	uint64_t from, to;
	bool asks;	  /* has no type yet: the owner has not decided */
	bool found, bare; /* bare: somewhere, where nothing else is found */
};

/**
 * detect_flag_open(r, s, out): the flags of a file; *out NULL: it has none.
 * Each is searched for itself, so that one that is not there shows. A type that
 * r does not know is FLAG_TYPE. -ENOMEM. detect_flag_close(v, n): NULL is fine.
 */
int detect_flag_open(const struct recognizers *r, const struct source *s,
		     struct detect_flag **out) MUST_CHECK;
void detect_flag_close(struct detect_flag *v, size_t n);
/** detect_flag_count(s): how many of a file's are searched. */
static inline size_t detect_flag_count(const struct source *s)
{
	return s->nflags < FLAG_MOST ? s->nflags : FLAG_MOST;
}

#endif
