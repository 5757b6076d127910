/* Memory for plain blocks: bounded, not dumped, wiped. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/work_pool.h"

#include <stdbool.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/secret.h"

#define BLOCK 4096u
#define RUN 256u /* blocks that are given back to the kernel together */

/*
 * One mapping that the kernel fills page by page. Free blocks lie on a stack,
 * the one that was given back last on top, so that few pages are touched.
 * work_pool_rest lets go of the pages of whole runs of free blocks; the kernel
 * hands out zeros for them later, so nothing plain survives in them.
 */
struct work_pool {
	uint8_t *p;
	unsigned n, used, high; /* high: blocks ever taken since the rest */
	unsigned nidle;
	uint32_t *idle; /* n numbers */
	bool *out;	/* n */
};

void work_pool_free(struct work_pool *p)
{
	if (p == NULL)
		return;
	if (p->p != NULL) {
		secret_wipe(p->p, (size_t)p->high * BLOCK);
		munmap(p->p, (size_t)p->n * BLOCK);
	}
	mem_free(p->idle);
	mem_free(p->out);
	mem_free(p);
}

/* All free: the lowest number on top. */
static void refill(struct work_pool *p)
{
	p->nidle = p->n;
	for (unsigned i = 0; i < p->n; i++)
		p->idle[i] = p->n - 1 - i;
}

struct work_pool *work_pool_new(unsigned n)
{
	struct work_pool *p = mem_new(1, sizeof(*p));
	void *m;

	if (p == NULL)
		return NULL;
	p->n = n;
	p->idle = mem_new(n, sizeof(*p->idle));
	p->out = mem_new(n, sizeof(*p->out));
	m = mmap(NULL, (size_t)n * BLOCK, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	p->p = m == MAP_FAILED ? NULL : m;
	if (p->idle == NULL || p->out == NULL || p->p == NULL) {
		work_pool_free(p);
		return NULL;
	}
	(void)madvise(m, (size_t)n * BLOCK, MADV_DONTDUMP);
	(void)madvise(m, (size_t)n * BLOCK, MADV_WIPEONFORK);
	refill(p);
	return p;
}

uint8_t *work_pool_take(struct work_pool *p)
{
	uint32_t i;

	if (p->nidle == 0)
		return NULL;
	i = p->idle[--p->nidle];
	p->out[i] = true;
	p->used++;
	if (i >= p->high)
		p->high = i + 1;
	return p->p + (size_t)i * BLOCK;
}

void work_pool_give(struct work_pool *p, uint8_t *b)
{
	uint32_t i;

	if (b == NULL)
		return;
	i = (uint32_t)((size_t)(b - p->p) / BLOCK);
	p->out[i] = false;
	p->idle[p->nidle++] = i;
	p->used--;
}

unsigned work_pool_used(const struct work_pool *p)
{
	return p->used;
}

static bool run_free(const struct work_pool *p, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		if (p->out[i])
			return false;
	return true;
}

void work_pool_rest(struct work_pool *p)
{
	for (unsigned from = 0; from < p->high; from += RUN) {
		unsigned to = from + RUN < p->n ? from + RUN : p->n;

		if (run_free(p, from, to))
			(void)madvise(p->p + (size_t)from * BLOCK,
				      (size_t)(to - from) * BLOCK,
				      MADV_DONTNEED);
	}
	if (p->used == 0) {
		p->high = 0;
		refill(p);
	}
}
