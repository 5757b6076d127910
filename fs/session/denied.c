/* How many refusals at the doors the log is told of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/denied.h"

/*
 * Whoever reaches a door can make it refuse something as often as he likes,
 * and each entry is kept for years. So the first few of each second are
 * entries of their own, and the others a number in the next one: nothing is
 * lost but who exactly they were.
 */
static void turn(struct denied *d, uint64_t second)
{
	if (d->second == second)
		return;
	d->second = second;
	d->taken = 0;
}

bool denied_may(struct denied *d, uint64_t second, uint64_t *count)
{
	turn(d, second);
	*count = 0;
	if (d->taken == DENIED_A_SECOND) {
		d->owed++;
		return false;
	}
	d->taken++;
	*count = d->owed;
	d->owed = 0;
	return true;
}

uint64_t denied_rest(struct denied *d, uint64_t second)
{
	uint64_t n = d->owed;

	if (n == 0 || d->second == second)
		return 0;
	turn(d, second);
	d->taken = 1;
	d->owed = 0;
	return n;
}
