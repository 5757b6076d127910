/* Wrapping: a random key sealed under its parent, never outside the pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/aead.h"
#include "fs/store/ad.h"

#define KEYS_WRAPPED (KEY_LEN + AEAD_BOX_OVERHEAD)

/** keys_wrap(b, parent, ad, key): append KEYS_WRAPPED bytes; -ENOMEM. */
int keys_wrap(struct buf *b, const struct key *parent, const struct ad *ad,
	      const struct key *key) MUST_CHECK;

/**
 * keys_unwrap(pool, parent, ad, wrapped, out): caller frees *out; -EBADMSG
 * wrong parent or changed bytes, -ENOMEM when the pool is full.
 */
int keys_unwrap(struct keypool *pool, const struct key *parent,
		const struct ad *ad, struct bytes wrapped,
		struct key **out) MUST_CHECK;

#endif
