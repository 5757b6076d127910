/* Where packs lie, behind six calls: a directory now, a bucket later. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "base/attr.h"
#include "base/bytes.h"

#define BACKEND_NAME 16 /* random bytes; the name is their hex */

/*
 * Blobs are written once, whole, and never changed. Implementations fill the
 * calls; self is theirs. All are thread-safe.
 */
struct backend {
	/* Durable when it returns 0; -EEXIST; -ENOSPC; else as errno. */
	int (*put_if_absent)(void *self, const uint8_t name[BACKEND_NAME],
			     struct bytes data);
	/* Exactly n bytes at off; -ENOENT no such blob, -EUCLEAN too short. */
	int (*get)(void *self, const uint8_t name[BACKEND_NAME], uint64_t off,
		   void *dst, size_t n);
	int (*head)(void *self, const uint8_t name[BACKEND_NAME],
		    uint64_t *size);
	/* In no order; fn's non-zero return stops and is returned. */
	int (*list)(void *self,
		    int (*fn)(void *ctx, const uint8_t name[BACKEND_NAME],
			      uint64_t size),
		    void *ctx);
	int (*delete)(void *self, const uint8_t name[BACKEND_NAME]);
	/* All puts and deletes so far are durable; leftovers of torn puts are
	 * removed (the caller is the one writer). */
	int (*sync)(void *self);
	void (*free)(void *self);
	void *self;
};

/** backend_free(b): NULL and half-built ones are fine. */
static inline void backend_free(struct backend *b)
{
	if (b != NULL && b->free != NULL)
		b->free(b->self);
}

#endif
