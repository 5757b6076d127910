/* A bounded cache of opened segments, and the buffers to open them with. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include "fs/store/segment.h"

#define CACHE_BYTES ((size_t)32 << 20) /* default size */
#define CACHE_RUN 8		       /* segments read and opened in one go */

struct cache;

/* Which segment: no two objects or versions share a name. */
struct cache_name {
	uint8_t object[STORE_ID];
	uint64_t version, nr;
};

/** cache_free(c): wipes; NULL is fine. */
void cache_free(struct cache *c);

/** cache_new(bytes, out): plain bytes at most (0: none are kept). -ENOMEM. */
int cache_new(size_t bytes, struct cache **out) MUST_CHECK;

/** cache_get(c, name, off, dst, n): copy n bytes at off of that segment, where
 * it is at hand. cache_put(c, name, plain): keep it, in another's place. */
bool cache_get(struct cache *c, const struct cache_name *name, size_t off,
	       void *dst, size_t n) MUST_CHECK;
void cache_put(struct cache *c, const struct cache_name *name,
	       struct bytes plain);

/** cache_forget(c): wipe all that is kept. */
void cache_forget(struct cache *c) NONNULL_ALL;

/** cache_scratch(c): a buffer of CACHE_RUN sealed segments followed by one
 * plain one, NULL when there is no memory. cache_scratch_free(c, s, plain):
 * give it back, the plain one wiped where it was used. */
uint8_t *cache_scratch(struct cache *c) MUST_CHECK;
void cache_scratch_free(struct cache *c, uint8_t *s, bool plain);

#endif
