/* Identifiers of several parts: "g40 1182 77", "tango 449 whiskey". */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_PARTS_H
#define REDACT_RECOGNIZER_PARTS_H

#include "policy/redact/recognizer.h"

#define PARTS_MOST 16 /* more are no identifier */

enum part_kind {
	PART_OTHER,
	PART_DIGITS,
	PART_MIXED,    /* "g40", "7z" */
	PART_LETTERS,  /* one to four that are no word */
	PART_ALPHABET, /* "tango", "d as in dog" */
	PART_SAID,     /* "four" */
	PART_JOINT,    /* "dash" */
	PART_MEASURE,  /* "5gb", "2nd", or the "77x" of an identifier */
};

struct part {
	uint32_t start, end;
	uint8_t kind, digits, letters;
	bool over; /* a mark stands behind */
};

/* Parts side by side. */
struct parts {
	struct part v[PARTS_MOST];
	unsigned n;
	uint64_t label; /* what the words before say that it is; topics */
	bool direct;	/* such a word stands right before */
	bool asked;	/* the turn before asked for something of the kind */
	bool model;	/* it asked which model: nothing is an identifier */
	bool item;	/* "room" stands before: a number that is none */
};

/** recognizer_part_at(s, i, p): what the word at i is. */
void recognizer_part_at(const struct scan *s, uint32_t i,
			struct part *p) NONNULL_ALL;

/** recognizer_part_alphabet(s, i, end): the word [i, end) is one of those that
 * are said for letters. */
bool recognizer_part_alphabet(const struct scan *s, uint32_t i,
			      uint32_t end) NONNULL_ALL;

/** recognizer_part_example(s, i): where "d as in " before "dog" at i begins; i:
 * nowhere. */
uint32_t recognizer_part_example(const struct scan *s, uint32_t i) NONNULL_ALL;

/** recognizer_part_before(s, i, floor, p): the part that ends before i, over
 * one blank, not before floor; false: there is none. */
bool recognizer_part_before(const struct scan *s, uint32_t i, uint32_t floor,
			    struct part *p) NONNULL_ALL;

/** recognizer_part_counts(s, p): a unit, a currency or a month stands behind.
 */
bool recognizer_part_counts(const struct scan *s,
			    const struct part *p) NONNULL_ALL;

/** recognizer_parts_label(s, i, out): label, direct and item of what begins at
 * i: the words before it, at most five. */
void recognizer_parts_label(struct scan *s, uint32_t i,
			    struct parts *out) NONNULL_ALL;

/** recognizer_parts_next(s, at, out): the next parts at *at or behind, and
 * where to go on; false: no more. */
bool recognizer_parts_next(struct scan *s, uint32_t *at,
			   struct parts *out) NONNULL_ALL;

#endif
