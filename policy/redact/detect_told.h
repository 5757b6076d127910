/* Inside of detection: what was said in a recording, told without times. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_TOLD_H
#define REDACT_DETECT_TOLD_H

#include "policy/redact/detect_times.h"

/* A value in such a text: tokens [first, end). */
struct told_hit {
	uint32_t first, end;
	struct hit hit;
	struct bytes text;
};

/* A file whose texts were said in a recording, as words by number. Zeroed is
 * empty. */
struct detect_told {
	struct arena *a;
	struct buf scratch;
	uint64_t *ids;
	size_t n, cap;
	struct told_hit *hits;
	size_t nhits, caphits;
};
/** detect_told_free(t): zeroed is fine. */
void detect_told_free(struct detect_told *t);

/** detect_told_token(scratch, word, id): the number of a word: the same
 * whatever its case and accents. -ENOMEM. */
int detect_told_token(struct buf *scratch, struct bytes word,
		      uint64_t *id) MUST_CHECK;

/** detect_told_record(t, r, hits, n): one more record, with what was found in
 * it. -ENOMEM. */
int detect_told_record(struct detect_told *t, const struct format_record *r,
		       const struct hit *hits, size_t n) MUST_CHECK;

/**
 * detect_told_lay(t, times): all words that have a time are known: lay the
 * texts beside them, and what was found is heard where it then stands. One that
 * stands nowhere denies the recording. -ENOMEM.
 */
int detect_told_lay(struct detect_told *t,
		    struct detect_times *times) MUST_CHECK;

#endif
