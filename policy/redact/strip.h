/* An object's index without some of its records, and the bytes that stay. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_STRIP_H
#define REDACT_STRIP_H

#include "policy/redact/index.h"

/* Source bytes [start, end) that stay. */
struct strip_run {
	uint64_t start, end;
};

/* All of an object's index at once. Zero-initialise, set arena and head. */
struct strip {
	struct arena *arena;	       /* borrowed; all below lies in it */
	const struct index_head *head; /* as it is */
	struct record *records;
	bool *gone; /* per record: the caller sets it */
	uint32_t nrecords, rcap;
	struct span *spans;
	uint64_t nspans, scap;
	struct value *values; /* ascending numbers once strip_make was called */
	uint32_t nvalues, vcap;
	/* made by strip_make */
	struct index_head out;
	struct strip_run *runs;
	uint32_t nruns;
};

/** strip_add(s, k): the next block; all is copied. -ENOMEM. */
int strip_add(struct strip *s, const struct index_block *k) MUST_CHECK;

/** strip_at(s, off): the record that byte off belongs to, its separator
 * included; UINT32_MAX: none. */
uint32_t strip_at(const struct strip *s, uint64_t off);

/**
 * strip_make(s): the head (out) and the runs of the source (runs) without the
 * records that are gone: what stays is byte for byte as it was, places are
 * moved, records numbered anew under their ids. The first that stays loses its
 * separator where one before it goes. -ENOMEM; -EINVAL where none stays.
 */
int strip_make(struct strip *s) MUST_CHECK;

/** strip_block(s, nr, out): the index of block nr of what stays, allocated in
 * the arena; after strip_make, blocks in order. -ENOMEM. */
int strip_block(struct strip *s, uint32_t nr,
		struct index_block *out) MUST_CHECK;

#endif
