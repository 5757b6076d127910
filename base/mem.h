/* The allocator everybody else calls, so that faults can be injected. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/attr.h"

/**
 * mem_new(count, size): zeroed array, NULL when there is no memory or the
 * product overflows. Raw malloc stays inside base.
 */
void *mem_new(size_t count, size_t size) MUST_CHECK;

/**
 * mem_grow(p, count, size): p resized to count elements (new ones are not
 * zeroed); NULL leaves p as it was.
 */
void *mem_grow(void *p, size_t count, size_t size) MUST_CHECK;

/**
 * mem_dup(p, n): a copy of n bytes with a NUL behind.
 */
void *mem_dup(const void *p, size_t n) MUST_CHECK;

/**
 * mem_free(p): NULL is fine.
 */
void mem_free(void *p);

/**
 * mem_freep(&p): for CLEANUP(mem_freep) on any pointer.
 */
static inline void mem_freep(void *pp)
{
	mem_free(*(void **)pp);
}

/**
 * mem_trim(): give what was freed back to the kernel; after work that needed
 * much more than it leaves behind.
 */
void mem_trim(void);

/**
 * mem_lean(): for a process with many threads that lives long: few arenas, and
 * large arrays mapped by themselves, so that what is freed is given back. Not
 * what is wanted again and again, as the parts of a view: to map, fault in and
 * unmap that takes longer than to make it.
 */
void mem_lean(void);

/**
 * mem_keep(): for a process that does one thing after the other and ends: what
 * was freed is kept for the next.
 */
void mem_keep(void);

/**
 * mem_fail_after(n): tests only: the n-th allocation from now fails, then all
 * do until mem_fail_after(0).
 */
void mem_fail_after(unsigned long n);

#endif
