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

struct transform {
	enum action action;
	enum scope scope;     /* pseudonym, hash */
	enum style style;     /* pseudonym */
	uint8_t keep_last;    /* mask: characters left at the end */
	bool keep_separators; /* mask */
	bool true_length;     /* mask: length as the value's own */
	uint32_t mask_char;   /* code point; 0: '*' */
	uint8_t hash_len;     /* hash: hex digits; 0: 16 */
	uint8_t min_score;    /* keep only: below it, the fallback acts */
	const char *to;	      /* generalize: month, year, zip3 ...; NULL */
	uint32_t line;	      /* policy line that decided; 0: the default */
};

struct type_rule {
	const char *type;
	struct transform t;
};

/* A JSON or CSV field taken out for a role. */
enum field_action {
	FIELD_REMOVE = 0,
	FIELD_DROP
};
struct field_rule {
	enum field_action action;
	const char *path; /* JSONPath subset, see jsonpath.h */
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

/** decision_for(d, type, score): the transform of a span. Never NULL. */
const struct transform *decision_for(const struct decision *d,
				     struct bytes type, uint8_t score)
	NONNULL(1);

/** decision_fill(d, type, score): what stands for a span of a recording;
 * FILL_KEEP where its transform, or `audio` itself, says keep. */
enum fill decision_fill(const struct decision *d, struct bytes type,
			uint8_t score) NONNULL(1);

/** decision_uses(d, scope): one of its transforms has this scope, so what it
 * makes differs between tasks, or between annotators. */
bool decision_uses(const struct decision *d, enum scope scope) NONNULL(1);

/** decision_put(b, d): append its one encoding (for digests: recipe, view
 * index key). Lines are not part of it. -ENOMEM. */
int decision_put(struct buf *b, const struct decision *d) MUST_CHECK;

/** fill_name(f): "silence". action_name(a), action_parse(name): "pseudonym";
 * -1. */
const char *fill_name(enum fill f);
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
	uint32_t ord;
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
 * else 0).
 */
int transform_escaped(struct bytes text, uint8_t esc,
		      struct buf *out) MUST_CHECK;

/**
 * transform_decoded(raw, esc, out): append the text that raw bytes stand for:
 * the way back. -EPROTO where raw is no whole escape at that depth.
 */
int transform_decoded(struct bytes raw, uint8_t esc,
		      struct buf *out) MUST_CHECK;

/**
 * standin_name(s, kind, canon, out): a keyed name for files, "k3f9a1" style.
 */
int standin_name(const struct standin *s, const char *kind, struct bytes canon,
		 struct buf *out) MUST_CHECK;

#endif
