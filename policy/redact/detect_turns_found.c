/* What was found over several turns, as parts in each of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/detect_turns.h"
#include "policy/redact/recognizer.h"

#define ECHO_LEAST 2   /* digits */
#define WITHIN_LEAST 3 /* among other words */

static int put(struct detect_turns *t, const struct turn_hit *h)
{
	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 16 : 2 * t->cap;
		void *p = mem_grow(t->v, cap, sizeof(*t->v));

		if (p == NULL)
			return -ENOMEM;
		t->v = p;
		t->cap = cap;
	}
	t->v[t->n++] = *h;
	t->sorted = false;
	return 0;
}

/* The digits of text, said or written; at most n. */
static int digits_of(struct bytes text, char *out, size_t most, size_t *n)
{
	struct folded f = {0};
	int rc = recognizer_fold(text, &f);

	*n = 0;
	for (size_t i = 0; rc == 0 && i < f.text.n && *n < most; i++)
		if (is_digit(f.text.p[i]))
			out[(*n)++] = (char)f.text.p[i];
	recognizer_fold_free(&f);
	return rc;
}

static bool is_between(struct bytes text, uint32_t i)
{
	return i < text.n && strchr("-. ()", text.p[i]) != NULL;
}

/* Digits from i on, over single marks where wide; behind them. *n: how many. */
static uint32_t group(struct bytes text, uint32_t i, bool wide, char *out,
		      size_t most, size_t *n)
{
	uint32_t end = i;

	for (*n = 0; i < text.n && *n < most; i++) {
		if (is_digit(text.p[i])) {
			out[(*n)++] = (char)text.p[i];
			end = i + 1;
		} else if (!wide || !is_between(text, i) ||
			   (i > end && text.p[i - 1] == text.p[i])) {
			break;
		}
	}
	return end;
}

/* Among other words, too: digits in x that are a part of the value's. All of
 * them are found as any value is. */
static int put_within(struct detect_turns *t, struct bytes x,
		      struct bytes value, struct turn_hit h)
{
	struct folded f = {0};
	struct bytes text;
	uint32_t from = h.hit.start, end;
	int rc = recognizer_fold(x, &f);

	text = buf_bytes(&f.text);
	for (uint32_t i = 0; rc == 0 && i < text.n; i = end + 1) {
		char again[64];
		size_t n;

		end = i;
		if (!is_digit(text.p[i]) || (i > 0 && is_word(text.p[i - 1])))
			continue;
		for (unsigned wide = 2; wide-- > 0;) {
			end = group(text, i, wide, again, sizeof(again), &n);
			if (n < WITHIN_LEAST || n == value.n ||
			    memmem(value.p, value.n, again, n) == NULL)
				continue;
			h.hit.start = from + f.map[i];
			h.hit.end = from + f.map[end];
			rc = put(t, &h);
			break;
		}
	}
	recognizer_fold_free(&f);
	return rc;
}

/* What the other one says again of the value. */
static int put_echoes(struct detect_turns *t, const struct turn_chain *c,
		      struct turn_hit h)
{
	char value[64], again[64];
	struct bytes said;
	size_t nv, na, at = 0;
	int rc = digits_of(h.whole, value, sizeof(value), &nv);

	for (unsigned i = 0; rc == 0 && i < c->n; i++) {
		const struct turn_piece *p = &c->v[i];

		if (!p->echo)
			continue;
		said = bytes_of(c->said.p + at, p->n);
		rc = digits_of(said, again, sizeof(again), &na);
		at += p->n;
		h.record = p->record;
		h.hit.run = p->run;
		h.hit.start = p->from;
		h.hit.end = p->from + p->n;
		if (rc == 0 && !p->only)
			rc = put_within(t, said, bytes_of(value, nv), h);
		else if (rc == 0 && na >= ECHO_LEAST &&
			 memmem(value, nv, again, na) != NULL)
			rc = put(t, &h);
	}
	return rc;
}

/* What comes later may be a part of it. */
static int remember(struct detect_turns *t, const struct turn_hit *h)
{
	char value[64];
	size_t n;
	int rc = digits_of(h->whole, value, sizeof(value), &n);

	if (rc == 0)
		recognizer_echo_put(&t->talk, h->hit.type, bytes_of(value, n));
	return rc;
}

/* Blanks and marks at the edges stay. */
static void trim(struct bytes text, uint32_t *start, uint32_t *end)
{
	while (*start < *end && !is_word(text.p[*start]))
		(*start)++;
	while (*start < *end && !is_word(text.p[*end - 1]))
		(*end)--;
}

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The hit as parts, where it stands in more than one turn. */
int detect_turns_found(struct detect_turns *t, const struct turn_chain *c,
		       const struct hit *hit)
{
	struct bytes text = buf_bytes(&c->text);
	struct turn_hit h = {.hit = *hit};
	size_t from = t->n;
	int rc = arena_dup(t->a,
			   bytes_sub(text, hit->start, hit->end - hit->start),
			   &h.whole);

	for (unsigned i = 0; rc == 0 && i < c->n; i++) {
		const struct turn_piece *p = &c->v[i];
		uint32_t start = most(hit->start, p->start);
		uint32_t end = least(hit->end, p->start + p->n);

		if (p->echo || start >= end)
			continue;
		trim(text, &start, &end);
		if (start == end)
			continue;
		h.record = p->record;
		h.hit.run = p->run;
		h.hit.start = p->from + (start - p->start);
		h.hit.end = p->from + (end - p->start);
		rc = put(t, &h);
	}
	if (rc == 0 && t->n == from + 1)
		t->n = from; /* its own turn shows it */
	else if (rc == 0 && t->n > from)
		rc = remember(t, &h);
	return rc == 0 && t->n > from ? put_echoes(t, c, h) : rc;
}

static int by_place(const void *a, const void *b)
{
	const struct turn_hit *x = a, *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	if (x->hit.run != y->hit.run)
		return x->hit.run < y->hit.run ? -1 : 1;
	return (x->hit.start > y->hit.start) - (x->hit.start < y->hit.start);
}

const struct turn_hit *detect_turns_next(struct detect_turns *t,
					 uint32_t record)
{
	if (!t->sorted && t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), by_place);
	t->sorted = true;
	while (t->at < t->n && t->v[t->at].record < record)
		t->at++;
	if (t->at == t->n || t->v[t->at].record != record)
		return NULL;
	return &t->v[t->at++];
}
