/* Inside of the recognizers: speech in German, Spanish and Vietnamese. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_ABROAD_H
#define REDACT_RECOGNIZER_ABROAD_H

#include "policy/redact/recognizer_name.h"

/* Languages that there is a table of words of. */
enum abroad {
	ABROAD_NONE = 0,
	ABROAD_GERMAN,
	ABROAD_SPANISH,
	ABROAD_VIETNAMESE,
};

/*
 * Roles of a word in such a table, where enum role does not have them; all
 * words there are written without accents and are hardly anybody's name.
 */
enum abroad_role {
	ABROAD_WORD = 1,      /* just a word */
	ABROAD_ALSO = 2,      /* and somebody's name: "klein", "pilar" */
	ABROAD_ASK = 4,	      /* a question or a request */
	ABROAD_TOPIC = 8,     /* topic */
	ABROAD_CUE = 16,      /* cue: a name may follow */
	ABROAD_PARTICLE = 32, /* inside names */
	ABROAD_ORDINAL = 64,  /* number */
	ABROAD_MONTH = 128,
	ABROAD_JOINT = 256,  /* between the parts of a date */
	ABROAD_LETTER = 512, /* a letter's name: "jota", "ka" */
	ABROAD_TIMES = 1024, /* "doppel" */
	ABROAD_UNIT = 2048,  /* makes the number before it a quantity */
};

/* What may follow a cue. */
enum abroad_cue {
	ABROAD_CUE_NONE = 0,
	ABROAD_CUE_NAME,  /* "heiße": a name */
	ABROAD_CUE_AM,	  /* "bin", "soy": a name, or what one is */
	ABROAD_CUE_TITLE, /* "frau": a family's name */
	ABROAD_CUE_KIN,	  /* "tochter": perhaps her name */
	ABROAD_CUE_CALL,  /* "anh": perhaps a name */
	ABROAD_CUE_IS,	  /* "là": behind a person */
};

#define ABROAD_LONG 32	  /* bytes of a word without accents, and a 0 */
#define ABROAD_TOKENS 128 /* looked at together */

/* A word, a group of digits, of a turn. */
struct abroad_token {
	uint32_t i, end;
	uint32_t roles;		/* enum abroad_role; 0: not in the table */
	char word[ABROAD_LONG]; /* without accents; empty: digits */
	uint8_t number, topic, cue;
	bool digits; /* it has one */
	bool apart;  /* the sentence before has ended */
};

/* The turn's words, or as many as are looked at together. */
struct abroad_turn {
	struct abroad_token t[ABROAD_TOKENS];
	unsigned n;
	enum abroad tongue;
	bool whole;   /* all of the turn */
	bool accents; /* it has letters beyond ASCII: who wrote it does so */
};

/** abroad_plain(in, i, end, out): the word at i in small letters of ASCII,
 * without accents, of at most ABROAD_LONG - 1; its length. *end: where it ends;
 * digits are not part of it. */
size_t abroad_plain(struct bytes in, size_t i, size_t *end,
		    char out[ABROAD_LONG]) NONNULL_ALL;

/** abroad_capital(s, i): a capital of any of the languages stands at i. */
bool abroad_capital(const struct scan *s, uint32_t i) NONNULL_ALL;

/** abroad_is(t, k, words): the word of token k, which may be none, is one of
 * words, which blanks part and surround. */
bool abroad_is(const struct abroad_turn *t, unsigned k,
	       const char *words) NONNULL_ALL;

/** abroad_tongue(s): the language of the run, ABROAD_NONE for English and the
 * rest; remembered. */
enum abroad abroad_tongue(struct scan *s) NONNULL_ALL;

/** abroad_judge(s, from, t): of the hits from from on those go, or lose words,
 * that are guesses made of the language's plain words, or a meter's reading. */
void abroad_judge(struct scan *s, size_t from, const struct abroad_turn *t);

/** abroad_word(s, i, end): the roles of the word in the table of the run's
 * language; 0: it is not there. */
unsigned abroad_word(struct scan *s, uint32_t i, uint32_t end) NONNULL_ALL;

/** abroad_turn(s, from): what the run says in one of these languages: names
 * [from, ...) of which nothing but common words is left go, others come, and
 * what it asks for. */
void abroad_turn(struct scan *s, size_t from) NONNULL_ALL;

/** abroad_names(s, t), abroad_dates(s, t), abroad_codes(s, t),
 * abroad_places(s, t): names by cue; when somebody was born; identifiers, towns
 * and streets that answer.
 * abroad_asks(s, t): what is asked for, to s->seen and s->asks. */
void abroad_names(struct scan *s, const struct abroad_turn *t) NONNULL_ALL;
void abroad_dates(struct scan *s, const struct abroad_turn *t) NONNULL_ALL;
void abroad_codes(struct scan *s, const struct abroad_turn *t) NONNULL_ALL;
void abroad_places(struct scan *s, const struct abroad_turn *t) NONNULL_ALL;
void abroad_asks(struct scan *s, const struct abroad_turn *t) NONNULL_ALL;

/** abroad_syllables(s, t, k): Vietnamese names that people are called by stand
 * from token k on; the token behind them, or k. */
unsigned abroad_syllables(const struct scan *s, const struct abroad_turn *t,
			  unsigned k) NONNULL_ALL;

/* A number in words, "achtundfünfzig", "cuarenta y cuatro", "mười hai". */
struct abroad_number {
	size_t end;
	unsigned value;
	uint8_t digits; /* of value */
	bool sum;	/* of hundreds or thousands */
	bool several;	/* more than a digit's word */
	bool ordinal;
};

/** abroad_number(in, i, out): the number that is said from i on; false: none,
 * or a greater one than 9999. */
bool abroad_number(struct bytes in, size_t i,
		   struct abroad_number *out) NONNULL_ALL;

/** abroad_words_german(n) and so on: the tables' lines, and how many. */
const struct word_line *abroad_words_german(size_t *n) NONNULL_ALL;
const struct word_line *abroad_words_spanish(size_t *n) NONNULL_ALL;
const struct word_line *abroad_words_vietnamese(size_t *n) NONNULL_ALL;

#endif
