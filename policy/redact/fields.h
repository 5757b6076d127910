/* Inside of finding fields: the walk over one JSON value. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FIELDS_H
#define REDACT_FIELDS_H

#include "base/json.h"
#include "policy/redact/detect.h"

/* What is asked, and the cut that waits for one it may join. */
struct fields {
	struct jsonpath_set *set;
	uint64_t remove; /* bits of the paths whose value goes altogether */
	uint64_t places; /* of those that are only looked for */
	uint32_t depth;	 /* containers within which none is removed; of a
			    table: 1 where no row names the columns */
	fields_sink *sink;
	fields_place *place;
	uint64_t told; /* end of the last value whose place was told */
	void *ctx;
	uint64_t from, to; /* waiting cut without literal; from == to: none */
};

/**
 * fields_walk(f, s, t, state): find the fields of the value that begins with
 * t. -EPROTO: malformed; what the sink returned.
 */
int fields_walk(struct fields *f, struct json_scan *s,
		const struct json_token *t, uint32_t state) MUST_CHECK;

/**
 * fields_walk_nested(f, outer, nested, state): likewise in the JSON that is
 * outer's text, inside `nested` strings; state is that of the text.
 */
int fields_walk_nested(struct fields *f, const struct run *outer,
		       unsigned nested, uint32_t state) MUST_CHECK;

/** fields_csv(f, format, data): find the fields of a table. */
int fields_csv(struct fields *f, enum format format,
	       struct bytes data) MUST_CHECK;

/** fields_walk_end(f): hand on the cut that waits. */
int fields_walk_end(struct fields *f) MUST_CHECK;

#endif
