/* Opened segments in sets of eight, each set behind one of 16 locks. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name hashes to a set; a set holds WAYS segments and gives up the one used
 * longest ago. Lookups copy under the set's lock, so nothing is ever freed
 * while read. The plain bytes lie in one mapping that core dumps leave out and
 * forked children do not get; a segment is overwritten or wiped when another
 * takes its place, all of them when the store closes.
 *
 * Scratch buffers (sealed bytes on their way, and one plain segment) are lent
 * from a short list, so that a read allocates nothing.
 */
#include "fs/store/cache.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

#include "base/mem.h"

#define WAYS 8
#define LOCKS 16
#define SPARES 16
#define SCRATCH ((size_t)CACHE_RUN * SEGMENT_SEALED + STORE_SEGMENT)

struct way {
	struct cache_name name;
	uint64_t used; /* tick of the set; 0: empty */
	uint32_t n;
};

struct set {
	uint64_t tick;
	struct way way[WAYS];
};

struct cache {
	pthread_mutex_t lock[LOCKS]; /* lock[i]: sets i, i + LOCKS, ... */
	size_t nsets;
	struct set *sets;
	uint8_t *plain; /* nsets * WAYS segments */
	pthread_mutex_t spare_lock;
	size_t nspare;
	uint8_t *spare[SPARES];
};

static int plain_map(struct cache *c)
{
	size_t n = c->nsets * WAYS * STORE_SEGMENT;
	void *m = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (m == MAP_FAILED)
		return -ENOMEM;
	c->plain = m;
	if (madvise(m, n, MADV_DONTDUMP) != 0 ||
	    madvise(m, n, MADV_DONTFORK) != 0)
		return -errno;
	return 0;
}

static uint8_t *way_plain(struct cache *c, size_t set, size_t way)
{
	return c->plain + (set * WAYS + way) * STORE_SEGMENT;
}

static void plain_wipe(struct cache *c)
{
	if (c->plain == NULL)
		return;
	for (size_t s = 0; s < c->nsets; s++) {
		for (size_t w = 0; w < WAYS; w++)
			secret_wipe(way_plain(c, s, w), c->sets[s].way[w].n);
	}
	munmap(c->plain, c->nsets * WAYS * STORE_SEGMENT);
}

void cache_free(struct cache *c)
{
	if (c == NULL)
		return;
	plain_wipe(c);
	while (c->nspare > 0)
		mem_free(c->spare[--c->nspare]);
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&c->lock[i]);
	pthread_mutex_destroy(&c->spare_lock);
	mem_free(c->sets);
	mem_free(c);
}

int cache_new(size_t bytes, struct cache **out)
{
	struct cache *c = mem_new(1, sizeof(*c));
	int rc = 0;

	*out = NULL;
	if (c == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&c->lock[i], NULL);
	pthread_mutex_init(&c->spare_lock, NULL);
	c->nsets = bytes / (WAYS * STORE_SEGMENT);
	if (c->nsets > 0) {
		c->sets = mem_new(c->nsets, sizeof(*c->sets));
		rc = c->sets == NULL ? -ENOMEM : plain_map(c);
	}
	if (rc != 0) {
		cache_free(c);
		return rc;
	}
	*out = c;
	return 0;
}

/* Object ids are keyed hashes: their first bytes are as good as random. */
static size_t set_of(const struct cache *c, const struct cache_name *name)
{
	uint64_t h;

	memcpy(&h, name->object, sizeof(h));
	h = (h ^ name->version * 0x9E3779B97F4A7C15u) + name->nr;
	return (size_t)(h % c->nsets);
}

static bool same(const struct cache_name *a, const struct cache_name *b)
{
	return a->nr == b->nr && a->version == b->version &&
	       memcmp(a->object, b->object, STORE_ID) == 0;
}

/* The way that holds name, else WAYS. Lock held. */
static size_t way_find(const struct set *s, const struct cache_name *name)
{
	for (size_t w = 0; w < WAYS; w++) {
		if (s->way[w].used != 0 && same(&s->way[w].name, name))
			return w;
	}
	return WAYS;
}

static size_t way_oldest(const struct set *s)
{
	size_t best = 0;

	for (size_t w = 1; w < WAYS; w++) {
		if (s->way[w].used < s->way[best].used)
			best = w;
	}
	return best;
}

bool cache_get(struct cache *c, const struct cache_name *name, size_t off,
	       void *dst, size_t n)
{
	size_t at, w;
	struct set *s;
	bool hit;

	if (c->nsets == 0)
		return false;
	at = set_of(c, name);
	s = &c->sets[at];
	pthread_mutex_lock(&c->lock[at % LOCKS]);
	w = way_find(s, name);
	hit = w < WAYS && off <= s->way[w].n && n <= s->way[w].n - off;
	if (hit) {
		s->way[w].used = ++s->tick;
		memcpy(dst, way_plain(c, at, w) + off, n);
	}
	pthread_mutex_unlock(&c->lock[at % LOCKS]);
	return hit;
}

void cache_put(struct cache *c, const struct cache_name *name,
	       struct bytes plain)
{
	size_t at, w;
	struct way *y;
	struct set *s;

	if (c->nsets == 0 || plain.n == 0 || plain.n > STORE_SEGMENT)
		return;
	at = set_of(c, name);
	s = &c->sets[at];
	pthread_mutex_lock(&c->lock[at % LOCKS]);
	w = way_find(s, name);
	if (w == WAYS)
		w = way_oldest(s);
	y = &s->way[w];
	memcpy(way_plain(c, at, w), plain.p, plain.n);
	if (y->n > plain.n)
		secret_wipe(way_plain(c, at, w) + plain.n, y->n - plain.n);
	y->name = *name;
	y->n = (uint32_t)plain.n;
	y->used = ++s->tick;
	pthread_mutex_unlock(&c->lock[at % LOCKS]);
}

void cache_forget(struct cache *c)
{
	for (size_t at = 0; at < c->nsets; at++) {
		struct set *s = &c->sets[at];

		pthread_mutex_lock(&c->lock[at % LOCKS]);
		for (size_t w = 0; w < WAYS; w++) {
			secret_wipe(way_plain(c, at, w), s->way[w].n);
			s->way[w] = (struct way){0};
		}
		pthread_mutex_unlock(&c->lock[at % LOCKS]);
	}
}

uint8_t *cache_scratch(struct cache *c)
{
	uint8_t *s = NULL;

	pthread_mutex_lock(&c->spare_lock);
	if (c->nspare > 0)
		s = c->spare[--c->nspare];
	pthread_mutex_unlock(&c->spare_lock);
	return s != NULL ? s : mem_new(1, SCRATCH);
}

void cache_scratch_free(struct cache *c, uint8_t *s, bool plain)
{
	if (s == NULL)
		return;
	if (plain)
		secret_wipe(s + SCRATCH - STORE_SEGMENT, STORE_SEGMENT);
	pthread_mutex_lock(&c->spare_lock);
	if (c->nspare < SPARES) {
		c->spare[c->nspare++] = s;
		s = NULL;
	}
	pthread_mutex_unlock(&c->spare_lock);
	mem_free(s);
}
