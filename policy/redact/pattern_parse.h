/* A pattern as positions and who follows whom (Glushkov's automaton). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PATTERN_PARSE_H
#define REDACT_PATTERN_PARSE_H

#include "policy/redact/pattern.h"

/* A set of up to 256 things: positions, or bytes. */
struct set {
	uint64_t w[PATTERN_POSITIONS / 64];
};

/** set_has, set_add: one member. set_join(s, o): all of o into s.
 * set_meets(s, o): they share one. set_none(s): it is empty. */
static inline bool set_has(const struct set *s, unsigned i)
{
	return (s->w[i / 64] >> (i % 64) & 1) != 0;
}

static inline void set_add(struct set *s, unsigned i)
{
	s->w[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline void set_join(struct set *s, const struct set *o)
{
	for (unsigned i = 0; i < PATTERN_POSITIONS / 64; i++)
		s->w[i] |= o->w[i];
}

static inline bool set_meets(const struct set *s, const struct set *o)
{
	uint64_t any = 0;

	for (unsigned i = 0; i < PATTERN_POSITIONS / 64; i++)
		any |= s->w[i] & o->w[i];
	return any != 0;
}

static inline bool set_none(const struct set *s)
{
	return set_meets(s, s) == false;
}

/* Position i matches one byte of bytes[i]; follow[i] may come next. */
struct glushkov {
	struct set bytes[PATTERN_POSITIONS];
	struct set follow[PATTERN_POSITIONS];
	struct set first, last;
	unsigned n;
	bool nullable;
	bool begin, end;	   /* ^ and $ */
	bool begin_word, end_word; /* \b at the beginning, at the end */
};

/** pattern_parse(text, g, e): fill g. -EPROTO with column and words. */
int pattern_parse(struct bytes text, struct glushkov *g,
		  struct err *e) MUST_CHECK NONNULL(2);

/** pattern_class(text, at, out, e): the class that begins behind its [ at *at,
 * which moves behind its ]; *wide: it was negated, and so matches characters
 * beyond ASCII too. pattern_class_escape(c, out): \d, \w, \s and their
 * opposites into out; false: none of these. -EPROTO. */
int pattern_class(struct bytes text, size_t *at, struct set *out, bool *wide,
		  struct err *e) MUST_CHECK;
bool pattern_class_escape(uint8_t c, struct set *out, bool *wide);

/** pattern_class_range(s, from, to): add the bytes from..to. */
void pattern_class_range(struct set *s, unsigned from, unsigned to);

/** pattern_class_byte(text, at, out, e): the byte of the escape whose letter
 * is at *at, which moves behind it. -EPROTO. */
int pattern_class_byte(struct bytes text, size_t *at, uint8_t *out,
		       struct err *e) MUST_CHECK;

#endif
