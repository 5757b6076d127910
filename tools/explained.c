/* What `policy explain` says as JSON, in words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/explained.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

#define MEMBERS 20
#define LINES 65536 /* lines of a policy that can be named */

/* An object's members, as they are written. */
struct object {
	struct {
		struct bytes key, value;
	} v[MEMBERS];
	size_t n;
};

struct telling {
	const struct cli *c;
	struct bytes policy;
	uint8_t *named; /* LINES bytes: 1: this line decided something */
};

static int value_at(struct json_scan *s, struct json_token *t,
		    struct bytes *out)
{
	uint64_t start = t->start, end;

	if (t->kind == JSON_BAD || json_skip(s, t, &end) != 0)
		return -EPROTO;
	*out = bytes_sub(s->in, start, end - start);
	return 0;
}

static int object_of(struct bytes in, struct object *o)
{
	struct json_scan s;
	struct json_token t;
	int r = 0;

	o->n = 0;
	json_start(&s, in, 0);
	if (json_next(&s, &t) != JSON_OBJECT)
		return -EPROTO;
	while (r == 0 && json_next(&s, &t) == JSON_KEY && o->n < MEMBERS) {
		o->v[o->n].key =
			bytes_sub(in, t.start + 1, t.end - t.start - 2);
		r = json_next(&s, &t) == JSON_BAD
			    ? -EPROTO
			    : value_at(&s, &t, &o->v[o->n].value);
		o->n++;
	}
	return r == 0 && t.kind == JSON_OBJECT_END ? 0 : -EPROTO;
}

/* Each element of an array; no array: none. */
static int each_of(struct bytes in, struct telling *t,
		   int (*each)(struct telling *t, struct bytes in))
{
	struct json_scan s;
	struct json_token k;
	struct bytes v;
	int r = 0;

	json_start(&s, in, 0);
	if (in.n == 0 || json_next(&s, &k) != JSON_ARRAY)
		return 0;
	while (r == 0 && json_next(&s, &k) != JSON_ARRAY_END) {
		r = value_at(&s, &k, &v);
		if (r == 0)
			r = each(t, v);
	}
	return r;
}

static struct bytes get(const struct object *o, const char *key)
{
	for (size_t i = 0; i < o->n; i++)
		if (bytes_is(o->v[i].key, key))
			return o->v[i].value;
	return bytes_of(NULL, 0);
}

static bool has(const struct object *o, const char *key)
{
	struct bytes v = get(o, key);

	return v.n > 0 && !bytes_is(v, "null") && !bytes_is(v, "[]");
}

/* A string without its quotes, a number as it is. */
static int put(const struct telling *t, const char *ahead, struct bytes v,
	       const char *after)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int r = 0;

	if (v.n > 1 && v.p[0] == '"')
		r = json_unescape(&b, bytes_sub(v, 1, v.n - 2));
	else
		r = buf_putb(&b, v);
	fputs(ahead, t->c->out);
	cli_name(t->c, buf_bytes(&b));
	fputs(after, t->c->out);
	return r;
}

static int put_line(struct telling *t, const struct object *o)
{
	struct bytes v = get(o, "line");
	unsigned long n = 0;

	if (!has(o, "line")) {
		fputs("built-in default", t->c->out);
		return 0;
	}
	for (size_t i = 0; i < v.n && n < LINES; i++)
		n = n * 10 + (unsigned long)(v.p[i] - '0');
	if (n < LINES)
		t->named[n] = 1;
	return put(t, "line ", v, "");
}

static int put_word(struct telling *t, struct bytes in)
{
	return put(t, " ", in, "");
}

/* Scores are said as policies say them. */
static void put_score(const struct telling *t, struct bytes v)
{
	unsigned n = 0;

	for (size_t i = 0; i < v.n && n < 1000; i++)
		n = n * 10 + (unsigned)(v.p[i] - '0');
	fprintf(t->c->out, ", score %u.%02u", n / 100, n % 100);
}

static int put_span(struct telling *t, struct bytes in)
{
	struct object o;
	int r = object_of(in, &o);

	if (r == 0)
		r = put(t, "  ", get(&o, "start"), "-");
	if (r == 0)
		r = put(t, "", get(&o, "end"), " ");
	if (r == 0 && has(&o, "from_ms"))
		r = put(t, "(ms ", get(&o, "from_ms"), "-");
	if (r == 0 && has(&o, "from_ms"))
		r = put(t, "", get(&o, "to_ms"), ") ");
	if (r == 0)
		r = put(t, "", get(&o, "type"), ": ");
	if (r == 0 && has(&o, "fill"))
		r = put(t, "", get(&o, "fill"), "; in texts ");
	if (r == 0)
		r = put(t, "", get(&o, "how"), ", ");
	if (r == 0)
		r = put_line(t, &o);
	if (r == 0)
		r = put(t, "; found by ", get(&o, "rule"), "");
	if (r == 0)
		put_score(t, get(&o, "score"));
	if (r == 0 && has(&o, "speaker"))
		r = put(t, ", said by ", get(&o, "speaker"), "");
	if (r == 0 && has(&o, "context")) {
		fputs(", near:", t->c->out);
		r = each_of(get(&o, "context"), t, put_word);
	}
	fputc('\n', t->c->out);
	return r;
}

static int put_record(struct telling *t, struct bytes in)
{
	struct object o;
	bool shown;
	int r = object_of(in, &o);

	if (r != 0)
		return r;
	shown = bytes_is(get(&o, "visible"), "true");
	if (has(&o, "record"))
		r = put(t, "record ", get(&o, "record"), ": ");
	fputs(shown ? "shown, " : "NOT SHOWN, ", t->c->out);
	if (r == 0 && !shown)
		r = put(t, "", get(&o, "why"), "");
	if (r == 0 && has(&o, "reason"))
		r = put(t, ": ", get(&o, "reason"), "");
	if (r == 0 && has(&o, "line")) {
		fputs(shown ? "" : "; ", t->c->out);
		r = put_line(t, &o);
	}
	fputs(has(&o, "swapped") ? ", fields change places\n" : "\n",
	      t->c->out);
	return r == 0 ? each_of(get(&o, "spans"), t, put_span) : r;
}

/* The lines that were named, as they stand in the policy. */
static void put_policy(struct telling *t)
{
	struct bytes p = t->policy;
	bool any = false;

	for (size_t nr = 1; p.n > 0 && nr < LINES; nr++) {
		const uint8_t *nl = memchr(p.p, '\n', p.n);
		size_t n = nl == NULL ? p.n : (size_t)(nl - p.p);

		if (t->named[nr] != 0) {
			if (!any)
				fputs("lines of the policy:\n", t->c->out);
			any = true;
			fprintf(t->c->out, "%6zu  ", nr);
			cli_name(t->c, bytes_sub(p, 0, n));
			fputc('\n', t->c->out);
		}
		p = bytes_sub(p, n + (nl != NULL), p.n);
	}
}

int explained_words(const struct cli *c, struct bytes json, struct bytes policy)
{
	CLEANUP(mem_freep) uint8_t *named = mem_new(LINES, 1);
	struct telling t = {.c = c, .policy = policy, .named = named};
	struct object o;
	int r = named == NULL ? -ENOMEM : object_of(json, &o);

	if (r == 0)
		r = put(&t, "", get(&o, "path"), "\n");
	if (r == 0)
		r = each_of(get(&o, "records"), &t, put_record);
	if (r == 0 && has(&o, "name_spans")) {
		fputs("in its stored name:\n", c->out);
		r = each_of(get(&o, "name_spans"), &t, put_span);
	}
	if (r == 0)
		put_policy(&t);
	return r;
}
