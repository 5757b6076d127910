/* Properties of detection over generated files. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All visible is the source; any choice of records is valid; spans stay within
 * records and decode alike.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "probe.h"

#define ROUNDS 400

static void put(struct buf *b, const char *s)
{
	assert_int_equal(buf_puts(b, s), 0);
}

/* One value and nothing else. */
static bool json_valid(struct bytes in)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;

	json_start(&s, in, 0);
	do {
		k = json_next(&s, &t);
	} while (k != JSON_BAD && k != JSON_END);
	while (k == JSON_END && s.at < in.n && in.p[s.at] <= ' ')
		s.at++;
	return k == JSON_END && s.at == in.n;
}

static bool *choice(struct probe *p, uint64_t *seed, bool all)
{
	bool *v = arena_array(p->a, p->nrecords + 1, sizeof(*v));

	assert_non_null(v);
	for (size_t i = 0; i < p->nrecords; i++)
		v[i] = all || probe_random(seed, 2) == 0;
	return v;
}

/* No span begins or ends inside a code point or escape: what is before,
 * within and behind it decodes to what the whole decodes to. */
static void spans_decode(const struct probe *p)
{
	for (size_t i = 0; i < p->nspans; i++) {
		CLEANUP(buf_free) struct buf b = {0};
		const struct span *s = &p->spans[i];
		struct bytes in = probe_span(p, i);

		if (s->esc == ESC_JSON)
			assert_int_equal(json_unescape(&b, in), 0);
		if (s->start > 0)
			assert_true(p->data.p[s->start - 1] != '\\' ||
				    in.p[0] == '"' || in.p[0] == '\\' ||
				    s->esc != ESC_JSON ||
				    p->data.p[s->start - 2] == '\\');
		assert_true((in.p[0] & 0xC0) != 0x80 || in.n == 1);
	}
}

static void all_is_source(struct probe *p, uint64_t *seed)
{
	CLEANUP(buf_free) struct buf view = {0};

	probe_view(p, choice(p, seed, true), &view);
	assert_int_equal(view.n, p->data.n);
	assert_memory_equal(view.p, p->data.p, view.n);
}

static void space(struct buf *b, uint64_t *seed)
{
	static const char *const some[] = {"", " ", "\n", "\r\n", "\t"};

	put(b, some[probe_random(seed, ARRAY_LEN(some))]);
}

/* An array or map of nasty values. */
static void records_json(struct buf *b, uint64_t *seed, bool map)
{
	put(b, map ? "{" : "[");
	space(b, seed);
	for (uint32_t i = 0, n = probe_random(seed, 7); i < n; i++) {
		if (i > 0) {
			space(b, seed);
			put(b, ",");
			space(b, seed);
		}
		if (map)
			assert_int_equal(buf_printf(b, "\"k%u\" : ", i % 5), 0);
		probe_json(b, seed, 4);
	}
	space(b, seed);
	put(b, map ? "}" : "]");
}

static void test_json_records(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*]"),
				 .speaker = probe_path(a, "$..speaker"),
				 .text = probe_path(a, "$..text"),
				 .ntext = 1};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	uint64_t seed = 20260101;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(buf_free) struct buf src = {0}, view = {0};
		struct probe p;

		if (i % 9 == 0)
			put(&src, "\xEF\xBB\xBF");
		space(&src, &seed);
		records_json(&src, &seed, i % 2 == 0);
		space(&src, &seed);
		probe_one(&d, "x.json", buf_bytes(&src), &p);
		assert_int_equal(p.head.denied, DENIAL_NONE);
		all_is_source(&p, &seed);
		spans_decode(&p);
		probe_view(&p, choice(&p, &seed, false), &view);
		assert_true(json_valid(buf_bytes(&view)));
		probe_free(&p);
	}
}

static void test_json_behind_members(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$.x.data[*]")};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	uint64_t seed = 99;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(buf_free) struct buf src = {0}, view = {0};
		bool alone = probe_random(&seed, 2) == 0;
		struct probe p;

		put(&src, alone ? " { \"x\" :\n{" : "{\"m\":[1],\"x\":{");
		if (!alone) {
			put(&src, "\"o\":");
			probe_json(&src, &seed, 3);
			put(&src, " , ");
		}
		put(&src, "\"data\" : ");
		records_json(&src, &seed, false);
		put(&src, alone ? " }\r\n}\n" : ", \"z\":[{}]}, \"q\":null}");
		probe_one(&d, "x.json", buf_bytes(&src), &p);
		assert_int_equal(p.head.denied, DENIAL_NONE);
		if (alone)
			all_is_source(&p, &seed);
		probe_view(&p, choice(&p, &seed, false), &view);
		assert_true(json_valid(buf_bytes(&view)));
		probe_free(&p);
	}
}

/* Lines: good ones, blank ones, broken ones. */
static size_t lines(struct buf *b, uint64_t *seed)
{
	static const char *const ends[] = {"\n", "\r\n", "\n\n", "\n \r\n"};
	size_t bad = 0;
	uint32_t n = probe_random(seed, 8);

	for (uint32_t i = 0; i < n; i++) {
		CLEANUP(buf_free) struct buf line = {0};

		probe_json(&line, seed, 3);
		for (size_t k = 0; k < line.n; k++) {
			if (line.p[k] == '\n' || line.p[k] == '\r')
				line.p[k] = ' ';
		}
		if (probe_random(seed, 6) == 0) {
			put(b, "{\"broken\": ");
			bad++;
		}
		assert_int_equal(buf_putb(b, buf_bytes(&line)), 0);
		if (i + 1 < n || probe_random(seed, 3) != 0)
			put(b, ends[probe_random(seed, ARRAY_LEN(ends))]);
	}
	return bad;
}

static void each_line_valid(struct bytes view)
{
	for (size_t at = 0, end; at < view.n; at = end + 1) {
		const uint8_t *nl = memchr(view.p + at, '\n', view.n - at);

		end = nl == NULL ? view.n : (size_t)(nl - view.p);
		if (end > at && view.p[end - 1] != '\r' &&
		    view.p[end - 1] != ' ')
			assert_true(json_valid(bytes_sub(view, at, end - at)));
	}
}

static void test_jsonl(void **state)
{
	const struct dataset_rules d = {0};
	uint64_t seed = 4711;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(buf_free) struct buf src = {0}, view = {0};
		struct probe p;
		size_t bad;

		if (i % 7 == 0)
			put(&src, "\xEF\xBB\xBF");
		if (i % 5 == 0)
			put(&src, "\r\n\n");
		bad = lines(&src, &seed);
		probe_one(&d, "x.jsonl", buf_bytes(&src), &p);
		assert_int_equal(p.head.denied, DENIAL_NONE);
		assert_int_equal(p.complaints, bad);
		if (bad == 0)
			all_is_source(&p, &seed);
		spans_decode(&p);
		probe_view(&p, choice(&p, &seed, false), &view);
		each_line_valid(
			bytes_sub(buf_bytes(&view), p.head.prefix.n, view.n));
		probe_free(&p);
	}
}

static void test_whole_files(void **state)
{
	const struct dataset_rules d = {0};
	uint64_t seed = 31337;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(buf_free) struct buf src = {0};
		struct probe p;

		space(&src, &seed);
		probe_json(&src, &seed, 5);
		space(&src, &seed);
		probe_one(&d, i % 2 == 0 ? "x.json" : "x.txt", buf_bytes(&src),
			  &p);
		assert_true(p.summary.whole);
		assert_int_equal(p.nrecords, p.head.denied == 0);
		if (p.head.denied == 0)
			all_is_source(&p, &seed);
		probe_free(&p);
	}
}

/* Truncated and mutated files: denied or sound, never a crash. */
static void test_mutated(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*]"),
				 .text = probe_path(a, "$..text|json|$..a"),
				 .ntext = 1};
	struct dataset_rules d = {.files = &rule, .nfiles = 1};
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(buf_free) struct buf src = {0};
		struct probe p;

		records_json(&src, &seed, false);
		src.p[probe_random(&seed, (uint32_t)src.n)] =
			(uint8_t)probe_random(&seed, 256);
		if (i % 3 == 0)
			src.n = probe_random(&seed, (uint32_t)src.n);
		probe_one(&d, i % 4 == 0 ? "x.jsonl" : "x.json",
			  buf_bytes(&src), &p);
		if (p.head.denied == DENIAL_NONE && p.complaints == 0)
			all_is_source(&p, &seed);
		else
			assert_true(p.complaints > 0);
		probe_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_records),
		cmocka_unit_test(test_json_behind_members),
		cmocka_unit_test(test_jsonl),
		cmocka_unit_test(test_whole_files),
		cmocka_unit_test(test_mutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
