/* Rendering of detected files: blocks alone, ranges, and what must hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "base/json.h"
#include "base/mem.h"
#include "policy/redact/csv.h"
#include "tests/property/detected.h"
#include "tests/property/made.h"

/*
 * Files go through detection as in ingest; then a seeded choice of records and
 * fields is rendered block by block, and compared with a renderer that knows
 * nothing of blocks: one loop over the bytes of the whole file. Whatever the
 * choice, JSON must stay JSON with as many elements as there are visible
 * records, a table a table with as many rows of as many cells as its header,
 * and the text of no replaced span may be left at its place.
 */
/* ---- choosing ---- */

static const struct type_rule rules[] = {
	{"PERSON", {.action = ACTION_PSEUDONYM, .scope = SCOPE_PROJECT}},
	{"EMAIL_ADDRESS", {.action = ACTION_PSEUDONYM}},
	{"PHONE_NUMBER", {.action = ACTION_MASK, .keep_last = 2}},
	{"CREDIT_CARD", {.action = ACTION_MASK, .keep_separators = true}},
	{"DATE_TIME", {.action = ACTION_KEEP, .min_score = 60}},
	{"URL", {.action = ACTION_HASH, .hash_len = 8}},
	{"IP_ADDRESS", {.action = ACTION_DROP}},
	{"US_SSN", {.action = ACTION_MASK, .mask_char = '"'}},
};
static const struct decision decision = {.fallback = {.action = ACTION_TAG},
					 .rules = rules,
					 .nrules = ARRAY_LEN(rules)};

static bool chosen(const struct record *r, uint64_t seed)
{
	uint64_t s = seed + r->number;

	return r->denied == DENIAL_NONE && made_next(&s) % 4 != 0;
}

/* ---- the naive renderer ---- */

struct naive {
	const struct detected *f;
	const struct detected_cuts *cuts;
	const struct standin *s;
	size_t span, cut;
	struct buf *out;
};

static const struct transform *how(const struct detected *f,
				   const struct span *s)
{
	const struct circumstance c = {.score = s->score};

	return decision_for(&decision, f->head.types[s->type], &c);
}

static bool in_cut(const struct naive *n, const struct span *s)
{
	for (size_t i = 0; i < n->cuts->n; i++)
		if (n->cuts->v[i].start < s->end &&
		    n->cuts->v[i].end > s->start)
			return true;
	return false;
}

static void put_standin(struct naive *n, const struct span *s,
			const struct record *r)
{
	struct buf CLEANUP(buf_free) text = {0}, CLEANUP(buf_free) made = {0};
	struct transform_in t = {.t = how(n->f, s),
				 .type = n->f->head.types[s->type],
				 .canon = value_own(n->f->canons[s->value]),
				 .person = value_person(n->f->canons[s->value]),
				 .ord = s->ord,
				 .record = r->id,
				 .s = n->s};

	assert_int_equal(transform_decoded(bytes_sub(n->f->data, s->start,
						     s->end - s->start),
					   s->esc, &text),
			 0);
	t.text = buf_bytes(&text);
	/* What is only a part of a value is shown as all of it would be. */
	if ((s->esc & (ESC_PART | ESC_WORD)) != 0 &&
	    (t.t->action != ACTION_PSEUDONYM ||
	     ((s->esc & ESC_PART) != 0 && !bytes_is(t.type, "PERSON"))))
		t.text = t.canon;
	assert_int_equal(transform_apply(&t, &made), 0);
	assert_int_equal(transform_escaped(buf_bytes(&made), s->esc, n->out),
			 0);
}

static void put_bytes(struct naive *n, const struct record *r, uint64_t from)
{
	const struct detected *f = n->f;

	for (uint64_t at = from; at < r->end; at++) {
		const struct cut *c;
		const struct span *s;
		bool hidden = false;

		while (n->cut < n->cuts->n && n->cuts->v[n->cut].end <= at)
			n->cut++;
		while (n->span < f->nspans && f->spans[n->span].end <= at)
			n->span++;
		c = n->cut < n->cuts->n ? &n->cuts->v[n->cut] : NULL;
		s = n->span < f->nspans ? &f->spans[n->span] : NULL;
		if (c != NULL && c->start <= at) {
			hidden = true;
			if (c->start == at)
				assert_int_equal(buf_putb(n->out, c->lit), 0);
		}
		if (s != NULL && s->start <= at &&
		    how(f, s)->action != ACTION_KEEP) {
			hidden = true;
			if (s->start == at && !in_cut(n, s))
				put_standin(n, s, r);
		}
		if (!hidden)
			assert_int_equal(buf_putc(n->out, f->data.p[at]), 0);
	}
}

static size_t render_naive(const struct detected *f,
			   const struct detected_cuts *c,
			   const struct standin *s, uint64_t seed,
			   struct buf *out)
{
	struct naive n = {.f = f, .cuts = c, .s = s, .out = out};
	size_t shown = 0;

	assert_int_equal(buf_putb(out, f->head.prefix), 0);
	for (size_t i = 0; i < f->nrecords; i++) {
		const struct record *r = &f->records[i];

		if (chosen(r, seed))
			put_bytes(&n, r, shown++ == 0 ? r->start : r->sep);
	}
	assert_int_equal(buf_putb(out, f->head.suffix), 0);
	return shown;
}

/* ---- block by block ---- */

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct detected *f = ctx;

	assert_true(off <= f->data.n && n <= f->data.n - off);
	memcpy(dst, f->data.p + off, n);
	return 0;
}

static void check_ranges(const struct view_block *v, const struct view_in *in,
			 struct bytes all, uint64_t *seed)
{
	uint8_t b[512];

	for (unsigned i = 0; i < 50 && v->len > 0; i++) {
		uint64_t off = made_next(seed) % v->len, n = v->len - off;

		n = n < 1 + i * 10 ? n : 1 + i * 10;
		assert_int_equal(view_read(v, in, off, b, n), 0);
		assert_memory_equal(b, all.p + off, n);
	}
}

static void render_block(const struct detected *f, uint32_t nr,
			 const struct detected_cuts *c, const struct standin *s,
			 uint64_t seed, uint64_t *before, struct buf *out)
{
	CLEANUP(view_block_free) struct view_block v = {0};
	const struct index_block *k = &f->blocks[nr];
	bool *CLEANUP(mem_freep) visible = mem_new(k->nrecords + 1u, 1);
	struct view_in in = {.head = &f->head,
			     .block = k,
			     .nr = nr,
			     .visible = visible,
			     .before = *before,
			     .cuts = c->v,
			     .ncuts = c->n,
			     .decision = &decision,
			     .standin = s,
			     .source = source};
	uint64_t len, count, rnd = seed + nr;
	size_t at = out->n;
	struct err e = {0};

	memcpy(&in.ctx, &f, sizeof(f));
	for (uint32_t i = 0; i < k->nrecords; i++)
		visible[i] = chosen(&k->records[i], seed);
	if (view_build(&in, &v, &e) != 0)
		fail_msg("block %u: %s", nr, e.text);
	assert_int_equal(view_measure(&in, &len, &count, &e), 0);
	assert_int_equal(len, v.len);
	assert_int_equal(count, v.visible);
	assert_int_equal(buf_reserve(out, v.len), 0);
	assert_int_equal(view_read(&v, &in, 0, out->p + at, v.len), 0);
	out->n += v.len;
	check_ranges(&v, &in, bytes_of(out->p + at, v.len), &rnd);
	*before += v.visible;
}

static size_t render(const struct detected *f, const struct detected_cuts *c,
		     const struct standin *s, uint64_t seed, struct buf *out)
{
	uint64_t before = 0;

	assert_int_equal(buf_putb(out, f->head.prefix), 0);
	for (uint32_t nr = 0; nr < f->nblocks; nr++)
		render_block(f, nr, c, s, seed, &before, out);
	assert_int_equal(buf_putb(out, f->head.suffix), 0);
	return (size_t)before;
}

/* ---- what must hold of the view ---- */

/* One whole JSON value from at on; its elements where it is an array. */
static size_t check_json(struct bytes view, uint64_t at, uint64_t *end)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;
	size_t elements = 0;

	json_start(&s, view, at);
	while ((k = json_next(&s, &t)) != JSON_END) {
		if (k == JSON_BAD)
			fail_msg("not JSON at %llu: %s: %.80s",
				 (unsigned long long)s.at, s.why,
				 view.p + (s.at > 40 ? s.at - 40 : 0));
		elements +=
			(k == JSON_OBJECT || k == JSON_ARRAY) && s.depth == 2;
	}
	*end = t.end;
	return elements;
}

static void check_lines(struct bytes view, size_t shown)
{
	size_t lines = 0;

	for (uint64_t at = 0; at < view.n;) {
		const uint8_t *nl = memchr(view.p + at, '\n', view.n - at);
		uint64_t stop = nl == NULL ? view.n : (uint64_t)(nl - view.p);
		uint64_t end;

		if (stop > at + 1) {
			check_json(bytes_sub(view, 0, stop), at, &end);
			lines++;
		}
		at = stop + 1;
	}
	assert_int_equal(lines, shown);
}

static void check_table(struct bytes view, enum format f, size_t shown)
{
	CLEANUP(csv_row_free) struct csv_row row = {0};
	size_t width = 0, rows = 0;
	uint64_t at = csv_begin(view);

	while (csv_next(view, f, &at, &row) == 1) {
		assert_null(row.why);
		width = rows++ == 0 ? row.n : width;
		assert_int_equal(row.n, width);
	}
	assert_int_equal(rows, shown + 1);
}

static void check(const char *name, struct bytes data, const struct standin *s,
		  unsigned choices)
{
	CLEANUP(detected_free) struct detected f = {0};
	CLEANUP(detected_cuts_free) struct detected_cuts cuts = {0};
	uint64_t end;

	detected_make(&f, name, data);
	if (f.denied)
		fail_msg("%s was denied: %.*s", name, (int)f.head.reason.n,
			 (const char *)f.head.reason.p);
	for (uint64_t seed = 1; seed <= choices; seed++) {
		struct buf CLEANUP(buf_free) want = {0};
		struct buf CLEANUP(buf_free) got = {0};
		size_t shown = render_naive(&f, &cuts, s, seed, &want);

		assert_int_equal(render(&f, &cuts, s, seed, &got), shown);
		assert_int_equal(got.n, want.n);
		assert_memory_equal(got.p, want.p, want.n);
		if (f.head.format == FORMAT_JSON)
			assert_int_equal(check_json(buf_bytes(&got), 0, &end),
					 shown);
		else if (f.head.format == FORMAT_JSONL)
			check_lines(buf_bytes(&got), shown);
		else
			check_table(buf_bytes(&got), f.head.format, shown);
		if (seed == 1)
			detected_cuts_find(&f, &cuts);
	}
}

/* Sanitizers take long. */
static uint64_t seeds(uint64_t n)
{
	return getenv("CARREL_SANITIZED") != NULL ? n / 12 : n;
}

static void generated(const struct standin *s, bool lines)
{
	for (uint64_t seed = 1; seed <= seeds(60); seed++) {
		struct buf CLEANUP(buf_free) b = {0};

		made_file(&b, seed * 7919, lines);
		check(lines ? "x.jsonl" : "x.json", buf_bytes(&b), s, 3);
	}
}

static void test_generated_json(void **state)
{
	generated(*state, false);
}

static void test_generated_jsonl(void **state)
{
	generated(*state, true);
}

static void test_generated_tables(void **state)
{
	static const char *const names[] = {"x.csv", "x.tsv", "x.psv",
					    "bare.psv"};

	for (uint64_t seed = 1; seed <= seeds(100); seed++) {
		struct buf CLEANUP(buf_free) b = {0};

		made_table(&b, seed * 7919, ",\t||"[seed % 4]);
		check(names[seed % 4], buf_bytes(&b), *state, 3);
	}
}

/* Several blocks, records and strings over their edges. */
static void test_generated_large(void **state)
{
	for (unsigned lines = 0; lines < 2; lines++) {
		struct buf CLEANUP(buf_free) b = {0};
		uint64_t seed = 5;

		if (!lines)
			assert_int_equal(buf_putc(&b, '['), 0);
		for (unsigned i = 0; b.n < 3 * INDEX_BLOCK + 7777; i++) {
			if (i > 0)
				assert_int_equal(
					buf_puts(&b, lines ? "\n" : ","), 0);
			made_object(&b, &seed, " ");
		}
		if (!lines)
			assert_int_equal(buf_putc(&b, ']'), 0);
		check(lines ? "x.jsonl" : "x.json", buf_bytes(&b), *state, 3);
	}
}

/* ---- the shared data ---- */

/* nftw has no context argument: kept here for the time of one walk. */
static struct {
	const struct standin *s;
	unsigned files, every; /* sanitizers take long: not every file */
} shared;

static int one_file(const char *path, const struct stat *st, int flag,
		    struct FTW *ftw)
{
	struct buf CLEANUP(buf_free) b = {0};
	const char *dot = strrchr(path, '.');

	(void)st, (void)ftw;
	if (flag != FTW_F || dot == NULL || strcmp(dot, ".json") != 0)
		return 0;
	if (shared.files++ % shared.every != 0)
		return 0;
	assert_int_equal(file_read(AT_FDCWD, path, 64u << 20, &b), 0);
	check("x.json", buf_bytes(&b), shared.s, 2);
	return 0;
}

static void test_shared(void **state)
{
	static const char *const below[] = {"dialogue", "rlhf"};
	const char *root = getenv("CARREL_SHARED");

	shared.s = *state;
	shared.files = 0;
	shared.every = getenv("CARREL_SANITIZED") != NULL ? 12 : 1;
	for (size_t i = 0; i < ARRAY_LEN(below); i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/data/%s",
			 root != NULL ? root : "../shared", below[i]);
		(void)nftw(path, one_file, 16, FTW_PHYS);
	}
	if (shared.files == 0) {
		print_message("skipped: no shared data (CARREL_SHARED)\n");
		skip();
	}
}

struct world {
	struct standin s; /* first: the tests' state */
	struct keypool *pool;
	struct key *key;
};

static int setup(void **state)
{
	static struct world w;

	if (keypool_new(&w.pool, NULL) != 0)
		return -1;
	w.key = key_random(w.pool);
	w.s = (struct standin){.key = w.key,
			       .project = bytes_str("p"),
			       .object = bytes_str("set/x")};
	*state = &w;
	return w.key == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	key_free(w->key);
	keypool_free(w->pool);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_json),
		cmocka_unit_test(test_generated_jsonl),
		cmocka_unit_test(test_generated_tables),
		cmocka_unit_test(test_generated_large),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
