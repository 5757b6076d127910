/* Exchanged fields: by a coin, whole, over edges of blocks, and redacted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/view_swap.h"
#include "swap_lines.h"
#include "tests/unit/redact/world.h"

/* ---- the naive renderer: whole records, value by value ---- */

struct counting {
	uint32_t seen[8], n;
};

static void naive_range(const struct lines *l, uint64_t from, uint64_t to,
			struct counting *c, struct buf *out)
{
	size_t i = 0;

	while (from < to) {
		const struct span *s;
		uint64_t end;

		while (i < l->head.nspans && l->spans[i].end <= from)
			i++;
		s = i < l->head.nspans ? &l->spans[i] : NULL;
		end = s != NULL && s->start < to ? s->start : to;
		assert_int_equal(buf_put(out, l->data.p + from, end - from), 0);
		from = end;
		if (end == to || s == NULL)
			return;
		if (c->seen[s->value] == 0)
			c->seen[s->value] = ++c->n;
		assert_int_equal(
			buf_printf(out, "[PERSON_%u]", c->seen[s->value]), 0);
		from = s->end;
	}
}

static bool swapped(struct lines *l, uint32_t i, const struct standin *s)
{
	CLEANUP(view_swap_free) struct swap x = {0};
	struct index_block k;
	struct view_in in = lines_view(
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
			lines_put(l, &seed, lines_below(&seed, 30),
				  lines_below(&seed, 30));
			l->visible[i] = lines_below(&seed, 5) != 0;
		}
		lines_done(l);
		lines_render(l, &w->s, &got);
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

			lines_put(l, &seed,
				  sizes[k][0] + lines_below(&seed, 60),
				  sizes[k][1] + lines_below(&seed, 60));
			l->visible[i] = turn == 0 || lines_below(&seed, 4) != 0;
		}
		lines_done(l);
		assert_true(l->head.nblocks > 9);
		lines_render(l, &w->s, &got);
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
		lines_put(l, &seed, 3, 4);
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
		struct view_in in = lines_view(l, 0, &k, &o);

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
		lines_put(l, &seed, 3, 4);
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
			lines_put(l, &seed, 3, 4);
		lines_done(l);
		for (unsigned i = 0; i < l->nplaces; i++) {
			struct place *p = &l->places[i];

			p->start += lines_below(&seed, 4);
			p->end = p->start + 1 + lines_below(&seed, 9);
			if (i > 0 && p->start < p[-1].start)
				p->start = p[-1].start;
		}
		lines_render(l, &w->s, &got);
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
		lines_put(l, &seed, 3, 4);
	lines_done(l);
	for (unsigned long n = 1; n < 40; n++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		struct index_block k;
		struct view_in in = lines_view(l, 0, &k, &w->s);
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
