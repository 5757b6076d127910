/* The digest of an object's content: of its pieces, many at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include "base/lanes.h"
#include "fs/store/store.h"

/* One in the making. */
struct digest {
	struct hasher h;
	uint64_t size;
	bool whole;
};

/**
 * digest_begin(d, key, whole): keyed by the store's digest key; whole: not of
 * pieces, as older carrels made it. digest_add(d, l, b): the next bytes, which
 * begin a piece of STORE_SEGMENT bytes; only the content's last one may be
 * shorter. l may be NULL. digest_end(d, out): HASH_LEN bytes.
 */
void digest_begin(struct digest *d, const struct key *key, bool whole);
void digest_add(struct digest *d, struct lanes *l, struct bytes b);
void digest_end(struct digest *d, uint8_t out[HASH_LEN]);

#endif
