/* Inside of field sets: what is found, and its cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_FIELDSET_IN_H
#define INGEST_FIELDSET_IN_H

#include "base/hash.h"
#include "fs/ingest/fieldset.h"
#include "policy/redact/jsonpath.h"

struct fieldset {
	struct store *store;
	struct place wants[JSONPATH_MAX]; /* rule, second: by want */
	uint32_t nwants;
	uint8_t key[HASH_LEN]; /* of object, version, wants */
	bool cells;
	uint32_t nblocks;
	struct buf *blocks; /* without cells: one encoding per block */
};

/** fieldset_stands(f): all its cells are there. */
bool fieldset_stands(const struct fieldset *f) NONNULL_ALL;

/** fieldset_write(f): f->blocks as cells. */
int fieldset_write(const struct fieldset *f) MUST_CHECK NONNULL_ALL;

#endif
