/* Keeping a thread that works ahead off the CPU that answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_APART_H
#define MOUNT_APART_H

#include <sched.h>
#include <stdbool.h>

#include "base/attr.h"

/*
 * The scheduler tends to wake a thread where it was woken from: on the CPU that
 * a reader and the mount hand to each other, while another idles. What such a
 * thread makes ahead then takes the reader's time. So it keeps off the CPU that
 * answered lately.
 *
 * No lock of its own: under that of who has it.
 */
struct apart {
	cpu_set_t all;	/* ours; none where it cannot be told */
	int busy;	/* the CPU that answers; -1: not known */
	unsigned other; /* answers by others in a row */
	int avoided;	/* what the thread keeps off; -1: none */
};

/** apart_start(a): false where there is one CPU: a thread has nothing to win.
 */
bool apart_start(struct apart *a) NONNULL_ALL;

/** apart_seen(a): the calling thread answers. apart_due(a): the CPU that a
 * thread which works ahead is to leave now, or -1. */
void apart_seen(struct apart *a) NONNULL_ALL;
int apart_due(struct apart *a) NONNULL_ALL;

/** apart_leave(a, cpu): the calling thread leaves what apart_due gave; best
 * effort. Without the lock: it waits until the thread is elsewhere. */
void apart_leave(const struct apart *a, int cpu) NONNULL_ALL;

#endif
