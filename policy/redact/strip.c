/* An object's index without some of its records, and the bytes that stay. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing is parsed and nothing detected again: a record that goes takes its
 * bytes from its separator to its end with it, and all behind it moves to the
 * front. So what another record shows, its spans, stand-ins and id, cannot
 * change. Frames stay as they are.
 *
 * Where the first record goes, the next one becomes the first, and a first one
 * has nothing before it to be separated from: its separator goes too, as it
 * does in a view.
 *
 * The whole index of one object is in memory, some 100 bytes for a span.
 */
#include "policy/redact/strip.h"

#include <errno.h>
#include <stdlib.h>

/* Room for one more of an array in the arena; the old one is left behind. */
static void *grown(struct arena *a, void *old, uint64_t n, uint64_t *cap,
		   size_t size)
{
	uint64_t more = *cap == 0 ? 64 : *cap * 2;
	void *p;

	if (n < *cap)
		return old;
	p = arena_array(a, (size_t)more, size);
	if (p == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, old, (size_t)n * size);
	*cap = more;
	return p;
}

static int copy_attrs(struct arena *a, struct record *r)
{
	struct attribute *v = arena_array(a, r->nattrs + (size_t)1, sizeof(*v));
	int rc = v == NULL ? -ENOMEM : 0;

	for (uint32_t i = 0; rc == 0 && i < r->nattrs; i++) {
		rc = arena_dup(a, r->attrs[i].key, &v[i].key);
		if (rc == 0)
			rc = arena_dup(a, r->attrs[i].value, &v[i].value);
	}
	r->attrs = v;
	return rc;
}

static int add_record(struct strip *s, const struct record *r)
{
	uint64_t cap = s->rcap, gap = s->rcap;
	struct record *to;
	int rc;

	to = grown(s->arena, s->records, s->nrecords, &cap, sizeof(*to));
	if (to == NULL)
		return -ENOMEM;
	s->records = to;
	s->gone = grown(s->arena, s->gone, s->nrecords, &gap, sizeof(bool));
	if (s->gone == NULL)
		return -ENOMEM;
	s->rcap = (uint32_t)cap;
	to += s->nrecords;
	*to = *r;
	rc = arena_dup(s->arena, r->id, &to->id);
	if (rc == 0)
		rc = arena_dup(s->arena, r->group, &to->group);
	if (rc == 0)
		rc = copy_attrs(s->arena, to);
	s->gone[s->nrecords++] = false;
	return rc;
}

static int add_span(struct strip *s, const struct span *p)
{
	struct span *v =
		grown(s->arena, s->spans, s->nspans, &s->scap, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	s->spans = v;
	v[s->nspans++] = *p;
	return 0;
}

static int add_value(struct strip *s, const struct value *p)
{
	uint64_t cap = s->vcap;
	struct value *v =
		grown(s->arena, s->values, s->nvalues, &cap, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	s->values = v;
	s->vcap = (uint32_t)cap;
	v[s->nvalues] = *p;
	return arena_dup(s->arena, p->canon, &v[s->nvalues++].canon);
}

/* What crosses an edge stands in both blocks. */
int strip_add(struct strip *s, const struct index_block *k)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < k->nrecords; i++)
		if (k->records[i].number >= s->nrecords)
			rc = add_record(s, &k->records[i]);
	for (uint32_t i = 0; rc == 0 && i < k->nspans; i++)
		if (s->nspans == 0 || (k->spans[i].esc & ESC_AUDIO) != 0 ||
		    k->spans[i].start >= s->spans[s->nspans - 1].end)
			rc = add_span(s, &k->spans[i]);
	for (uint32_t i = 0; rc == 0 && i < k->nvalues; i++)
		rc = add_value(s, &k->values[i]);
	return rc;
}

uint32_t strip_at(const struct strip *s, uint64_t off)
{
	uint32_t lo = 0, hi = s->nrecords;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->records[mid].end <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->nrecords && s->records[lo].sep <= off ? lo : UINT32_MAX;
}

/* ---- what stays ---- */

static void run_add(struct strip *s, uint64_t start, uint64_t end)
{
	struct strip_run *last = s->nruns > 0 ? &s->runs[s->nruns - 1] : NULL;

	if (start == end)
		return;
	if (last != NULL && last->end == start)
		last->end = end;
	else
		s->runs[s->nruns++] = (struct strip_run){start, end};
}

/* Records that stay, moved and numbered; the runs of the source. */
static void move_records(struct strip *s)
{
	uint64_t at = s->head->body;
	uint32_t n = 0;

	run_add(s, 0, s->head->body);
	for (uint32_t i = 0; i < s->nrecords; i++) {
		struct record r = s->records[i];
		uint64_t from = n == 0 && i > 0 ? r.start : r.sep;

		if (s->gone[i])
			continue;
		run_add(s, from, r.end);
		r.start = at + (r.start - from);
		at += r.end - from;
		r.sep = r.start - (s->records[i].start - from);
		r.end = at;
		r.number = n;
		s->records[n++] = r;
	}
	s->nrecords = n;
	run_add(s, s->head->body_end, s->head->size);
}

/* Spans within the runs, moved likewise: both ascend. */
static void move_spans(struct strip *s)
{
	uint64_t before = 0, n = 0, i = 0;

	for (uint32_t k = 0; k < s->nruns; k++) {
		const struct strip_run *r = &s->runs[k];

		for (; i < s->nspans && s->spans[i].start < r->end; i++) {
			struct span p = s->spans[i];

			if (p.start < r->start || p.end > r->end)
				continue;
			p.start = p.start - r->start + before;
			p.end = p.end - r->start + before;
			s->spans[n++] = p;
		}
		before += r->end - r->start;
	}
	s->nspans = n;
	s->out.size = before;
}

/* Names of speakers that nobody left is called by go with those who are gone.
 */
static int keep_speakers(struct strip *s)
{
	struct index_head *h = &s->out;
	struct bytes *names =
		arena_array(s->arena, h->nspeakers + (size_t)1, sizeof(*names));
	uint8_t now[INDEX_SPEAKERS + 1] = {0};
	uint32_t n = 0;

	if (names == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < s->nspans; i++) {
		uint8_t *nr = &s->spans[i].speaker;

		if (*nr == 0 || *nr > h->nspeakers)
			continue;
		if (now[*nr] == 0) {
			names[n++] = h->speakers[*nr - 1];
			now[*nr] = (uint8_t)n;
		}
		*nr = now[*nr];
	}
	h->speakers = names;
	h->nspeakers = n;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct value *)a)->number;
	uint32_t y = ((const struct value *)b)->number;

	return (x > y) - (x < y);
}

static void sort_values(struct strip *s)
{
	uint32_t n = 0;

	if (s->nvalues > 0)
		qsort(s->values, s->nvalues, sizeof(*s->values), by_number);
	for (uint32_t i = 0; i < s->nvalues; i++)
		if (n == 0 || s->values[n - 1].number != s->values[i].number)
			s->values[n++] = s->values[i];
	s->nvalues = n;
}

int strip_make(struct strip *s)
{
	struct index_head *h = &s->out;

	s->runs = arena_array(s->arena, s->nrecords + (size_t)2,
			      sizeof(*s->runs));
	if (s->runs == NULL)
		return -ENOMEM;
	*h = *s->head;
	move_records(s);
	if (s->nrecords == 0)
		return -EINVAL;
	move_spans(s);
	if (keep_speakers(s) != 0)
		return -ENOMEM;
	sort_values(s);
	h->nblocks = (uint32_t)((h->size + INDEX_BLOCK - 1) / INDEX_BLOCK);
	h->nrecords = s->nrecords;
	h->nspans = s->nspans;
	h->body = s->records[0].sep;
	h->body_end = s->records[s->nrecords - 1].end;
	return 0;
}

/* ---- one block of it ---- */

/* First record or span that ends behind `from`. */
static uint64_t first_record(const struct strip *s, uint64_t from)
{
	uint32_t lo = 0, hi = s->nrecords;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->records[mid].end <= from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint64_t first_span(const struct strip *s, uint64_t from)
{
	uint64_t lo = 0, hi = s->nspans;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (s->spans[mid].end <= from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The values behind the spans of the block, ascending, each once. */
static int block_values(struct strip *s, struct index_block *k)
{
	struct index_block all = {.nvalues = s->nvalues, .values = s->values};
	uint32_t n = 0;

	k->values = arena_array(s->arena, k->nspans + (size_t)1,
				sizeof(*k->values));
	if (k->values == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < k->nspans; i++) {
		const struct value *v = index_value(&all, k->spans[i].value);

		if (v != NULL)
			k->values[n++] = *v;
	}
	if (n > 0)
		qsort(k->values, n, sizeof(*k->values), by_number);
	for (uint32_t i = 0; i < n; i++)
		if (k->nvalues == 0 ||
		    k->values[k->nvalues - 1].number != k->values[i].number)
			k->values[k->nvalues++] = k->values[i];
	return 0;
}

int strip_block(struct strip *s, uint32_t nr, struct index_block *out)
{
	uint64_t from = (uint64_t)nr * INDEX_BLOCK, to = from + INDEX_BLOCK;
	uint64_t i = first_record(s, from);

	*out = (struct index_block){.records = s->records + i};
	while (i < s->nrecords && s->records[i].sep < to)
		i++, out->nrecords++;
	i = first_span(s, from);
	out->spans = s->nspans == 0 ? NULL : s->spans + i;
	while (i < s->nspans && s->spans[i].start < to)
		i++, out->nspans++;
	return block_values(s, out);
}
