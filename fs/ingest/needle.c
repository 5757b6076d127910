/* Values of one person: what they look like wherever they may stand. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value is looked for in two ways. Where a recognizer found something, its
 * canonical form is compared with the value's own, of the same type: so "+1
 * (212) 555-0147" finds "212 555 0147". Everywhere else it is looked for as it
 * is written, and as JSON may write it, or the name of a file, because
 * recognizers miss things and what is to be erased shall not stay for that.
 */
#include "fs/ingest/needle.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "policy/redact/detect.h"

#define TYPES 64 /* canonical forms are kept for so many types */

struct forms {
	struct buf type; /* a string */
	struct buf canon[NEEDLES];
};

struct needles {
	size_t n, nforms, longest;
	struct buf raw[NEEDLES], json[NEEDLES];
	bool first[256]; /* a byte that one begins with */
	struct forms *forms[TYPES];
};

void needles_free(struct needles *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < NEEDLES; i++) {
		buf_free(&n->raw[i]);
		buf_free(&n->json[i]);
	}
	for (size_t k = 0; k < n->nforms; k++) {
		buf_free(&n->forms[k]->type);
		for (size_t i = 0; i < NEEDLES; i++)
			buf_free(&n->forms[k]->canon[i]);
		mem_free(n->forms[k]);
	}
	mem_free(n);
}

static uint8_t low(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* As most writers of JSON do: beyond ASCII by UTF-16 units in four hex digits
 * each; quotes, backslashes and controls behind a backslash. A value is one
 * line: it holds no line feed. */
static int put_json(struct buf *b, uint32_t cp)
{
	static const char controls[] = "\b\t\f\r", letters[] = "btfr";
	const char *c = cp == 0 ? NULL : memchr(controls, (int)cp, 4);

	if (cp == '"' || cp == '\\')
		return buf_printf(b, "\\%c", (int)cp);
	if (c != NULL)
		return buf_printf(b, "\\%c", letters[c - controls]);
	if (cp >= 0x20 && cp < 0x80)
		return buf_putc(b, (int)cp);
	if (cp < 0x10000)
		return buf_printf(b, "\\u%04x", cp);
	cp -= 0x10000;
	return buf_printf(b, "\\u%04x\\u%04x", 0xD800 + (cp >> 10),
			  0xDC00 + (cp & 0x3FF));
}

static int spell(struct needles *n, size_t i)
{
	struct bytes raw = buf_bytes(&n->raw[i]);
	size_t off = 0, step;
	uint32_t cp;
	int rc = 0;

	while (rc == 0 && (step = utf8_next(raw, off, &cp)) > 0) {
		rc = put_json(&n->json[i], cp);
		off += step;
	}
	for (size_t k = 0; k < 2; k++) {
		struct bytes b = buf_bytes(k == 0 ? &n->raw[i] : &n->json[i]);
		uint8_t c = b.n > 0 ? low(b.p[0]) : 0;

		n->first[c] = true;
		n->first[c >= 'a' && c <= 'z' ? c - 32 : c] = true;
		n->longest = b.n > n->longest ? b.n : n->longest;
	}
	return rc;
}

static int add(struct needles *n, struct bytes line, const char *place,
	       struct err *e)
{
	int rc;

	while (line.n > 0 && line.p[line.n - 1] <= ' ')
		line.n--;
	while (line.n > 0 && line.p[0] <= ' ')
		line = bytes_sub(line, 1, line.n);
	if (line.n == 0)
		return 0;
	if (n->n == NEEDLES)
		return err_set(e, -EINVAL, place, "more than %d values",
			       NEEDLES);
	if (line.n < NEEDLE_MIN || line.n > NEEDLE_MAX)
		return err_set(
			e, -EINVAL, place,
			"a value has %d to %d bytes: a shorter one would "
			"stand everywhere",
			NEEDLE_MIN, NEEDLE_MAX);
	n->raw[n->n].secret = n->json[n->n].secret = true;
	rc = buf_putb(&n->raw[n->n], line);
	if (rc == 0)
		rc = spell(n, n->n);
	n->n++;
	return rc == 0 ? 0 : err_nomem(e);
}

int needles_new(struct bytes text, const char *place, struct needles **out,
		struct err *e)
{
	CLEANUP(needles_freep) struct needles *n = mem_new(1, sizeof(*n));
	int rc = 0;

	*out = NULL;
	if (n == NULL)
		return err_nomem(e);
	while (rc == 0 && text.n > 0) {
		const uint8_t *nl = memchr(text.p, '\n', text.n);
		size_t len = nl == NULL ? text.n : (size_t)(nl - text.p);

		rc = add(n, bytes_of(text.p, len), place, e);
		text = bytes_sub(text, nl == NULL ? len : len + 1, text.n);
	}
	if (rc == 0 && n->n == 0)
		rc = err_set(e, -EINVAL, place, "there is no value in it");
	if (rc == 0)
		*out = STEAL(n);
	return rc;
}

size_t needles_count(const struct needles *n)
{
	return n->n;
}

size_t needles_longest(const struct needles *n)
{
	return n->longest;
}

/* ---- as it is written ---- */

/* Blanks of a value are other signs in names of files; of what is in a path of
 * another file nobody made spans. */
static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '_' || c == '-' || c == '.' || c == '+';
}

static bool same(struct bytes a, struct bytes in, size_t at)
{
	if (a.n == 0 || a.n > in.n - at)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (low(a.p[i]) != low(in.p[at + i]) &&
		    (a.p[i] != ' ' || !is_blank(in.p[at + i])))
			return false;
	return true;
}

static bool wordy(uint8_t c)
{
	c = low(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* A value that begins or ends with a mark needs no edge there. */
static bool alone(struct bytes in, size_t at, size_t len)
{
	return (at == 0 || !wordy(in.p[at]) || !wordy(in.p[at - 1]) ||
		(at > 1 && in.p[at - 2] == '\\')) &&
	       (at + len == in.n || !wordy(in.p[at + len - 1]) ||
		!wordy(in.p[at + len]));
}

static size_t stands(const struct needles *n, struct bytes in, size_t at)
{
	for (size_t i = 0; i < n->n; i++) {
		struct bytes raw = buf_bytes(&n->raw[i]);
		struct bytes json = buf_bytes(&n->json[i]);

		if (same(raw, in, at) && alone(in, at, raw.n))
			return raw.n;
		if (same(json, in, at) && alone(in, at, json.n))
			return json.n;
	}
	return 0;
}

bool needles_find(const struct needles *n, struct bytes in, size_t from,
		  size_t *at, size_t *len)
{
	for (; from < in.n; from++) {
		if (!n->first[in.p[from]])
			continue;
		*len = stands(n, in, from);
		*at = from;
		if (*len > 0)
			return true;
	}
	return false;
}

bool needles_in(const struct needles *n, struct bytes in)
{
	size_t at, len;

	return needles_find(n, in, 0, &at, &len);
}

/* ---- in canonical form ---- */

static int forms_make(struct needles *n, struct bytes type, struct forms *f)
{
	int rc = buf_putb(&f->type, type);

	if (rc != 0 || buf_str(&f->type) == NULL)
		return -ENOMEM;
	for (size_t i = 0; rc == 0 && i < n->n; i++) {
		f->canon[i].secret = true;
		rc = canonical(buf_str(&f->type), buf_bytes(&n->raw[i]),
			       &f->canon[i]);
		if (rc != -ENOMEM)
			rc = 0; /* none in that type */
	}
	return rc;
}

static int forms_of(struct needles *n, struct bytes type, struct forms **out)
{
	for (size_t k = 0; k < n->nforms; k++) {
		*out = n->forms[k];
		if (bytes_eq(buf_bytes(&n->forms[k]->type), type))
			return 0;
	}
	if (n->nforms == TYPES) { /* begin anew in the last one's place */
		struct forms *f = n->forms[--n->nforms];

		buf_free(&f->type);
		for (size_t i = 0; i < NEEDLES; i++)
			buf_free(&f->canon[i]);
		mem_free(f);
	}
	*out = mem_new(1, sizeof(**out));
	if (*out == NULL)
		return -ENOMEM;
	n->forms[n->nforms++] = *out;
	return forms_make(n, type, *out);
}

int needles_canon(struct needles *n, struct bytes type, struct bytes canon)
{
	struct forms *f;
	int rc = forms_of(n, type, &f);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n->n; i++)
		if (canon.n > 0 && bytes_eq(buf_bytes(&f->canon[i]), canon))
			return 1;
	return needles_in(n, canon);
}
