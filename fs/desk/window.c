/* How much there was in the last hour, minute or day: a window that slides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/window.h"

#include <errno.h>

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void window_turn(struct window *w, uint64_t slot)
{
	uint64_t sum;

	if (slot <= w->slot && w->slot - slot < WINDOW_SLOTS)
		return;
	if (slot < w->slot) {
		sum = window_sum(w);
		*w = (struct window){.slot = slot};
		w->n[slot % WINDOW_SLOTS] = sum;
		return;
	}
	if (slot - w->slot >= WINDOW_SLOTS)
		*w = (struct window){.slot = slot};
	while (w->slot < slot)
		w->n[++w->slot % WINDOW_SLOTS] = 0;
}

uint64_t window_sum(const struct window *w)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < WINDOW_SLOTS; i++)
		sum = plus(sum, w->n[i]);
	return sum;
}

void window_add(struct window *w, uint64_t n)
{
	uint64_t *at = &w->n[w->slot % WINDOW_SLOTS];

	*at = plus(*at, n);
}

/* After the clock went back all counts stand in the slot at hand. */
void window_give(struct window *w, uint64_t slot, uint64_t n)
{
	uint64_t *at;

	if (slot > w->slot)
		slot = w->slot;
	if (w->slot - slot >= WINDOW_SLOTS)
		return;
	at = &w->n[slot % WINDOW_SLOTS];
	*at = *at > n ? *at - n : 0;
}

int window_put(struct buf *b, const struct window *w)
{
	int rc = cbor_put_array(b, 1 + WINDOW_SLOTS);

	if (rc == 0)
		rc = cbor_put_uint(b, w->slot);
	for (size_t i = 0; rc == 0 && i < WINDOW_SLOTS; i++)
		rc = cbor_put_uint(b, w->n[i]);
	return rc;
}

void window_get(struct cbor *c, struct window *w)
{
	*w = (struct window){.slot = 0};
	if (cbor_get_array(c) != 1 + WINDOW_SLOTS && c->err == 0)
		c->err = -EPROTO;
	w->slot = cbor_get_uint(c);
	for (size_t i = 0; i < WINDOW_SLOTS; i++)
		w->n[i] = cbor_get_uint(c);
}
