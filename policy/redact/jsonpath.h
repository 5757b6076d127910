/* The JSONPath subset of manifests and policies: $ .k ['k'] [*] ..k |json|. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_JSONPATH_H
#define REDACT_JSONPATH_H

#include "base/arena.h"
#include "base/err.h"

enum jsonpath_step_kind {
	STEP_KEY = 1, /* .k or ['k'] */
	STEP_EACH,    /* [*]: each element of an array or member of a map */
	STEP_DEEP,    /* ..k: k at any depth below */
	STEP_JSON,    /* |json|: the string holds JSON; go on inside it */
};
struct jsonpath_step {
	enum jsonpath_step_kind kind;
	struct bytes key;
};
struct jsonpath {
	const struct jsonpath_step *steps;
	uint32_t n;
	struct bytes text;
};

/**
 * jsonpath_parse(text, a, out, e): e's text names the column (1-based) that is
 * wrong. `|json|` may be followed by `$`. -EPROTO, -ENOMEM.
 */
int jsonpath_parse(struct bytes text, struct arena *a, struct jsonpath *out,
		   struct err *e) MUST_CHECK;

/*
 * Matching while scanning, for a set of paths at once: a state is a bit set of
 * (path, step) pairs; push one per container level.
 */
#define JSONPATH_MAX 64 /* paths of one set */
struct jsonpath_set;
int jsonpath_set_new(const struct jsonpath *paths, uint32_t n, struct arena *a,
		     struct jsonpath_set **out) MUST_CHECK;
/** Opaque states are numbers, interned in the set (a lazy automaton, at most
 * 4096 states, then -EFBIG): start, on key, on element, into |json|. */
uint32_t jsonpath_start(const struct jsonpath_set *s);
int jsonpath_key(struct jsonpath_set *s, uint32_t state, struct bytes key,
		 uint32_t *out) MUST_CHECK;
int jsonpath_element(struct jsonpath_set *s, uint32_t state,
		     uint32_t *out) MUST_CHECK;
int jsonpath_json(struct jsonpath_set *s, uint32_t state,
		  uint32_t *out) MUST_CHECK;
/** jsonpath_hits(s, state): bit i: path i matches exactly here. _live: some
 * path may match below. _wants_json: a string here is to be entered. */
uint64_t jsonpath_hits(const struct jsonpath_set *s, uint32_t state);
bool jsonpath_live(const struct jsonpath_set *s, uint32_t state);
bool jsonpath_wants_json(const struct jsonpath_set *s, uint32_t state);

#endif
