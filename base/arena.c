/* The arena: a list of chunks, each at least twice as large as the last. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <errno.h>

#include "base/mem.h"
#include "base/secret.h"

#define CHUNK_FIRST 4096
#define CHUNK_MOST (256 * 1024)
#define ALIGN _Alignof(max_align_t)

struct chunk {
	struct chunk *next; /* the one made before this one */
	size_t cap, n;
	_Alignas(max_align_t) uint8_t mem[];
};

struct arena {
	struct chunk *last;
	size_t used;
};

static struct chunk *chunk_new(struct chunk *next, size_t cap)
{
	struct chunk *c;
	size_t all;

	if (__builtin_add_overflow(sizeof(*c), cap, &all))
		return NULL;
	c = mem_grow(NULL, all, 1);
	if (c == NULL)
		return NULL;
	*c = (struct chunk){.next = next, .cap = cap};
	return c;
}

struct arena *arena_new(void)
{
	struct arena *a = mem_new(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->last = chunk_new(NULL, CHUNK_FIRST);
	if (a->last == NULL) {
		mem_free(a);
		return NULL;
	}
	return a;
}

/* Free all chunks but the first one made. */
static void chunks_free(struct arena *a)
{
	while (a->last->next != NULL) {
		struct chunk *c = a->last;

		a->last = c->next;
		mem_free(c);
	}
}

void arena_wipe(struct arena *a)
{
	for (struct chunk *c = a == NULL ? NULL : a->last; c != NULL;
	     c = c->next)
		secret_wipe(c->mem, c->n);
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	chunks_free(a);
	mem_free(a->last);
	mem_free(a);
}

/* Make a chunk that holds n more bytes the last one. */
static int chunk_add(struct arena *a, size_t n)
{
	size_t cap = a->last->cap * 2;
	struct chunk *c;

	if (cap > CHUNK_MOST)
		cap = CHUNK_MOST;
	c = chunk_new(a->last, n > cap ? n : cap);
	if (c == NULL)
		return -ENOMEM;
	a->last = c;
	return 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
	size_t room;
	uint8_t *p;

	if (n > PTRDIFF_MAX - 2 * ALIGN)
		return NULL;
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	room = a->last->cap - a->last->n;
	if (n > room && chunk_add(a, n) != 0)
		return NULL;
	p = a->last->mem + a->last->n;
	a->last->n += n;
	a->used += n;
	memset(p, 0, n);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		return NULL;
	return arena_alloc(a, n);
}

char *arena_str(struct arena *a, struct bytes b)
{
	char *s;

	if (b.n == SIZE_MAX)
		return NULL;
	s = arena_alloc(a, b.n + 1);
	if (s != NULL && b.n > 0)
		memcpy(s, b.p, b.n);
	return s;
}

int arena_dup(struct arena *a, struct bytes b, struct bytes *out)
{
	char *s = arena_str(a, b);

	if (s == NULL)
		return -ENOMEM;
	*out = bytes_of(s, b.n);
	return 0;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

void arena_reset(struct arena *a)
{
	chunks_free(a);
	a->last->n = 0;
	a->used = 0;
}
