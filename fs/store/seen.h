/* A growing set of 64-bit numbers: which objects an ingest has seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include "base/attr.h"
#include "base/bytes.h"

/* Zero-initialise to use; the caller locks. */
struct seen {
	uint64_t *slot; /* 0: free */
	size_t n, cap;	/* cap: a power of two, at least twice n */
};

/** seen_add(s, id), seen_has(s, id): by the first 8 bytes of id, a keyed hash
 * (that any two of a million meet has a chance below 2^-24). -ENOMEM. */
int seen_add(struct seen *s, const uint8_t *id) MUST_CHECK;
bool seen_has(const struct seen *s, const uint8_t *id);
void seen_free(struct seen *s);

#endif
