/* Inside of the tagger: tokens and features, shared with its training. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TAGGER_IN_H
#define REDACT_TAGGER_IN_H

#include "policy/redact/tagger.h"

enum tagger_label {
	LABEL_OUT = 0,
	LABEL_PERSON, /* begins one; the next number goes on in it */
	LABEL_PERSON_IN,
	LABEL_LOCATION,
	LABEL_LOCATION_IN,
	LABEL_ORGANIZATION,
	LABEL_ORGANIZATION_IN,
	LABEL_OTHER, /* a name of something else: a product, a song */
	LABELS,
};

/* One number for each label. */
typedef int16_t tagger_row __attribute__((vector_size(2 * LABELS)));

/*
 * A model, little endian: this head, 2^row_bits rows of one signed byte for
 * each label, 2^name_bits words of 32 bits: a hash of a name (above) and its
 * bits (the low 8, enum tagger_listed); 0: empty.
 */
#define TAGGER_MAGIC "carrel tagger 1\n"
struct tagger_head {
	char magic[16];
	uint32_t row_bits, name_bits;
	uint32_t unit;			/* weights by this one make log-odds */
	uint32_t out;			/* taken off LABEL_OUT: more is found */
	int16_t begin[LABELS];		/* weights of the first label */
	int16_t follow[LABELS][LABELS]; /* of the second after the first */
};

struct tagger_model {
	struct tagger_head head;
	const uint8_t *rows;
	const uint8_t *names;
	const uint32_t *some; /* of tagger_some, or NULL */
};

/** tagger_model(b, m): read the head, point into b. -EPROTO. */
int tagger_model(struct bytes b, struct tagger_model *m) MUST_CHECK;

/* ---- tokens ---- */

#define TAGGER_CHUNK 256 /* tokens that are labelled at once */

enum {
	SHAPE_EDGE = 0, /* beyond the text */
	SHAPE_LOWER,
	SHAPE_CAPITAL,
	SHAPE_UPPER,
	SHAPE_LETTER, /* one, upper case */
	SHAPE_DIGITS,
	SHAPE_MIXED, /* letters and digits */
	SHAPE_CAMEL,
	SHAPE_MARK,
	SHAPE_CLITIC,	  /* 's */
	SHAPE_FIRST = 16, /* of its sentence */
	SHAPE_CASE = 32,  /* by how capitals are used in the text: 0 none,
			     1 only where sentences begin, 2 in them, 3 all */
};

#define TAGGER_DIGITS 8 /* of a number, more say nothing */

/*
 * Tokens of one shape, head and tail are one word to the model: these are all
 * bytes of a word of up to 16, the last in the lowest bits of tail; how many of
 * a number; one of a mark that repeats. A longer word has no tail.
 */
struct tagger_token {
	uint64_t head, tail;
	uint32_t start, end;
	uint32_t id; /* of its bytes in lower case */
	uint8_t shape, names;
};

/** tagger_tokens(text, at, t, max): up to max tokens from *at on, which moves
 * behind them, without id and names; how many. */
unsigned tagger_tokens(struct bytes text, uint32_t *at, struct tagger_token *t,
		       unsigned max);

/* ---- features ---- */

#define TAGGER_REACH 2 /* tokens on both sides whose words count */
#define TAGGER_JOINTS 6
#define TAGGER_FEATURES 40 /* of a token, at most */

/* What one word adds to its own label and to those of its neighbours. */
enum tagger_kind {
	KIND_BIAS,
	KIND_WORD,
	KIND_WORD_SHAPE,
	KIND_HEAD2,
	KIND_HEAD3,
	KIND_HEAD4,
	KIND_TAIL1,
	KIND_TAIL2,
	KIND_TAIL3,
	KIND_TAIL4,
	KIND_SHAPE,
	KIND_NAMES,
	KIND_NAMES_SHAPE,
	KIND_TAIL_NAMES,
	KINDS,
	/* and what several words make together */
	JOINT_BEFORE = KINDS,
	JOINT_BEHIND,
	JOINT_NAMES_BEFORE,
	JOINT_NAMES_BEHIND,
	JOINT_ASKED,
	JOINT_ASKED_PLACE,
};

/** tagger_word(m, text, t, v): complete t, and the values of its kinds. */
void tagger_word(const struct tagger_model *m, struct bytes text,
		 struct tagger_token *t, uint32_t v[KINDS]);

#define TAGGER_SOME ((uint32_t)1 << 20)

/** tagger_some(m, some): m borrows some, TAGGER_SOME bits of 0; one for each
 * word of the table is set: of most others none is, and so few bytes are read
 * faster than the table.
 * tagger_names(m, h): what the table of names has for the word of tagger_hash
 * h. */
void tagger_some(struct tagger_model *m, uint32_t *some) NONNULL_ALL;
unsigned tagger_names(const struct tagger_model *m, uint64_t h);

/** tagger_reach(kind): at which positions from -2 (bit 0) to 2 (bit 4) the
 * label's token sees a word's value of that kind. */
static inline unsigned tagger_reach(unsigned kind)
{
	static const uint8_t reach[KINDS] = {4, 31, 4, 4,  4,  4,  4,
					     4, 14, 4, 14, 31, 14, 4};

	return reach[kind];
}

/** tagger_mixed(x): every bit of x in every bit, one to one. */
static inline uint64_t tagger_mixed(uint64_t x)
{
	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
	return x ^ (x >> 32);
}

/** tagger_row_at(m, kind, value, position): the number of a row; position
 * from 0 (two words before) to 4. */
static inline uint32_t tagger_row_at(const struct tagger_model *m,
				     unsigned kind, uint32_t value,
				     unsigned position)
{
	uint64_t key = (uint64_t)(kind * 8 + position + 1) << 32 | value;

	return (uint32_t)(tagger_mixed(key) >> (64 - m->head.row_bits));
}

/** tagger_row_of(m, row): the weights of a row. */
static inline tagger_row tagger_row_of(const struct tagger_model *m,
				       uint32_t row)
{
	int8_t r __attribute__((vector_size(LABELS)));

	memcpy(&r, m->rows + (size_t)row * LABELS, sizeof(r));
	/* each byte twice, and the upper one moved down: two instructions */
	return (tagger_row)__builtin_shufflevector(r, r, 0, 0, 1, 1, 2, 2, 3, 3,
						   4, 4, 5, 5, 6, 6, 7, 7) >>
	       8;
}

/** tagger_add(m, v, at): the rows of the values v of a word added to at[p], the
 * sum of the token that sees the word at position p. */
void tagger_add(const struct tagger_model *m, const uint32_t v[KINDS],
		tagger_row at[2 * TAGGER_REACH + 1]);

/** tagger_joint(m, t, i, n, asked, rows): rows of token i of n with its
 * neighbours; t[-1] and t[n] can be read (edges of the text). How many.
 * tagger_joints(m, t, n, asked, sums): of all n, added to their sums; those of
 * the edges, sums[-1] and sums[n], are spoilt. */
unsigned tagger_joint(const struct tagger_model *m,
		      const struct tagger_token *t, unsigned i, unsigned n,
		      enum tagger_asked asked, uint32_t rows[TAGGER_JOINTS]);
void tagger_joints(const struct tagger_model *m, const struct tagger_token *t,
		   unsigned n, enum tagger_asked asked, tagger_row *sums);

#endif
