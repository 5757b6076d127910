/* Folders whose files were read since they were last listed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/worn.h"

#include <stdatomic.h>

#include "base/mem.h"

struct worn {
	uint32_t n;
	atomic_ullong bits[]; /* 64 nodes each */
};

struct worn *worn_new(uint32_t n)
{
	size_t words = n / 64 + 1;
	struct worn *w = mem_new(
		1, sizeof(*w) + words * sizeof(((struct worn *)0)->bits[0]));

	if (w != NULL)
		w->n = n;
	return w;
}

void worn_free(struct worn *w)
{
	mem_free(w);
}

/* Read first: most of the time there is nothing to write, and threads share
 * the line. */
void worn_set(struct worn *w, uint32_t nr)
{
	unsigned long long bit = 1ull << nr % 64;

	if (nr < w->n && (atomic_load(&w->bits[nr / 64]) & bit) == 0)
		atomic_fetch_or(&w->bits[nr / 64], bit);
}

bool worn_take(struct worn *w, uint32_t nr)
{
	unsigned long long bit = 1ull << nr % 64;

	return nr < w->n && (atomic_load(&w->bits[nr / 64]) & bit) != 0 &&
	       (atomic_fetch_and(&w->bits[nr / 64], ~bit) & bit) != 0;
}
