/* How much there was in the last hour, minute or day: a window that slides. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_WINDOW_H
#define DESK_WINDOW_H

#include "base/cbor.h"

/*
 * Time is cut into slots, a twelfth of the window each, and the window is the
 * slot at hand with the twelve before it: in no stretch of time as long as the
 * window is there more than the sum, and what was counted is forgotten between
 * one window and a twelfth more after. Slots are numbered from 1970.
 */
#define WINDOW_SLOTS 13

/* Zero is an empty one. */
struct window {
	uint64_t slot;		  /* the newest */
	uint64_t n[WINDOW_SLOTS]; /* of slot s: at s % WINDOW_SLOTS */
};

/**
 * window_turn(w, slot): it is that slot now. Where the clock went back by less
 * than the window, time stands still until it has caught up; where by more,
 * all that was counted counts as counted now: never less than it was.
 */
void window_turn(struct window *w, uint64_t slot) NONNULL_ALL;

/** window_sum(w): all that is in it. window_add(w, n): n more in the slot at
 * hand. Both end at UINT64_MAX. */
uint64_t window_sum(const struct window *w) NONNULL_ALL;
void window_add(struct window *w, uint64_t n) NONNULL_ALL;

/** window_give(w, slot, n): n that were added in that slot go back; nothing
 * where it has left the window. */
void window_give(struct window *w, uint64_t slot, uint64_t n) NONNULL_ALL;

/** window_put(b, w): append its CBOR. window_get(c, w): the next item of c,
 * checked; c->err is set for anything else. */
int window_put(struct buf *b, const struct window *w) MUST_CHECK NONNULL_ALL;
void window_get(struct cbor *c, struct window *w) NONNULL_ALL;

#endif
