/* What shall be done: transforms and their parameters, filled by policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DECISION_H
#define REDACT_DECISION_H

#include "base/buf.h"
#include "base/secret.h"
#include "policy/redact/span.h"
#include "policy/redact/wave.h"

/* The first is the strictest: a forgotten field hides. */
enum action {
	ACTION_DROP = 0, /* empty value of the same type */
	ACTION_TAG,	 /* [PERSON_1] */
	ACTION_MASK,
	ACTION_PSEUDONYM,
	ACTION_HASH,
	ACTION_GENERALIZE,
	ACTION_SHIFT,
	ACTION_KEEP,
};

enum scope {
	SCOPE_RECORD = 0,
	SCOPE_TASK,
	SCOPE_PROJECT,
	SCOPE_ANNOTATOR
};
enum style {
	STYLE_REALISTIC = 0,
	STYLE_TAG
};
/* Which of two numbers of a date is the day; the strictest first: nobody knows
 * where both could be. */
enum date_order {
	ORDER_UNKNOWN = 0,
	ORDER_MDY,
	ORDER_DMY
};

/* Words of which one must be; n 0: any. */
struct among {
	const char *const *v;
	size_t n;
};

struct transform {
	enum action action;
	enum scope scope;      /* pseudonym, hash, shift */
	enum style style;      /* pseudonym */
	uint8_t keep_last;     /* mask: characters left at the end */
	bool keep_separators;  /* mask */
	bool true_length;      /* mask: length as the value's own */
	uint32_t mask_char;    /* code point; 0: '*' */
	uint8_t hash_len;      /* hash: hex digits; 0: 16 */
	const char *to;	       /* generalize: month, year, zip3 ...; NULL */
	uint32_t width;	       /* generalize to band: how wide */
	enum date_order order; /* generalize, shift */
	bool weekdays;	       /* shift: by whole weeks */
	/* Conditions: where one does not hold, see decision_for. */
	uint8_t min_score;	      /* of the span */
	struct among speakers, tasks; /* who said it; for which work */
	uint32_t line; /* policy line that decided; 0: the default */
};

struct type_rule {
	const char *type;
	struct transform t;
};

/* A JSON or CSV field taken out for a role, or exchanged with another. */
enum field_action {
	FIELD_REMOVE = 0,
	FIELD_DROP,
	FIELD_SWAP, /* see view_swap.h */
};
struct field_rule {
	enum field_action action;
	enum scope scope; /* swap: who shares the coin */
	const char *path; /* JSONPath subset, see jsonpath.h */
	const char *with; /* swap: the other one's; else NULL */
	uint32_t line;
};

enum names {
	NAMES_NUMBER = 0,
	NAMES_PSEUDONYM,
	NAMES_KEEP
};

/* Recordings: what is heard in place of a value that is not kept. */
#define AUDIO_PAD_MAX 5000 /* ms; indexes of recordings look so far ahead */
struct audio {
	enum fill fallback;
	const char **types; /* parallel to fills */
	enum fill *fills;
	uint32_t n, pad_ms;
};

/* The effective decision for one object: what view_build is told. */
struct decision {
	struct transform fallback; /* types that no rule names */
	const struct type_rule *rules;
	size_t nrules;
	const struct field_rule *fields; /* that match this object */
	size_t nfields;
	struct audio audio;
};

/* What is known of the place where a value stands. */
struct circumstance {
	uint8_t score;
	struct bytes speaker; /* empty: nobody knows */
	struct bytes task;    /* empty: none */
};

/**
 * decision_for(d, type, c): the transform of a span. Never NULL. Conditions can
 * only make it stricter: where one does not hold, or cannot be told, the
 * fallback acts if it is stricter than the transform (earlier in enum action,
 * or the same), else the transform acts all the same; what is not kept for
 * sure is never kept.
 */
const struct transform *decision_for(const struct decision *d,
				     struct bytes type,
				     const struct circumstance *c)
	NONNULL(1, 3);

/** decision_rule(d, type): the transform that is written for the type, else the
 * fallback, whatever its conditions; of FILE_PATH a pseudonym, unless that is
 * drop: where a file is seen is no value of anybody's. transform_is_firm(t): it
 * has none, so that decision_for gives it wherever it is the type's. */
const struct transform *decision_rule(const struct decision *d,
				      struct bytes type) NONNULL(1);
bool transform_is_firm(const struct transform *t) NONNULL_ALL;

/** decision_fill(d, type, c): what stands for a span of a recording; FILL_KEEP
 * where its transform, or `audio` itself, says keep. */
enum fill decision_fill(const struct decision *d, struct bytes type,
			const struct circumstance *c) NONNULL(1, 3);

/** decision_uses(d, scope): something it makes differs between tasks, or
 * between annotators: a transform or an exchange of fields has this scope, or a
 * transform is for some tasks only. */
bool decision_uses(const struct decision *d, enum scope scope) NONNULL(1);

/** decision_put(b, d): append its one encoding (for digests: recipe, view
 * index key). Lines are not part of it. -ENOMEM. */
int decision_put(struct buf *b, const struct decision *d) MUST_CHECK;

/** fill_name(f): "silence". action_name(a), action_parse(name): "pseudonym";
 * -1. scope_name(s): "task". */
const char *fill_name(enum fill f);
const char *scope_name(enum scope s);
const char *action_name(enum action a);
int action_parse(struct bytes name);

/* Keys and scope strings of stand-ins; all borrowed. */
struct standin {
	const struct key *key;		       /* project's "standin" key */
	struct bytes project, task, annotator; /* scope strings */
	struct bytes object; /* DATASET/PATH: with a record's id its scope */
	/* Values that a stand-in must not be: sorted hash_u64(key, canon). */
	const uint64_t *exclusions;
	size_t nexclusions;
	/* Appends the visible path, within the object's data set, of a file of
	 * it by its stored one. -ENOENT: it is not to be seen. NULL: none is.
	 */
	int (*file)(const void *files, struct bytes stored, struct buf *out);
	const void *files;
};

/**
 * transform_apply(t, type, value, raw_text, ord, record, s, out): append the
 * replacement text, decoded (not yet escaped), for a span. text: the decoded
 * text of the span. ACTION_KEEP is an assertion. Pure: same inputs, same
 * bytes. -ENOKEY: the transform needs a key and there is none.
 */
struct transform_in {
	const struct transform *t;
	struct bytes type, canon, text;
	struct bytes person; /* whose address or user's name it is; empty */
	uint32_t ord;
	bool number;	     /* a bare JSON number is wanted */
	struct bytes record; /* its id */
	const struct standin *s;
};
int transform_apply(const struct transform_in *in, struct buf *out) MUST_CHECK;

/**
 * transform_is_tagged(t, type): a pseudonym of this type is a tag [TYPE_n]: a
 * made-up date would be read as a fact.
 */
bool transform_is_tagged(const struct transform *t, struct bytes type);

/**
 * transform_wants_text(t, type): whether transform_apply looks at in->text;
 * where it does not, the source need not be opened.
 */
bool transform_wants_text(const struct transform *t, struct bytes type);

/**
 * transform_escaped(text, esc, out): append text as the place wants it: JSON
 * escaped to the depth; a bare number stays a number (the text if it is one,
 * else 0). In a line, a subtitle or a column no white space but a blank (in a
 * column none: '_'), nothing that would open or end a tag or a cue, and never
 * nothing: '_'. A part of a value shows some of the words, see span.h.
 */
int transform_escaped(struct bytes text, uint16_t esc,
		      struct buf *out) MUST_CHECK;

/**
 * transform_decoded(raw, esc, out): append the text that raw bytes stand for:
 * the way back. -EPROTO where raw is no whole escape at that depth.
 */
int transform_decoded(struct bytes raw, uint16_t esc,
		      struct buf *out) MUST_CHECK;

/**
 * standin_name(s, kind, canon, out): a keyed name for files, "k3f9a1" style.
 */
int standin_name(const struct standin *s, const char *kind, struct bytes canon,
		 struct buf *out) MUST_CHECK;

#endif
