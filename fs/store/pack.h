/* A pack in the making: sealed bytes in memory, then one write. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "base/buf.h"
#include "fs/store/backend.h"

#define PACK_HEAD 16	      /* magic, u32 version 1, u32 zero */
#define PACK_FULL (16u << 20) /* write it from here on */
#define PACK_MOST (64u << 20) /* no pack is larger */
#define PACK_ROUND 4096u      /* sizes are multiples of it */

/* Zero-initialise, then pack_start. buf holds only sealed bytes, in a mapping
 * of PACK_MOST: it never grows. */
struct pack {
	uint8_t name[BACKEND_NAME];
	struct buf b;
};

/** pack_start(p): a new random name and the header; memory is kept. -ENOMEM */
int pack_start(struct pack *p) MUST_CHECK;

/** pack_empty(p), pack_full(p, more): nothing but the header; more bytes (of
 * another buffer) included, it should be written. */
bool pack_empty(const struct pack *p);
bool pack_full(const struct pack *p, size_t more);

/** pack_room(p, n, out): n bytes at the end to seal into; *out is valid until
 * the next call; -ENOMEM, -EFBIG. */
int pack_room(struct pack *p, size_t n, uint8_t **out) MUST_CHECK;

/** pack_write(p, to): pad with random bytes, write durably; the caller starts
 * anew. As put_if_absent. */
int pack_write(struct pack *p, const struct backend *to) MUST_CHECK;

/** pack_head_ok(head): these PACK_HEAD bytes begin a pack. */
bool pack_head_ok(const uint8_t head[PACK_HEAD]);

/** pack_free(p): the memory; half-built ones are fine. */
void pack_free(struct pack *p);

#endif
