/* A file that went through detection, its index in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/property/detected.h"

#include "base/mem.h"

static struct bytes copy_of(struct detected *f, struct buf *b)
{
	struct bytes out;

	assert_int_equal(arena_dup(f->arena, buf_bytes(b), &out), 0);
	buf_free(b);
	return out;
}

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	struct detected *f = ctx;
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
	struct detected *f = ctx;
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
static void merge(struct detected *f)
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

void detected_free(struct detected *f)
{
	mem_free(f->blocks);
	mem_free(f->records);
	mem_free(f->spans);
	mem_free(f->canons);
	arena_free(f->arena);
}

void detected_make(struct detected *f, const char *name, struct bytes data)
{
	struct jsonpath each = {0};
	const struct file_rule rule = {.match = "**",
				       .records = &each,
				       .bare = strcmp(name, "bare.psv") == 0,
				       .header = HEADER_YES};
	const struct dataset_rules rules = {
		.name = "set", .language = "en", .files = &rule, .nfiles = 1};
	const struct source src = {bytes_str(name), data};
	const struct detect_sink sink = {on_block, on_done, on_complaint, f};
	struct recognizers *r = NULL;
	struct err e = {0};

	*f = (struct detected){.data = data, .arena = arena_new()};
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

static int add_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct detected_cuts *c = ctx;

	if ((c->n & (c->n - 1)) == 0) { /* full: it doubles */
		c->v = mem_grow(c->v, c->n == 0 ? 1 : 2 * c->n, sizeof(*c->v));
		assert_non_null(c->v);
	}
	/* literals are constants or borrowed: few and short, copied for good */
	c->v[c->n++] = (struct cut){start, end, {mem_dup(lit.p, lit.n), lit.n}};
	return 0;
}

void detected_cuts_free(struct detected_cuts *c)
{
	for (size_t i = 0; i < c->n; i++) {
		void *p;

		memcpy(&p, &c->v[i].lit.p, sizeof(p));
		mem_free(p);
	}
	mem_free(c->v);
}

void detected_cuts_find(const struct detected *f, struct detected_cuts *c)
{
	static const struct field_want want[] = {
		{"$[*].a", false}, {"$[*].b", true}, {"$[*].services", true}};
	struct err e = {0};

	if (fields_find(f->head.format, f->data, want, ARRAY_LEN(want), add_cut,
			c, &e) != 0)
		fail_msg("fields: %s", e.text);
}
