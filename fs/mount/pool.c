/* Reply buffers: page-aligned, bounded in number, kept out of core dumps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/secret.h"

/* A stack: the buffer given back last is the warmest and goes out first. */
struct pool {
	pthread_mutex_t lock;
	pthread_cond_t back;
	size_t size;
	unsigned max, mapped, idle;
	uint8_t *stack[];
};

void pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->idle; i++) {
		secret_wipe(p->stack[i], p->size);
		munmap(p->stack[i], p->size);
	}
	pthread_cond_destroy(&p->back);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

struct pool *pool_new(unsigned count, size_t size)
{
	struct pool *p = mem_new(1, sizeof(*p) + count * sizeof(p->stack[0]));

	if (p == NULL)
		return NULL;
	p->max = count;
	p->size = size;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->back, NULL);
	return p;
}

/* Page-aligned by nature: an unaligned 1 MiB reply would be two requests. */
static uint8_t *map_one(struct pool *p)
{
	void *b = mmap(NULL, p->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (b == MAP_FAILED)
		return NULL;
	(void)madvise(b, p->size, MADV_DONTDUMP);
	(void)madvise(b, p->size, MADV_WIPEONFORK);
	p->mapped++;
	return b;
}

uint8_t *pool_take(struct pool *p)
{
	uint8_t *b;

	pthread_mutex_lock(&p->lock);
	while (p->idle == 0 && p->mapped == p->max)
		pthread_cond_wait(&p->back, &p->lock);
	b = p->idle > 0 ? p->stack[--p->idle] : map_one(p);
	pthread_mutex_unlock(&p->lock);
	return b;
}

void pool_give(struct pool *p, uint8_t *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stack[p->idle++] = b;
	pthread_cond_signal(&p->back);
	pthread_mutex_unlock(&p->lock);
}
