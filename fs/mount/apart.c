/* Keeping a thread that works ahead off the CPU that answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/apart.h"

#define MOVED 16u /* answers in a row by another CPU than before */

bool apart_start(struct apart *a)
{
	a->busy = a->avoided = -1;
	a->other = 0;
	if (sched_getaffinity(0, sizeof(a->all), &a->all) != 0) {
		CPU_ZERO(&a->all);
		return true;
	}
	return CPU_COUNT(&a->all) > 1;
}

void apart_seen(struct apart *a)
{
	int cpu = sched_getcpu();

	a->other = cpu == a->busy ? 0 : a->other + 1;
	if (a->busy < 0 || a->other >= MOVED) {
		a->busy = cpu;
		a->other = 0;
	}
}

int apart_due(struct apart *a)
{
	if (a->busy < 0 || a->busy >= CPU_SETSIZE || a->busy == a->avoided ||
	    CPU_COUNT(&a->all) < 2)
		return -1;
	a->avoided = a->busy;
	return a->busy;
}

void apart_leave(const struct apart *a, int cpu)
{
	cpu_set_t others = a->all;

	if (cpu < 0)
		return;
	CPU_CLR((size_t)cpu, &others);
	(void)sched_setaffinity(0, sizeof(others), &others);
}
