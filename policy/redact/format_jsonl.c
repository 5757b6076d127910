/* JSONL files: one record a line, a bad line denied alone. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record is a line's content; the line end before it (and blank lines) is
 * its separator. BOM and leading blank lines are the frame's prefix, the last
 * line end and what is blank behind it the suffix. A line that is not one JSON
 * value is a record that is never visible: its neighbours keep their place,
 * and the separator rule keeps the view a JSONL file.
 */
#include <errno.h>

#include "policy/redact/format_json.h"

static bool blank(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] != ' ' && b.p[i] != '\t' && b.p[i] != '\r')
			return false;
	}
	return true;
}

/* The content of the line at `at`, without its line end; *next: behind it. */
static struct bytes line_at(struct bytes in, uint64_t at, uint64_t *next)
{
	const uint8_t *nl = memchr(in.p + at, '\n', in.n - at);
	uint64_t end = nl == NULL ? in.n : (uint64_t)(nl - in.p);

	*next = nl == NULL ? in.n : end + 1;
	if (nl != NULL && end > at && in.p[end - 1] == '\r')
		end--;
	return bytes_sub(in, at, end - at);
}

/* Read the line's value into runs; -EPROTO: it is not one. */
static int line_read(struct format_reader *r, uint64_t at, uint64_t end,
		     const char **why)
{
	struct json_scan s;
	struct json_token t;
	uint32_t state;
	int rc = jsonpath_element(r->plan->set, jsonpath_start(r->plan->set),
				  &state);

	if (rc != 0)
		return rc;
	json_start(&s, bytes_of(r->data.p, end), at);
	if (json_next(&s, &t) == JSON_BAD)
		rc = -EPROTO;
	else
		rc = format_value_walk(r, &s, &t, state,
				       (struct bytes){NULL, 0});
	*why = s.why == NULL ? "the line is not valid JSON" : s.why;
	if (rc == 0 && !blank(bytes_sub(r->data, s.at, end - s.at))) {
		*why = "more than one value in the line";
		rc = -EPROTO;
	}
	return rc;
}

static int record(struct format_reader *r, uint32_t number, uint64_t sep,
		  uint64_t start, uint64_t end)
{
	const char *why = NULL;
	int rc;

	format_value_begin(r, number, start);
	if (end - start > FORMAT_RECORD_MAX)
		return format_value_emit(r, sep, start, end, DENIAL_LIMIT,
					 "the line is longer than 64 MiB");
	rc = line_read(r, start, end, &why);
	if (rc == -EPROTO)
		return format_value_emit(r, sep, start, end, DENIAL_MALFORMED,
					 why);
	if (rc != 0)
		return rc;
	return format_value_emit(r, sep, start, end, DENIAL_NONE, NULL);
}

static uint64_t bom(struct bytes in)
{
	return in.n >= 3 && memcmp(in.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* All lines; *number: how many were records. */
static int lines(struct format_reader *r, uint32_t *number)
{
	struct format_frame *out = r->out;
	uint64_t at = bom(r->data), next;
	int rc = 0;

	for (; rc == 0 && at < r->data.n; at = next) {
		struct bytes line = line_at(r->data, at, &next);

		if (blank(line))
			continue;
		if (*number == UINT32_MAX)
			return -EFBIG;
		if (*number == 0)
			out->body = out->body_end = at;
		rc = record(r, (*number)++, out->body_end, at, at + line.n);
		out->body_end = at + line.n;
	}
	return rc;
}

int format_jsonl_read(struct format_reader *r)
{
	struct format_frame *out = r->out;
	uint32_t number = 0;
	int rc;

	out->body = out->body_end = r->data.n;
	rc = lines(r, &number);
	if (rc == 0)
		rc = buf_putb(&out->prefix, bytes_sub(r->data, 0, out->body));
	if (rc == 0)
		rc = buf_putb(&out->suffix,
			      bytes_sub(r->data, out->body_end, r->data.n));
	return rc;
}
