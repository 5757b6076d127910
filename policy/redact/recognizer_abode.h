/* Where somebody lives, by its words: what the parts of that share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_ABODE_H
#define REDACT_RECOGNIZER_ABODE_H

#include "policy/redact/recognizer.h"

/* What a word may be in an address; several at once. */
enum abode {
	ABODE_DIGITS = 1,     /* a number that is written: 12, 14a */
	ABODE_SAID = 2,	      /* one that is said: twelve */
	ABODE_ORDINAL = 4,    /* third, 17th */
	ABODE_KIND = 8,	      /* of a street: road */
	ABODE_LAND = 16,      /* ends a street's name, and is more: creek */
	ABODE_UNIT = 32,      /* within a house: flat */
	ABODE_DIRECTION = 64, /* north */
	ABODE_FUNCTION = 128, /* is in no name */
	ABODE_COMMON = 256,   /* hardly is */
	ABODE_AMOUNT = 512,   /* behind a number: how much, or when */
	ABODE_MONTH = 1024,
	ABODE_TOPIC = 2048, /* says what a value is about */
	ABODE_HUNDRED = 4096,
	/* words of a question for a part of an address */
	ABODE_ASKS = 8192,     /* which unit */
	ABODE_WHERE = 16384,   /* where */
	ABODE_COMES = 32768,   /* should the driver come */
	ABODE_FIRST = 65536,   /* cross ... */
	ABODE_SECOND = 131072, /* ... street */
};

#define ABODE_NOUGHT 100 /* the value of "oh" */

#define ABODE_WORDS 16 /* of a clause that are looked at */

struct abode_word {
	uint32_t start, end;
	unsigned is;
	bool apart; /* a comma stands before it */
};

/* The words of a clause, from one of them on. */
struct abode_words {
	struct abode_word v[ABODE_WORDS];
	unsigned n;
};

/* A number that begins with a word: what its digits are. */
struct abode_number {
	char digits[TALK_HOUSE];
	unsigned n;	/* digits; 0: there is no number */
	unsigned words; /* of which it is made */
};

/* What the words from a number on are. */
struct abode_street {
	struct abode_words *w;
	struct abode_number number;
	unsigned first, names, end; /* words: of the name, behind it all */
	uint32_t stop;		    /* behind the town */
	bool kind, land, odd, turned, unit, town, ends, announced, opens;
	bool addressed; /* announced by a word that only addresses follow */
	bool weak;	/* by one that much else does */
	bool at;	/* by "at" */
};

/** abode_is(s, i, end, value): what the table of addresses says of the word [i,
 * end), and the number that it says. */
unsigned abode_is(const struct scan *s, uint32_t i, uint32_t end,
		  unsigned *value);

/** abode_words(s, i, most, out): the words from the one at i on, to the end of
 * the clause, at most most, and ABODE_WORDS. */
void abode_words(struct scan *s, uint32_t i, unsigned most,
		 struct abode_words *out);

/** abode_number(s, w, k, out): the house number that word k begins. */
void abode_number(const struct scan *s, const struct abode_words *w, unsigned k,
		  struct abode_number *out);

/** abode_unit(s, w, k): behind ", apt 4", "second floor", "upstairs" that
 * begin at word k; k: there is none. abode_units: behind all of them. */
unsigned abode_unit(const struct scan *s, const struct abode_words *w,
		    unsigned k);
unsigned abode_units(const struct scan *s, const struct abode_words *w,
		     unsigned k);

/** abode_postcode(s, i): the end of a Canadian or Irish code at i; 0: none. */
uint32_t abode_postcode(const struct scan *s, uint32_t i);

/** abode_before(s, i, end): where the word before i begins, over a blank and
 * no mark; *end: its end. i: there is none. */
uint32_t abode_before(const struct scan *s, uint32_t i, uint32_t *end);

/** abode_talk(s): how far the talk is of an address: 2: it was asked for; 1: it
 * was spoken of in the last few turns; 0: not. */
unsigned abode_talk(const struct scan *s);

/** abode_over(w, k): word k does not go on with the clause. */
bool abode_over(const struct abode_words *w, unsigned k);

/** abode_street(s, d, t, i): behind the street whose number, at i, and words t
 * holds, and the town; it is a hit, and d knows of it. 0: it is none.
 * abode_answer(s, t, i): that number alone answers for a house. */
uint32_t abode_street(struct scan *s, struct talk *d, struct abode_street *t,
		      uint32_t i);
bool abode_answer(struct scan *s, const struct abode_street *t, uint32_t i);

/** abode_known(d, n): a house with that number was spoken of.
 * abode_again(s, d, w, n): it is so, or one of the same street, or one that is
 * put right: where it ends with its street; 0: it is none. */
bool abode_known(const struct talk *d, const struct abode_number *n);
uint32_t abode_again(struct scan *s, const struct talk *d,
		     const struct abode_words *w, const struct abode_number *n);

/** abode_asks(s): topics of a question for a part of an address. */
uint64_t abode_asks(struct scan *s);

/** abode_may_number(w), abode_may_ask(w): the word of the table may begin a
 * number, may be of a question for a part of an address. */
bool abode_may_number(const struct word *w);
bool abode_may_ask(const struct word *w);

/** abode_learn(s, d, w, n): the house with that number, which begins the words
 * w, was spoken of. */
void abode_learn(const struct scan *s, struct talk *d,
		 const struct abode_words *w, const struct abode_number *n);

/** abode_parts(s, d, first): an answer that is a part of an address: a street
 * alone, two that cross, a flat; not in what hits from first on hold. */
void abode_parts(struct scan *s, struct talk *d, size_t first);

#endif
