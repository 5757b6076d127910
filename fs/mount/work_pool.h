/* Memory for plain blocks: bounded, not dumped, wiped. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORK_POOL_H
#define MOUNT_WORK_POOL_H

#include <stdint.h>

#include "base/attr.h"

struct work_pool;

/** work_pool_free(p): wiped; NULL is fine. */
void work_pool_free(struct work_pool *p);
/** work_pool_new(n): at most n blocks of 4096 bytes, taken from the kernel at
 * their first use. NULL. */
struct work_pool *work_pool_new(unsigned n) MUST_CHECK FREED_BY(work_pool_free);

/** work_pool_take(p): NULL where all are out; content undefined.
 * work_pool_give(p, b): back. work_pool_used(p): how many are out.
 * work_pool_rest(p): what is not out goes back to the kernel, which wipes it;
 * call it when there is time. Not thread-safe: the area's lock guards it. */
uint8_t *work_pool_take(struct work_pool *p) MUST_CHECK;
void work_pool_give(struct work_pool *p, uint8_t *b);
unsigned work_pool_used(const struct work_pool *p);
void work_pool_rest(struct work_pool *p);

#endif
