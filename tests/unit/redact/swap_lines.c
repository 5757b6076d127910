/* Made-up lines whose fields a and b may change places. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "swap_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"

static const struct field_rule swap_rule[] = {{.action = FIELD_SWAP,
					       .scope = SCOPE_PROJECT,
					       .path = "$.a",
					       .with = "$.b"}};
static const struct decision tags = {
	.fallback = {.action = ACTION_TAG}, .fields = swap_rule, .nfields = 1};

uint64_t lines_below(uint64_t *seed, uint64_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % n;
}

static void put(struct lines *l, const char *s)
{
	assert_int_equal(buf_puts(&l->data, s), 0);
}

/* A name in the text, and the span over it. */
static void put_name(struct lines *l, uint32_t value)
{
	static const char *const names[] = {"Maria", "Bob", "Theodora", "Al",
					    "Zoe",   "Max", "Ida",	"Jo"};
	uint64_t start = l->data.n;

	put(l, names[value]);
	l->spans[l->head.nspans++] = (struct span){
		.start = start, .end = l->data.n, .value = value, .ord = 99};
}

static void put_value(struct lines *l, uint64_t *seed, size_t filler,
		      bool named)
{
	put(l, "\"");
	if (named)
		put_name(l, (uint32_t)lines_below(seed, 8));
	for (size_t i = 0; i < filler; i++)
		assert_int_equal(buf_putc(&l->data, 'a' + (int)(i % 26)), 0);
	if (named)
		put_name(l, (uint32_t)lines_below(seed, 8));
	put(l, "\"");
}

static void put_place(struct lines *l, uint64_t start, bool second)
{
	l->places[l->nplaces++] = (struct place){
		.start = start, .end = l->data.n, .second = second};
}

/* Numbers as detection would give them: by first appearance. */
static void set_ords(struct lines *l, size_t from)
{
	uint32_t n = 0;

	for (size_t i = from; i < l->head.nspans; i++) {
		l->spans[i].ord = 0;
		for (size_t k = from; k < i; k++)
			if (l->spans[k].value == l->spans[i].value)
				l->spans[i].ord = l->spans[k].ord;
		if (l->spans[i].ord == 0)
			l->spans[i].ord = ++n;
	}
}

void lines_put(struct lines *l, uint64_t *seed, size_t a, size_t b)
{
	struct record *r = &l->records[l->head.nrecords];
	size_t span = l->head.nspans;

	r->sep = l->data.n;
	if (l->head.nrecords > 0)
		put(l, "\n");
	r->start = l->data.n;
	r->number = (uint32_t)l->head.nrecords;
	snprintf(l->ids[r->number], sizeof(l->ids[0]), "%u", r->number);
	r->id = bytes_str(l->ids[r->number]);
	for (unsigned k = 0; k < 3; k++) {
		uint64_t start;

		put(l, k == 0 ? "{\"a\":" : k == 1 ? ",\"b\":" : ",\"c\":");
		start = l->data.n;
		put_value(l, seed, k == 0 ? a : k == 1 ? b : 5, true);
		if (k < 2)
			put_place(l, start, k == 1);
	}
	put(l, "}");
	r->end = l->data.n;
	set_ords(l, span);
	l->visible[l->head.nrecords++] = true;
}

struct lines *lines_new(void)
{
	struct lines *l = mem_new(1, sizeof(*l));

	assert_non_null(l);
	l->types[0] = bytes_str("PERSON");
	l->head = (struct index_head){.types = l->types, .ntypes = 1};
	for (uint32_t i = 0; i < 8; i++)
		l->values[i] = (struct value){.number = i};
	return l;
}

void lines_done(struct lines *l)
{
	l->head.size = l->data.n;
	l->head.nblocks =
		(uint32_t)((l->data.n + INDEX_BLOCK - 1) / INDEX_BLOCK);
}

void lines_free(struct lines **l)
{
	buf_free(&(*l)->data);
	mem_free(*l);
}

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct lines *l = ctx;

	assert_true(off <= l->data.n && n <= l->data.n - off);
	memcpy(dst, l->data.p + off, n);
	return 0;
}

/* What a lens hands on for a block: its records, and all of each of them. */
struct view_in lines_view(struct lines *l, uint32_t nr, struct index_block *k,
			  const struct standin *s)
{
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK, hi = lo + INDEX_BLOCK;
	uint64_t from = lo, to = hi;
	uint32_t first = 0, last;
	struct view_in in = {.head = &l->head,
			     .block = k,
			     .nr = nr,
			     .cuts = l->cuts,
			     .ncuts = l->ncuts,
			     .places = l->places,
			     .nplaces = l->nplaces,
			     .decision = &tags,
			     .standin = s,
			     .source = source,
			     .ctx = l};

	while (first < l->head.nrecords && l->records[first].end <= lo)
		in.before += l->visible[first++];
	for (last = first; last < l->head.nrecords && l->records[last].sep < hi;
	     last++) {
		in.before += l->records[last].sep < lo && l->visible[last];
		from = l->records[last].start < from ? l->records[last].start
						     : from;
		to = l->records[last].end > to ? l->records[last].end : to;
	}
	*k = (struct index_block){.nrecords = last - first,
				  .records = &l->records[first],
				  .spans = l->spans,
				  .values = l->values,
				  .nvalues = 8};
	while (k->nspans < l->head.nspans && l->spans[k->nspans].start < to)
		k->nspans++;
	in.visible = &l->visible[first];
	in.reach = lo - from / INDEX_BLOCK * INDEX_BLOCK;
	return in;
}

void lines_render(struct lines *l, const struct standin *s, struct buf *out)
{
	for (uint32_t nr = 0; nr < l->head.nblocks; nr++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		struct index_block k;
		struct view_in in = lines_view(l, nr, &k, s);
		uint64_t len, visible;

		assert_int_equal(view_build(&in, &v, NULL), 0);
		assert_int_equal(view_measure(&in, &len, &visible, NULL), 0);
		assert_int_equal(len, v.len);
		assert_int_equal(visible, v.visible);
		assert_int_equal(buf_reserve(out, v.len + 1), 0);
		/* In pieces of any size. */
		for (uint64_t at = 0, n; at < v.len; at += n) {
			n = v.len - at < 4099 ? v.len - at : 4099;
			assert_int_equal(
				view_read(&v, &in, at, out->p + out->n, n), 0);
			out->n += n;
		}
	}
}
