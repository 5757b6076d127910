/* Where words of a text begin that a recognizer may want: sets of bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_STARTS_H
#define REDACT_RECOGNIZER_STARTS_H

#include "base/attr.h"
#include "base/bytes.h"

struct recognizers;

/* The sets; each is a bit for each byte of the text. */
enum starts_set {
	STARTS_WORD,   /* the byte is in a word */
	STARTS_DIGIT,  /* it is a digit */
	STARTS_SAID,   /* a word that may say digits begins, or one digit or
			  letter */
	STARTS_SCAN,   /* the scan stops there */
	STARTS_NUMBER, /* a word that may be a house's number begins */
	STARTS_ASK,    /* one that may ask for a part of an address does */
	STARTS_SETS,
};

/* What a word says of its text, beside the sets: it is another language's, or a
 * function word of English alone. */
#define STARTS_FOREIGN 8u
#define STARTS_ENGLISH 16u
#define STARTS_SHARED 32u /* may be another's, too: "me" */
#define STARTS_UNIT 64u	  /* ABODE_UNIT */
#define STARTS_CHAIN 128u /* goes on with what is spelled or said: "um" */
#define STARTS_IDLE 256u  /* said by who listens: "okay" */
#define STARTS_KIND 512u  /* ABODE_KIND */

#define STARTS_OWN 32 /* words of a set that need no memory: 2 KiB of text */

/* Those of one text. heap is zeroed before the first use. */
struct starts {
	uint64_t *set[STARTS_SETS];
	size_t n;     /* bytes of the text */
	bool high;    /* one is beyond ASCII */
	unsigned any; /* what any of its words says, STARTS_KIND and so on */
	uint64_t *heap;
	uint64_t walked;     /* words of sets that were looked at, one by one */
	const uint16_t *may; /* the table's, by a word's number */
	uint16_t *id; /* by where a word begins: 1 + its number in the table
			 of all words, 0 elsewhere; NULL: not kept */
	uint64_t own[(STARTS_SETS + 16) * STARTS_OWN];
};

/** starts_table_make(r): what r's words may be; -ENOMEM. */
int starts_table_make(struct recognizers *r) NONNULL_ALL MUST_CHECK;

/** starts_make(m, r, in): the sets of the text, where those of another may have
 * been; -ENOMEM. starts_free(m). */
int starts_make(struct starts *m, const struct recognizers *r,
		struct bytes in) MUST_CHECK;
void starts_free(struct starts *m);

/** starts_window(m, set, i): its 64 bits from i on; i < m->n. Behind the text
 * none is set. */
static inline uint64_t starts_window(const struct starts *m,
				     enum starts_set set, size_t i)
{
	const uint64_t *v = m->set[set] + i / 64;

	return (uint64_t)(((unsigned __int128)v[1] << 64 | v[0]) >> i % 64);
}

/** starts_next(m, set, i): the first byte of the set, i or behind; the text's
 * end: there is none. starts_next_far: in other words of it. */
size_t starts_next_far(struct starts *m, enum starts_set set, size_t i);
static inline size_t starts_next(struct starts *m, enum starts_set set,
				 size_t i)
{
	uint64_t v = i < m->n ? starts_window(m, set, i) : 0;

	return v != 0 ? i + (size_t)__builtin_ctzll(v)
		      : starts_next_far(m, set, i);
}

/** starts_over(m, set, i): the first byte that is not in it, likewise. */
size_t starts_over_far(struct starts *m, enum starts_set set, size_t i);
static inline size_t starts_over(struct starts *m, enum starts_set set,
				 size_t i)
{
	/* behind the text no byte is in a set */
	uint64_t v = i < m->n ? ~starts_window(m, set, i) : 0;

	return v != 0 ? i + (size_t)__builtin_ctzll(v)
		      : starts_over_far(m, set, i);
}

/** starts_has(m, set, i): i is in the set. starts_inside(m, i): i is in a word,
 * and so is the byte before it. */
static inline bool starts_has(const struct starts *m, enum starts_set set,
			      size_t i)
{
	return (m->set[set][i / 64] >> i % 64 & 1) != 0;
}

static inline bool starts_inside(const struct starts *m, size_t i)
{
	return i > 0 && i <= m->n &&
	       (starts_window(m, STARTS_WORD, i - 1) & 3) == 3;
}

/** starts_any(m, set, i, end): one of [i, end) is in the set; i < end. */
static inline bool starts_any(const struct starts *m, enum starts_set set,
			      size_t i, size_t end)
{
	const uint64_t *v = m->set[set];
	size_t at = i / 64, last = (end - 1) / 64;
	uint64_t up = ~(uint64_t)0 << i % 64;
	uint64_t down = ~(uint64_t)0 >> (63 - (end - 1) % 64);

	if (at == last)
		return (v[at] & up & down) != 0;
	if ((v[at] & up) != 0)
		return true;
	while (++at < last)
		if (v[at] != 0)
			return true;
	return (v[last] & down) != 0;
}

#endif
