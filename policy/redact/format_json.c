/* JSON files: the frame around the records, and the records. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With the records path $.data[*] and the source
 *
 *     {"v": 2, "data": [ {"a": 1}, {"a": 2} ], "x": 0}
 *
 * the frame's prefix is `{"data": [ `, its suffix ` ]}`, the records are
 * `{"a": 1}` and, behind the separator `, `, `{"a": 2}`. What stands outside
 * of the records path never appears in a view; known values and attributes
 * are taken from it. Where nothing stands outside, prefix, records and suffix
 * are the source, byte for byte: white space between brackets and their
 * neighbours goes to the frame, white space between records to the separators.
 *
 * The chain of members down to the array or map is walked by recursion, as
 * deep as the manifest's own path. A member of the path that occurs twice is
 * refused: readers disagree about which one counts.
 */
#include "policy/redact/format_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct frame {
	struct format_reader *r;
	struct json_scan s;
	uint32_t number; /* of the next record */
	bool found;	 /* the array or map */
};

static int PRINTF(3, 4)
	denied(struct format_reader *r, uint8_t why, const char *fmt, ...)
{
	va_list ap;

	r->out->denied = why;
	va_start(ap, fmt);
	vsnprintf(r->out->why, sizeof(r->out->why), fmt, ap);
	va_end(ap);
	return -EPROTO;
}

static int malformed(struct frame *f)
{
	return denied(f->r, DENIAL_MALFORMED,
		      "not valid JSON at byte %" PRIu64 ": %s", f->s.at,
		      f->s.why == NULL ? "no value" : f->s.why);
}

/* The next token; -EPROTO and words when malformed. */
static int next(struct frame *f, struct json_token *t)
{
	if (json_next(&f->s, t) == JSON_BAD)
		return malformed(f);
	return 0;
}

static int walk(struct frame *f, const struct json_token *t, uint32_t state,
		struct bytes key)
{
	int rc = format_value_walk(f->r, &f->s, t, state, key);

	return rc == -EPROTO ? malformed(f) : rc;
}

static int put(struct buf *b, struct frame *f, uint64_t from, uint64_t to)
{
	return buf_putb(b, bytes_sub(f->r->data, from, to - from));
}

/* The name of a map's record, k; *t becomes its value's first token. */
static int record_key(struct frame *f, const struct json_token *k,
		      struct bytes *key, struct json_token *t)
{
	int rc = format_value_key(f->r, k, true, key);

	if (rc == 0 && f->r->plan->id == 0)
		f->r->id = *key;
	return rc == 0 ? next(f, t) : rc;
}

/* One record, from its first token on: of its value, or in a map its key. */
static int record(struct frame *f, const struct json_token *first,
		  uint32_t state)
{
	struct format_reader *r = f->r;
	uint64_t start = first->start;
	uint64_t sep = f->number == 0 ? start : r->out->body_end;
	struct json_token t = *first;
	struct bytes key = {NULL, 0};
	int rc = 0;

	if (f->number == UINT32_MAX)
		return denied(r, DENIAL_LIMIT, "more than 2^32 records");
	if (f->number == 0)
		r->out->body = start;
	format_value_begin(r, f->number++, start);
	if (first->kind == JSON_KEY) {
		rc = record_key(f, first, &key, &t);
		if (rc == 0)
			rc = jsonpath_key(r->plan->set, state, key, &state);
	} else {
		rc = jsonpath_element(r->plan->set, state, &state);
	}
	if (rc == 0)
		rc = walk(f, &t, state, key);
	if (rc != 0)
		return rc;
	r->out->body_end = f->s.at;
	if (f->s.at - start > FORMAT_RECORD_MAX)
		r->denied = DENIAL_LIMIT;
	return format_value_emit(r, sep, start, f->s.at, DENIAL_NONE, NULL);
}

static bool closes(const struct json_token *t)
{
	return t->kind == JSON_ARRAY_END || t->kind == JSON_OBJECT_END;
}

/* The array or map that t opens: its elements are the records. */
static int records(struct frame *f, const struct json_token *t, uint32_t state)
{
	struct format_frame *out = f->r->out;
	struct json_token in;
	int rc;

	if (t->kind != JSON_OBJECT && t->kind != JSON_ARRAY)
		return denied(f->r, DENIAL_MALFORMED,
			      "the records path leads to byte %" PRIu64
			      ", which is no array or map",
			      t->start);
	f->found = true;
	out->body = out->body_end = t->end;
	rc = next(f, &in);
	if (rc == 0)
		rc = put(&out->prefix, f, t->start,
			 closes(&in) ? t->end : in.start);
	while (rc == 0 && !closes(&in)) {
		rc = record(f, &in, state);
		if (rc == 0)
			rc = next(f, &in);
	}
	return rc == 0 ? put(&out->suffix, f, out->body_end, in.end) : rc;
}

static int chain(struct frame *f, const struct json_token *t, uint32_t step,
		 uint32_t state);

/* The member of the path: frame around it, then on down the path. */
static int chain_member(struct frame *f, const struct json_token *open,
			const struct json_token *first,
			const struct json_token *key, uint32_t step,
			uint32_t state)
{
	struct buf *prefix = &f->r->out->prefix;
	struct json_token t;
	int rc = put(prefix, f, open->start, first->start);

	if (rc == 0)
		rc = next(f, &t);
	if (rc == 0)
		rc = put(prefix, f, key->start, t.start);
	return rc == 0 ? chain(f, &t, step + 1, state) : rc;
}

/* A member beside the path: only its values are taken. */
static int beside(struct frame *f, uint32_t state, struct bytes key)
{
	struct json_token t;
	uint64_t end;
	int rc = next(f, &t);

	if (rc != 0)
		return rc;
	if (!jsonpath_live(f->r->plan->set, state) &&
	    jsonpath_hits(f->r->plan->set, state) == 0)
		return json_skip(&f->s, &t, &end) == 0 ? 0 : malformed(f);
	return walk(f, &t, state, key);
}

/* The closers behind the path's member, which ended at `from`. */
static int chain_close(struct frame *f, uint64_t from,
		       const struct json_token *end, bool last)
{
	uint64_t brace = end->end - 1;

	return put(&f->r->out->suffix, f, last ? from : brace, end->end);
}

static int twice(struct frame *f, const struct json_token *key)
{
	return denied(f->r, DENIAL_MALFORMED,
		      "a member of the records path occurs twice, at byte "
		      "%" PRIu64,
		      key->start);
}

/* One member of a chain's object; *end: where the path's member ended. */
static int chain_step(struct frame *f, const struct json_token *open,
		      const struct json_token *first,
		      const struct json_token *t, uint32_t step, uint32_t state,
		      uint64_t *end)
{
	const struct jsonpath *path = f->r->plan->records;
	struct bytes key;
	uint32_t below;
	int rc;

	format_value_outside(f->r, t->start);
	rc = format_value_key(f->r, t, false, &key);
	if (rc == 0)
		rc = jsonpath_key(f->r->plan->set, state, key, &below);
	if (rc != 0)
		return rc;
	if (!bytes_eq(key, path->steps[step].key))
		return beside(f, below, key);
	if (*end != 0)
		return twice(f, t);
	rc = chain_member(f, open, first, t, step, below);
	*end = f->s.at;
	return rc;
}

/* The value that begins with t, at step `step` of the records path. */
static int chain(struct frame *f, const struct json_token *t, uint32_t step,
		 uint32_t state)
{
	const struct jsonpath *path = f->r->plan->records;
	struct json_token open = *t, first, in;
	uint64_t end = 0, behind = 0;
	int rc;

	if (path->steps[step].kind == STEP_EACH)
		return records(f, &open, state);
	if (open.kind != JSON_OBJECT)
		return denied(f->r, DENIAL_MALFORMED,
			      "the records path leads through byte %" PRIu64
			      ", which is no map",
			      open.start);
	rc = next(f, &first);
	in = first;
	while (rc == 0 && in.kind == JSON_KEY) {
		rc = chain_step(f, &open, &first, &in, step, state, &end);
		behind = f->s.at;
		if (rc == 0)
			rc = next(f, &in);
	}
	if (rc != 0 || end == 0)
		return rc;
	return chain_close(f, end, &in, behind == end);
}

/* Only white space may follow the value. */
static int rest(struct frame *f)
{
	struct bytes in = f->r->data;

	for (uint64_t i = f->s.at; i < in.n; i++) {
		if (strchr(" \t\r\n", in.p[i]) == NULL || in.p[i] == '\0') {
			f->s.at = i;
			f->s.why = "more than one value in the file; JSON "
				   "lines need the extension .jsonl";
			return malformed(f);
		}
	}
	return 0;
}

/* No records path: the file is the record. */
static int whole(struct frame *f, const struct json_token *t)
{
	struct format_reader *r = f->r;
	int rc;

	r->whole = r->out->whole = true;
	r->out->body_end = r->data.n;
	if (r->data.n > FORMAT_RECORD_MAX)
		return denied(r, DENIAL_LIMIT,
			      "one record of more than 64 MiB; a records path "
			      "in the manifest makes it many");
	format_value_begin(r, 0, 0);
	rc = walk(f, t, jsonpath_start(r->plan->set), (struct bytes){NULL, 0});
	if (rc == 0)
		rc = rest(f);
	if (rc != 0)
		return rc;
	return format_value_emit(r, 0, 0, r->data.n, DENIAL_NONE, NULL);
}

static int with_records(struct frame *f, const struct json_token *t)
{
	struct format_reader *r = f->r;
	int rc = put(&r->out->prefix, f, 0, t->start);

	if (rc == 0)
		rc = chain(f, t, 0, jsonpath_start(r->plan->set));
	if (rc == 0)
		rc = rest(f);
	if (rc == 0 && !f->found)
		rc = denied(r, DENIAL_MALFORMED,
			    "the records path leads nowhere");
	if (rc == 0)
		rc = put(&r->out->suffix, f, f->s.at, r->data.n);
	return rc;
}

int format_json_read(struct format_reader *r)
{
	struct frame f = {.r = r};
	struct json_token t;
	int rc;

	json_start(&f.s, r->data, 0);
	rc = next(&f, &t);
	if (rc == 0 && t.kind == JSON_END)
		rc = malformed(&f);
	if (rc == 0)
		rc = r->plan->records == NULL ? whole(&f, &t)
					      : with_records(&f, &t);
	return rc == -EPROTO && r->out->denied != DENIAL_NONE ? 0 : rc;
}
