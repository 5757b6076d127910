/* One line that an external recognizer answers: read as hostile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/external_answer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "policy/redact/recognizer.h"

#define SCORE 85 /* where an answer states none: as a custom pattern's */

struct reader {
	const struct external_question *q;
	struct json_scan s;
	struct json_token t;
	struct hits *out;
	const char **why;
};

static int bad(struct reader *r, const char *why)
{
	*r->why = why;
	return -EPROTO;
}

static enum json_kind next(struct reader *r)
{
	return json_next(&r->s, &r->t);
}

/* The token as it is written. */
static struct bytes raw(const struct reader *r)
{
	return bytes_sub(r->s.in, r->t.start, r->t.end - r->t.start);
}

static int whole(struct reader *r, uint64_t max, uint64_t *out)
{
	struct bytes b;

	*out = 0;
	if (next(r) != JSON_NUMBER)
		return -EPROTO;
	b = raw(r);
	if (b.n > 19)
		return -EPROTO;
	for (size_t i = 0; i < b.n; i++) {
		if (!is_digit(b.p[i]))
			return -EPROTO;
		*out = *out * 10 + (b.p[i] - '0');
	}
	return *out > max ? -EPROTO : 0;
}

static int score(struct reader *r, uint8_t *out)
{
	char text[32] = "";
	struct bytes b;
	double v;

	if (next(r) != JSON_NUMBER)
		return -EPROTO;
	b = raw(r);
	if (b.n >= sizeof(text))
		return -EPROTO;
	memcpy(text, b.p, b.n);
	v = strtod(text, NULL);
	if (!(v >= 0 && v <= 1))
		return -EPROTO;
	*out = (uint8_t)(v * 100 + 0.5);
	return 0;
}

static int type(struct reader *r, uint16_t *out)
{
	const struct external_rule *x = r->q->x;
	struct bytes name;
	const char *known;
	bool listed = x->ntypes == 0;

	if (next(r) != JSON_STRING)
		return -EPROTO;
	name = bytes_sub(raw(r), 1, r->t.end - r->t.start - 2);
	for (size_t i = 0; !listed && i < x->ntypes; i++)
		listed = bytes_is(name, x->types[i]);
	if (!listed)
		return -EPROTO;
	for (uint32_t i = 0; (known = recognizers_type(r->q->r, i)) != NULL;
	     i++) {
		if (bytes_is(name, known)) {
			*out = (uint16_t)i;
			return 0;
		}
	}
	return -EPROTO;
}

static int skip(struct reader *r)
{
	uint64_t end;

	if (next(r) == JSON_BAD)
		return -EPROTO;
	return json_skip(&r->s, &r->t, &end);
}

/* The number of the key among names, or n; twice the same is an error. */
static size_t key(struct reader *r, const char *const names[], size_t n,
		  unsigned *seen)
{
	for (size_t i = 0; i < n; i++) {
		if (!bytes_is(raw(r), names[i]))
			continue;
		if ((*seen >> i & 1) != 0)
			return SIZE_MAX;
		*seen |= 1u << i;
		return i;
	}
	return n;
}

/* Inside the run, on edges of code points. */
static bool in_text(struct bytes text, uint64_t start, uint64_t end)
{
	return start < end && end <= text.n &&
	       utf8_floor(text, start) == start && utf8_floor(text, end) == end;
}

static int take(struct reader *r, uint64_t start, uint64_t end, uint16_t type,
		uint8_t score)
{
	struct hit h = {.run = r->q->run,
			.start = (uint32_t)start,
			.end = (uint32_t)end,
			.type = type,
			.rule = r->q->rule,
			.score = score};

	if (!in_text(r->q->text, start, end))
		return bad(r,
			   "a span lies outside of its text, is empty, or "
			   "splits a character (offsets are bytes of UTF-8)");
	return score < r->q->x->min_score ? 0 : recognizer_hits_put(r->out, h);
}

/* Behind its "{". */
static int span(struct reader *r)
{
	static const char *const names[] = {"\"start\"", "\"end\"", "\"type\"",
					    "\"score\""};
	uint64_t start = 0, end = 0;
	uint8_t points = SCORE;
	uint16_t nr = 0;
	unsigned seen = 0;
	int rc = 0;

	while (rc == 0 && next(r) == JSON_KEY) {
		switch (key(r, names, ARRAY_LEN(names), &seen)) {
		case 0:
			rc = whole(r, UINT32_MAX, &start);
			break;
		case 1:
			rc = whole(r, UINT32_MAX, &end);
			break;
		case 2:
			if (type(r, &nr) != 0)
				return bad(r, "a type that it may not answer, "
					      "or that nobody knows");
			break;
		case 3:
			rc = score(r, &points);
			break;
		case SIZE_MAX:
			return bad(r, "a span says something twice");
		default:
			rc = skip(r);
		}
	}
	if (rc != 0 || r->t.kind != JSON_OBJECT_END || (seen & 7) != 7)
		return bad(r, "a span is not {\"start\":0,\"end\":1,"
			      "\"type\":\"T\",\"score\":0.5}");
	return take(r, start, end, nr, points);
}

static int spans(struct reader *r)
{
	int rc = 0;

	if (next(r) != JSON_ARRAY)
		return bad(r, "spans is not a list");
	while (rc == 0 && next(r) == JSON_OBJECT)
		rc = span(r);
	if (rc == 0 && r->t.kind != JSON_ARRAY_END)
		rc = bad(r, "spans is not a list of objects");
	return rc;
}

static bool blank(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != ' ' && b.p[i] != '\r')
			return false;
	return true;
}

int external_answer(const struct external_question *q, struct bytes line,
		    struct hits *out, const char **why)
{
	static const char *const names[] = {"\"id\"", "\"spans\""};
	struct reader r = {.q = q, .out = out, .why = why};
	size_t from = out->n;
	unsigned seen = 0;
	uint64_t id = 0;
	int rc = 0;

	json_start(&r.s, line, 0);
	if (next(&r) != JSON_OBJECT)
		return bad(&r, "an answer is no JSON object");
	while (rc == 0 && next(&r) == JSON_KEY) {
		switch (key(&r, names, ARRAY_LEN(names), &seen)) {
		case 0:
			if (whole(&r, UINT64_MAX, &id) != 0 || id != q->id)
				return bad(&r, "an answer has another id than "
					       "the question");
			break;
		case 1:
			rc = spans(&r);
			break;
		case SIZE_MAX:
			return bad(&r, "an answer says something twice");
		default:
			rc = skip(&r) == 0 ? 0
					   : bad(&r, "an answer is no JSON");
		}
	}
	if (rc != 0)
		return rc;
	if (r.t.kind != JSON_OBJECT_END || next(&r) != JSON_END ||
	    !blank(bytes_sub(line, r.t.end, line.n)))
		return bad(&r, "an answer is no JSON");
	if (seen != 3)
		return bad(&r, "an answer has no id, or no spans");
	/* No more of them stay than the text has bytes. */
	return recognizer_hits_settle(out, from, q->text);
}
