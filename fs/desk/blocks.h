/* Views of blocks that were read lately, shared by threads, bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_BLOCKS_H
#define DESK_BLOCKS_H

#include <pthread.h>
#include <stdatomic.h>

#include "policy/redact/view.h"

#define BLOCKS_LIMIT (64u << 20) /* bytes of pieces and literals per desk */

/* One kept block. Readers hold a reference while they copy from it. */
struct blocks_entry {
	struct view_block view;
	struct blocks_entry **slot; /* where its object finds it */
	struct blocks_entry *prev, *next;
	size_t bytes;
	atomic_uint refs; /* the list's own is one */
};

struct blocks {
	pthread_mutex_t lock; /* guards slots, list and bytes, not refs */
	struct blocks_entry *first, *last;
	size_t bytes, limit;
};

/** blocks_init(b, limit): 0: BLOCKS_LIMIT. blocks_done(b): every slot must have
 * been dropped. */
void blocks_init(struct blocks *b, size_t limit) NONNULL_ALL;
void blocks_done(struct blocks *b) NONNULL_ALL;

/** blocks_get(b, slot): the entry in the slot with a reference, now the
 * youngest; NULL where there is none. */
struct blocks_entry *blocks_get(struct blocks *b,
				struct blocks_entry **slot) NONNULL_ALL;

/**
 * blocks_put(b, slot, view): keep the view (taken over, view becomes empty)
 * and give a reference to it; the oldest go when there are too many bytes.
 * Where another thread was faster, its entry is given and ours freed. NULL: no
 * memory, the view is freed.
 */
struct blocks_entry *blocks_put(struct blocks *b, struct blocks_entry **slot,
				struct view_block *view) MUST_CHECK NONNULL_ALL;

/** blocks_unref(e): done reading. NULL is fine. */
void blocks_unref(struct blocks_entry *e);
static inline void blocks_unrefp(struct blocks_entry **e)
{
	blocks_unref(*e);
}

/** blocks_drop(b, slots, n): forget the entries of n slots (object closed). */
void blocks_drop(struct blocks *b, struct blocks_entry **slots, size_t n);

#endif
