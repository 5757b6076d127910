/* Big-endian numbers of the log's own formats. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_BITS_H
#define AUDIT_BITS_H

#include <stddef.h>
#include <stdint.h>

/** bits_put(p, n, v): v in n bytes, big endian. bits_get: the opposite. */
static inline void bits_put(uint8_t *p, size_t n, uint64_t v)
{
	for (; n > 0; v >>= 8)
		p[--n] = (uint8_t)v;
}

static inline uint64_t bits_get(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

#endif
