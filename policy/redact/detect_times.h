/* Inside of detection: what is said in a recording, and when. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_TIMES_H
#define REDACT_DETECT_TIMES_H

#include "base/arena.h"
#include "policy/redact/detect.h"
#include "policy/redact/format.h"

/* A sensitive value that is heard in [from, to) microseconds. */
struct detect_heard {
	uint64_t from, to; /* UINT64_MAX: to the end */
	struct hit hit;	   /* its type, rule and score */
	uint8_t channel;   /* 0: all */
	struct bytes text;
};

/* A word, by number (detect_told.h), and when it is said. */
struct detect_word {
	uint64_t id;
	int64_t from, to;
	uint32_t nr; /* in order of telling */
	bool both;   /* the text without times has it, too */
};

/* Why a value that is told cannot be bleeped. */
#define DETECT_TIMES_LOST \
	"a value in its transcript is not among the words that have a time"

/* Of one recording, gathered from the transcripts of its group. */
struct detect_times {
	struct arena *a;
	struct detect_heard *v;
	size_t n, cap;
	struct detect_word *words; /* where a text without times wants them */
	size_t nwords, capwords;
	bool lay;	       /* it does */
	bool any;	       /* some word or segment has a time */
	uint64_t spoken, mute; /* segments with text or words; those with other
				  strings alone */
	uint64_t last;	       /* the latest of all times */
	const char *deny;      /* why it must not be shown; NULL: nothing yet */
};

/** detect_times_free(t): zeroed is fine. */
void detect_times_free(struct detect_times *t);

/** detect_times_know(t, from, to): something is said then; unknown ones do
 * not count. */
void detect_times_know(struct detect_times *t, int64_t from, int64_t to);

/** detect_times_add(t, from, to, channel, h, text): a value is; text is
 * copied. -ENOMEM. */
int detect_times_add(struct detect_times *t, int64_t from, int64_t to,
		     uint32_t channel, const struct hit *h,
		     struct bytes text) MUST_CHECK;

/** detect_times_word(t, id, from, to): a word is said; one without a time is
 * left out. -ENOMEM. */
int detect_times_word(struct detect_times *t, uint64_t id, int64_t from,
		      int64_t to) MUST_CHECK;

/** detect_times_deny(t, why): static words; the first ones stay. NULL: no
 * recording hangs on it. */
void detect_times_deny(struct detect_times *t, const char *why);

/** detect_times_fit(t, w, frames): NULL, or static words why these times cannot
 * be those of a recording of so many frames. */
const char *detect_times_fit(const struct detect_times *t, const struct wave *w,
			     uint64_t frames);

#endif
