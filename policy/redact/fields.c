/* Finding the fields that a policy takes out of a file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/fields.h"

#include <errno.h>

#include "policy/redact/csv.h"

/* The paths of a question; lines and rows are elements of the file. */
static int path_read(const struct field_want *want, bool lines, struct arena *a,
		     struct jsonpath *out, struct err *e)
{
	int rc = jsonpath_parse(bytes_str(want->path), a, out, e);
	struct jsonpath_step *steps;

	if (rc != 0 || !lines ||
	    (out->n > 0 && out->steps[0].kind == STEP_EACH))
		return rc;
	steps = arena_array(a, (size_t)out->n + 1, sizeof(*steps));
	if (steps == NULL)
		return err_nomem(e);
	steps[0].kind = STEP_EACH;
	if (out->n > 0)
		memcpy(steps + 1, out->steps, out->n * sizeof(*steps));
	out->steps = steps;
	out->n++;
	return 0;
}

static int fields_open(struct fields *f, enum format format,
		       const struct field_want *want, size_t n, struct arena *a,
		       struct err *e)
{
	struct jsonpath paths[JSONPATH_MAX];
	int rc = 0;

	if (n > JSONPATH_MAX)
		return err_set(e, -EPROTO, NULL, "more than %d fields",
			       JSONPATH_MAX);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = path_read(&want[i], format != FORMAT_JSON, a, &paths[i],
			       e);
		if (want[i].place)
			f->places |= (uint64_t)1 << i;
		else if (want[i].remove)
			f->remove |= (uint64_t)1 << i;
	}
	if (rc != 0)
		return rc;
	rc = jsonpath_set_new(paths, (uint32_t)n, a, &f->set);
	return rc == 0 ? 0 : err_set(e, rc, NULL, "too many paths");
}

static int json_find(struct fields *f, struct bytes data)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;
	int rc;

	json_start(&s, data, 0);
	k = json_next(&s, &t);
	if (k == JSON_BAD || k == JSON_END)
		return -EPROTO;
	rc = fields_walk(f, &s, &t, jsonpath_start(f->set));
	return rc == 0 ? fields_walk_end(f) : rc;
}

/* One line; a line that is no JSON is never shown, so nothing is cut. */
static int line_find(struct fields *f, struct bytes data, uint64_t at,
		     uint64_t end, uint32_t state)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;
	int rc;

	json_start(&s, bytes_of(data.p, end), at);
	k = json_next(&s, &t);
	if (k == JSON_BAD || k == JSON_END)
		return 0;
	rc = fields_walk(f, &s, &t, state);
	if (rc == -EPROTO)
		rc = 0;
	return rc == 0 ? fields_walk_end(f) : rc;
}

static int lines_find(struct fields *f, struct bytes data)
{
	uint64_t at = 0, end;
	uint32_t state;
	int rc = jsonpath_element(f->set, jsonpath_start(f->set), &state);

	for (; rc == 0 && at < data.n; at = end + 1) {
		const uint8_t *nl = memchr(data.p + at, '\n', data.n - at);

		end = nl == NULL ? data.n : (uint64_t)(nl - data.p);
		rc = line_find(f, data, at, end, state);
	}
	return rc;
}

int fields_find_all(enum format format, uint32_t depth, struct bytes data,
		    const struct field_want *want, size_t n, fields_sink *sink,
		    fields_place *place, void *ctx, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct fields f = {
		.depth = depth, .sink = sink, .place = place, .ctx = ctx};
	bool table = csv_separator(format) != 0;
	int rc;

	if (a == NULL)
		return err_nomem(e);
	if (format != FORMAT_JSON && format != FORMAT_JSONL && !table)
		return 0;
	rc = fields_open(&f, format, want, n, a, e);
	if (rc != 0)
		return rc;
	if (table)
		rc = fields_csv(&f, format, data);
	else if (format == FORMAT_JSON)
		rc = json_find(&f, data);
	else
		rc = lines_find(&f, data);
	return rc == 0 ? 0 : err_set(e, rc, NULL, "fields could not be found");
}

int fields_find_in(enum format format, uint32_t depth, struct bytes data,
		   const struct field_want *want, size_t n, fields_sink *sink,
		   void *ctx, struct err *e)
{
	return fields_find_all(format, depth, data, want, n, sink, NULL, ctx,
			       e);
}

int fields_find(enum format format, struct bytes data,
		const struct field_want *want, size_t n, fields_sink *sink,
		void *ctx, struct err *e)
{
	return fields_find_in(format, 0, data, want, n, sink, ctx, e);
}
