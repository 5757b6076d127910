/* Made-up objects: records, spans and cuts crowded around edges of blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "view_object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"

static uint64_t next(uint64_t *seed)
{
	uint64_t z = (*seed += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t view_object_below(uint64_t *seed, uint64_t n)
{
	return next(seed) % n;
}

/* A step that often lands on or near the next edge of a block. */
static uint64_t advance(uint64_t *seed, uint64_t at, uint64_t size)
{
	uint64_t edge = (at / INDEX_BLOCK + 1) * INDEX_BLOCK, to;

	switch (view_object_below(seed, 6)) {
	case 0:
		to = edge - view_object_below(seed, 12) +
		     view_object_below(seed, 12);
		break;
	case 1:
		to = at +
		     view_object_below(seed, INDEX_BLOCK + INDEX_BLOCK / 3);
		break;
	default:
		to = at + view_object_below(seed, 40);
		break;
	}
	to = to < at ? at : to;
	return to < size ? to : size;
}

static const struct type_rule rules[] = {
	{"PERSON", {.action = ACTION_TAG}},
	{"CITY", {.action = ACTION_KEEP, .min_score = 50}},
	{"CARD", {.action = ACTION_MASK, .keep_last = 2}},
};
const struct decision view_object_decision = {
	.fallback = {.action = ACTION_DROP},
	.rules = rules,
	.nrules = ARRAY_LEN(rules),
};

static void make_records(struct view_object *o, uint64_t *seed)
{
	uint64_t at = view_object_below(seed, 30);

	o->head.body = at;
	while (o->head.nrecords < MAX_RECORDS && at < o->head.size) {
		struct record *r = &o->records[o->head.nrecords];

		r->number = (uint32_t)o->head.nrecords;
		r->sep = at;
		r->start = at + view_object_below(seed, 4);
		if (r->start > o->head.size)
			r->start = o->head.size;
		r->end = advance(seed, r->start, o->head.size);
		if (r->end == r->sep)
			break;
		r->id = bytes_str("id");
		r->denied = view_object_below(seed, 9) == 0;
		o->visible[o->head.nrecords++] =
			view_object_below(seed, 3) != 0;
		at = r->end;
	}
	o->head.body_end = at;
}

static void make_spans(struct view_object *o, uint64_t *seed)
{
	uint64_t at = view_object_below(seed, 50);

	while (o->head.nspans < MAX_SPANS) {
		struct span *s = &o->spans[o->head.nspans];

		s->start = advance(seed, at, o->head.size);
		s->end = advance(seed, s->start + 1, o->head.size);
		if (s->end <= s->start)
			break;
		if (s->end - s->start > 2000 && view_object_below(seed, 4) != 0)
			s->end = s->start + 1 + view_object_below(seed, 60);
		s->value = (uint32_t)view_object_below(seed, 8);
		s->ord = 1 + (uint32_t)view_object_below(seed, 30);
		s->type = (uint16_t)view_object_below(seed, 3);
		s->score = (uint8_t)view_object_below(seed, 101);
		at = s->end;
		o->head.nspans++;
	}
}

static void make_cuts(struct view_object *o, uint64_t *seed)
{
	static const char *const lits[] = {"", "null", "\"\""};
	uint64_t at = view_object_below(seed, 60);

	while (o->ncuts < MAX_CUTS) {
		struct cut *c = &o->cuts[o->ncuts];

		c->start = advance(seed, at, o->head.size);
		if (c->start >= o->head.size)
			break;
		c->end = advance(seed, c->start, o->head.size);
		if (c->end - c->start > 5000)
			c->end = c->start + view_object_below(seed, 100);
		c->lit = bytes_str(lits[view_object_below(seed, 3)]);
		at = c->end + 1;
		o->ncuts++;
	}
}

struct view_object *view_object_new(uint64_t seed)
{
	struct view_object *o = mem_new(1, sizeof(*o));

	assert_non_null(o);
	o->head.size =
		view_object_below(&seed, 3 * INDEX_BLOCK + INDEX_BLOCK / 2);
	if (view_object_below(&seed, 4) == 0)
		o->head.size = view_object_below(&seed, 300);
	o->head.nblocks =
		(uint32_t)((o->head.size + INDEX_BLOCK - 1) / INDEX_BLOCK);
	o->head.prefix = bytes_str("[");
	o->head.suffix = bytes_str("]\n");
	o->types[0] = bytes_str("PERSON");
	o->types[1] = bytes_str("CITY");
	o->types[2] = bytes_str("CARD");
	o->head.types = o->types;
	o->head.ntypes = 3;
	o->data = mem_new(o->head.size + 1, 1);
	assert_non_null(o->data);
	for (uint64_t i = 0; i < o->head.size; i++)
		o->data[i] = (uint8_t)('a' + next(&seed) % 26);
	for (uint32_t i = 0; i < ARRAY_LEN(o->values); i++)
		o->values[i] = (struct value){.number = i,
					      .canon = bytes_str("value")};
	make_records(o, &seed);
	if (view_object_below(&seed, 5) != 0)
		make_spans(o, &seed);
	if (view_object_below(&seed, 3) == 0)
		make_cuts(o, &seed);
	return o;
}

void view_object_free(struct view_object **o)
{
	mem_free((*o)->data);
	mem_free(*o);
}

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	struct view_object *o = ctx;

	assert_true(off + n <= o->head.size);
	memcpy(dst, o->data + off, n);
	o->source_calls++;
	return 0;
}

static void hull_cuts(struct view_object *o, uint64_t lo, uint64_t hi,
		      struct view_part *b)
{
	size_t a = 0, z;

	if (b->k.nspans > 0) {
		const struct span *last = &b->k.spans[b->k.nspans - 1];

		lo = b->k.spans[0].start < lo ? b->k.spans[0].start : lo;
		hi = last->end > hi ? last->end : hi;
	}
	while (a < o->ncuts && o->cuts[a].end < lo)
		a++;
	for (z = a; z < o->ncuts && o->cuts[z].start < hi;)
		z++;
	b->cuts = o->cuts + a;
	b->ncuts = z - a;
}

void view_object_part(struct view_object *o, uint32_t nr, struct view_part *b)
{
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK, hi = lo + INDEX_BLOCK;
	size_t r = 0, s = 0;

	*b = (struct view_part){0};
	for (; r < o->head.nrecords && o->records[r].end <= lo; r++)
		b->before += o->visible[r] && o->records[r].denied == 0;
	b->k.records = o->records + r;
	b->visible = o->visible + r;
	if (r < o->head.nrecords && o->records[r].sep < lo)
		b->before += o->visible[r] && o->records[r].denied == 0;
	for (; r < o->head.nrecords && o->records[r].sep < hi; r++)
		b->k.nrecords++;
	while (s < o->head.nspans && o->spans[s].end <= lo)
		s++;
	b->k.spans = o->spans + s;
	for (; s < o->head.nspans && o->spans[s].start < hi; s++)
		b->k.nspans++;
	b->k.values = o->values;
	b->k.nvalues = ARRAY_LEN(o->values);
	hull_cuts(o, lo, hi, b);
}

struct view_in view_object_in(struct view_object *o, uint32_t nr,
			      const struct view_part *b)
{
	return (struct view_in){.head = &o->head,
				.block = &b->k,
				.nr = nr,
				.visible = b->visible,
				.before = b->before,
				.cuts = b->cuts,
				.ncuts = b->ncuts,
				.decision = &view_object_decision,
				.source = source,
				.ctx = o};
}
