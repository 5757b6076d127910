/* Identifiers with a shape of their own: one table, and how it is read. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_KINDS_H
#define REDACT_RECOGNIZER_KINDS_H

#include "policy/redact/recognizer_check.h"

#define KIND_LONG 24 /* letters and digits of the longest one */

/*
 * What one looks like and what must be true of it. In a shape 9 is a digit, A
 * a letter, X either; a blank is where a separator may
 * stand, '-' and '.' where they must, '_' where some must; '~' before all:
 * anywhere. `near` are the topics (TOPIC_BIT) that make it certain where their
 * words stand around it, or were asked for, or are its key's; not where such a
 * word is of another land. A score of 0: not such a value then.
 */
struct kind {
	uint8_t entity, rule, land;
	const char *shape;
	recognizer_check *check; /* NULL: the shape is all there is */
	uint64_t near;
	uint8_t alone, told; /* score without and with its topic */
};

/** recognizer_kinds_table(n): all of them, and how many. */
const struct kind *recognizer_kinds_table(size_t *n);

#define KIND_ROWS 128

/* A shape as sets of places. */
struct kind_shape {
	uint32_t digits, letters;    /* that must be */
	uint32_t gaps;		     /* before which a separator may stand, */
	uint32_t some, dashes, dots; /* must, and which one */
	bool anywhere;
};

/* Rows of the table by how many letters and digits their shape has, apart by
 * whether they begin with a digit. */
struct kind_index {
	uint8_t first[2][KIND_LONG + 2];
	uint8_t rows[2][KIND_ROWS];
	struct kind_shape shapes[KIND_ROWS];
	unsigned letters; /* as many at least where no digit is among them */
};

/** recognizer_kinds_index(x): made once, when recognizers are. */
void recognizer_kinds_index(struct kind_index *x);

#endif
