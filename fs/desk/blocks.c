/* Views of blocks that were read lately, shared by threads, bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/blocks.h"

#include "base/mem.h"
#include "policy/redact/bleep.h"

/*
 * A doubly linked list, youngest first. The list holds one reference of each
 * entry, every reader another; who drops the last one frees. So eviction never
 * waits for a reader, and a reader never copies from freed memory. The lock is
 * held for a few pointer writes only.
 */

void blocks_init(struct blocks *b, size_t limit)
{
	*b = (struct blocks){.limit = limit != 0 ? limit : BLOCKS_LIMIT};
	pthread_mutex_init(&b->lock, NULL);
}

void blocks_unref(struct blocks_entry *e)
{
	if (e == NULL || atomic_fetch_sub(&e->refs, 1) != 1)
		return;
	view_block_free(&e->view);
	mem_free(e);
}

static void unlink_entry(struct blocks *b, struct blocks_entry *e)
{
	if (e->prev != NULL)
		e->prev->next = e->next;
	else
		b->first = e->next;
	if (e->next != NULL)
		e->next->prev = e->prev;
	else
		b->last = e->prev;
}

static void link_first(struct blocks *b, struct blocks_entry *e)
{
	e->prev = NULL;
	e->next = b->first;
	if (b->first != NULL)
		b->first->prev = e;
	else
		b->last = e;
	b->first = e;
}

/* Out of slot and list; the list's reference goes. Under the lock. */
static void forget(struct blocks *b, struct blocks_entry *e)
{
	unlink_entry(b, e);
	*e->slot = NULL;
	b->bytes -= e->bytes;
	blocks_unref(e);
}

void blocks_done(struct blocks *b)
{
	while (b->last != NULL)
		forget(b, b->last);
	pthread_mutex_destroy(&b->lock);
}

static struct blocks_entry *get_locked(struct blocks *b,
				       struct blocks_entry **slot)
{
	struct blocks_entry *e = *slot;

	if (e == NULL)
		return NULL;
	atomic_fetch_add(&e->refs, 1);
	if (b->first != e) {
		unlink_entry(b, e);
		link_first(b, e);
	}
	return e;
}

struct blocks_entry *blocks_get(struct blocks *b, struct blocks_entry **slot)
{
	struct blocks_entry *e;

	pthread_mutex_lock(&b->lock);
	e = get_locked(b, slot);
	pthread_mutex_unlock(&b->lock);
	return e;
}

/* The entry at hand is the youngest: it stays even when it alone is large. */
static void shrink(struct blocks *b)
{
	while (b->bytes > b->limit && b->last != b->first)
		forget(b, b->last);
}

struct blocks_entry *blocks_put(struct blocks *b, struct blocks_entry **slot,
				struct view_block *view)
{
	struct blocks_entry *e = mem_new(1, sizeof(*e)), *there;

	if (e == NULL) {
		view_block_free(view);
		return NULL;
	}
	e->view = *view;
	*view = (struct view_block){0};
	e->slot = slot;
	e->bytes = sizeof(*e) + e->view.cap * sizeof(*e->view.pieces) +
		   e->view.nrecords * sizeof(*e->view.starts) +
		   e->view.literals.cap + bleeps_size(e->view.bleeps);
	atomic_init(&e->refs, 1);
	pthread_mutex_lock(&b->lock);
	there = get_locked(b, slot);
	if (there == NULL) {
		atomic_fetch_add(&e->refs, 1);
		*slot = e;
		b->bytes += e->bytes;
		link_first(b, e);
		shrink(b);
	}
	pthread_mutex_unlock(&b->lock);
	if (there == NULL)
		return e;
	blocks_unref(e);
	return there;
}

void blocks_drop(struct blocks *b, struct blocks_entry **slots, size_t n)
{
	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < n; i++)
		if (slots[i] != NULL)
			forget(b, slots[i]);
	pthread_mutex_unlock(&b->lock);
}
