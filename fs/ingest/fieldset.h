/* The fields a policy takes out of one object: found once, kept sealed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_FIELDSET_H
#define INGEST_FIELDSET_H

#include "base/arena.h"
#include "fs/ingest/child.h"
#include "fs/store/store.h"
#include "policy/redact/decision.h"
#include "policy/redact/view.h"

/* What a field set is of; borrowed for the call. */
struct fieldset_want {
	struct store *store;
	struct child_pool *children;
	struct store_object *object;
	const uint8_t *id; /* STORE_ID bytes */
	uint64_t version;
	uint32_t spanset; /* its records decide what is looked at */
	const struct index_head *head;
	const struct field_rule *fields;
	size_t nfields; /* not 0 */
	bool no_cache;	/* neither read nor write cells (no lock held) */
};

/*
 * The cuts of one (object version, set of paths). Immutable: threads share it.
 * Cells of kind "field-set" hold it, one per block, so that a big object costs
 * no memory; with no_cache the cuts stay in memory.
 */
struct fieldset;

/**
 * fieldset_open(w, out, e): from the cells where they stand, else found now in
 * a keyless child (the object's records are sent to it in pieces of a few
 * MiB) and kept. -EIO when the child failed: then nothing of the object may
 * be shown.
 */
int fieldset_open(const struct fieldset_want *w, struct fieldset **out,
		  struct err *e) MUST_CHECK NONNULL(1, 2);
void fieldset_free(struct fieldset *f);
static inline void fieldset_freep(struct fieldset **f)
{
	fieldset_free(*f);
}

/**
 * fieldset_block(f, nr, a, out): what overlaps block nr: cuts, sorted and
 * disjoint; and places that begin in it, of values that may change places,
 * ascending. Allocated in a.
 * -EIO, -EBADMSG, -ENOMEM.
 */
struct fieldset_part {
	struct cut *cuts;
	struct place *places;
	size_t ncuts, nplaces;
};
int fieldset_block(const struct fieldset *f, uint32_t nr, struct arena *a,
		   struct fieldset_part *out) MUST_CHECK NONNULL_ALL;

#endif
