/* The digest of an object's content: of its pieces, many at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * It stands in the manifest root and in the recipe of each OPEN, so it must
 * hold against whoever has the key, too: a tag would not do. SHA-256 of each
 * segment's bytes, whose lengths all follow from the size, and keyed BLAKE2b
 * over these and the size: who finds two contents with one digest has found two
 * inputs of SHA-256 or of BLAKE2b. Pieces are hashed side by side (lanes.h),
 * just before they are sealed, while the CPU has them at hand.
 */
#include "fs/store/digest.h"

#define AT_ONCE 16 /* pieces */

void digest_begin(struct digest *d, const struct key *key, bool whole)
{
	hasher_blake2b(&d->h, key);
	d->size = 0;
	d->whole = whole;
}

void digest_add(struct digest *d, struct lanes *l, struct bytes b)
{
	uint8_t h[AT_ONCE][HASH_LEN];

	d->size += b.n;
	if (d->whole) {
		hasher_add(&d->h, b);
		return;
	}
	while (b.n > 0) {
		struct bytes now = bytes_sub(b, 0, AT_ONCE * STORE_SEGMENT);
		size_t n = (now.n + STORE_SEGMENT - 1) / STORE_SEGMENT;

		lanes_sha256(l, h, now, STORE_SEGMENT);
		hasher_add(&d->h, bytes_of(h, n * HASH_LEN));
		b = bytes_sub(b, now.n, b.n);
	}
}

void digest_end(struct digest *d, uint8_t out[HASH_LEN])
{
	if (!d->whole)
		hasher_u64(&d->h, d->size);
	hasher_end(&d->h, out);
}
