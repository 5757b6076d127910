/* Values of one person: what they look like wherever they may stand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_NEEDLE_H
#define INGEST_NEEDLE_H

#include "base/buf.h"
#include "base/err.h"

#define NEEDLES 256    /* values of one search, at most */
#define NEEDLE_MIN 3   /* bytes of a value */
#define NEEDLE_MAX 512 /* bytes of a value */

struct needles;
/** needles_free(n): wiped; NULL is fine. needles_freep fits CLEANUP. */
void needles_free(struct needles *n);
static inline void needles_freep(struct needles **n)
{
	needles_free(*n);
}

/**
 * needles_new(text, place, out, e): one value per line of text; empty lines
 * are none. -EINVAL: none, too many, too short or too long.
 */
int needles_new(struct bytes text, const char *place, struct needles **out,
		struct err *e) MUST_CHECK;

/** needles_count(n). needles_longest(n): most bytes of a place where one may
 * stand, escaped. */
size_t needles_count(const struct needles *n);
size_t needles_longest(const struct needles *n);

/**
 * needles_find(n, in, from, at, len): the first place from `from` on where one
 * stands as it is, or escaped as JSON does, ASCII letters in either case, for a
 * blank one of " _-.+", between what are no letters and digits; false: none.
 */
bool needles_find(const struct needles *n, struct bytes in, size_t from,
		  size_t *at, size_t *len);
/** needles_in(n, in): one stands there. */
bool needles_in(const struct needles *n, struct bytes in);

/** needles_canon(n, type, canon): one has this canonical form, as a value of
 * the type. 1, 0, -ENOMEM. */
int needles_canon(struct needles *n, struct bytes type,
		  struct bytes canon) MUST_CHECK;

#endif
