/* Training the tagger: sentences with labels, and the model in floats. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_TAGGER_FIT_H
#define TOOLS_TAGGER_FIT_H

#include "base/buf.h"
#include "policy/redact/tagger_in.h"

/* One sentence; its tokens' rows stand in a long list of all sentences. */
struct sentence {
	enum tagger_asked asked;
	struct bytes text;
	uint32_t n;	  /* tokens */
	uint8_t *allowed; /* per token: bits of labels it may have */
	uint32_t *first;  /* per token, and one more: where its rows begin */
	uint32_t *rows;	  /* their numbers */
	uint32_t *start, *end; /* per token, in the text */
};

struct sentences {
	struct buf file;
	struct sentence *v;
	size_t n, cap;
};

/**
 * sentences_load(path, m, s): read lines "asked TAB open TAB spans TAB text":
 * asked is a number of enum tagger_asked; open 1: a word outside of all spans
 * may be a name of something else; spans are "START-END:TYPE" in bytes,
 * separated by blanks; TYPE is PERSON, LOCATION, ORGANIZATION, OTHER, or ANY
 * (nobody knows). -EPROTO, -ENOMEM, or what reading gave.
 */
int sentences_load(const char *path, const struct tagger_model *m,
		   struct sentences *s) MUST_CHECK;
/** sentences_free(s): a zeroed one is fine. */
void sentences_free(struct sentences *s);

struct fit {
	const struct tagger_model *m;
	size_t nrows;
	float (*w)[LABELS], (*sq)[LABELS]; /* weights, sums of squares */
	float (*sum)[LABELS];		   /* of w at `sums` times */
	unsigned sums;
	float follow[LABELS + 1][LABELS], follow_sq[LABELS + 1][LABELS];
	uint32_t random;
	float rate, drop;
	bool adds;   /* to sum, a few times an epoch */
	double loss; /* of the last epoch, per token */
};

/** fit_epoch(f, s): once over all sentences, in an order of its own. -ENOMEM.
 */
int fit_epoch(struct fit *f, const struct sentences *s) MUST_CHECK;

#endif
