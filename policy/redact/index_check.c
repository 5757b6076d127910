/* Whether the blocks of an object fit together and belong to it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/index.h"

static int bad(struct err *e, const char *what)
{
	return err_set(e, -EPROTO, NULL, "an object's index is wrong: %s",
		       what);
}

static bool overlaps(uint64_t start, uint64_t end, uint64_t from)
{
	return start < from + INDEX_BLOCK && end > from;
}

/* Whether k begins with the record that the last block ended in. */
static bool same_place(const struct record *a, const struct record *b)
{
	return a->number == b->number && a->sep == b->sep &&
	       a->start == b->start && a->end == b->end &&
	       a->denied == b->denied;
}

/* The first record continues what was; later ones touch by construction. */
static const char *first_record(const struct index_check *c,
				const struct record *r, uint64_t from)
{
	bool crossing = c->records > 0 && c->last.end > from;

	if (crossing)
		return same_place(&c->last, r)
			       ? NULL
			       : "a record that crosses an edge differs";
	if (c->records == 0)
		return r->number == 0 ? NULL : "records do not begin at 0";
	if (r->number != c->last.number + 1 || r->sep != c->last.end)
		return "records of two blocks do not touch";
	return NULL;
}

static const char *records_check(struct index_check *c,
				 const struct index_block *k, uint64_t from)
{
	const struct record *r = k->records;
	const char *why;

	if (k->nrecords == 0)
		return c->records > 0 && c->last.end > from
			       ? "a block lacks its records"
			       : NULL;
	why = first_record(c, r, from);
	if (why != NULL)
		return why;
	for (uint32_t i = 0; i < k->nrecords; i++) {
		if (!overlaps(r[i].sep, r[i].end, from) || r[i].end > c->size)
			return "a record outside its block";
	}
	if (c->records == 0)
		c->body = r[0].sep;
	c->last = r[k->nrecords - 1];
	c->records = (uint64_t)c->last.number + 1;
	c->end = c->last.end;
	return NULL;
}

/* A span of text stands in the blocks that it overlaps. */
static const char *place_check(struct index_check *c, const struct span *s,
			       bool first, uint64_t from)
{
	if (!overlaps(s->start, s->end, from))
		return "a span outside its block";
	if (s->end > c->span_end)
		c->spans++;
	else if (!first || s->end != c->span_end)
		return "spans of two blocks overlap";
	c->span_end = s->end;
	return NULL;
}

static const char *spans_check(struct index_check *c,
			       const struct index_block *k, uint64_t from)
{
	const char *why = NULL;

	for (uint32_t i = 0; why == NULL && i < k->nspans; i++) {
		const struct span *s = &k->spans[i];
		bool audio = (s->esc & ESC_AUDIO) != 0;

		/* One of a recording also in those near it: it is counted where
		 * it begins. */
		if (audio)
			c->spans += s->start >= from &&
				    s->start - from < INDEX_BLOCK;
		else
			why = place_check(c, s, i == 0, from);
		if (c->types > 0 && audio != c->audio)
			return "spans of text and of sound";
		c->audio = audio;
		if (s->type >= c->types)
			c->types = (uint32_t)s->type + 1;
		if (s->rule >= c->rules)
			c->rules = (uint32_t)s->rule + 1;
		if (s->value >= c->values)
			c->values = s->value + 1;
		if (s->speaker > c->speakers)
			c->speakers = s->speaker;
	}
	return why;
}

int index_check_block(struct index_check *c, const struct index_block *k,
		      struct err *e)
{
	uint64_t from = (uint64_t)c->blocks * INDEX_BLOCK;
	const char *why = NULL;

	if (from >= c->size)
		why = "a block behind the end";
	if (why == NULL)
		why = records_check(c, k, from);
	if (why == NULL)
		why = spans_check(c, k, from);
	if (why != NULL)
		return bad(e, why);
	c->last.id = c->last.group = (struct bytes){NULL, 0};
	c->last.attrs = NULL;
	c->last.nattrs = 0;
	c->blocks++;
	return 0;
}

int index_check_head(const struct index_check *c, const struct index_head *h,
		     struct err *e)
{
	if (h->size != c->size || h->nblocks != c->blocks)
		return bad(e, "size or number of blocks");
	if (h->denied != DENIAL_NONE)
		return 0;
	if (h->nrecords != c->records || h->nspans != c->spans)
		return bad(e, "number of records or spans");
	if (c->records > 0 && (h->body != c->body || h->body_end != c->end))
		return bad(e, "where its records lie");
	if (c->types > 0 && c->audio != (h->format == FORMAT_WAV))
		return bad(e, "spans of another kind of file");
	if (c->types > h->ntypes || c->rules > h->nrules ||
	    c->values > h->nvalues || c->speakers > h->nspeakers)
		return bad(e, "a number beyond its tables");
	return 0;
}
