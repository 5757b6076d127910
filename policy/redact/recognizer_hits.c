/* Hits: collecting candidates, and making them disjoint. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"

/*
 * Overlap is resolved per run like a skyline: at every byte the strongest hit
 * that covers it shows (score, then length, then type order, then start). A
 * weaker hit keeps what sticks out of a stronger one, as long as a letter or a
 * digit is in it: dropping the rest would show bytes that some recognizer
 * wanted hidden. A sweep over starts with a heap of open hits: O(k log k).
 */
struct sweep {
	const struct hit *in; /* sorted by start */
	uint32_t *heap;	      /* open hits, strongest first */
	size_t nheap;
	struct hits out;
	uint32_t last; /* hit of the last piece, + 1 */
};

void hits_free(struct hits *h)
{
	mem_free(h->v);
	*h = (struct hits){0};
}

int recognizer_hits_put(struct hits *h, struct hit hit)
{
	if (h->n == h->cap) {
		size_t cap = h->cap == 0 ? 16 : h->cap * 2;
		struct hit *v = mem_grow(h->v, cap, sizeof(*v));

		if (v == NULL)
			return -ENOMEM;
		h->v = v;
		h->cap = cap;
	}
	h->v[h->n++] = hit;
	return 0;
}

void recognizer_hit(struct scan *s, uint32_t start, uint32_t end, unsigned type,
		    unsigned rule, unsigned score)
{
	struct hit h = {.run = s->nr,
			.start = start,
			.end = end,
			.type = (uint16_t)type,
			.rule = (uint16_t)rule,
			.score = (uint8_t)(score > 100 ? 100 : score)};

	if (s->err == 0 && start < end)
		s->err = recognizer_hits_put(s->out, h);
}

/* a wins over b. */
static bool stronger(const struct hit *a, const struct hit *b)
{
	uint32_t na = a->end - a->start, nb = b->end - b->start;

	if ((a->rule == RULE_FLAG) != (b->rule == RULE_FLAG))
		return a->rule == RULE_FLAG; /* somebody looked */
	if (a->score != b->score)
		return a->score > b->score;
	if (na != nb)
		return na > nb;
	if (a->type != b->type)
		return a->type < b->type;
	return a->start != b->start ? a->start < b->start : a->rule < b->rule;
}

static int by_start(const void *pa, const void *pb)
{
	const struct hit *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return stronger(a, b) ? -1 : stronger(b, a);
}

void recognizer_hits_sort(struct hits *h)
{
	if (h->n > 1)
		qsort(h->v, h->n, sizeof(*h->v), by_start);
}

static bool above(const struct sweep *w, size_t a, size_t b)
{
	return stronger(&w->in[w->heap[a]], &w->in[w->heap[b]]);
}

static void swap(struct sweep *w, size_t a, size_t b)
{
	uint32_t t = w->heap[a];

	w->heap[a] = w->heap[b];
	w->heap[b] = t;
}

static void push(struct sweep *w, uint32_t hit)
{
	size_t i = w->nheap++;

	w->heap[i] = hit;
	for (; i > 0 && above(w, i, (i - 1) / 2); i = (i - 1) / 2)
		swap(w, i, (i - 1) / 2);
}

static void pop(struct sweep *w)
{
	size_t i = 0;

	w->heap[0] = w->heap[--w->nheap];
	while (2 * i + 1 < w->nheap) {
		size_t c = 2 * i + 1;

		if (c + 1 < w->nheap && above(w, c + 1, c))
			c++;
		if (!above(w, c, i))
			return;
		swap(w, i, c);
		i = c;
	}
}

/* The piece [start, end) of the strongest open hit; joined to the last one. */
static int show(struct sweep *w, uint32_t start, uint32_t end)
{
	struct hit piece = w->in[w->heap[0]];
	struct hit *last = w->out.n == 0 ? NULL : &w->out.v[w->out.n - 1];

	if (w->last == w->heap[0] + 1 && last != NULL && last->end == start) {
		last->end = end;
		return 0;
	}
	piece.start = start;
	piece.end = end;
	w->last = w->heap[0] + 1;
	return recognizer_hits_put(&w->out, piece);
}

static int run_sweep(struct sweep *w, size_t n)
{
	size_t i = 0;
	uint32_t at = 0;
	int rc = 0;

	while (rc == 0 && (i < n || w->nheap > 0)) {
		if (w->nheap == 0)
			at = w->in[i].start;
		while (i < n && w->in[i].start <= at)
			push(w, (uint32_t)i++);
		while (w->nheap > 0 && w->in[w->heap[0]].end <= at)
			pop(w);
		if (w->nheap > 0) {
			uint32_t end = w->in[w->heap[0]].end;

			if (i < n && w->in[i].start < end)
				end = w->in[i].start;
			rc = show(w, at, end);
			at = end;
		}
	}
	return rc;
}

/* Cut blanks and punctuation off a piece; false: nothing is left. */
static bool trim(struct hit *h, struct bytes text)
{
	while (h->start < h->end && !is_word(text.p[h->start]))
		h->start++;
	while (h->start < h->end && !is_word(text.p[h->end - 1]))
		h->end--;
	return h->start < h->end;
}

/* Nothing overlaps: most runs. */
static bool disjoint(const struct hit *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (v[i].start < v[i - 1].end)
			return false;
	return true;
}

/* What the owner's rule takes for one value of a type is not parted by what a
 * built-in rule takes for a shorter one of it: "61 years old", "61"; nor an
 * address by its unit: "61 NW Wall, suite B". Hits of one rule of the owner's
 * are disjoint, and addresses are short: the work is linear. */
static void own(struct hit *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		if (v[i].rule < RULE_COUNT &&
		    v[i].type != ENTITY_STREET_ADDRESS)
			continue;
		while (k > 0 && v[k - 1].start == v[i].start)
			k--;
		for (; k < n && v[k].start < v[i].end; k++)
			if (v[k].type == v[i].type && v[k].end <= v[i].end &&
			    v[k].score > v[i].score)
				v[i].score = v[k].score;
	}
}

/* Write the pieces over the candidates; those that lost bytes are trimmed. */
static int replace(struct hits *h, size_t from, const struct sweep *w,
		   struct bytes text)
{
	h->n = from;
	for (size_t i = 0; i < w->out.n; i++) {
		struct hit piece = w->out.v[i];
		bool cut = (i > 0 && w->out.v[i - 1].end == piece.start) ||
			   (i + 1 < w->out.n &&
			    w->out.v[i + 1].start == piece.end);
		int rc;

		if (cut && !trim(&piece, text))
			continue;
		rc = recognizer_hits_put(h, piece);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int resolve(struct hits *h, size_t from, struct bytes text, bool owned)
{
	struct sweep w = {0};
	size_t n = h->n - from;
	int rc;

	if (n < 2)
		return 0;
	qsort(h->v + from, n, sizeof(*h->v), by_start);
	if (disjoint(h->v + from, n))
		return 0;
	w.heap = mem_new(n, sizeof(*w.heap));
	if (w.heap == NULL)
		return -ENOMEM;
	if (owned)
		own(h->v + from, n);
	w.in = h->v + from;
	rc = run_sweep(&w, n);
	if (rc == 0)
		rc = replace(h, from, &w, text);
	mem_free(w.heap);
	hits_free(&w.out);
	return rc;
}

int recognizer_hits_resolve(struct hits *h, size_t from, struct bytes text)
{
	return resolve(h, from, text, true);
}

int recognizer_hits_settle(struct hits *h, size_t from, struct bytes text)
{
	return resolve(h, from, text, false);
}
