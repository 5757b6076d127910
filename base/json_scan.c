/* The JSON pull scanner. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass, no recursion, no copy: every byte is looked at once, and the only
 * memory is one bit per open container (1: object), so a hostile file costs
 * what its length costs.
 *
 * The state says what may come next:
 *
 *   VALUE   a value must come (start, after a colon, after an array's comma)
 *   FIRST   after '[': a value or ']'
 *   MEMBER  after '{': a key or '}'
 *   NAME    after an object's comma: a key
 *   COLON   after a key: ':' and then VALUE
 *   NEXT    after a value inside a container: ',' or its end
 *   DONE    the value is complete; at stays on the byte behind it
 *   BAD     malformed; at stays on the offending byte
 *
 * Offsets are the point of this scanner: views copy source bytes by them, so a
 * token's [start, end) never includes white space, and DONE does not eat what
 * follows (lines of JSONL, a second value).
 */
#include <errno.h>

#include "base/json.h"

enum state {
	STATE_BAD = 0,
	STATE_VALUE,
	STATE_FIRST,
	STATE_MEMBER,
	STATE_NAME,
	STATE_COLON,
	STATE_NEXT,
	STATE_DONE,
};

void json_start(struct json_scan *s, struct bytes in, uint64_t at)
{
	static const uint8_t bom[] = {0xEF, 0xBB, 0xBF};

	*s = (struct json_scan){.in = in, .at = at, .state = STATE_VALUE};
	if (at == 0 && in.n >= sizeof(bom) &&
	    memcmp(in.p, bom, sizeof(bom)) == 0)
		s->at = sizeof(bom);
}

static enum json_kind bad(struct json_scan *s, uint64_t at, const char *why)
{
	s->state = STATE_BAD;
	s->at = at;
	s->why = why;
	return JSON_BAD;
}

static void space_skip(struct json_scan *s)
{
	while (s->at < s->in.n) {
		uint8_t c = s->in.p[s->at];

		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return;
		s->at++;
	}
}

static bool in_object(const struct json_scan *s)
{
	uint32_t top = s->depth - 1;

	return (s->stack[top / 8] >> (top % 8) & 1) != 0;
}

static enum json_kind container_open(struct json_scan *s, bool object)
{
	uint32_t d = s->depth;
	uint8_t bit = (uint8_t)(1u << (d % 8));

	if (d == JSON_MAX_DEPTH)
		return bad(s, s->at, "nesting is deeper than 512");
	if (object)
		s->stack[d / 8] = (uint8_t)(s->stack[d / 8] | bit);
	else
		s->stack[d / 8] = (uint8_t)(s->stack[d / 8] & ~bit);
	s->depth++;
	s->at++;
	s->state = object ? STATE_MEMBER : STATE_FIRST;
	return object ? JSON_OBJECT : JSON_ARRAY;
}

/* A value is complete: what may follow it. */
static void value_done(struct json_scan *s)
{
	s->state = s->depth == 0 ? STATE_DONE : STATE_NEXT;
}

static enum json_kind container_close(struct json_scan *s)
{
	bool object = in_object(s);

	s->depth--;
	s->at++;
	value_done(s);
	return object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* Whether one of 8 bytes is '"', '\\' or below 0x20 (the classic bit trick). */
static bool word_stops(const uint8_t *p)
{
	uint64_t v, quote, slash;

	memcpy(&v, p, sizeof(v));
	quote = v ^ (ONES * '"');
	slash = v ^ (ONES * '\\');
	return (((v - ONES * 0x20) & ~v) | ((quote - ONES) & ~quote) |
		((slash - ONES) & ~slash)) &
	       HIGHS;
}

/* The first byte at or after i that a string cannot just go past. */
static uint64_t run_end(struct bytes in, uint64_t i)
{
	while (in.n - i >= 8 && !word_stops(in.p + i))
		i += 8;
	while (i < in.n && in.p[i] != '"' && in.p[i] != '\\' && in.p[i] >= 0x20)
		i++;
	return i;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Length of the escape at i (in.p[i] is the backslash); 0 when malformed. */
static uint64_t escape_len(struct bytes in, uint64_t i)
{
	if (in.n - i < 2 || in.p[i + 1] == '\0')
		return 0;
	if (in.p[i + 1] != 'u')
		return strchr("\"\\/bfnrt", in.p[i + 1]) != NULL ? 2 : 0;
	if (in.n - i < 6)
		return 0;
	for (uint64_t k = 2; k < 6; k++) {
		if (!is_hex(in.p[i + k]))
			return 0;
	}
	return 6;
}

/* Move behind the string that starts at s->at; kind, or JSON_BAD. */
static enum json_kind string(struct json_scan *s, enum json_kind kind)
{
	uint64_t i = s->at + 1, n;

	for (;;) {
		i = run_end(s->in, i);
		if (i >= s->in.n)
			return bad(s, i, "a string does not end");
		if (s->in.p[i] == '"')
			break;
		if (s->in.p[i] != '\\')
			return bad(s, i, "a control character in a string");
		n = escape_len(s->in, i);
		if (n == 0)
			return bad(s, i, "an unknown escape in a string");
		i += n;
	}
	s->at = i + 1;
	return kind;
}

/* Digits from i on; i itself where there is none. */
static uint64_t digits(struct bytes in, uint64_t i)
{
	while (i < in.n && in.p[i] >= '0' && in.p[i] <= '9')
		i++;
	return i;
}

static bool byte_is(struct bytes in, uint64_t i, const char *set)
{
	return i < in.n && in.p[i] != '\0' && strchr(set, in.p[i]) != NULL;
}

/* Whether a number or word that ends at i is cut off cleanly there. */
static bool cut_clean(struct bytes in, uint64_t i)
{
	return i >= in.n || byte_is(in, i, " \t\r\n,:]}[{\"");
}

static enum json_kind number(struct json_scan *s)
{
	uint64_t i = s->at + byte_is(s->in, s->at, "-"), from = i;

	i = digits(s->in, i);
	if (i == from)
		return bad(s, i, "a number without digits");
	if (s->in.p[from] == '0' && i - from > 1)
		return bad(s, from, "a number with a leading zero");
	if (byte_is(s->in, i, ".")) {
		from = i + 1;
		i = digits(s->in, from);
		if (i == from)
			return bad(s, i, "no digit after the point");
	}
	if (byte_is(s->in, i, "eE")) {
		from = i + 1 + byte_is(s->in, i + 1, "+-");
		i = digits(s->in, from);
		if (i == from)
			return bad(s, i, "no digit in the exponent");
	}
	if (!cut_clean(s->in, i))
		return bad(s, i, "a number runs into something else");
	s->at = i;
	return JSON_NUMBER;
}

static enum json_kind word(struct json_scan *s, const char *w,
			   enum json_kind kind)
{
	size_t n = strlen(w);

	if (s->in.n - s->at < n || memcmp(s->in.p + s->at, w, n) != 0 ||
	    !cut_clean(s->in, s->at + n))
		return bad(s, s->at, "not a JSON value");
	s->at += n;
	return kind;
}

static enum json_kind scalar(struct json_scan *s, uint8_t c)
{
	switch (c) {
	case '"':
		return string(s, JSON_STRING);
	case 't':
		return word(s, "true", JSON_TRUE);
	case 'f':
		return word(s, "false", JSON_FALSE);
	case 'n':
		return word(s, "null", JSON_NULL);
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return number(s);
		return bad(s, s->at, "not a JSON value");
	}
}

static enum json_kind value(struct json_scan *s, uint8_t c)
{
	enum json_kind kind;

	if (c == '{' || c == '[')
		return container_open(s, c == '{');
	kind = scalar(s, c);
	if (kind != JSON_BAD)
		value_done(s);
	return kind;
}

static enum json_kind key(struct json_scan *s, uint8_t c)
{
	if (c != '"')
		return bad(s, s->at, "a member's name must be a string");
	s->state = STATE_COLON;
	return string(s, JSON_KEY);
}

/* Over the comma that must stand here, or the container's end. */
static enum json_kind next(struct json_scan *s, uint8_t c, bool *again)
{
	bool object = in_object(s);

	if (c == (object ? '}' : ']'))
		return container_close(s);
	if (c != ',')
		return bad(s, s->at,
			   object ? "expected ',' or '}'"
				  : "expected ',' or ']'");
	s->at++;
	s->state = object ? STATE_NAME : STATE_VALUE;
	*again = true;
	return JSON_BAD;
}

static enum json_kind colon(struct json_scan *s, uint8_t c, bool *again)
{
	if (c != ':')
		return bad(s, s->at, "expected ':'");
	s->at++;
	s->state = STATE_VALUE;
	*again = true;
	return JSON_BAD;
}

/* One token at the byte c, or *again after mere punctuation. */
static enum json_kind step(struct json_scan *s, uint8_t c, bool *again)
{
	switch ((enum state)s->state) {
	case STATE_VALUE:
		return value(s, c);
	case STATE_FIRST:
		return c == ']' ? container_close(s) : value(s, c);
	case STATE_MEMBER:
		return c == '}' ? container_close(s) : key(s, c);
	case STATE_NAME:
		return key(s, c);
	case STATE_COLON:
		return colon(s, c, again);
	case STATE_NEXT:
		return next(s, c, again);
	case STATE_BAD:
	case STATE_DONE:
		break;
	}
	return JSON_BAD;
}

/* The input ended: fine before a value, malformed inside one. */
static enum json_kind input_end(struct json_scan *s)
{
	if (s->state == STATE_VALUE && s->depth == 0)
		return JSON_END;
	return bad(s, s->in.n, "the input ends inside a value");
}

enum json_kind json_next(struct json_scan *s, struct json_token *t)
{
	enum json_kind kind;
	bool again;

	do {
		again = false;
		if (s->state == STATE_BAD || s->state == STATE_DONE) {
			kind = s->state == STATE_BAD ? JSON_BAD : JSON_END;
			t->start = s->at;
			break;
		}
		space_skip(s);
		t->start = s->at;
		if (s->at >= s->in.n)
			kind = input_end(s);
		else
			kind = step(s, s->in.p[s->at], &again);
	} while (again);
	if (kind == JSON_BAD)
		t->start = s->at;
	t->end = s->at;
	t->kind = kind;
	return kind;
}

int json_skip(struct json_scan *s, const struct json_token *t, uint64_t *end)
{
	uint32_t base = s->depth - 1;
	struct json_token in;

	*end = t->end;
	if (t->kind >= JSON_STRING)
		return 0;
	if (t->kind != JSON_OBJECT && t->kind != JSON_ARRAY)
		return -EPROTO;
	do {
		if (json_next(s, &in) == JSON_BAD)
			return -EPROTO;
	} while (s->depth > base);
	*end = in.end;
	return 0;
}
