/* Inside of detection: where the hits of a record lie in the source. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_SPANS_H
#define REDACT_DETECT_SPANS_H

#include "policy/redact/detect.h"

/* Source bytes that are replaced because of a hit. */
struct detect_part {
	uint64_t start, end;
	size_t hit; /* its number */
	uint16_t esc;
};

/* Zero-initialise. */
struct detect_parts {
	struct detect_part *v;
	size_t n, cap;
};

/**
 * detect_spans_of(p, rec, runs, nruns, hits, nhits): the parts of a record's
 * hits, sorted and disjoint, into p. -EPROTO: a hit that fits no run, or lies
 * outside of the record (the file changed while it was read). -ENOMEM.
 */
int detect_spans_of(struct detect_parts *p, const struct record *rec,
		    const struct run *runs, size_t nruns,
		    const struct hit *hits, size_t nhits) MUST_CHECK;
/** detect_spans_hit(runs, h, start, end): the part of its run that h is the
 * value of: a bare number is always whole. */
void detect_spans_hit(const struct run *runs, const struct hit *h,
		      uint32_t *start, uint32_t *end);
void detect_spans_free(struct detect_parts *p);

#endif
