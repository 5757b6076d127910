/* Reply buffers: page-aligned, bounded in number, kept out of core dumps. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_POOL_H
#define MOUNT_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct pool;

/** pool_free(p): wipe and unmap every buffer; all must have been given back.
 * NULL is fine. */
void pool_free(struct pool *p);

/**
 * pool_new(count, size): at most count buffers of size bytes, mapped at their
 * first use; NULL when there is no memory. size is a multiple of a page.
 */
struct pool *pool_new(unsigned count, size_t size) MUST_CHECK
	FREED_BY(pool_free);

/**
 * pool_take(p): a buffer of its own for the calling thread, waiting for one
 * where all are out; NULL when none can be mapped. pool_give(p, b): hand it
 * back; NULL is fine.
 */
uint8_t *pool_take(struct pool *p) MUST_CHECK;
void pool_give(struct pool *p, uint8_t *b);

#endif
