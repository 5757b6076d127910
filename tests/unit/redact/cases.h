/* Tables of positives and decoys, and runs made from strings. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_CASES_H
#define TEST_CASES_H

#include "policy/redact/detect.h"

/* In text, exactly want is a value of the type; NULL: the whole text. */
struct good {
	const char *text, *want;
};

/** cases_run(text): a run of speech that borrows text. */
struct run cases_run(const char *text);

/** cases_rules(d): recognizers of d (NULL: none of its own); must compile. */
struct recognizers *cases_rules(const struct dataset_rules *d);

/** cases_has(r, runs, h, type, run, want): h has that hit; want NULL: any of
 * the type. */
bool cases_has(const struct recognizers *r, const struct run *runs,
	       const struct hits *h, const char *type, uint32_t run,
	       const char *want);

/** cases_all(type, good, n, decoys, m): every positive is found exactly, no
 * decoy has a hit of the type; prints those that fail, then fails. At least 30
 * of each. cases_some: fewer will do. */
void cases_all(const char *type, const struct good *good, size_t n,
	       const char *const *decoys, size_t m);
void cases_some(const char *type, const struct good *good, size_t n,
		const char *const *decoys, size_t m);

#define CASES_TURNS 6
#define CASES_LONG 512

/** cases_split(turns, text, runs): the turns parted by '|', of two people in
 * turn, in text; how many. */
size_t cases_split(const char *turns, char text[CASES_LONG],
		   struct run runs[CASES_TURNS]);

/* Turns as cases_split takes them; in the last of them stands want
 * (NULL: all of it), or (type NULL) nothing but what the tagger thinks. */
struct talk_case {
	const char *turns, *type, *want;
};

/** cases_talks(cases, n): of all of them; prints those that fail, then fails.
 */
void cases_talks(const struct talk_case *cases, size_t n);

#define CASES_MOST 8

/** cases_none(turns, n, type): none of n turns, CASES_MOST at most, has a value
 * of the type. */
void cases_none(const char *const *turns, size_t n, const char *type);

/** cases_sound(runs, n, h): what recognize promises of its hits. */
void cases_sound(const struct run *runs, size_t n, const struct hits *h);

#endif
