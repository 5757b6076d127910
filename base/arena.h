/* An arena: many small allocations, one free. For parsed things. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/attr.h"
#include "base/bytes.h"

struct arena;

/**
 * arena_free(a): everything at once; NULL is fine. arena_freep for CLEANUP.
 */
void arena_free(struct arena *a);
static inline void arena_freep(struct arena **a)
{
	arena_free(*a);
}

/**
 * arena_new(): NULL when there is no memory.
 */
struct arena *arena_new(void) MUST_CHECK FREED_BY(arena_free);

/**
 * arena_alloc(a, n): n zeroed bytes, aligned for any type; NULL when there is
 * no memory. arena_array checks the product.
 */
void *arena_alloc(struct arena *a, size_t n) MUST_CHECK NONNULL_ALL;
void *arena_array(struct arena *a, size_t count,
		  size_t size) MUST_CHECK NONNULL_ALL;

/**
 * arena_str(a, b): a NUL-terminated copy of b. arena_dup(a, b, out): a copy
 * as bytes; -ENOMEM.
 */
char *arena_str(struct arena *a, struct bytes b) MUST_CHECK NONNULL_ALL;
int arena_dup(struct arena *a, struct bytes b,
	      struct bytes *out) MUST_CHECK NONNULL_ALL;

/**
 * arena_used(a): bytes handed out, for limits and tests.
 */
size_t arena_used(const struct arena *a) NONNULL_ALL;

/**
 * arena_wipe(a): overwrite all that was handed out, before arena_free, where
 * it held what must not lie around in memory. NULL is fine.
 */
void arena_wipe(struct arena *a);

/**
 * arena_reset(a): forget all, keep the first chunk.
 */
void arena_reset(struct arena *a) NONNULL_ALL;

#endif
