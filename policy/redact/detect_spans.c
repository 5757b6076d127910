/* Where the hits of a record lie in the source: parts, sorted and disjoint. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run may have stretches that stay (struct text_map, hard): a tag, the times
 * between two words of a table, what the line before says. A hit over one is
 * cut into parts, each with its own replacement; blanks at a cut stay.
 *
 * Runs of a record may show the same bytes twice (a cue alone and among its
 * neighbours, an id as it is and with blanks), and one may lie between pieces
 * of another (a speaker's name between words). So parts are sorted, and where
 * some overlap each byte goes to one of them.
 */
#include "policy/redact/detect_spans.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

void detect_spans_free(struct detect_parts *p)
{
	mem_free(p->v);
	*p = (struct detect_parts){0};
}

void detect_spans_hit(const struct run *runs, const struct hit *h,
		      uint32_t *start, uint32_t *end)
{
	bool number = runs[h->run].kind == RUN_NUMBER;

	/* Half of a number replaced would not be a number. */
	*start = number ? 0 : h->start;
	*end = number ? (uint32_t)runs[h->run].text.n : h->end;
}

static int part_add(struct detect_parts *p, struct detect_part part)
{
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 64 : p->cap * 2;
		void *v = mem_grow(p->v, cap, sizeof(*p->v));

		if (v == NULL)
			return -ENOMEM;
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = part;
	return 0;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* How it is written: in a cell, whether it begins it, and is all of it. */
static uint16_t hit_esc(const struct run *run, uint32_t start, uint32_t end)
{
	if (run->esc == (ESC_CELL | ESC_BEGIN))
		return start > 0 ? ESC_CELL : run->esc;
	if (start > 0 || (run->esc != ESC_CELL && run->esc != ESC_CSV))
		return run->esc;
	if (end == run->text.n)
		return run->esc | ESC_CSV | ESC_BEGIN;
	return run->esc | ESC_BEGIN;
}

/* Part [from, to) of the hit [start, end). */
static int part_take(struct detect_parts *p, const struct record *rec,
		     const struct run *run, struct detect_part part,
		     uint32_t from, uint32_t to)
{
	text_raw(run, from, to, &part.start, &part.end);
	if (part.end <= part.start || part.start < rec->start ||
	    part.end > rec->end)
		return -EPROTO;
	return part_add(p, part);
}

static int hit_parts(struct detect_parts *p, const struct record *rec,
		     const struct run *runs, const struct hit *h, size_t nr)
{
	const struct run *run = &runs[h->run];
	const uint8_t *t = run->text.p;
	uint32_t start, end, at, from, to;
	int rc = 0;

	if (run->nmap == 0)
		return -EPROTO;
	detect_spans_hit(runs, h, &start, &end);
	at = start;
	while (rc == 0 && text_part(run, &at, end, &from, &to)) {
		struct detect_part part = {.hit = nr,
					   .esc = hit_esc(run, from, to)};

		while (from > start && from < to && is_blank(t[from]))
			from++;
		while (to < end && from < to && is_blank(t[to - 1]))
			to--;
		if (from == to)
			continue;
		if (from > start || to < end)
			part.esc |= from == start ? ESC_FIRST
				    : to == end	  ? ESC_LAST
						  : ESC_PART;
		rc = part_take(p, rec, run, part, from, to);
	}
	return rc;
}

static int by_place(const void *pa, const void *pb)
{
	const struct detect_part *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return (a->hit > b->hit) - (a->hit < b->hit);
}

static void sort(struct detect_parts *p)
{
	for (size_t i = 1; i < p->n; i++) {
		if (by_place(&p->v[i - 1], &p->v[i]) > 0) {
			qsort(p->v, p->n, sizeof(*p->v), by_place);
			return;
		}
	}
}

/* b says what stands where both do: the better founded. Of one type it is the
 * longer value, as a whole, not the part: a first name alone does not win over
 * the name. same: they are the same bytes, read in two ways, and which text is
 * longer says nothing. */
static bool stronger(const struct hit *b, const struct hit *a, bool same)
{
	uint32_t na = a->end - a->start, nb = b->end - b->start;

	if ((same || a->type != b->type) && a->score != b->score)
		return b->score > a->score;
	return nb != na ? nb > na : b->score > a->score;
}

/* Make the sorted parts disjoint. No byte is lost: what sticks out of the
 * stronger one stays with the weaker. */
static void separate(struct detect_parts *p, const struct hit *hits)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct detect_part b = p->v[i];
		struct detect_part *a = n == 0 ? NULL : &p->v[n - 1];
		bool same;

		if (a == NULL || b.start >= a->end) {
			p->v[n++] = b;
			continue;
		}
		same = b.start == a->start && b.end == a->end &&
		       ((a->esc | b.esc) & ESC_PART) == 0;
		if (b.start < a->start) /* what is there has two parts */
			b.start = a->start;
		if (!stronger(&hits[b.hit], &hits[a->hit], same)) {
			b.start = a->end;
		} else {
			b.end = b.end > a->end ? b.end : a->end;
			a->end = b.start;
			n -= a->start == a->end;
		}
		if (b.start < b.end)
			p->v[n++] = b;
	}
	p->n = n;
}

int detect_spans_of(struct detect_parts *p, const struct record *rec,
		    const struct run *runs, size_t nruns,
		    const struct hit *hits, size_t nhits)
{
	int rc = 0;

	p->n = 0;
	for (size_t i = 0; rc == 0 && i < nhits; i++) {
		const struct hit *h = &hits[i];

		if (h->run >= nruns || h->start >= h->end ||
		    h->end > runs[h->run].text.n)
			return -EPROTO;
		rc = hit_parts(p, rec, runs, h, i);
	}
	sort(p);
	separate(p, hits);
	return rc;
}
