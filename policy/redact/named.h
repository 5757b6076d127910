/* Values that stand in the names of files, by a pattern of the manifest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_NAMED_H
#define REDACT_NAMED_H

#include "base/bytes.h"

#define NAMED_PARTS 16 /* of a pattern */
#define NAMED_MOST 255 /* bytes of a name */

/* A part of a pattern as "{}_{PERSON}_{}", or of a name that fits it. */
struct named_part {
	struct bytes type;   /* {TYPE}: its value's; {}: empty, p not NULL */
	struct bytes text;   /* what stands there literally; else empty */
	uint32_t start, end; /* where, in a path */
	uint16_t nr;	     /* the type's number; set by who knows types */
};

struct named {
	struct named_part v[NAMED_PARTS];
	uint32_t n;
};

/**
 * named_parse(pattern, out): false: no pattern that can be: a brace alone, two
 * captures without anything between, no {TYPE} at all, more than 16 parts. out
 * borrows from pattern.
 */
bool named_parse(const char *pattern, struct named *out);

/**
 * named_fit(p, path): set where each part is in the path's name without its
 * extension: a {TYPE} has as much as it can, a {} as little, none nothing.
 * Places are in the path. false: the name is not of that form.
 */
bool named_fit(struct named *p, struct bytes path);

#endif
