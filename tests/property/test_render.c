/* Rendering of detected files: blocks alone, ranges, and what must hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "base/json.h"
#include "base/mem.h"
#include "policy/redact/detect.h"
#include "policy/redact/view.h"

/*
 * Files go through detection as in ingest; then a seeded choice of records and
 * fields is rendered block by block, and compared with a renderer that knows
 * nothing of blocks: one loop over the bytes of the whole file. Whatever the
 * choice, JSON must stay JSON with as many elements as there are visible
 * records, and the text of no replaced span may be left at its place.
 */
struct cuts {
	struct cut *v;
	size_t n;
};

struct file {
	struct bytes data;
	struct arena *arena;
	struct index_head head;
	struct index_block *blocks;
	uint32_t nblocks;
	/* All blocks as one, for the naive renderer. */
	struct record *records;
	struct span *spans;
	struct bytes *canons; /* by value number */
	size_t nrecords, nspans;
	bool denied;
};

static uint64_t next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* ---- detecting ---- */

static struct bytes copy_of(struct file *f, struct buf *b)
{
	struct bytes out;

	assert_int_equal(arena_dup(f->arena, buf_bytes(b), &out), 0);
	buf_free(b);
	return out;
}

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	struct file *f = ctx;
	struct buf b = {0};
	struct err e = {0};

	assert_int_equal(nr, f->nblocks);
	f->blocks = mem_grow(f->blocks, nr + 1u, sizeof(*f->blocks));
	assert_non_null(f->blocks);
	assert_int_equal(index_block_put(&b, k), 0);
	if (index_block_get(copy_of(f, &b), f->arena, &f->blocks[nr], &e) != 0)
		fail_msg("block %u: %s", nr, e.text);
	f->nblocks++;
	return 0;
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *s)
{
	struct file *f = ctx;
	struct buf b = {0};

	(void)s;
	assert_int_equal(index_head_put(&b, h), 0);
	assert_int_equal(
		index_head_get(copy_of(f, &b), f->arena, &f->head, NULL), 0);
	f->denied = h->denied != DENIAL_NONE;
	return 0;
}

static void on_complaint(void *ctx, struct bytes path, uint64_t record,
			 const char *words)
{
	(void)ctx, (void)path, (void)record, (void)words;
}

/* One list of records and spans; those in two blocks come once. */
static void merge(struct file *f)
{
	const struct index_head *h = &f->head;

	f->records = mem_new(h->nrecords + 1, sizeof(*f->records));
	f->spans = mem_new(h->nspans + 1, sizeof(*f->spans));
	f->canons = mem_new(h->nvalues + 1, sizeof(*f->canons));
	assert_true(f->records != NULL && f->spans != NULL &&
		    f->canons != NULL);
	for (uint32_t b = 0; b < f->nblocks; b++) {
		const struct index_block *k = &f->blocks[b];
		uint64_t lo = (uint64_t)b * INDEX_BLOCK;

		for (uint32_t i = 0; i < k->nrecords; i++)
			if (k->records[i].sep >= lo)
				f->records[f->nrecords++] = k->records[i];
		for (uint32_t i = 0; i < k->nspans; i++)
			if (k->spans[i].start >= lo)
				f->spans[f->nspans++] = k->spans[i];
		for (uint32_t i = 0; i < k->nvalues; i++)
			f->canons[k->values[i].number] = k->values[i].canon;
	}
	assert_int_equal(f->nrecords, h->nrecords);
	assert_int_equal(f->nspans, h->nspans);
}

static void file_free(struct file *f)
{
	mem_free(f->blocks);
	mem_free(f->records);
	mem_free(f->spans);
	mem_free(f->canons);
	arena_free(f->arena);
}

static void detect(struct file *f, const char *name, struct bytes data)
{
	struct jsonpath each = {0};
	const struct file_rule rule = {.match = "**", .records = &each};
	const struct dataset_rules rules = {
		.name = "set", .language = "en", .files = &rule, .nfiles = 1};
	const struct source src = {bytes_str(name), data};
	const struct detect_sink sink = {on_block, on_done, on_complaint, f};
	struct recognizers *r = NULL;
	struct err e = {0};

	*f = (struct file){.data = data, .arena = arena_new()};
	assert_non_null(f->arena);
	assert_int_equal(jsonpath_parse(bytes_str("$[*]"), f->arena, &each, &e),
			 0);
	if (recognizers_new(&rules, &r, &e) != 0 ||
	    detect_group(&rules, r, &src, 1, &sink, &e) != 0)
		fail_msg("%s: %s", name, e.text);
	recognizers_free(r);
	if (!f->denied)
		merge(f);
}

/* ---- choosing ---- */

static const struct type_rule rules[] = {
	{"PERSON", {.action = ACTION_PSEUDONYM, .scope = SCOPE_PROJECT}},
	{"EMAIL_ADDRESS", {.action = ACTION_PSEUDONYM}},
	{"PHONE_NUMBER", {.action = ACTION_MASK, .keep_last = 2}},
	{"CREDIT_CARD", {.action = ACTION_MASK, .keep_separators = true}},
	{"DATE_TIME", {.action = ACTION_KEEP, .min_score = 60}},
	{"URL", {.action = ACTION_HASH, .hash_len = 8}},
};
static const struct decision decision = {.fallback = {.action = ACTION_TAG},
					 .rules = rules,
					 .nrules = ARRAY_LEN(rules)};

static bool chosen(const struct record *r, uint64_t seed)
{
	uint64_t s = seed + r->number;

	return r->denied == DENIAL_NONE && next(&s) % 4 != 0;
}

static int add_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct cuts *c = ctx;

	c->v = mem_grow(c->v, c->n + 1, sizeof(*c->v));
	assert_non_null(c->v);
	/* literals are constants or borrowed: few and short, copied for good */
	c->v[c->n++] = (struct cut){start, end, {mem_dup(lit.p, lit.n), lit.n}};
	return 0;
}

static void cuts_free(struct cuts *c)
{
	for (size_t i = 0; i < c->n; i++) {
		void *p;

		memcpy(&p, &c->v[i].lit.p, sizeof(p));
		mem_free(p);
	}
	mem_free(c->v);
}

static void find_cuts(const struct file *f, struct cuts *c)
{
	static const struct field_want want[] = {
		{"$[*].a", false}, {"$[*].b", true}, {"$[*].services", true}};
	struct err e = {0};

	if (f->head.format != FORMAT_JSON && f->head.format != FORMAT_JSONL)
		return;
	if (fields_find(f->head.format, f->data, want, ARRAY_LEN(want), add_cut,
			c, &e) != 0)
		fail_msg("fields: %s", e.text);
}

/* ---- the naive renderer ---- */

struct naive {
	const struct file *f;
	const struct cuts *cuts;
	const struct standin *s;
	size_t span, cut;
	struct buf *out;
};

static const struct transform *how(const struct file *f, const struct span *s)
{
	return decision_for(&decision, f->head.types[s->type], s->score);
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
				 .canon = n->f->canons[s->value],
				 .ord = s->ord,
				 .record = r->id,
				 .s = n->s};

	assert_int_equal(transform_decoded(bytes_sub(n->f->data, s->start,
						     s->end - s->start),
					   s->esc, &text),
			 0);
	t.text = buf_bytes(&text);
	assert_int_equal(transform_apply(&t, &made), 0);
	assert_int_equal(transform_escaped(buf_bytes(&made), s->esc, n->out),
			 0);
}

static void put_bytes(struct naive *n, const struct record *r, uint64_t from)
{
	const struct file *f = n->f;

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

static size_t render_naive(const struct file *f, const struct cuts *c,
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
	const struct file *f = ctx;

	assert_true(off <= f->data.n && n <= f->data.n - off);
	memcpy(dst, f->data.p + off, n);
	return 0;
}

static void check_ranges(const struct view_block *v, const struct view_in *in,
			 struct bytes all, uint64_t *seed)
{
	uint8_t b[512];

	for (unsigned i = 0; i < 50 && v->len > 0; i++) {
		uint64_t off = next(seed) % v->len, n = v->len - off;

		n = n < 1 + i * 10 ? n : 1 + i * 10;
		assert_int_equal(view_read(v, in, off, b, n), 0);
		assert_memory_equal(b, all.p + off, n);
	}
}

static void render_block(const struct file *f, uint32_t nr,
			 const struct cuts *c, const struct standin *s,
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

static size_t render(const struct file *f, const struct cuts *c,
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

static void check(const char *name, struct bytes data, const struct standin *s,
		  unsigned choices)
{
	CLEANUP(file_free) struct file f = {0};
	CLEANUP(cuts_free) struct cuts cuts = {0};
	uint64_t end;

	detect(&f, name, data);
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
		if (seed == 1)
			find_cuts(&f, &cuts);
	}
}

/* ---- generated files ---- */

static const char *const parts[] = {"My name is Maria Lopez. ",
				    "call 415-555-0123 ",
				    "\\u00e9t\\u00e9 ",
				    "card 4111 1111 1111 1111 ",
				    "mail m.lopez@bank.com, ",
				    "\\ud83d\\ude00",
				    "lone \\ud83d x ",
				    "\xf0\x9f\x98\x80 ",
				    "\\\"quoted\\\" ",
				    "\\n\\t ",
				    "M\\u0061ria Lopez ",
				    "\xff\xfe ",
				    "192.168.10.20 ",
				    "https://bank.com/a?b=c ",
				    "on 2026-07-14 ",
				    "\\/slash\\\\ ",
				    "{\\\"name\\\": \\\"Maria Lopez\\\"} ",
				    "SSN 536-90-4399 ",
				    "plain words about nothing "};

static void put_string(struct buf *b, uint64_t *seed)
{
	size_t n = next(seed) % 6;

	assert_int_equal(buf_putc(b, '"'), 0);
	while (n-- > 0)
		assert_int_equal(
			buf_puts(b, parts[next(seed) % ARRAY_LEN(parts)]), 0);
	assert_int_equal(buf_putc(b, '"'), 0);
}

static void put_value(struct buf *b, uint64_t *seed)
{
	static const char *const bare[] = {"null",	 "true",
					   "4155550123", "12345678901234567890",
					   "-1.50e+3",	 "4111111111111111",
					   "[]",	 "{}"};

	if (next(seed) % 3 == 0)
		assert_int_equal(
			buf_puts(b, bare[next(seed) % ARRAY_LEN(bare)]), 0);
	else
		put_string(b, seed);
}

static void put_object(struct buf *b, uint64_t *seed, const char *space)
{
	static const char *const keys[] = {"a",	    "b", "text",
					   "phone", "b", "Maria Lopez"};
	size_t n = next(seed) % 7;

	assert_int_equal(buf_putc(b, '{'), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
			buf_printf(b, "%s%s\"%s\":%s", i == 0 ? "" : ",", space,
				   keys[next(seed) % ARRAY_LEN(keys)], space),
			0);
		put_value(b, seed);
	}
	assert_int_equal(buf_printf(b, "%s}", space), 0);
}

static void generate(struct buf *b, uint64_t seed, bool lines)
{
	static const char *const spaces[] = {"", " ", "\r\n  ", "\n\t"};
	const char *space = lines ? " " : spaces[next(&seed) % 4];
	size_t n = seed % 50 == 0 ? 20000 : 1 + next(&seed) % 60;

	if (next(&seed) % 4 == 0)
		assert_int_equal(buf_puts(b, "\xef\xbb\xbf"), 0);
	if (!lines)
		assert_int_equal(buf_printf(b, "%s[", space), 0);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			assert_int_equal(buf_puts(b, lines ? "\n" : ","), 0);
		assert_int_equal(buf_puts(b, lines ? "" : space), 0);
		put_object(b, &seed, space);
	}
	if (!lines)
		assert_int_equal(buf_printf(b, "%s]%s", space, space), 0);
	else if (next(&seed) % 2 == 0)
		assert_int_equal(buf_putc(b, '\n'), 0);
}

static void generated(const struct standin *s, bool lines)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct buf CLEANUP(buf_free) b = {0};

		generate(&b, seed * 7919, lines);
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
			put_object(&b, &seed, " ");
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
	unsigned files;
} shared;

static int one_file(const char *path, const struct stat *st, int flag,
		    struct FTW *ftw)
{
	struct buf CLEANUP(buf_free) b = {0};
	const char *dot = strrchr(path, '.');

	(void)st, (void)ftw;
	if (flag != FTW_F || dot == NULL || strcmp(dot, ".json") != 0)
		return 0;
	assert_int_equal(file_read(AT_FDCWD, path, 64u << 20, &b), 0);
	check("x.json", buf_bytes(&b), shared.s, 2);
	shared.files++;
	return 0;
}

static void test_shared(void **state)
{
	static const char *const below[] = {"dialogue", "rlhf"};
	const char *root = getenv("CARREL_SHARED");

	shared.s = *state;
	shared.files = 0;
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
		cmocka_unit_test(test_generated_large),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
