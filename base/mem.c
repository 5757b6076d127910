/* The allocator, with one switch by which tests make memory run out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * The only mutable static of the house: an allocator has no object to keep
 * its switch in, and a fault must reach every caller of every room. 0 is off;
 * 1 fails now and stays; more counts down. Never set outside tests.
 */
static atomic_ulong fail_in;

static bool must_fail(void)
{
	unsigned long n = atomic_load_explicit(&fail_in, memory_order_relaxed);

	while (n > 1) {
		if (atomic_compare_exchange_weak(&fail_in, &n, n - 1))
			return false;
	}
	return n == 1;
}

void *mem_new(size_t count, size_t size)
{
	if (must_fail())
		return NULL;
	if (count == 0 || size == 0)
		count = size = 1;
	return calloc(count, size);
}

void *mem_grow(void *p, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n) || n > PTRDIFF_MAX)
		return NULL;
	if (must_fail())
		return NULL;
	return realloc(p, n == 0 ? 1 : n);
}

void *mem_dup(const void *p, size_t n)
{
	char *q;

	if (n >= PTRDIFF_MAX || must_fail())
		return NULL;
	q = malloc(n + 1);
	if (q == NULL)
		return NULL;
	if (n > 0)
		memcpy(q, p, n);
	q[n] = '\0';
	return q;
}

void mem_free(void *p)
{
	free(p);
}

void mem_trim(void)
{
	(void)malloc_trim(0);
}

void mem_lean(void)
{
	(void)mallopt(M_ARENA_MAX, 2);
	(void)mallopt(M_MMAP_THRESHOLD, 512 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
}

void mem_keep(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
	(void)mallopt(M_TOP_PAD, 1024 * 1024);
}

void mem_fail_after(unsigned long n)
{
	atomic_store(&fail_in, n);
}
