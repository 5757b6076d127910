/* Reading the text of a JSONPath. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/jsonpath.h"

#include <errno.h>

#include "base/buf.h"
#include "base/utf8.h"

#define STEPS_MAX 64

struct reader {
	struct bytes in;
	size_t at;
	struct arena *a;
	struct jsonpath *out;
	struct jsonpath_step steps[STEPS_MAX];
	struct err *e;
};

static int wrong(struct reader *r, size_t at, const char *what)
{
	return err_set(r->e, -EPROTO, NULL, "%s at column %zu", what, at + 1);
}

static bool ahead(const struct reader *r, const char *s)
{
	return bytes_is(bytes_sub(r->in, r->at, strlen(s)), s);
}

static int step_add(struct reader *r, enum jsonpath_step_kind kind,
		    struct bytes key)
{
	struct jsonpath_step *s;

	if (r->out->n == STEPS_MAX)
		return wrong(r, r->at, "more than 64 steps");
	s = &r->steps[r->out->n++];
	s->kind = kind;
	return arena_dup(r->a, key, &s->key);
}

/* A name after '.' or '..': up to the next step. */
static int name(struct reader *r, enum jsonpath_step_kind kind)
{
	size_t from = r->at;

	while (r->at < r->in.n && strchr(".[]|'\"* \t", r->in.p[r->at]) == NULL)
		r->at++;
	if (r->at == from)
		return wrong(r, from, "a name is missing");
	return step_add(r, kind, bytes_sub(r->in, from, r->at - from));
}

/* ['k'] or ["k"], r->at on the quote; a backslash takes the next character. */
static int quoted(struct reader *r, enum jsonpath_step_kind kind)
{
	CLEANUP(buf_free) struct buf key = {0};
	size_t from = r->at;
	uint8_t q = r->in.p[r->at++];
	int rc;

	while (r->at < r->in.n && r->in.p[r->at] != q) {
		if (r->in.p[r->at] == '\\' && r->at + 1 < r->in.n)
			r->at++;
		rc = buf_putc(&key, r->in.p[r->at++]);
		if (rc != 0)
			return rc;
	}
	if (r->at == r->in.n)
		return wrong(r, from, "a quoted name does not end");
	r->at++;
	if (!ahead(r, "]"))
		return wrong(r, r->at, "']' is missing");
	r->at++;
	return step_add(r, kind, buf_bytes(&key));
}

static int bracket(struct reader *r, enum jsonpath_step_kind kind)
{
	r->at++;
	if (ahead(r, "'") || ahead(r, "\""))
		return quoted(r, kind);
	if (ahead(r, "*]") && kind == STEP_KEY) {
		r->at += 2;
		return step_add(r, STEP_EACH, (struct bytes){NULL, 0});
	}
	return wrong(r, r->at, "expected ['name'] or [*]");
}

static int step(struct reader *r)
{
	if (ahead(r, "|json|")) {
		r->at += strlen("|json|");
		if (ahead(r, "$"))
			r->at++;
		return step_add(r, STEP_JSON, (struct bytes){NULL, 0});
	}
	if (ahead(r, "..")) {
		r->at += 2;
		return ahead(r, "[") ? bracket(r, STEP_DEEP)
				     : name(r, STEP_DEEP);
	}
	if (ahead(r, "[")) {
		return bracket(r, STEP_KEY);
	}
	if (!ahead(r, "."))
		return wrong(r, r->at,
			     "expected '.name', '..name', '[*]', "
			     "\"['name']\" or '|json|'");
	r->at++;
	return name(r, STEP_KEY);
}

int jsonpath_parse(struct bytes text, struct arena *a, struct jsonpath *out,
		   struct err *e)
{
	struct reader r = {.in = text, .a = a, .out = out, .e = e};
	struct jsonpath_step *steps = NULL;
	int rc = 0;

	*out = (struct jsonpath){0};
	if (!utf8_valid(text) || memchr(text.p, 0, text.n) != NULL)
		return wrong(&r, 0, "not a line of text");
	if (!ahead(&r, "$"))
		return wrong(&r, 0, "a path begins with '$'");
	r.at = 1;
	while (rc == 0 && r.at < text.n)
		rc = step(&r);
	if (rc == 0)
		rc = arena_dup(a, text, &out->text);
	if (rc == 0) {
		steps = arena_array(a, out->n, sizeof(*steps));
		rc = steps == NULL ? -ENOMEM : 0;
	}
	if (rc == 0) {
		memcpy(steps, r.steps, out->n * sizeof(*steps));
		out->steps = steps;
	}
	return rc == -ENOMEM ? err_nomem(e) : rc;
}
