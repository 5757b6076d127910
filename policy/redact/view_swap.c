/* Two fields of a record change places, by a coin that nobody can guess. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/view_swap.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/standin.h"

/*
 * Whoever compares two answers shall not learn which one stood first. So:
 *
 *  - the coin is one for all pairs of a record that have the same scope: an
 *    answer and its score stay together. It is the seed that standin.c draws of
 *    ("swap", scope, object, record id): the same for who shares the scope, in
 *    every session, and in replay;
 *  - a record of which not every pair can be exchanged is not exchanged at all;
 *  - tags count in the order of the view: [PERSON_2] before [PERSON_1] would
 *    tell that something has moved.
 *
 * The coin is asked of each record even where its fields are alike.
 */

void view_swap_free(struct swap *x)
{
	mem_free(x->parts);
	mem_free(x->ords);
	*x = (struct swap){0};
}

/* ---- which values ---- */

/* One value and the other that may stand in its place. */
struct point {
	uint64_t start, end, from, to;
};

struct points {
	struct point *v;
	size_t n;
};

static void points_free(struct points *p)
{
	mem_free(p->v);
}

/* The places of the record: [*first, last). */
static size_t places_of(const struct view_in *in, const struct record *r,
			size_t *first)
{
	size_t lo = 0, hi = in->nplaces, last;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (in->places[mid].start < r->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	*first = last = lo;
	while (last < in->nplaces && in->places[last].start < r->end)
		last++;
	return last;
}

/* The next place of that kind from *at on; NULL: none is left. */
static const struct place *next_of(const struct view_in *in, size_t rule,
				   bool second, size_t *at, size_t last)
{
	while (*at < last) {
		const struct place *p = &in->places[(*at)++];

		if (p->rule == rule && p->second == second)
			return p;
	}
	return NULL;
}

/* The pairs of one rule; false: a value has no partner. */
static bool pair_up(const struct view_in *in, size_t rule, size_t first,
		    size_t last, struct points *out)
{
	size_t i = first, k = first;

	for (;;) {
		const struct place *a = next_of(in, rule, false, &i, last);
		const struct place *b = next_of(in, rule, true, &k, last);

		if (a == NULL || b == NULL)
			return a == b;
		out->v[out->n++] =
			(struct point){a->start, a->end, b->start, b->end};
		out->v[out->n++] =
			(struct point){b->start, b->end, a->start, a->end};
	}
}

/* One coin for a scope, of the record's name in its object. */
static int toss(const struct view_in *in, enum scope scope,
		const struct record *r, bool *heads)
{
	struct buf CLEANUP(buf_free) name = {.secret = true};
	const struct transform t = {.scope = scope};
	struct transform_in of = {.t = &t,
				  .type = bytes_str("swap"),
				  .record = r->id,
				  .s = in->standin};
	struct standin_seed seed;
	int rc;

	if (in->standin == NULL || in->standin->key == NULL)
		return -ENOKEY;
	rc = buf_putb(&name, in->standin->object);
	if (rc == 0)
		rc = buf_putc(&name, 0);
	if (rc == 0)
		rc = buf_putb(&name, r->id);
	if (rc != 0)
		return rc;
	standin_draw(&of, "swap", buf_bytes(&name), 0, &seed);
	*heads = standin_pick(&seed, 2) == 1;
	return 0;
}

/* All pairs whose coin says so; out->n 0: none, or not all could be. */
static int choose(const struct view_in *in, const struct record *r,
		  size_t first, size_t last, struct points *out,
		  uint64_t *rules)
{
	const struct decision *d = in->decision;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < d->nfields; i++) {
		size_t n = out->n;
		bool heads = false;

		if (d->fields[i].action != FIELD_SWAP)
			continue;
		if (!pair_up(in, i, first, last, out)) {
			out->n = 0;
			return 0;
		}
		rc = toss(in, d->fields[i].scope, r, &heads);
		if (!heads)
			out->n = n;
		else if (out->n > n)
			*rules |= (uint64_t)1 << i;
	}
	return rc;
}

static int cmp_point(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

size_t view_swap_cut(const struct view_in *in, uint64_t at)
{
	size_t lo = 0, hi = in->ncuts;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (in->cuts[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A cut may take something out of a value, but not the value. */
static bool is_spared(const struct view_in *in, const struct point *p)
{
	for (size_t i = view_swap_cut(in, p->start); i < in->ncuts; i++) {
		const struct cut *c = &in->cuts[i];

		if (c->start >= p->end)
			return true;
		if (c->start < p->start || c->end > p->end ||
		    (c->start == p->start && c->end == p->end && c->lit.n == 0))
			return false;
	}
	return true;
}

/* Apart from each other, inside the record, and all there. */
static bool can_move(const struct view_in *in, const struct record *r,
		     const struct points *p)
{
	uint64_t at = r->start;

	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].start < at || p->v[i].end <= p->v[i].start ||
		    p->v[i].end > r->end || !is_spared(in, &p->v[i]))
			return false;
		at = p->v[i].end;
	}
	return true;
}

/* ---- parts ---- */

static int make_parts(const struct record *r, const struct points *p,
		      struct swap *out)
{
	uint64_t at = r->sep;
	size_t n = 0;

	out->parts = mem_new(2 * p->n + 1, sizeof(*out->parts));
	if (out->parts == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < p->n; i++) {
		const struct point *v = &p->v[i];

		if (v->start > at)
			out->parts[n++] = (struct swap_part){
				.at = at, .start = at, .end = v->start};
		out->parts[n++] = (struct swap_part){.at = v->start,
						     .start = v->from,
						     .end = v->to,
						     .moved = true};
		at = v->end;
	}
	if (r->end > at)
		out->parts[n++] = (struct swap_part){
			.at = at, .start = at, .end = r->end};
	out->nparts = n;
	return 0;
}

/* ---- how tags count ---- */

static int cmp_value(const struct swap_ord *x, const struct swap_ord *y)
{
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

static int by_value(const void *a, const void *b)
{
	const struct swap_ord *x = a, *y = b;
	int c = cmp_value(x, y);

	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

static int by_type_and_place(const void *a, const void *b)
{
	const struct swap_ord *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The part that stands at a source byte: the last that begins there or before.
 */
static size_t part_at(const struct swap *x, uint64_t at)
{
	size_t lo = 0, hi = x->nparts;

	while (lo + 1 < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (x->parts[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Where a span of the record stands in the order of the view: part by part, and
 * within one by the source. Of two that changed places each is where the bytes
 * of the other come from. */
static uint64_t place_of(const struct swap *x, const struct span *s,
			 uint64_t most)
{
	size_t i = part_at(x, s->start);

	if (x->parts[i].moved)
		i = part_at(x, x->parts[i].start);
	return i * most + (s->start - x->parts[i].start);
}

static size_t first_span(const struct index_block *k, uint64_t start)
{
	size_t lo = 0, hi = k->nspans;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->spans[mid].start < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void number(struct swap *x)
{
	struct swap_ord *v = x->ords;
	size_t n = 0;

	qsort(v, x->nords, sizeof(*v), by_value);
	for (size_t i = 0; i < x->nords; i++)
		if (n == 0 || cmp_value(&v[n - 1], &v[i]) != 0)
			v[n++] = v[i];
	x->nords = n;
	qsort(v, n, sizeof(*v), by_type_and_place);
	for (size_t i = 0; i < n; i++)
		v[i].ord = i > 0 && v[i - 1].type == v[i].type
				   ? v[i - 1].ord + 1
				   : 1;
	qsort(v, n, sizeof(*v), by_value);
}

static int count(const struct view_in *in, const struct record *r,
		 struct swap *x)
{
	const struct index_block *k = in->block;
	size_t first = first_span(k, r->start), last = first_span(k, r->end);

	if (first == last)
		return 0;
	x->ords = mem_new(last - first, sizeof(*x->ords));
	if (x->ords == NULL)
		return -ENOMEM;
	for (size_t i = first; i < last; i++)
		x->ords[x->nords++] = (struct swap_ord){
			.value = k->spans[i].value,
			.type = k->spans[i].type,
			.at = place_of(x, &k->spans[i], r->end - r->sep + 1)};
	number(x);
	return 0;
}

uint32_t view_swap_ord(const struct swap *x, const struct span *s)
{
	const struct swap_ord want = {.value = s->value, .type = s->type};
	size_t lo = 0, hi = x->nords;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cmp_value(&x->ords[mid], &want) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < x->nords && cmp_value(&x->ords[lo], &want) == 0
		       ? x->ords[lo].ord
		       : s->ord;
}

int view_swap(const struct view_in *in, const struct record *r,
	      struct swap *out)
{
	CLEANUP(points_free) struct points p = {.n = 0};
	size_t first, last = places_of(in, r, &first);
	int rc;

	*out = (struct swap){0};
	if (first == last)
		return 0;
	/* A place is of one rule: at most one point each. */
	p.v = mem_new(last - first + 1, sizeof(*p.v));
	rc = p.v == NULL ? -ENOMEM
			 : choose(in, r, first, last, &p, &out->rules);
	if (rc != 0 || p.n == 0)
		return rc;
	qsort(p.v, p.n, sizeof(*p.v), cmp_point);
	if (!can_move(in, r, &p))
		return 0;
	rc = make_parts(r, &p, out);
	if (rc == 0)
		rc = count(in, r, out);
	if (rc != 0)
		view_swap_free(out);
	return rc;
}
