/* From a pattern's text to positions: recursive descent, depth bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/pattern_parse.h"

/*
 * Each symbol of the pattern is a position; a part of the pattern knows which
 * positions it may begin and end with and whether it may be empty, and joining
 * parts fills the follow sets. A repeat {n,m} is its part read n to m times
 * over, so that every copy has positions of its own; their number is bounded,
 * which bounds time and memory of everything that comes after.
 */

#define DEPTH 32
#define REPEAT_MAX 255

struct part {
	struct set first, last;
	bool nullable;
};

struct parser {
	struct bytes in;
	size_t at, end; /* the text between the anchors */
	struct glushkov *g;
	struct err *e;
	unsigned depth;
	bool fold; /* (?i) */
};

static int complain(struct parser *p, size_t at, const char *words)
{
	return err_set(p->e, -EPROTO, NULL, "column %zu: %s", at + 1, words);
}

/* ---- joining parts ---- */

static void link_parts(struct glushkov *g, const struct part *a,
		       const struct part *b)
{
	for (unsigned i = 0; i < g->n; i++)
		if (set_has(&a->last, i))
			set_join(&g->follow[i], &b->first);
}

static void then(struct glushkov *g, struct part *a, const struct part *b)
{
	link_parts(g, a, b);
	if (a->nullable)
		set_join(&a->first, &b->first);
	if (!b->nullable)
		a->last = b->last;
	else
		set_join(&a->last, &b->last);
	a->nullable = a->nullable && b->nullable;
}

static void either(struct part *a, const struct part *b)
{
	set_join(&a->first, &b->first);
	set_join(&a->last, &b->last);
	a->nullable = a->nullable || b->nullable;
}

static int position(struct parser *p, const struct set *bytes, struct part *out)
{
	struct glushkov *g = p->g;

	if (g->n == PATTERN_POSITIONS)
		return complain(
			p, p->at > 0 ? p->at - 1 : 0,
			"the pattern is too large: more than 256 symbols once "
			"its repeats are written out");
	*out = (struct part){0};
	g->bytes[g->n] = *bytes;
	set_add(&out->first, g->n);
	set_add(&out->last, g->n);
	g->n++;
	return 0;
}

static void fold_case(struct set *s)
{
	for (unsigned c = 'a'; c <= 'z'; c++)
		if (set_has(s, c) || set_has(s, c - 32)) {
			set_add(s, c);
			set_add(s, c - 32);
		}
}

/* ---- atoms ---- */

/* A class; wide: any character beyond ASCII too, as one: lead and tail bytes.
 */
static int class_atom(struct parser *p, struct set *bytes, bool wide,
		      struct part *out)
{
	struct set lead = {{0}}, tail = {{0}};
	struct part a, b;
	int rc;

	if (p->fold)
		fold_case(bytes);
	rc = position(p, bytes, out);
	if (rc != 0 || !wide)
		return rc;
	pattern_class_range(&lead, 0xc0, 0xff);
	pattern_class_range(&tail, 0x80, 0xbf);
	rc = position(p, &lead, &a);
	if (rc == 0)
		rc = position(p, &tail, &b);
	if (rc != 0)
		return rc;
	link_parts(p->g, &b, &b);
	b.nullable = true;
	then(p->g, &a, &b);
	either(out, &a);
	return 0;
}

/* A literal character: one byte, or all bytes of one beyond ASCII. */
static int literal(struct parser *p, uint8_t c, struct part *out)
{
	struct set bytes = {{0}};
	int rc;

	set_add(&bytes, c);
	if (p->fold)
		fold_case(&bytes);
	rc = position(p, &bytes, out);
	while (rc == 0 && c >= 0xc0 && p->at < p->end &&
	       (p->in.p[p->at] & 0xc0) == 0x80) {
		struct part next;

		bytes = (struct set){{0}};
		set_add(&bytes, p->in.p[p->at++]);
		rc = position(p, &bytes, &next);
		if (rc == 0)
			then(p->g, out, &next);
	}
	return rc;
}

static int escape(struct parser *p, struct part *out)
{
	struct set bytes = {{0}};
	struct bytes in = {p->in.p, p->end};
	bool wide = false;
	uint8_t c;
	int rc;

	if (p->at >= p->end)
		return complain(p, p->at - 1, "nothing follows \\");
	c = p->in.p[p->at];
	if (pattern_class_escape(c, &bytes, &wide)) {
		p->at++;
		return class_atom(p, &bytes, wide, out);
	}
	if (c == 'b')
		return complain(
			p, p->at - 1,
			"\\b is known at the beginning and at the end of the "
			"pattern only");
	rc = pattern_class_byte(in, &p->at, &c, p->e);
	return rc != 0 ? rc : literal(p, c, out);
}

static int alternatives(struct parser *p, struct part *out);

static int group(struct parser *p, struct part *out)
{
	size_t open = p->at - 1;
	unsigned before = p->g->n;
	int rc;

	if (++p->depth > DEPTH)
		return complain(p, open, "groups are nested too deep");
	if (p->at < p->end && p->in.p[p->at] == '?') {
		if (p->at + 1 >= p->end || p->in.p[p->at + 1] != ':')
			return complain(
				p, open,
				"only ( ) and (?: ) are known: looking around "
				"and named groups are not, (?i) stands at the "
				"beginning");
		p->at += 2;
	}
	rc = alternatives(p, out);
	if (rc != 0)
		return rc;
	if (p->at >= p->end || p->in.p[p->at] != ')')
		return complain(p, open, "( is not closed by )");
	if (p->g->n == before)
		return complain(p, open, "the group is empty");
	p->at++;
	p->depth--;
	return 0;
}

static int atom(struct parser *p, struct part *out)
{
	struct set bytes = {{0}};
	struct bytes in = {p->in.p, p->end};
	bool wide = false;
	uint8_t c = p->in.p[p->at++];
	int rc;

	switch (c) {
	case '(':
		return group(p, out);
	case '\\':
		return escape(p, out);
	case '[':
		rc = pattern_class(in, &p->at, &bytes, &wide, p->e);
		return rc != 0 ? rc : class_atom(p, &bytes, wide, out);
	case '.':
		pattern_class_range(&bytes, 0, 127);
		bytes.w[0] &= ~((uint64_t)1 << '\n');
		return class_atom(p, &bytes, true, out);
	case '*':
	case '+':
	case '?':
		return complain(p, p->at - 1,
				"nothing stands before this to "
				"repeat");
	case '{':
		return complain(
			p, p->at - 1,
			"nothing stands before { to repeat; write \\{ for the "
			"character");
	case '^':
	case '$':
		return complain(
			p, p->at - 1,
			"^ is known at the beginning and $ at the end of the "
			"pattern only");
	default:
		return literal(p, c, out);
	}
}

/* ---- repeats ---- */

struct repeat {
	unsigned least, most;
	bool open; /* no most */
};

static bool number(struct parser *p, unsigned *out)
{
	size_t from = p->at;
	unsigned v = 0;

	while (p->at < p->end && p->in.p[p->at] >= '0' &&
	       p->in.p[p->at] <= '9' && v <= REPEAT_MAX)
		v = v * 10 + (unsigned)(p->in.p[p->at++] - '0');
	*out = v;
	return p->at > from;
}

static int braces(struct parser *p, struct repeat *r)
{
	size_t open = p->at - 1;

	if (!number(p, &r->least))
		return complain(
			p, open,
			"{ needs a number: {3}, {2,5} or {2,}; write \\{ for "
			"the character");
	r->most = r->least;
	if (p->at < p->end && p->in.p[p->at] == ',') {
		p->at++;
		r->open = !number(p, &r->most);
	}
	if (p->at >= p->end || p->in.p[p->at] != '}')
		return complain(p, open, "{ is not closed by }");
	p->at++;
	if (r->least > REPEAT_MAX || (!r->open && r->most > REPEAT_MAX))
		return complain(p, open, "more than 255 repeats");
	if (!r->open && (r->most < r->least || r->most == 0))
		return complain(p, open, "this repeat can never match");
	return 0;
}

/* What stands behind an atom; *there: something did. */
static int quantifier(struct parser *p, struct repeat *r, bool *there)
{
	uint8_t c = p->at < p->end ? p->in.p[p->at] : 0;
	int rc = 0;

	*r = (struct repeat){.least = 1, .most = 1};
	*there = c == '*' || c == '+' || c == '?' || c == '{';
	if (!*there)
		return 0;
	p->at++;
	if (c == '{')
		rc = braces(p, r);
	else
		r->open = c != '?';
	if (c == '*' || c == '?')
		r->least = 0;
	if (rc == 0 && p->at < p->end &&
	    (p->in.p[p->at] == '?' || p->in.p[p->at] == '+' ||
	     p->in.p[p->at] == '*'))
		return complain(
			p, p->at,
			"repeats cannot be repeated, made lazy or possessive: "
			"every byte of any match is hidden");
	return rc;
}

/* The atom at from once more, with positions of its own. */
static int again(struct parser *p, size_t from, struct part *out)
{
	size_t at = p->at;
	int rc;

	p->at = from;
	rc = atom(p, out);
	p->at = at;
	return rc;
}

/* The atom with its repeat. one: its first copy. */
static int repeat(struct parser *p, size_t from, struct part one,
		  const struct repeat *r, struct part *out)
{
	unsigned copies = r->open ? (r->least > 1 ? r->least : 1) : r->most;

	*out = one;
	for (unsigned i = 1; i <= copies; i++) {
		struct part next = one;
		int rc = i == 1 ? 0 : again(p, from, &next);

		if (rc != 0)
			return rc;
		if (r->open && i == copies)
			link_parts(p->g, &next, &next);
		if (i > r->least)
			next.nullable = true;
		if (i == 1)
			*out = next;
		else
			then(p->g, out, &next);
	}
	return 0;
}

static int sequence(struct parser *p, struct part *out)
{
	*out = (struct part){.nullable = true};
	while (p->at < p->end && p->in.p[p->at] != '|' &&
	       p->in.p[p->at] != ')') {
		struct part one, many;
		struct repeat r;
		size_t from = p->at;
		bool there;
		int rc = atom(p, &one);

		if (rc == 0)
			rc = quantifier(p, &r, &there);
		if (rc == 0)
			rc = repeat(p, from, one, &r, &many);
		if (rc != 0)
			return rc;
		then(p->g, out, &many);
	}
	return 0;
}

static int alternatives(struct parser *p, struct part *out)
{
	int rc = sequence(p, out);

	while (rc == 0 && p->at < p->end && p->in.p[p->at] == '|') {
		struct part next;

		p->at++;
		rc = sequence(p, &next);
		if (rc == 0)
			either(out, &next);
	}
	return rc;
}

/* ---- the whole ---- */

static bool at_text(const struct parser *p, const char *s)
{
	size_t n = strlen(s);

	return p->end - p->at >= n && memcmp(p->in.p + p->at, s, n) == 0;
}

/* (?i), ^ and \b before, $ and \b behind. */
static void anchors(struct parser *p)
{
	const uint8_t *in = p->in.p;

	if (at_text(p, "(?i)")) {
		p->fold = true;
		p->at += 4;
	}
	if (at_text(p, "^")) {
		p->g->begin = true;
		p->at++;
	}
	if (at_text(p, "\\b")) {
		p->g->begin_word = true;
		p->at += 2;
	}
	if (p->end > p->at && in[p->end - 1] == '$' &&
	    (p->end < p->at + 2 || in[p->end - 2] != '\\')) {
		p->g->end = true;
		p->end--;
	}
	if (p->end >= p->at + 2 && in[p->end - 1] == 'b' &&
	    in[p->end - 2] == '\\' &&
	    (p->end < p->at + 3 || in[p->end - 3] != '\\')) {
		p->g->end_word = true;
		p->end -= 2;
	}
}

int pattern_parse(struct bytes text, struct glushkov *g, struct err *e)
{
	struct parser p = {.in = text, .end = text.n, .g = g, .e = e};
	struct part whole;
	int rc;

	*g = (struct glushkov){0};
	anchors(&p);
	rc = alternatives(&p, &whole);
	if (rc != 0)
		return rc;
	if (p.at < p.end)
		return complain(&p, p.at, ") closes nothing");
	if (whole.nullable)
		return err_set(
			e, -EPROTO, NULL,
			"the pattern matches the empty string: it would hide "
			"nothing everywhere");
	g->first = whole.first;
	g->last = whole.last;
	return 0;
}
