/* Views against a naive renderer: every block alone equals the whole. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/piece.h"
#include "policy/redact/view.h"
#include "view_object.h"

/* ---- the naive renderer: one loop over bytes ---- */

static bool kept(const struct span *s)
{
	return s->type == 1 && s->score >= 50;
}

static bool cut_touches(const struct view_object *o, const struct span *s)
{
	for (size_t i = 0; i < o->ncuts; i++)
		if (o->cuts[i].start < s->end && o->cuts[i].end > s->start)
			return true;
	return false;
}

static void naive_literal(const struct view_object *o, const struct span *s,
			  struct buf *out)
{
	uint64_t n = s->end - s->start;

	if (s->type == 0)
		assert_int_equal(buf_printf(out, "[PERSON_%u]", s->ord), 0);
	else if (s->type == 2)
		assert_int_equal(buf_printf(out, "********%.*s", n >= 4 ? 2 : 0,
					    (const char *)o->data + s->end -
						    (n >= 4 ? 2 : 0)),
				 0);
}

/* Which literal, if any, begins at a source byte; which bytes are hidden. */
static void naive_range(const struct view_object *o, uint64_t from, uint64_t to,
			struct buf *out)
{
	for (uint64_t at = from; at < to; at++) {
		bool hidden = false;

		for (size_t i = 0; i < o->ncuts; i++) {
			const struct cut *c = &o->cuts[i];

			if (c->start == at)
				assert_int_equal(buf_putb(out, c->lit), 0);
			hidden |= c->start <= at && at < c->end;
		}
		for (size_t i = 0; i < o->head.nspans; i++) {
			const struct span *s = &o->spans[i];

			if (at < s->start || at >= s->end || kept(s))
				continue;
			if (s->start == at && !cut_touches(o, s))
				naive_literal(o, s, out);
			hidden = true;
		}
		if (!hidden)
			assert_int_equal(buf_putc(out, o->data[at]), 0);
	}
}

/* Only bytes near an interval need the slow look. */
static void naive(const struct view_object *o, struct buf *out)
{
	bool first = true;

	assert_int_equal(buf_putb(out, o->head.prefix), 0);
	for (size_t i = 0; i < o->head.nrecords; i++) {
		const struct record *r = &o->records[i];

		if (!o->visible[i] || r->denied != 0)
			continue;
		naive_range(o, first ? r->start : r->sep, r->end, out);
		first = false;
	}
	assert_int_equal(buf_putb(out, o->head.suffix), 0);
}

static void check_pieces(const struct view_block *v)
{
	uint64_t at = 0;

	for (size_t i = 0; i < v->npieces; i++) {
		const struct piece *p = &v->pieces[i];

		assert_int_equal(p->view, at);
		assert_true(piece_len(v, i) > 0);
		if (i > 0 && p->kind == PIECE_COPY && p[-1].kind == PIECE_COPY)
			assert_true(p[-1].from + piece_len(v, i - 1) < p->from);
		at += piece_len(v, i);
	}
	assert_int_equal(at, v->len);
}

/* Any range of the block, also one byte, equals that part of the whole. */
static void check_ranges(const struct view_block *v, const struct view_in *in,
			 const uint8_t *all, uint64_t *seed)
{
	uint8_t CLEANUP(mem_freep) *got = mem_new(v->len + 1, 1);

	assert_non_null(got);
	for (unsigned i = 0; i < 60 && v->len > 0; i++) {
		uint64_t off = view_object_below(seed, v->len);
		uint64_t n =
			i % 3 == 0 ? 1
				   : view_object_below(seed, v->len - off + 1);

		n = i % 3 == 1 && n > 64 ? 64 : n;
		assert_int_equal(view_read(v, in, off, got, n), 0);
		assert_memory_equal(got, all + off, n);
	}
	assert_int_equal(view_read(v, in, v->len, got, 1), -EINVAL);
}

/* All blocks, each alone, on the end of out. */
static void render(struct view_object *o, struct buf *out, uint64_t *seed)
{
	uint64_t visible = 0;

	assert_int_equal(buf_putb(out, o->head.prefix), 0);
	for (uint32_t nr = 0; nr < o->head.nblocks; nr++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		uint64_t len, count;
		struct view_in in;
		struct view_part b;
		size_t at = out->n;

		view_object_part(o, nr, &b);
		in = view_object_in(o, nr, &b);
		assert_int_equal(b.before, visible);
		assert_int_equal(view_build(&in, &v, NULL), 0);
		assert_int_equal(view_measure(&in, &len, &count, NULL), 0);
		assert_int_equal(len, v.len);
		assert_int_equal(count, v.visible);
		check_pieces(&v);
		assert_int_equal(buf_reserve(out, v.len), 0);
		assert_int_equal(view_read(&v, &in, 0, out->p + at, v.len), 0);
		out->n += v.len;
		check_ranges(&v, &in, out->p + at, seed);
		visible += v.visible;
	}
	assert_int_equal(buf_putb(out, o->head.suffix), 0);
}

static void test_blocks_alone_are_the_whole(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct view_object CLEANUP(view_object_free) *o =
			view_object_new(seed);
		struct buf CLEANUP(buf_free) want = {0};
		struct buf CLEANUP(buf_free) got = {0};
		uint64_t s = seed;

		naive(o, &want);
		render(o, &got, &s);
		assert_int_equal(got.n, want.n);
		assert_memory_equal(got.p, want.p, want.n);
	}
}

/* ---- zero means no ---- */

static void whole(struct view_object *o, const struct decision *d,
		  const bool *visible, struct buf *out)
{
	CLEANUP(view_block_free) struct view_block v = {0};
	struct view_in in;
	struct view_part b;

	view_object_part(o, 0, &b);
	in = view_object_in(o, 0, &b);
	in.decision = d;
	in.visible = visible;
	assert_int_equal(view_build(&in, &v, NULL), 0);
	buf_clear(out);
	assert_int_equal(buf_reserve(out, v.len), 0);
	assert_int_equal(view_read(&v, &in, 0, out->p, v.len), 0);
	out->n = v.len;
}

/* "Maria lives" as one record with one span over the name. */
static void small(struct view_object *o)
{
	static uint8_t text[] = "Maria lives";

	o->data = text;
	o->head.size = sizeof(text) - 1;
	o->head.nblocks = 1;
	o->types[0] = bytes_str("PERSON");
	o->head.types = o->types;
	o->head.ntypes = 1;
	o->head.nrecords = 1;
	o->head.nspans = 1;
	o->records[0] = (struct record){.end = o->head.size};
	o->spans[0] = (struct span){.end = 5, .ord = 1};
	o->visible[0] = true;
}

static void test_zeroed_shows_nothing(void **state)
{
	struct buf CLEANUP(buf_free) out = {0};
	const struct decision zero = {0};
	static struct view_object o;
	const bool hidden[1] = {0};

	(void)state;
	small(&o);
	whole(&o, &view_object_decision, o.visible, &out);
	assert_string_equal(buf_str(&out), "[PERSON_1] lives");
	whole(&o, &zero, o.visible, &out);
	assert_string_equal(buf_str(&out), " lives");
	whole(&o, &view_object_decision, hidden, &out);
	assert_int_equal(out.n, 0);
	whole(&o, &view_object_decision, NULL, &out);
	assert_int_equal(out.n, 0);
	o.records[0].denied = DENIAL_MALFORMED;
	whole(&o, &view_object_decision, o.visible, &out);
	assert_int_equal(out.n, 0);
}

static void test_cut_wins(void **state)
{
	struct buf CLEANUP(buf_free) out = {0};
	static struct view_object o;

	(void)state;
	small(&o);
	o.ncuts = 1;
	o.cuts[0] = (struct cut){2, 7, bytes_str("X")};
	whole(&o, &view_object_decision, o.visible, &out);
	assert_string_equal(buf_str(&out), "Xives");
	o.cuts[0] = (struct cut){0, 11, {0}};
	whole(&o, &view_object_decision, o.visible, &out);
	assert_int_equal(out.n, 0);
}

/* What a span alone would give, without whatever a walk remembers. */
static void alone(const struct view_object *o, const struct span *sp,
		  const struct transform *t, const char *record,
		  const struct standin *s, struct buf *out)
{
	const struct transform_in in = {
		.t = t,
		.type = o->types[0],
		.canon = o->values[sp->value].canon,
		.text = bytes_of(o->data + sp->start, sp->end - sp->start),
		.ord = sp->ord,
		.record = bytes_str(record),
		.s = s};

	assert_int_equal(transform_apply(&in, out), 0);
}

/* Five names of two values in two records: "maria Maria MARIA|maria bobby". */
static void repeated(struct view_object *o)
{
	static uint8_t text[] = "mariaMariaMARIA|mariabobby";

	small(o);
	o->data = text;
	o->head.size = sizeof(text) - 1;
	o->values[0].canon = bytes_str("maria");
	o->values[1] = (struct value){.number = 1, .canon = bytes_str("bobby")};
	for (uint32_t i = 2; i < ARRAY_LEN(o->values); i++)
		o->values[i].number = i;
	o->head.nspans = 5;
	for (uint32_t i = 0; i < 5; i++) {
		uint64_t at = i < 3 ? 5 * i : 5 * i + 1;

		o->spans[i] = (struct span){.start = at,
					    .end = at + 5,
					    .value = i == 4,
					    .ord = 1 + i};
	}
	o->head.nrecords = 2;
	o->records[0] = (struct record){.end = 15, .id = bytes_str("r0")};
	o->records[1] = (struct record){
		.sep = 15, .start = 16, .end = 26, .id = bytes_str("r1")};
	o->visible[1] = true;
}

static void test_memory_of_values_shows_not(void **state)
{
	static const enum action actions[] = {ACTION_PSEUDONYM, ACTION_HASH};
	struct keypool *CLEANUP(keypool_freep) pool = NULL;
	struct key *CLEANUP(key_freep) key = NULL;
	static struct view_object o;

	(void)state;
	assert_int_equal(keypool_new(&pool, NULL), 0);
	key = key_random(pool);
	repeated(&o);
	for (unsigned i = 0; i < 4; i++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		struct buf CLEANUP(buf_free) want = {0};
		const struct decision d = {
			.fallback = {.action = actions[i % 2],
				     .scope = i < 2 ? SCOPE_RECORD
						    : SCOPE_PROJECT}};
		const struct standin s = {.key = key};
		struct view_part b;
		struct view_in in;

		view_object_part(&o, 0, &b);
		in = view_object_in(&o, 0, &b);
		in.decision = &d;
		in.standin = &s;
		assert_int_equal(view_build(&in, &v, NULL), 0);
		for (unsigned k = 0; k < 5; k++) {
			if (k == 3)
				assert_int_equal(buf_putc(&want, '|'), 0);
			alone(&o, &o.spans[k], &d.fallback, k < 3 ? "r0" : "r1",
			      &s, &want);
		}
		assert_int_equal(v.len, want.n);
		for (uint64_t at = 0; at < v.len; at++) {
			uint8_t c;

			assert_int_equal(view_read(&v, &in, at, &c, 1), 0);
			assert_int_equal(c, want.p[at]);
		}
	}
}

/* What is kept of a block is small: a text that comes again stands once, a
 * piece is eight bytes. */
static void test_a_tag_is_kept_once(void **state)
{
	static const uint32_t ords[] = {1, 2, 1, 1, 2};
	const struct decision d = {.fallback = {.action = ACTION_TAG}};
	struct buf CLEANUP(buf_free) out = {0};
	CLEANUP(view_block_free) struct view_block v = {0};
	static struct view_object o;
	struct view_part b;
	struct view_in in;

	(void)state;
	repeated(&o);
	for (unsigned i = 0; i < 5; i++)
		o.spans[i].ord = ords[i];
	whole(&o, &d, o.visible, &out);
	assert_string_equal(buf_str(&out), "[PERSON_1][PERSON_2][PERSON_1]|"
					   "[PERSON_1][PERSON_2]");
	o.spans[4].esc = ESC_FIRST; /* another text of the same tag */
	view_object_part(&o, 0, &b);
	in = view_object_in(&o, 0, &b);
	in.decision = &d;
	assert_int_equal(view_build(&in, &v, NULL), 0);
	assert_int_equal(v.literals.n, 3 * strlen("[PERSON_1]"));
	assert_int_equal(sizeof(struct piece), 8);
}

static int failing_source(void *ctx, uint64_t off, void *dst, size_t n)
{
	(void)ctx;
	(void)off;
	(void)dst;
	(void)n;
	return -EBADMSG;
}

static int build(struct view_object *o, struct view_block *v, struct err *e)
{
	struct view_in in;
	struct view_part b;

	view_object_part(o, 0, &b);
	in = view_object_in(o, 0, &b);
	in.source = failing_source;
	return view_build(&in, v, e);
}

static void test_failures(void **state)
{
	CLEANUP(view_block_free) struct view_block v = {0};
	static struct view_object o;
	struct err e = {0};

	(void)state;
	small(&o);
	assert_int_equal(build(&o, &v, &e), 0); /* a tag needs no source */
	view_block_free(&v);
	o.types[0] = bytes_str("CARD");
	assert_int_equal(build(&o, &v, &e), -EBADMSG);
	assert_int_equal(e.code, -EBADMSG);
	assert_int_equal(v.npieces, 0);
	o.types[0] = bytes_str("PERSON");
	o.spans[0].type = 1; /* not in the table */
	assert_int_equal(build(&o, &v, &e), -EPROTO);
	o.spans[0].type = 0;
	o.spans[0].start = 3;
	o.spans[0].end = 2; /* backwards */
	assert_int_equal(build(&o, &v, &e), -EPROTO);
	o.spans[0].start = 0;
	o.spans[0].end = 5;
	o.spans[0].value = 1; /* no such value: never the plain text */
	o.values[0].number = 7;
	assert_int_equal(build(&o, &v, &e), -EPROTO);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (unsigned long n = 1; n < 12; n++) {
		CLEANUP(view_block_free) struct view_block v = {0};
		static struct view_object o;
		int rc;

		small(&o);
		mem_fail_after(n);
		rc = build(&o, &v, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		if (rc != 0)
			assert_null(v.pieces);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks_alone_are_the_whole),
		cmocka_unit_test(test_zeroed_shows_nothing),
		cmocka_unit_test(test_cut_wins),
		cmocka_unit_test(test_memory_of_values_shows_not),
		cmocka_unit_test(test_a_tag_is_kept_once),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
