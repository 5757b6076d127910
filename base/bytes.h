/* struct bytes borrows memory: a pointer and a length, never owned. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *p;
	size_t n;
};

/**
 * bytes_of(p, n), bytes_str(s): borrow memory, a NUL-terminated string (NULL
 * gives none).
 */
static inline struct bytes bytes_of(const void *p, size_t n)
{
	return (struct bytes){(const uint8_t *)p, n};
}

static inline struct bytes bytes_str(const char *s)
{
	return (struct bytes){(const uint8_t *)s, s == NULL ? 0 : strlen(s)};
}

/**
 * bytes_eq(a, b), bytes_is(a, s): equal length and bytes.
 */
static inline bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool bytes_is(struct bytes a, const char *s)
{
	return bytes_eq(a, bytes_str(s));
}

/**
 * bytes_cmp(a, b): order by memcmp, then by length.
 */
static inline int bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

/**
 * bytes_sub(b, off, n): the part [off, off+n) of b, clamped to b.
 */
static inline struct bytes bytes_sub(struct bytes b, size_t off, size_t n)
{
	off = off < b.n ? off : b.n;
	return (struct bytes){off == 0 ? b.p : b.p + off,
			      n < b.n - off ? n : b.n - off};
}

#endif
