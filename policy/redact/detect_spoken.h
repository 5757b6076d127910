/* Inside of detection: words that stand one by one, read as they are spoken. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_SPOKEN_H
#define REDACT_DETECT_SPOKEN_H

#include "policy/redact/align.h"
#include "policy/redact/detect_times.h"

/* A word that has a time. */
struct spoken_word {
	const struct timed *t;
	uint32_t run;	  /* of the record: its text; ALIGN_NONE: it has none */
	uint32_t segment; /* number in the record's timed; ALIGN_NONE */
};

/** detect_spoken_part(t): a word that is a part of its run: it stands in a
 * sentence already and is joined with nothing. */
static inline bool detect_spoken_part(const struct timed *t)
{
	return t->end > 0;
}

/* Where a run of the joined record comes from: pieces first ... first + n of
 * it, or (n 0) that run of the record. */
struct spoken_run {
	uint32_t run, first, n;
};

/* [start, end) of a joined run is a word's text. */
struct spoken_piece {
	uint32_t word, start, end;
};

/* Words of all timed words, or of a sentence, by number; and where. */
struct spoken_tokens {
	uint64_t *id;
	uint32_t *start, *end; /* of a sentence: in its run */
	uint32_t *word;	       /* of words: which one */
	uint32_t n;
};

/* A sentence laid beside the words of its segment, or of the record. */
struct spoken_sentence {
	uint32_t run;	 /* of the record; ALIGN_NONE: none yet */
	uint32_t lo, hi; /* its words */
	struct spoken_tokens tokens;
	uint32_t *to; /* by token: word, or ALIGN_NONE */
	bool found;
};

/* One record; zeroed is empty. Arrays lie in a. */
struct detect_spoken {
	struct arena *a;
	const struct format_plan *plan;
	const struct format_record *in;
	struct format_record joined; /* in, with its words joined */
	struct run *runs;
	struct spoken_run *from; /* by run of joined: what it is made of */
	struct spoken_piece *pieces;
	struct spoken_word *words;
	uint32_t nwords;
	uint32_t *word_of, *segment_of; /* by run of in; ALIGN_NONE */
	struct spoken_tokens tokens;	/* of all words; made when needed */
	struct spoken_sentence sentence;
	struct buf scratch;
	struct bytes *wholes; /* texts of values of several words; kept */
	size_t nwholes, capwholes;
	const char *why;  /* the times cannot be relied on; static */
	struct hits hits; /* of in, in the making */
};
/** detect_spoken_free(s): zeroed is fine. */
void detect_spoken_free(struct detect_spoken *s);

/** detect_spoken_begin(s): the record before is done with. -ENOMEM.
 * detect_spoken_whole(s, h, text): h is a part of a longer value (kept by the
 * caller as long as the record). -ENOMEM. */
int detect_spoken_begin(struct detect_spoken *s) MUST_CHECK;
int detect_spoken_whole(struct detect_spoken *s, struct hit *h,
			struct bytes text) MUST_CHECK;

/** detect_spoken_parts(s, run): parts of that run have a time. */
static inline bool detect_spoken_parts(const struct detect_spoken *s,
				       uint32_t run)
{
	return s->word_of[run] != ALIGN_NONE &&
	       detect_spoken_part(s->words[s->word_of[run]].t);
}

/**
 * detect_spoken_join(s, plan, r): s->joined is r with runs of single words
 * that follow each other (in one segment, of one speaker) as one run of text,
 * in which recognizers see what a listener hears. r is borrowed. -ENOMEM.
 */
int detect_spoken_join(struct detect_spoken *s, const struct format_plan *plan,
		       const struct format_record *r) MUST_CHECK;

/**
 * detect_spoken_split(s, h, t): hits in s->joined become hits in the runs of
 * the record itself, each word's its own; what is found in a sentence is laid
 * on its words, too. t: the recording's times, or NULL. -ENOMEM.
 */
int detect_spoken_split(struct detect_spoken *s, struct hits *h,
			struct detect_times *t) MUST_CHECK;

/* ---- detect_sentence.c ---- */

/** detect_sentence_is(s, run): the run of the record tells what is said, in
 * sentences: it is under a path of `text`, or within a segment. */
bool detect_sentence_is(const struct detect_spoken *s, uint32_t run);

/** detect_sentence_take(s, run): lay that run into s->sentence. -ENOMEM. */
int detect_sentence_take(struct detect_spoken *s, uint32_t run) MUST_CHECK;

/** detect_sentence_know(s, t): when something is said in the record, to t; its
 * words, too, where t wants them. -ENOMEM. */
int detect_sentence_know(struct detect_spoken *s,
			 struct detect_times *t) MUST_CHECK;

/** detect_sentence_word(s, word): a word's text; none where it has none. */
struct bytes detect_sentence_word(const struct detect_spoken *s, uint32_t word);

#endif
