/* Running detection over files in memory and keeping all it says. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "probe.h"

/* p, of n elements, with room for one more: it doubles when it is full. */
static void *room(void *p, size_t n, size_t size)
{
	if (n == 0 || (n & (n - 1)) == 0)
		p = mem_grow(p, n == 0 ? 1 : 2 * n, size);
	assert_non_null(p);
	return p;
}

static void record_keep(struct probe *p, const struct record *r)
{
	if (p->nrecords > 0 && p->records[p->nrecords - 1].number == r->number)
		return;
	p->records = room(p->records, p->nrecords, sizeof(*r));
	p->records[p->nrecords++] = *r;
}

static void span_keep(struct probe *p, const struct span *s,
		      const struct value *v)
{
	if (p->nspans > 0 && p->spans[p->nspans - 1].end == s->end)
		return;
	p->spans = room(p->spans, p->nspans, sizeof(*s));
	p->canons = room(p->canons, p->nspans, sizeof(*p->canons));
	p->canons[p->nspans] = v->canon;
	p->spans[p->nspans++] = *s;
}

static struct bytes again(struct probe *p, struct buf *b)
{
	struct bytes kept;

	assert_int_equal(arena_dup(p->a, buf_bytes(b), &kept), 0);
	return kept;
}

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct probe *p = ctx;
	struct index_block got;
	struct err e = {0};

	assert_int_equal(nr, p->check.blocks);
	assert_int_equal(index_block_put(&b, k), 0);
	assert_int_equal(index_block_get(again(p, &b), p->a, &got, &e), 0);
	if (index_check_block(&p->check, &got, &e) != 0)
		fail_msg("block %u: %s", nr, e.text);
	for (uint32_t i = 0; i < got.nrecords; i++)
		record_keep(p, &got.records[i]);
	for (uint32_t i = 0; i < got.nspans; i++)
		span_keep(p, &got.spans[i],
			  index_value(&got, got.spans[i].value));
	return 0;
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *s)
{
	CLEANUP(buf_free) struct buf b = {0}, c = {0};
	struct probe *p = ctx;
	struct err e = {0};

	assert_int_equal(index_head_put(&b, h), 0);
	assert_int_equal(index_head_get(again(p, &b), p->a, &p->head, &e), 0);
	if (index_check_head(&p->check, &p->head, &e) != 0)
		fail_msg("head: %s", e.text);
	assert_int_equal(index_summary_put(&c, s), 0);
	assert_int_equal(index_summary_get(again(p, &c), p->a, &p->summary, &e),
			 0);
	assert_int_equal(p->summary.nrecords, p->head.nrecords);
	assert_int_equal(p->summary.denied, p->head.denied);
	p->done++;
	return 0;
}

static void on_complain(void *ctx, struct bytes path, uint64_t record,
			const char *words)
{
	struct probe *p = ctx;

	(void)path;
	(void)record;
	if (p->complaints++ == 0)
		snprintf(p->words, sizeof(p->words), "%s", words);
}

/* Which file is being told about. */
struct telling {
	struct probe *p;
};

static int tell_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	return on_block(((struct telling *)ctx)->p, nr, k);
}

static int tell_done(void *ctx, const struct index_head *h,
		     const struct index_summary *s)
{
	struct telling *t = ctx;

	return on_done(t->p++, h, s);
}

static void tell_complaint(void *ctx, struct bytes path, uint64_t record,
			   const char *words)
{
	on_complain(((struct telling *)ctx)->p, path, record, words);
}

int probe_run(const struct dataset_rules *d, const struct source *files,
	      size_t n, struct probe *p)
{
	struct recognizers *r = NULL;
	struct telling t = {p};
	const struct detect_sink sink = {tell_block, tell_done, tell_complaint,
					 &t};
	struct err e = {0};
	int rc;

	for (size_t i = 0; i < n; i++)
		p[i] = (struct probe){.a = arena_new(),
				      .data = files[i].data,
				      .check = {.size = files[i].data.n}};
	assert_int_equal(recognizers_new(d, &r, &e), 0);
	rc = detect_group(d, r, files, n, &sink, &e);
	recognizers_free(r);
	return rc;
}

void probe_free(struct probe *p)
{
	arena_free(p->a);
	mem_free(p->records);
	mem_free(p->spans);
	mem_free(p->canons);
	*p = (struct probe){0};
}

void probe_one(const struct dataset_rules *d, const char *path,
	       struct bytes text, struct probe *p)
{
	struct source s = {bytes_str(path), text};

	assert_int_equal(probe_run(d, &s, 1, p), 0);
	assert_int_equal(p->done, 1);
}

void probe_view(const struct probe *p, const bool *visible, struct buf *b)
{
	bool first = true;

	assert_int_equal(buf_putb(b, p->head.prefix), 0);
	for (size_t i = 0; i < p->nrecords; i++) {
		const struct record *r = &p->records[i];
		uint64_t from = first ? r->start : r->sep;

		if (!visible[i] || r->denied != DENIAL_NONE)
			continue;
		assert_int_equal(
			buf_putb(b, bytes_sub(p->data, from, r->end - from)),
			0);
		first = false;
	}
	assert_int_equal(buf_putb(b, p->head.suffix), 0);
}

struct bytes probe_span(const struct probe *p, size_t i)
{
	return bytes_sub(p->data, p->spans[i].start,
			 p->spans[i].end - p->spans[i].start);
}

const char *probe_type(const struct probe *p, size_t i)
{
	return arena_str(p->a, p->head.types[p->spans[i].type]);
}

void probe_heard(const struct probe *p, struct buf *b)
{
	for (size_t i = 0; i < p->nspans; i++) {
		const struct span *s = &p->spans[i];
		unsigned c = s->esc - ESC_AUDIO;

		assert_int_equal(
			buf_printf(b, "%s%s %u-%u", i == 0 ? "" : ", ",
				   probe_type(p, i),
				   (unsigned)((s->start - 44) / 16),
				   (unsigned)((s->end - 44 + 15) / 16)),
			0);
		if (c != 0)
			assert_int_equal(buf_printf(b, "/%u", c), 0);
	}
}

struct jsonpath *probe_path(struct arena *a, const char *text)
{
	struct jsonpath *p = arena_alloc(a, sizeof(*p));
	struct err e = {0};

	assert_non_null(p);
	if (jsonpath_parse(bytes_str(text), a, p, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return p;
}

/* ---- nasty JSON ---- */

uint32_t probe_random(uint64_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 20) % n;
}

static void put(struct buf *b, const char *s)
{
	assert_int_equal(buf_puts(b, s), 0);
}

static void space(struct buf *b, uint64_t *seed)
{
	static const char *const some[] = {"",	 "",	 "",	" ",
					   "\n", "\r\n", "\t ", "  "};

	put(b, some[probe_random(seed, ARRAY_LEN(some))]);
}

static void string(struct buf *b, uint64_t *seed)
{
	static const char *const units[] = {
		"a",
		"Z",
		" ",
		"\\n",
		"\\u0041",
		"\\/",
		"\\ud83d",
		"\\udc00x",
		"\\\\",
		"\\ud83d\\ude00",
		"\xC3\xA9",
		"\xF0\x9F\x98\x80",
		"\xFF",
		"\xE2\x82",
		"\\r\\n",
		"\\\"",
		"\\u0000",
		"\x7F",
		"maria.lopez@mail.example ",
		"4111 1111 1111 1111 ",
		"m\\u0061ria.lopez\\u0040mail.example ",
		"415-555-0123 ",
		"\\u00e9",
		"my name is Maria Lopez. "};

	put(b, "\"");
	for (uint32_t n = probe_random(seed, 9); n > 0; n--)
		put(b, units[probe_random(seed, ARRAY_LEN(units))]);
	put(b, "\"");
}

static void scalar(struct buf *b, uint64_t *seed)
{
	static const char *const some[] = {"0",
					   "-0.5e-7",
					   "12345678901234567890",
					   "4111111111111111",
					   "4155550123",
					   "true",
					   "false",
					   "null",
					   "1E+2"};

	put(b, some[probe_random(seed, ARRAY_LEN(some))]);
}

/* JSON inside a string. */
static void nested(struct buf *b, uint64_t *seed, unsigned depth)
{
	CLEANUP(buf_free) struct buf in = {0};

	probe_json(&in, seed, depth);
	put(b, "\"");
	assert_int_equal(json_quote(b, buf_bytes(&in), 1), 0);
	put(b, "\"");
}

static void container(struct buf *b, uint64_t *seed, unsigned depth)
{
	static const char *const keys[] = {
		"\"text\"",	"\"a\"",      "\"a\"",
		"\"k\\u00e9\"", "\"ctx\"",    "\"maria.lopez@mail.example\"",
		"\"\"",		"\"speaker\""};
	bool object = probe_random(seed, 3) != 0;

	put(b, object ? "{" : "[");
	for (uint32_t i = 0, n = probe_random(seed, 5); i < n; i++) {
		if (i > 0)
			put(b, ",");
		space(b, seed);
		if (object) {
			put(b, keys[probe_random(seed, ARRAY_LEN(keys))]);
			space(b, seed);
			put(b, ":");
			space(b, seed);
		}
		probe_json(b, seed, depth - 1);
		space(b, seed);
	}
	put(b, object ? "}" : "]");
}

void probe_json(struct buf *b, uint64_t *seed, unsigned depth)
{
	uint32_t kind = probe_random(seed, 10);

	if (depth == 0 && kind >= 6)
		kind -= 6;
	if (kind < 4)
		string(b, seed);
	else if (kind < 6)
		scalar(b, seed);
	else if (kind < 9)
		container(b, seed, depth);
	else
		nested(b, seed, depth - 1);
}
