/* The tagger: names of people, places and organisations by a trained model. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TAGGER_H
#define REDACT_TAGGER_H

#include "base/attr.h"
#include "base/bytes.h"

enum tagger_type {
	TAGGER_NONE = 0,
	TAGGER_PERSON,
	TAGGER_LOCATION,
	TAGGER_ORGANIZATION,
	TAGGER_TYPES,
};

/* What the turn before asked for: it tells what a bare answer is. */
enum tagger_asked {
	TAGGER_ASKED_NONE = 0,
	TAGGER_ASKED_NAME,
	TAGGER_ASKED_PLACE,
	TAGGER_ASKED_OTHER,
};

/* [start, end) of the text; score 1..100: how likely it is, in percent. */
struct tagger_span {
	uint32_t start, end;
	enum tagger_type type;
	uint8_t score;
};

/** tagger_weights(): the model that is built in. */
struct bytes tagger_weights(void);

/*
 * A model with a memory of the words it met last: the memory changes nothing
 * but speed, and belongs to one thread.
 */
struct tagger;

/** tagger_new(model, out): model is borrowed for as long as *out lives; NULL
 * bytes: the one built in. -EPROTO: no model of this version; -ENOMEM. */
int tagger_new(struct bytes model, struct tagger **out) MUST_CHECK;
/** tagger_free(t): NULL is fine. */
void tagger_free(struct tagger *t);

/* What the table of names says of a word. */
enum tagger_listed {
	TAGGER_GIVEN = 1,
	TAGGER_FAMILY = 2,
	TAGGER_PLACE = 4,
	TAGGER_PROPER = 8, /* written with a capital in a spelling list */
	TAGGER_WORD = 112, /* 16 times 1 (most frequent) to 4: English */
	TAGGER_RARE = 64,  /* of TAGGER_WORD the least frequent */
};

#define TAGGER_START 0xcbf29ce484222325u /* of no letters */

/** tagger_hash(h, p, n): the hash of letters h, and n more behind them.
 * tagger_hashed(t, h): enum tagger_listed of the word that has it, or'ed; 0: it
 * is not there. tagger_listed(t, word): of the word. */
uint64_t tagger_hash(uint64_t h, const uint8_t *p, uint32_t n);
unsigned tagger_hashed(const struct tagger *t, uint64_t h);
static inline unsigned tagger_listed(const struct tagger *t, struct bytes word)
{
	return tagger_hashed(
		t, tagger_hash(TAGGER_START, word.p, (uint32_t)word.n));
}

/** tagger_knows(t, word, type): the table of names has it for such. */
bool tagger_knows(const struct tagger *t, struct bytes word,
		  enum tagger_type type);

/* Receives a span, in order of the text; non-zero stops the run. */
typedef int tagger_sink(void *ctx, const struct tagger_span *s);

/**
 * tagger_run(t, text, asked, sink, ctx, steps): the names in text, folded as
 * recognizers see it, at most 4 GiB. Linear; the bytes looked at are added to
 * *steps. What sink returned.
 */
int tagger_run(struct tagger *t, struct bytes text, enum tagger_asked asked,
	       tagger_sink *sink, void *ctx, uint64_t *steps) MUST_CHECK;

#endif
