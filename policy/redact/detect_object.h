/* Inside of detection: records with their hits become blocks and a head. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_OBJECT_H
#define REDACT_DETECT_OBJECT_H

#include "policy/redact/detect_spans.h"
#include "policy/redact/detect_values.h"

/* The index of one object in the making. Zero-initialise through _open. */
struct detect_object {
	const struct recognizers *r;
	const struct detect_sink *sink;
	uint64_t size;
	struct detect_values values;
	struct bytes speakers[INDEX_SPEAKERS]; /* in strings */
	uint32_t nspeakers;
	struct arena *strings;
	/* Records and spans of blocks that are not complete yet; canons[i] is
	 * the value behind spans[i]. Their strings lie in arena. */
	struct record *records;
	struct span *spans;
	struct bytes *canons;
	size_t nrecords, caprecords, nspans, capspans, capcanons;
	size_t first_record, first_span; /* those before are done with */
	struct arena *arena, *other;
	struct value *scratch;
	size_t capscratch;
	struct detect_parts parts; /* of the last record */
	struct buf canon;
	const struct bytes *wholes;    /* by hit.whole - 1: texts; borrowed */
	const struct propagate *known; /* whose hit.person tells; borrowed */
	uint32_t nr;		       /* the next block to hand on */
	uint64_t all_records, all_spans;
	bool own;   /* some record has a group or attributes of its own */
	bool paths; /* something in it looks like a path */
};

/**
 * detect_object_open(o, r, sink, size): begin an object of size bytes; r and
 * sink outlive it. -ENOMEM; detect_object_close is due in any case.
 */
int detect_object_open(struct detect_object *o, const struct recognizers *r,
		       const struct detect_sink *sink,
		       uint64_t size) MUST_CHECK;
/** detect_object_close(o): give back what o holds; zeroed is fine. */
void detect_object_close(struct detect_object *o);

/**
 * detect_object_record(o, rec, runs, hits): the next record (copied) with its
 * resolved hits. Blocks that are complete go to the sink. -EPROTO: a hit that
 * fits no run (the file changed while it was read).
 */
int detect_object_record(struct detect_object *o, const struct record *rec,
			 const struct run *runs, size_t nruns,
			 const struct hit *hits, size_t nhits) MUST_CHECK;

/**
 * detect_object_sound(o, rec, reach): the one record of a recording, whose
 * spans are in o->spans and o->canons, sorted; all its blocks go to the sink.
 * *full: some block would have too many spans; what went out is void.
 */
int detect_object_sound(struct detect_object *o, const struct record *rec,
			uint64_t reach, bool *full) MUST_CHECK;

/** detect_object_span(o, s, canon): one more for it; canon is copied.
 * -ENOMEM. */
int detect_object_span(struct detect_object *o, const struct span *s,
		       struct bytes canon) MUST_CHECK;

/**
 * detect_object_flush(o): hand on all blocks up to the end of the file.
 */
int detect_object_flush(struct detect_object *o) MUST_CHECK;

/**
 * detect_object_done(o, h, s): complete head and summary (counts, tables) and
 * hand them on. Format, denial, frame, group, attributes are the caller's.
 */
int detect_object_done(struct detect_object *o, struct index_head *h,
		       struct index_summary *s) MUST_CHECK;

#endif
