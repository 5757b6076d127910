/* Detection of one group of files: parse, recognize, propagate, index. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_H
#define REDACT_DETECT_H

#include "policy/redact/dataset.h"
#include "policy/redact/flag.h"
#include "policy/redact/known_files.h"
#include "policy/redact/text.h"

/* Name and version of recognizers and formats: part of every stamp. */
#define DETECT_VERSION "carrel-detect/11"

/* What is complained of where the words, or seconds, of the file's flag number
 * N, from 1, are not there. */
#define DETECT_NO_FLAG "accepted flag %zu of this file is not in it"
/* The same of one without a type, that stands only where there are spans. */
#define DETECT_NO_BARE "flag %zu of this file is in its spans alone"

#define DETECT_COMPLAINTS 20 /* records of one file that are complained of */

/* Compiled recognizers of a data set: patterns, custom ones, word lists, the
 * tagger; for one thread at a time. */
struct recognizers;
int recognizers_new(const struct dataset_rules *d, struct recognizers **out,
		    struct err *e) MUST_CHECK;
void recognizers_free(struct recognizers *r);
/** recognizers_type(r, i), recognizers_rule(r, i): names by number, for the
 * object's tables; NULL past the end. */
const char *recognizers_type(const struct recognizers *r, uint32_t i);
const char *recognizers_rule(const struct recognizers *r, uint32_t i);
/** recognizers_type_of(r, name): its number, or -1. */
int recognizers_type_of(const struct recognizers *r, const char *name);

/** recognizers_cues(r, text, each, ctx): each word of the text that says to
 * some recognizer what stands near it ("account", "name"), in order. */
void recognizers_cues(const struct recognizers *r, struct bytes text,
		      void (*each)(void *ctx, struct bytes word), void *ctx);

/* A hit in decoded text: [start, end) of runs[run].text. */
struct hit {
	uint32_t run, start, end;
	uint16_t type, rule;
	uint8_t score;
	uint32_t whole;	 /* 1 + which longer value it is a part of, see
			    detect_object.h; 0: of none */
	uint16_t part;	 /* which part of that: ESC_PART's bits */
	uint16_t place;	 /* which part of the name of ... */
	uint32_t person; /* whose it is, see propagate_whose; 0: nobody knows */
};
struct hits {
	struct hit *v;
	size_t n, cap;
};
void hits_free(struct hits *h);

/**
 * recognize(r, runs, n, out): every recognizer over the runs of one record, in
 * order of the dialogue; resolved: sorted by (run, start), no overlaps
 * (higher score, then longer, then type order). Linear in the text. -ENOMEM;
 * what asking external ones gave.
 */
int recognize(const struct recognizers *r, const struct run *runs, size_t n,
	      struct hits *out) MUST_CHECK;

/*
 * Who asks the programs of recognizers.external: no function of this room does
 * I/O. Where a data set has some and nobody is there to ask them, recognize()
 * fails.
 */
struct recognizers_ask {
	/* Adds what they find in the runs, in any order; all else is checked
	 * by recognize(). Not zero: the record fails. */
	int (*fn)(struct recognizers_ask *a, const struct run *runs, size_t n,
		  struct hits *out);
	struct bytes path, language; /* of these texts, as far as known */
};
/** recognizers_ask(r, a): from now on by way of a, which is borrowed.
 * recognizers_about(r, path, language): what the next texts are of; borrowed
 * until the next call. recognizers_external(r, i): the number of the rule
 * "external:NAME" of the i-th. */
void recognizers_ask(struct recognizers *r, struct recognizers_ask *a);
void recognizers_about(const struct recognizers *r, struct bytes path,
		       struct bytes language);
uint16_t recognizers_external(const struct recognizers *r, uint32_t i);

/** recognizers_files(r, k): paths of these are found from now on; what k
 * borrows outlives r. recognizers_known(r): them. */
void recognizers_files(struct recognizers *r, const struct known_files *k);
const struct known_files *recognizers_known(const struct recognizers *r);

#define TALK_VALUES 6
#define TALK_DIGITS 20

/* A number that was said: its digits; n 0: none. */
struct talk_value {
	uint64_t turn; /* when it was said last */
	uint16_t type;
	uint8_t n;
	char digits[TALK_DIGITS];
};

#define TALK_HOUSE 8 /* digits of a house's number */
#define TALK_HOUSES 4

/* A house that was spoken of; n 0: none. */
struct talk_house {
	uint64_t turn;
	uint32_t name; /* hash of its street's first word, or 0 */
	uint8_t n;
	char digits[TALK_HOUSE];
};

/* What the turns so far have asked for; zeroed: none were. */
struct talk {
	uint64_t who, next;   /* who spoke last, and who will; hashes, or 0 */
	uint64_t mine, asked; /* topics: of this turn so far, the one before */
	uint64_t kept;	      /* what was asked for last */
	uint64_t turns, kept_at; /* so far; when that was */
	/* the numbers of the last turns; the one of nextv goes first */
	struct talk_value values[TALK_VALUES];
	unsigned nextv;
	/* likewise the houses; when an address was spoken of last, or 0 */
	struct talk_house houses[TALK_HOUSES];
	unsigned nexth;
	uint64_t abode_at;
	bool abroad; /* a word was said that English has not */
};

/** recognize_turns(r, d, runs, n, out): the same of a record that goes on with
 * the dialogue d. */
int recognize_turns(const struct recognizers *r, struct talk *d,
		    const struct run *runs, size_t n,
		    struct hits *out) MUST_CHECK;

/**
 * canonical(type, text, out): append the canonical form of a value.
 */
int canonical(const char *type, struct bytes text, struct buf *out) MUST_CHECK;
/** canonical_turned(type, text, out): the same of "garcia-john", as of "John
 * Garcia": the first two words change places. */
int canonical_turned(const char *type, struct bytes text,
		     struct buf *out) MUST_CHECK;

/*
 * Values known for a group: found ones and those the manifest names, searched
 * again everywhere in it.
 */
struct propagate;
#define PROPAGATE_LONG 512 /* bytes; longer values are no names or numbers */
int propagate_new(const struct recognizers *r,
		  struct propagate **out) MUST_CHECK;
void propagate_free(struct propagate *p);
/** propagate_in_names(p): what is learned from now on is searched in names of
 * files: a person's two names also turned round or written as one word. */
void propagate_in_names(struct propagate *p);
/** propagate_learn(p, type, text, score): a value found; common words and very
 * short ones are not taken. Idempotent. propagate_count: how many. */
int propagate_learn(struct propagate *p, uint16_t type, struct bytes text,
		    uint8_t score) MUST_CHECK;
size_t propagate_count(const struct propagate *p);
/** propagate_flag(p, type, text): a value that an annotator flagged: searched
 * whatever its words are. -ENOMEM. */
int propagate_flag(struct propagate *p, uint16_t type,
		   struct bytes text) MUST_CHECK;
/** propagate_find(p, runs, n, out): hits of known values that `out` does not
 * cover yet are merged into out, still resolved; whose name it is that they
 * are, or are made of, is told where it is known. Linear. */
int propagate_find(const struct propagate *p, const struct run *runs, size_t n,
		   struct hits *out) MUST_CHECK;
void propagate_reset(struct propagate *p);
/** propagate_whose(p, person): the name of a hit's person; empty: of none, or
 * of several people. Borrowed until p learns or is reset. */
struct bytes propagate_whose(const struct propagate *p, uint32_t person);

/* ---- reading a file into records and runs ---- */

/* One file of a group. */
struct source {
	struct bytes path, data;  /* data: the whole file, mapped */
	const struct flag *flags; /* of it, which the owner took; borrowed */
	size_t nflags;		  /* at most FLAG_MOST are searched */
};

/* Where the results go; returning non-zero stops with that code. */
struct detect_sink {
	/* Index of block nr, in order; borrowed. */
	int (*block)(void *ctx, uint32_t nr, const struct index_block *k);
	/* Last: head and summary; borrowed. */
	int (*done)(void *ctx, const struct index_head *h,
		    const struct index_summary *s);
	/* Words for the owner about a denied file or record; no values. */
	void (*complain)(void *ctx, struct bytes path, uint64_t record,
			 const char *words);
	void *ctx;
};

/**
 * detect_group(d, r, files, n, sink, e): the files of one group; sink gets the
 * calls of one file after the other, in order, `done` once for each. A
 * malformed file is denied (done with denied set, complain called; blocks may
 * have come before) and the others go on. Memory: bounded by the largest record
 * and the values found; in a group of files or records (which cues and lines
 * are), by the hits of the whole group. -EPROTO: a rule that cannot be;
 * -ENOMEM; what the sink returned.
 */
int detect_group(const struct dataset_rules *d, const struct recognizers *r,
		 const struct source *files, size_t n,
		 const struct detect_sink *sink, struct err *e) MUST_CHECK;

/**
 * detect_covers(language): the recognizers know this language ("en", "en-GB",
 * "eng", "English"); a record in another one is denied, never shown unseen. No
 * language stated (empty) counts as covered.
 */
bool detect_covers(struct bytes language);

/* What is found in a language, or ("*") in any; names and types are parted by
 * blanks. */
struct detect_language {
	const char *code, *names, *types;
	bool shown; /* detect_covers it */
};
/** detect_languages(n): all of them, and how many; for people. */
const struct detect_language *detect_languages(size_t *n);

/**
 * detect_answered(d, language): the manifest's owner says that known values,
 * patterns and the custom recognizers are enough for records in it.
 */
bool detect_answered(const struct dataset_rules *d, struct bytes language);

/**
 * detect_group_name(rule, path, out): the group of a file by its template; the
 * path itself where there is none.
 */
int detect_group_name(const struct file_rule *rule, struct bytes path,
		      struct buf *out) MUST_CHECK;

/* ---- fields that a policy takes out (run in the keyless child) ---- */

struct field_want {
	const char *path;
	bool remove; /* else: empty value of the same type */
	bool place;  /* neither: only where it stands is asked */
};

/* A field's place in the source: [start, end) becomes lit, which is escaped
 * for its place. Sorted, disjoint. */
typedef int fields_sink(void *ctx, uint64_t start, uint64_t end,
			struct bytes lit);

/* Where a value stands of which number `want` of the question asks (the first
 * that does); ascending, one place each. Of one inside another the end is not
 * told: it is that of its first token. */
typedef int fields_place(void *ctx, uint64_t start, uint64_t end,
			 uint32_t want);

/**
 * fields_find(format, data, want, n, sink): calls sink with each cut in order;
 * lit is escaped for its place. Sequences of removed members leave valid
 * JSON: the first kept member keeps no separator. A string that a path enters
 * with |json| and that is no JSON is emptied: what it holds cannot be told. The
 * root of a file (a line of JSONL) cannot be removed, it is emptied, and so are
 * the cells of a table. -EPROTO, -ENOMEM, what sink returned.
 */
int fields_find(enum format format, struct bytes data,
		const struct field_want *want, size_t n, fields_sink *sink,
		void *ctx, struct err *e) MUST_CHECK;

/**
 * fields_find_in(format, depth, ...): as fields_find; values inside at most
 * `depth` containers are emptied where they would be removed: records of
 * `$.data[*]` lie at depth 2, and taking records away is not a field's affair.
 * Of a table: 1 where no row names the columns, else 0.
 */
int fields_find_in(enum format format, uint32_t depth, struct bytes data,
		   const struct field_want *want, size_t n, fields_sink *sink,
		   void *ctx, struct err *e) MUST_CHECK;

/**
 * fields_find_all(format, depth, data, want, n, sink, place, ctx, e): as
 * fields_find_in; values of which the place is asked go to `place`, what is cut
 * out of them still to sink. A value that is removed has no place, nor has one
 * inside a string that holds JSON.
 */
int fields_find_all(enum format format, uint32_t depth, struct bytes data,
		    const struct field_want *want, size_t n, fields_sink *sink,
		    fields_place *place, void *ctx, struct err *e) MUST_CHECK;

#endif
