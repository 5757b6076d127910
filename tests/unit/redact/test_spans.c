/* Hits of runs that overlap and have gaps become disjoint parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/detect_spans.h"

#define RAW 40
#define RUNS 3
#define HITS 5 /* of a run */

static const struct record whole = {.start = 0, .end = RAW};

static uint32_t below(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* A run over all raw bytes, some of which are hard; *hard says which. */
static void run_make(uint64_t *seed, struct text_builder *t, struct run *run,
		     uint64_t *hard)
{
	static const char text[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop";
	uint32_t at = 0;

	*hard = 0;
	while (at < RAW) {
		uint32_t n = 1 + below(seed, 9);

		n = n < RAW - at ? n : RAW - at;
		if (below(seed, 4) == 0) {
			struct bytes in = bytes_of(text, below(seed, 3));

			assert_int_equal(text_gap(t, in, at, n), 0);
			*hard |= ((UINT64_C(1) << n) - 1) << at;
		} else {
			assert_int_equal(text_plain(t, bytes_of(text, n), at),
					 0);
		}
		at += n;
	}
	*run = (struct run){.kind = RUN_TEXT,
			    .text = buf_bytes(&t->text),
			    .map = t->map,
			    .nmap = t->nmap};
}

/* Raw bytes of the hit: one by one. */
static uint64_t covered(const struct run *run, const struct hit *h,
			uint64_t hard)
{
	uint64_t bytes = 0, a, b;
	uint32_t at = h->start, from, to;

	while (text_part(run, &at, h->end, &from, &to))
		for (; from < to; from++) {
			text_raw(run, from, from + 1, &a, &b);
			assert_true(b == a + 1 && (hard >> a & 1) == 0);
			bytes |= UINT64_C(1) << a;
		}
	return bytes;
}

static void one(uint64_t seed)
{
	struct text_builder t[RUNS] = {{.text = {0}}};
	struct detect_parts p = {0};
	struct run runs[RUNS];
	struct hit hits[RUNS * HITS];
	uint64_t want = 0, got = 0, hard, end = 0;
	size_t n = 0;

	for (uint32_t r = 0; r < RUNS; r++) {
		uint32_t at = 0;

		run_make(&seed, &t[r], &runs[r], &hard);
		for (unsigned i = 0; i < HITS; i++) {
			struct hit h = {.run = r,
					.start = at + below(&seed, 6)};

			h.end = at = h.start + 1 + below(&seed, 9);
			h.type = (uint16_t)below(&seed, 2);
			h.score = (uint8_t)(50 + below(&seed, 3));
			if (h.end > runs[r].text.n)
				break;
			want |= covered(&runs[r], &h, hard);
			hits[n++] = h;
		}
	}
	assert_int_equal(detect_spans_of(&p, &whole, runs, RUNS, hits, n), 0);
	for (size_t i = 0; i < p.n; i++) {
		assert_true(p.v[i].start >= end && p.v[i].end > p.v[i].start);
		assert_true(p.v[i].hit < n);
		end = p.v[i].end;
		for (uint64_t b = p.v[i].start; b < end; b++)
			got |= UINT64_C(1) << b;
	}
	assert_true(got == want);
	detect_spans_free(&p);
	for (unsigned r = 0; r < RUNS; r++)
		text_free(&t[r]);
}

/* Every byte of a hit is in a part and no other, whatever overlaps. */
static void test_no_byte_is_lost(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20000; seed++)
		one(seed);
}

/* "Maria<i> Lopez" beside "Maria" alone, and a code of another type. */
static void test_who_wins(void **state)
{
	CLEANUP(text_free) struct text_builder a = {0}, b = {0};
	struct detect_parts p = {0};
	struct run runs[2] = {{.kind = RUN_TEXT, .esc = ESC_MARKUP},
			      {.kind = RUN_TEXT, .esc = ESC_MARKUP}};
	struct hit hits[] = {
		{.run = 0, .end = 11, .type = 1, .score = 60},
		{.run = 1, .end = 5, .type = 1, .score = 90},
		{.run = 1, .start = 7, .end = 11, .type = 2, .score = 70}};

	(void)state;
	assert_int_equal(text_markup(&a, bytes_str("Maria<i> Lopez"), 0, ""),
			 0);
	assert_int_equal(text_markup(&b, bytes_str("Maria<i> Lopez"), 0, ""),
			 0);
	runs[0].text = runs[1].text = buf_bytes(&a.text);
	runs[0].map = runs[1].map = a.map;
	runs[0].nmap = runs[1].nmap = a.nmap;
	assert_int_equal(detect_spans_of(&p, &whole, runs, 2, hits, 3), 0);
	assert_int_equal(p.n, 3);
	assert_int_equal(p.v[0].hit, 0);
	assert_int_equal(p.v[0].end, 5);
	assert_int_equal(p.v[0].esc, ESC_MARKUP + ESC_FIRST);
	assert_int_equal(p.v[1].start, 9); /* the blank stays */
	assert_int_equal(p.v[1].end, 10);
	assert_int_equal(p.v[1].esc, ESC_MARKUP + ESC_LAST);
	assert_int_equal(p.v[2].hit, 2);
	assert_int_equal(p.v[2].esc, ESC_MARKUP);
	hits[0].end = 12;
	assert_int_equal(detect_spans_of(&p, &whole, runs, 2, hits, 3),
			 -EPROTO);
	detect_spans_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_byte_is_lost),
		cmocka_unit_test(test_who_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
