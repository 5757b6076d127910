/* What is shown of subtitles and tables of speech, for their tests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "timed_view.h"

static const struct dataset_rules plain = {.name = "d", .language = "en"};

const struct decision timed_keep = {.fallback = {.action = ACTION_KEEP}};
const struct decision timed_tag = {.fallback = {.action = ACTION_TAG}};
const struct decision timed_drop = {.fallback = {.action = ACTION_DROP}};
const struct decision timed_stand_in = {
	.fallback = {.action = ACTION_PSEUDONYM, .scope = SCOPE_PROJECT}};
const struct decision timed_last4 = {
	.fallback = {.action = ACTION_MASK, .keep_last = 4}};
const struct decision timed_dashes = {.fallback = {.action = ACTION_MASK,
						   .true_length = true,
						   .mask_char = '-'}};

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct probe *p = ctx;

	assert_true(off + n <= p->data.n);
	memcpy(dst, p->data.p + off, n);
	return 0;
}

/* The view of a file of one block; visible NULL: all of it. */
void timed_view(struct probe *p, const struct decision *d,
		const struct standin *s, const bool *visible, struct buf *out)
{
	bool all[64];
	struct value *values =
		arena_array(p->a, p->nspans + 1, sizeof(*values));
	struct index_block k = {.nrecords = (uint32_t)p->nrecords,
				.nspans = (uint32_t)p->nspans,
				.records = p->records,
				.spans = p->spans,
				.values = values};
	struct view_in in = {.head = &p->head,
			     .block = &k,
			     .visible = visible == NULL ? all : visible,
			     .decision = d,
			     .standin = s,
			     .source = source,
			     .ctx = p};
	struct view_block b;
	uint64_t len, n;
	struct err e = {0};

	assert_true(p->nrecords <= 64 && p->data.n <= INDEX_BLOCK);
	memset(all, 1, sizeof(all));
	for (uint32_t nr = 0; nr < p->head.nvalues; nr++)
		for (size_t i = 0; i < p->nspans; i++)
			if (p->spans[i].value == nr) {
				values[k.nvalues++] = (struct value){
					nr, p->spans[i].type, p->canons[i]};
				break;
			}
	assert_int_equal(buf_putb(out, p->head.prefix), 0);
	if (view_build(&in, &b, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(view_measure(&in, &len, &n, &e), 0);
	assert_true(len == b.len);
	assert_int_equal(buf_reserve(out, b.len), 0);
	if (b.len > 0)
		assert_int_equal(view_read(&b, &in, 0, out->p + out->n, b.len),
				 0);
	out->n += b.len;
	view_block_free(&b);
	assert_int_equal(buf_putb(out, p->head.suffix), 0);
}

static bool is_denied(const struct probe *p)
{
	return p->head.denied != DENIAL_NONE;
}

/* Whatever is visible: the view is the source restricted to that, and read
 * again it has those records, none denied. */
static void restricted(const char *path, struct probe *p)
{
	bool joins = strstr(path, ".ctm") != NULL;

	for (uint32_t mask = p->summary.whole; mask < 1u << p->nrecords;
	     mask++) {
		CLEANUP(buf_free) struct buf got = {0}, want = {0};
		CLEANUP(probe_free) struct probe again = {0};
		bool visible[16];
		size_t n = 0;

		for (size_t i = 0; i < p->nrecords; i++)
			visible[i] = (mask >> i & 1) != 0;
		timed_view(p, &timed_keep, NULL, visible, &got);
		probe_view(p, visible, &want);
		assert_true(bytes_eq(buf_bytes(&got), buf_bytes(&want)));
		probe_one(&plain, path, buf_bytes(&got), &again);
		assert_false(is_denied(&again));
		for (size_t i = 0; i < p->nrecords; i++) {
			const struct record *r = &p->records[i], *a;

			if (joins || !visible[i] || r->denied != DENIAL_NONE)
				continue;
			assert_true(n < again.nrecords);
			a = &again.records[n++];
			assert_int_equal(a->denied, DENIAL_NONE);
			assert_true(bytes_eq(
				bytes_sub(p->data, r->start, r->end - r->start),
				bytes_sub(again.data, a->start,
					  a->end - a->start)));
		}
		assert_true(joins || n == again.nrecords);
	}
}

/* Replacements leave as many records as there were, none of them denied. Those
 * of a CTM join where a line between them is gone. */
static void reads_again(const char *path, const struct probe *p,
			struct bytes view)
{
	CLEANUP(probe_free) struct probe again = {0};
	size_t n = 0;

	for (size_t i = 0; i < p->nrecords; i++)
		n += p->records[i].denied == DENIAL_NONE;
	probe_one(&plain, path, view, &again);
	assert_false(is_denied(&again));
	for (size_t i = 0; i < again.nrecords; i++)
		assert_int_equal(again.records[i].denied, DENIAL_NONE);
	if (strstr(path, ".ctm") == NULL)
		assert_int_equal(again.nrecords, n);
}

void timed_shown(const char *path, const struct decision *d, const char *text,
		 const char *want)
{
	CLEANUP(probe_free) struct probe p = {0};
	CLEANUP(buf_free) struct buf got = {0};

	probe_one(&plain, path, bytes_str(text), &p);
	if (is_denied(&p))
		fail_msg("%s", p.words);
	if (p.nrecords <= 6)
		restricted(path, &p);
	timed_view(&p, d, NULL, NULL, &got);
	assert_string_equal(buf_str(&got), want);
	reads_again(path, &p, buf_bytes(&got));
}

void timed_tagged(const char *path, const char *text, const char *want)
{
	timed_shown(path, &timed_tag, text, want);
}

void timed_refused(const char *path, struct bytes text, const char *words)
{
	CLEANUP(probe_free) struct probe p = {0};

	probe_one(&plain, path, text, &p);
	assert_true(is_denied(&p));
	if (strstr(p.words, words) == NULL)
		fail_msg("%s", p.words);
}

void timed_probe(const char *path, const char *text, struct probe *p)
{
	probe_one(&plain, path, bytes_str(text), p);
}
