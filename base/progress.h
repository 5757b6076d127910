/* A progress line on stderr for long work; silent off a terminal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

#include "base/attr.h"

/*
 * Rooms below the tools report through a callback; only tools draw. Returning
 * non-zero asks the work to stop (-ECANCELED).
 */
struct progress {
	int (*tick)(void *ctx, uint64_t done, uint64_t total, uint64_t items);
	void *ctx;
};

/** progress_tick(p, ...): call p->tick where there is one; else 0. */
static inline int progress_tick(const struct progress *p, uint64_t done,
				uint64_t total, uint64_t items)
{
	if (p == 0 || p->tick == 0)
		return 0;
	return p->tick(p->ctx, done, total, items);
}

/*
 * The drawing one: at most ten lines a second on a terminal, one line every
 * ten seconds elsewhere: label, share, bytes, MB/s, ETA, items.
 */
struct progress_bar {
	const char *label, *unit;
	uint64_t start_ns, last_ns;
	int fd, tty;
};

/**
 * progress_bar_start(b, label, unit): draw on stderr from now on; the words
 * are borrowed. progress_bar_end(b): leave a clean line behind.
 */
void progress_bar_start(struct progress_bar *b, const char *label,
			const char *unit) NONNULL_ALL;
/** progress_bar_tick: fits struct progress with ctx = the bar. */
int progress_bar_tick(void *bar, uint64_t done, uint64_t total, uint64_t items);
void progress_bar_end(struct progress_bar *b) NONNULL_ALL;

#endif
