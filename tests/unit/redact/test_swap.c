/* Exchanged fields: by a coin, whole, over the edges of blocks, and redacted.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/view_swap.h"
#include "tests/unit/redact/world.h"

#define MAX 600

/* Lines {"a":"...","b":"...","c":"..."} with names in them. */
struct lines {
	struct buf data;
	struct index_head head;
	struct bytes types[1];
	struct record records[MAX];
	char ids[MAX][12];
	struct span spans[4 * MAX];
	struct value values[8];
	struct place places[2 * MAX];
	size_t nplaces;
	struct cut cuts[MAX];
	size_t ncuts;
	bool visible[MAX];
};

static const struct field_rule swap_rule[] = {{.action = FIELD_SWAP,
					       .scope = SCOPE_PROJECT,
					       .path = "$.a",
					       .with = "$.b"}};
static const struct decision tags = {
	.fallback = {.action = ACTION_TAG}, .fields = swap_rule, .nfields = 1};

static uint64_t below(uint64_t *seed, uint64_t n)
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
		put_name(l, (uint32_t)below(seed, 8));
	for (size_t i = 0; i < filler; i++)
		assert_int_equal(buf_putc(&l->data, 'a' + (int)(i % 26)), 0);
	if (named)
		put_name(l, (uint32_t)below(seed, 8));
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

static void put_line(struct lines *l, uint64_t *seed, size_t a, size_t b)
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

static struct lines *lines_new(void)
{
	struct lines *l = mem_new(1, sizeof(*l));

	assert_non_null(l);
	l->types[0] = bytes_str("PERSON");
	l->head = (struct index_head){.types = l->types, .ntypes = 1};
	for (uint32_t i = 0; i < 8; i++)
		l->values[i] = (struct value){.number = i};
	return l;
}

static void lines_done(struct lines *l)
{
	l->head.size = l->data.n;
	l->head.nblocks =
		(uint32_t)((l->data.n + INDEX_BLOCK - 1) / INDEX_BLOCK);
}

static void lines_free(struct lines **l)
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
static struct view_in view_of(struct lines *l, uint32_t nr,
			      struct index_block *k, const struct standin *s)
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

static void render(struct lines *l, const struct standin *s, struct buf *out)
{
	for (uint32_t nr = 0; nr < l->head.nblocks; nr++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		struct index_block k;
		struct view_in in = view_of(l, nr, &k, s);
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

/* ---- the naive renderer: whole records, value by value ---- */

struct counting {
	uint32_t seen[8], n;
};

static void naive_range(const struct lines *l, uint64_t from, uint64_t to,
			struct counting *c, struct buf *out)
{
	for (uint64_t at = from; at < to; at++) {
		const struct span *s = NULL;

		for (size_t i = 0; i < l->head.nspans && s == NULL; i++)
			if (l->spans[i].start <= at && at < l->spans[i].end)
				s = &l->spans[i];
		if (s == NULL)
			assert_int_equal(buf_putc(out, l->data.p[at]), 0);
		if (s == NULL || s->start != at)
			continue;
		if (c->seen[s->value] == 0)
			c->seen[s->value] = ++c->n;
		assert_int_equal(
			buf_printf(out, "[PERSON_%u]", c->seen[s->value]), 0);
	}
}

static bool swapped(struct lines *l, uint32_t i, const struct standin *s)
{
	CLEANUP(view_swap_free) struct swap x = {0};
	struct index_block k;
	struct view_in in = view_of(
		l, (uint32_t)(l->records[i].start / INDEX_BLOCK), &k, s);

	assert_int_equal(view_swap(&in, &l->records[i], &x), 0);
	assert_true(x.nparts == 0 || x.rules == 1);
	return x.nparts > 0;
}

static size_t naive(struct lines *l, const struct standin *s, struct buf *out)
{
	bool first = true;
	size_t n = 0;

	for (uint32_t i = 0; i < l->head.nrecords; i++) {
		const struct record *r = &l->records[i];
		const struct place *a = &l->places[2 * i], *b = a + 1;
		bool swap = swapped(l, i, s);
		struct counting c = {.n = 0};

		if (!l->visible[i])
			continue;
		if (!swap) {
			naive_range(l, first ? r->start : r->sep, r->end, &c,
				    out);
		} else {
			naive_range(l, first ? r->start : r->sep, a->start, &c,
				    out);
			naive_range(l, b->start, b->end, &c, out);
			naive_range(l, a->end, b->start, &c, out);
			naive_range(l, a->start, a->end, &c, out);
			naive_range(l, b->end, r->end, &c, out);
		}
		first = false;
		n += swap;
	}
	return n;
}

static void same(const struct buf *got, const struct buf *want)
{
	size_t i = 0;

	while (i < got->n && i < want->n && got->p[i] == want->p[i])
		i++;
	if (i < got->n || i < want->n)
		fail_msg("differs at %zu of %zu and %zu: %.40s, not %.40s", i,
			 got->n, want->n, (const char *)got->p + i,
			 (const char *)want->p + i);
}

static void test_small(void **state)
{
	const struct world *w = *state;
	uint64_t seed = 3;

	for (unsigned turn = 0; turn < 30; turn++) {
		CLEANUP(lines_free) struct lines *l = lines_new();
		struct buf CLEANUP(buf_free) got = {0};
		struct buf CLEANUP(buf_free) want = {0};
		size_t n;

		for (unsigned i = 0; i < 100; i++) {
			put_line(l, &seed, below(&seed, 30), below(&seed, 30));
			l->visible[i] = below(&seed, 5) != 0;
		}
		lines_done(l);
		render(l, &w->s, &got);
		n = naive(l, &w->s, &want);
		same(&got, &want);
		assert_true(n > 15 && n < 65);
	}
}

/* Values that lie blocks apart, records over several edges, and edges inside a
 * moved value, between the two, and right at the end of one. */
static void test_over_edges(void **state)
{
	static const size_t sizes[][2] = {
		{10, 3 * INDEX_BLOCK},	    {2 * INDEX_BLOCK, 7},
		{INDEX_BLOCK, INDEX_BLOCK}, {INDEX_BLOCK - 40, 30},
		{1500000, 600000},	    {5, 5},
		{INDEX_BLOCK / 2, 3},	    {700000, 1}};
	const struct world *w = *state;
	uint64_t seed = 5;

	for (unsigned turn = 0; turn < 6; turn++) {
		CLEANUP(lines_free) struct lines *l = lines_new();
		struct buf CLEANUP(buf_free) got = {0};
		struct buf CLEANUP(buf_free) want = {0};

		for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
			unsigned k = (i + turn) % ARRAY_LEN(sizes);

			put_line(l, &seed, sizes[k][0] + below(&seed, 60),
				 sizes[k][1] + below(&seed, 60));
			l->visible[i] = turn == 0 || below(&seed, 4) != 0;
		}
		lines_done(l);
		assert_true(l->head.nblocks > 9);
		render(l, &w->s, &got);
		naive(l, &w->s, &want);
		same(&got, &want);
	}
}

/* ---- who shares the coin ---- */

static uint64_t coins(struct lines *l, const struct standin *s)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < 60; i++)
		v |= (uint64_t)swapped(l, i, s) << i;
	return v;
}

static void test_the_coin(void **state)
{
	CLEANUP(lines_free) struct lines *l = lines_new();
	const struct world *w = *state;
	struct standin o = w->s;
	uint64_t seed = 9, was;

	for (unsigned i = 0; i < 60; i++)
		put_line(l, &seed, 3, 4);
	lines_done(l);
	was = coins(l, &w->s);
	o.annotator = bytes_str("bob");
	o.task = bytes_str("other");
	assert_true(coins(l, &o) == was);
	o = w->s;
	o.project = bytes_str("another");
	assert_true(coins(l, &o) != was);
	o = w->s;
	o.object = bytes_str("calls/2.json");
	assert_true(coins(l, &o) != was);
	o = w->s;
	o.key = NULL;
	{
		struct swap x;
		struct index_block k;
		struct view_in in = view_of(l, 0, &k, &o);

		assert_int_equal(view_swap(&in, &l->records[0], &x), -ENOKEY);
	}
}

/* ---- all or nothing ---- */

/* How many of the 60 records are exchanged after something was done to all. */
static unsigned left(const struct world *w, void (*spoil)(struct lines *l))
{
	CLEANUP(lines_free) struct lines *l = lines_new();
	uint64_t seed = 9, v;

	for (unsigned i = 0; i < 60; i++)
		put_line(l, &seed, 3, 4);
	lines_done(l);
	if (spoil != NULL)
		spoil(l);
	v = coins(l, &w->s);
	return (unsigned)__builtin_popcountll(v);
}

static void no_partner(struct lines *l)
{
	for (size_t i = 0; i < l->nplaces; i++)
		l->places[i].second = false;
}

static void overlap(struct lines *l)
{
	for (size_t i = 0; i < l->nplaces; i += 2)
		l->places[i].end = l->places[i + 1].start + 1;
}

static void out_of_record(struct lines *l)
{
	for (uint32_t i = 0; i < l->head.nrecords; i++)
		l->places[2 * i + 1].end = l->records[i].end + 1;
}

/* The second value goes with what is before it, as a removed member does. */
static void removed(struct lines *l)
{
	for (uint32_t i = 0; i < l->head.nrecords; i++)
		l->cuts[l->ncuts++] =
			(struct cut){.start = l->places[2 * i + 1].start - 5,
				     .end = l->places[2 * i + 1].end};
}

/* Emptied inside its quotes: that may be exchanged. */
static void emptied(struct lines *l)
{
	for (uint32_t i = 0; i < l->head.nrecords; i++)
		l->cuts[l->ncuts++] =
			(struct cut){.start = l->places[2 * i + 1].start + 1,
				     .end = l->places[2 * i + 1].end - 1};
}

static void test_all_or_nothing(void **state)
{
	const struct world *w = *state;
	unsigned n = left(w, NULL);

	assert_true(n > 10 && n < 50);
	assert_int_equal(left(w, no_partner), 0);
	assert_int_equal(left(w, overlap), 0);
	assert_int_equal(left(w, out_of_record), 0);
	assert_int_equal(left(w, removed), 0);
	assert_int_equal(left(w, emptied), n);
}

/* A child that was taken over may say anything: whatever it names as places, no
 * byte of a name is shown. */
static void test_hostile_places(void **state)
{
	static const char *const names[] = {"Maria", "Theodora", "Zoe", "Ida"};
	const struct world *w = *state;
	uint64_t seed = 77;

	for (unsigned turn = 0; turn < 300; turn++) {
		CLEANUP(lines_free) struct lines *l = lines_new();
		struct buf CLEANUP(buf_free) got = {0};

		for (unsigned i = 0; i < 20; i++)
			put_line(l, &seed, 3, 4);
		lines_done(l);
		for (unsigned i = 0; i < l->nplaces; i++) {
			struct place *p = &l->places[i];

			p->start += below(&seed, 4);
			p->end = p->start + 1 + below(&seed, 9);
			if (i > 0 && p->start < p[-1].start)
				p->start = p[-1].start;
		}
		render(l, &w->s, &got);
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			assert_null(memmem(got.p, got.n, names[i],
					   strlen(names[i])));
		/* Not a part of one either: filler is never two capitals. */
		assert_null(memmem(got.p, got.n, "heodor", 6));
		assert_null(memmem(got.p, got.n, "ari", 3));
	}
}

static void test_no_memory(void **state)
{
	const struct world *w = *state;
	CLEANUP(lines_free) struct lines *l = lines_new();
	uint64_t seed = 9;

	for (unsigned i = 0; i < 20; i++)
		put_line(l, &seed, 3, 4);
	lines_done(l);
	for (unsigned long n = 1; n < 40; n++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		struct index_block k;
		struct view_in in = view_of(l, 0, &k, &w->s);
		int rc;

		mem_fail_after(n);
		rc = view_build(&in, &v, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_over_edges),
		cmocka_unit_test(test_the_coin),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_hostile_places),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
