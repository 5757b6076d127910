/* Where an object's sealed bytes lie: extents of packs, and places of blobs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "base/buf.h"
#include "fs/store/backend.h"

/* Bytes [off, off + len) of one pack. first: the number of segments of the
 * stream before it; one blob: its own number. */
struct place {
	uint32_t pack; /* position in the list's packs */
	uint32_t off, len;
	uint64_t first;
};

/* Zero-initialise to use. */
struct places {
	uint8_t (*packs)[BACKEND_NAME];
	size_t npacks;
	struct place *v;
	size_t n, cap;
};

/** places_add(l, pack, off, len, first): append; the pack's name is kept once
 * when it is the same as the last. -ENOMEM. */
int places_add(struct places *l, const uint8_t pack[BACKEND_NAME], uint32_t off,
	       uint32_t len, uint64_t first) MUST_CHECK;

/** places_put(b, l): append as CBOR: names, then triples. places_get reads it
 * back (first is left 0); strict: -EPROTO. */
int places_put(struct buf *b, const struct places *l) MUST_CHECK;
struct cbor;
int places_get(struct cbor *c, struct places *l) MUST_CHECK;

/** places_find(l, nr): the last place with first <= nr; NULL for none. */
const struct place *places_find(const struct places *l, uint64_t nr);

/** places_free(l): fits CLEANUP. */
void places_free(struct places *l);

#endif
