/* What stands in the sealed cells, and what each is bound to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/hash.h"
#include "base/sign.h"
#include "fs/store/ad.h"
#include "fs/store/catalog.h"
#include "fs/store/place.h"

#define ROWS_SALT 16

/*
 * Cells are CBOR maps. _put appends, -ENOMEM; _get borrows from the input and
 * is strict, -EPROTO (-ENOMEM where it allocates).
 */

/* entry.cell */
struct rows_entry {
	uint64_t size;
	uint32_t blobs;
	struct bytes content, stamp; /* 32 bytes each */
	bool whole;		     /* content: see digest.h */
	struct bytes path, summary;
};
int rows_entry_put(struct buf *b, const struct rows_entry *r) MUST_CHECK;
int rows_entry_get(struct bytes in, struct rows_entry *r) MUST_CHECK;

/* version.cell */
struct rows_version {
	int64_t released_ns;
	uint64_t objects;
	struct bytes root, sig; /* HASH_LEN, SIGN_LEN */
	struct bytes info;
};
int rows_version_put(struct buf *b, const struct rows_version *r) MUST_CHECK;
int rows_version_get(struct bytes in, struct rows_version *r) MUST_CHECK;

/* content.cell; segments fill the places in order. */
struct rows_content {
	uint64_t size;
	struct places at; /* free with places_free */
};
int rows_content_put(struct buf *b, const struct rows_content *r) MUST_CHECK;
int rows_content_get(struct bytes in, struct rows_content *r) MUST_CHECK;

/* spans.cell; place k is blob k. */
struct rows_spans {
	uint8_t salt[ROWS_SALT];
	struct places at; /* free with places_free */
};
int rows_spans_put(struct buf *b, const struct rows_spans *r) MUST_CHECK;
int rows_spans_get(struct bytes in, struct rows_spans *r) MUST_CHECK;

/** rows_bind_*: what a cell or wrapped key is bound to. For an entry: all of
 * the row but last, which publishing moves and the manifest root guards. */
void rows_bind_entry(struct ad *ad, const struct catalog_entry *e);
void rows_bind_content(struct ad *ad, const char *column, const uint8_t *id,
		       uint64_t version, const uint8_t *dataset);
void rows_bind_spans(struct ad *ad, const uint8_t *id, uint64_t version,
		     uint32_t spanset);
void rows_bind_dataset(struct ad *ad, const char *column, const uint8_t *id);
void rows_bind_version(struct ad *ad, const uint8_t *dataset, uint64_t v);
void rows_bind_key(struct ad *ad, enum catalog_key kind, struct bytes ref);

/** rows_leaf(out, ...): an entry's part of the manifest root. */
void rows_leaf(uint8_t out[HASH_LEN], const uint8_t *id, uint64_t version,
	       uint32_t spanset, const struct rows_entry *r);

/*
 * The manifest root: BLAKE2b over the leaves in order of ids, behind the place
 * they belong to.
 */
struct rows_root {
	struct hasher h;
	uint64_t objects;
};
void rows_root_start(struct rows_root *r, const uint8_t *store,
		     const uint8_t *dataset, uint64_t v);
void rows_root_add(struct rows_root *r, const uint8_t leaf[HASH_LEN]);
void rows_root_end(struct rows_root *r, uint8_t root[HASH_LEN]);

/** rows_signed(ad, ...): the message a version's signature covers. */
void rows_signed(struct ad *ad, const uint8_t *store, const uint8_t *dataset,
		 uint64_t v, const struct rows_version *r);

#endif
