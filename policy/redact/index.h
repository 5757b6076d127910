/* What ingest keeps about an object: its head, and one index per block. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_INDEX_H
#define REDACT_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "policy/redact/span.h"
#include "policy/redact/wave.h"

#define INDEX_BLOCK 1048576u /* source bytes of one block */
#define INDEX_SPEAKERS 255u  /* more of one object count as unknown */

enum format {
	FORMAT_DENIED = 0, /* nobody can parse it: never shown */
	FORMAT_TEXT = 1,
	FORMAT_JSON = 2,
	FORMAT_JSONL = 3,
	FORMAT_CSV = 4,
	FORMAT_WAV = 5,
	FORMAT_SUBTITLE = 6,
	FORMAT_TABLE = 7,
	FORMAT_IMAGE = 8,
	FORMAT_OPAQUE = 9, /* passthrough: true in the manifest */
	/* Tables as FORMAT_CSV, whose separator is the comma. */
	FORMAT_SSV = 16, /* semicolon */
	FORMAT_TSV = 17, /* tab */
	FORMAT_PSV = 18, /* '|' */
	/* The same without quoting: a quote is a quote. */
	FORMAT_CSV_BARE = 19,
	FORMAT_SSV_BARE = 20,
	FORMAT_TSV_BARE = 21,
	FORMAT_PSV_BARE = 22,
	FORMAT_LAST = FORMAT_PSV_BARE,
};

enum denial {
	DENIAL_NONE = 0,
	DENIAL_FORMAT,	   /* unknown or unparsable */
	DENIAL_MALFORMED,  /* this record */
	DENIAL_UNDETECTED, /* detection failed or language not covered */
	DENIAL_LIMIT,	   /* too large, too deep, too slow */
};

/*
 * One record: its bytes [start, end) and the separator [sep, start) before it.
 * Records are disjoint, ascending, and [sep, end) of consecutive records
 * touch. A visible record keeps its separator, the first visible one of the
 * view keeps none. Bytes of the source outside all [sep, end) are the frame's:
 * they never appear, what of them is shown stands in head.prefix and suffix.
 * A member of a map is a record with its key.
 */
struct record {
	uint64_t sep, start, end;
	uint32_t number; /* position in the object, 0 ... */
	uint8_t denied;	 /* enum denial; such a record is never visible */
	struct bytes id; /* stable name; decimal number where none is given */
	struct bytes group;	 /* empty: the object's group */
	struct attribute *attrs; /* own attributes, over the object's */
	uint32_t nattrs;
};

/*
 * The index of block b, source bytes [b * INDEX_BLOCK, ...): every record and
 * span that overlaps it (those crossing an edge stand in both), and the values
 * behind those spans. Self-contained: a block is rendered from its own index,
 * its visible-count and its bytes alone. In a recording also the spans that
 * are no further than head.reach away: a bleep begins before its word.
 */
struct index_block {
	uint32_t nrecords, nspans, nvalues;
	struct record *records;
	struct span *spans;
	struct value *values; /* ascending numbers */
};

/* Blob 0 of an object. */
struct index_head {
	enum format format;
	uint8_t denied; /* enum denial of the whole object */
	uint64_t size;	/* source bytes */
	uint32_t nblocks;
	uint64_t nrecords, nspans, nvalues;
	struct bytes prefix, suffix; /* frame: literal bytes before, after */
	uint64_t body, body_end; /* first sep, last end: where records lie */
	struct bytes *types;	 /* names of entity types, by span.type */
	uint32_t ntypes;
	struct bytes *rules; /* names of rules, by span.rule */
	uint32_t nrules;
	struct bytes *speakers; /* who said it, by span.speaker - 1 */
	uint32_t nspeakers;	/* at most INDEX_SPEAKERS; of a recording 0 */
	struct wave wave;	/* FORMAT_WAV, unless denied */
	uint64_t reach;		/* and how far (bytes) its blocks look around */
	struct bytes detector;	/* name and version of the recognizers */
	struct bytes reason;	/* words for the owner where denied */
};

/*
 * A sensitive value in an object's stored path: bytes [start, end) of the path
 * within its data set, inside one component. Ascending, disjoint.
 */
struct name_span {
	uint32_t start, end;
	uint8_t score;
	struct bytes type, rule, canon; /* names; the canonical value */
};

/* Whether contents name other files of the data set, by their paths. */
enum index_paths {
	PATHS_NONE = 0, /* nothing looks like one, or nobody searched */
	PATHS_SEEN,	/* something does, but it was none of those stored then:
			   it may be one of those that come later */
	PATHS_FOUND,	/* some span has the type FILE_PATH */
};

/*
 * What a desk needs of each object without opening its head; kept in the
 * store's catalog row.
 */
struct index_summary {
	enum format format;
	uint8_t denied;
	uint64_t nrecords, nspans;
	uint32_t nblocks;
	bool whole;   /* one record, the whole file */
	bool uniform; /* no record has a group or attributes of its own: what
			 holds of the object holds of each; false: unknown */
	struct bytes group;
	struct attribute *attrs;
	uint32_t nattrs;
	bool named; /* the path was searched: names is what was found; false:
		       nobody knows what it holds */
	struct name_span *names;
	uint32_t nnames;
	enum index_paths paths; /* none where not named */
};

/**
 * Encoders append CBOR; -ENOMEM. Decoders check everything that a hostile blob
 * could get wrong (order, bounds, overlaps, table indexes) and allocate in a;
 * the result borrows from in and a. -EPROTO, -ENOMEM.
 */
int index_block_put(struct buf *b, const struct index_block *k) MUST_CHECK;
int index_block_get(struct bytes in, struct arena *a, struct index_block *k,
		    struct err *e) MUST_CHECK;
int index_head_put(struct buf *b, const struct index_head *h) MUST_CHECK;
int index_head_get(struct bytes in, struct arena *a, struct index_head *h,
		   struct err *e) MUST_CHECK;
int index_summary_put(struct buf *b, const struct index_summary *s) MUST_CHECK;
int index_summary_get(struct bytes in, struct arena *a, struct index_summary *s,
		      struct err *e) MUST_CHECK;

/** index_summary_fits(s, path): its name spans lie in the path, each in one
 * component. */
bool index_summary_fits(const struct index_summary *s, struct bytes path);

/** index_value(k, number): binary search; NULL. */
const struct value *index_value(const struct index_block *k, uint32_t number);

/*
 * What one block cannot show alone: that the blocks of an object fit together
 * and belong to it. Zero-initialise, set size; then every block in order, then
 * the head.
 */
struct index_check {
	uint64_t size;		 /* source bytes, as the checker knows them */
	uint32_t blocks;	 /* seen so far */
	uint64_t records, spans; /* distinct ones */
	uint64_t body, end;	 /* first sep, last end */
	struct record last; /* its places; id, group and attrs are not kept */
	uint64_t span_end;  /* of the last span */
	bool audio;	    /* they are a recording's: ESC_AUDIO */
	uint32_t types, rules, values; /* one more than the highest number */
	uint32_t speakers;	       /* the highest */
};

/**
 * index_check_block(c, k, e): k is the next block: it lies in the object, its
 * records continue the last block's. index_check_head(c, h, e): the head fits
 * all blocks seen; a denied head may have any. -EPROTO.
 */
int index_check_block(struct index_check *c, const struct index_block *k,
		      struct err *e) MUST_CHECK;
int index_check_head(const struct index_check *c, const struct index_head *h,
		     struct err *e) MUST_CHECK;

#endif
