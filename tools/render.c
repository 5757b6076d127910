/* Rendering one text as a policy shows it, without a store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/render.h"

#include <errno.h>

#include "policy/redact/detect.h"
#include "policy/redact/view.h"

/*
 * The text becomes an object of its own, "test/text.txt" of the policy's first
 * data set, visible as a whole: the case asks what the redaction does, not
 * what is selected. Block by block it goes through the one pure function.
 */
struct rendering {
	const struct subject *subject;
	struct bytes text;
	struct index_head head;
	struct index_block *blocks[64];
	uint32_t nblocks;
	struct arena *arena;
};

static int keep_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	struct rendering *g = ctx;
	struct buf b CLEANUP(buf_free) = {.secret = true};
	struct bytes copy;
	int r;

	if (nr >= ARRAY_LEN(g->blocks))
		return -EFBIG;
	g->blocks[nr] = arena_alloc(g->arena, sizeof(**g->blocks));
	r = g->blocks[nr] == NULL ? -ENOMEM : index_block_put(&b, k);
	if (r == 0)
		r = arena_dup(g->arena, buf_bytes(&b), &copy);
	if (r == 0)
		r = index_block_get(copy, g->arena, g->blocks[nr], NULL);
	g->nblocks = nr + 1;
	return r;
}

static int keep_head(void *ctx, const struct index_head *h,
		     const struct index_summary *s)
{
	struct rendering *g = ctx;
	struct buf b CLEANUP(buf_free) = {0};
	struct bytes copy;
	int r = index_head_put(&b, h);

	(void)s;
	if (r == 0)
		r = arena_dup(g->arena, buf_bytes(&b), &copy);
	return r != 0 ? r : index_head_get(copy, g->arena, &g->head, NULL);
}

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct rendering *g = ctx;

	if (off > g->text.n || n > g->text.n - off)
		return -EPROTO;
	memcpy(dst, g->text.p + off, n);
	return 0;
}

static int render_block(struct rendering *g, uint32_t nr,
			const struct decision *d, const struct standin *s,
			uint64_t *before, struct buf *out, struct err *e)
{
	struct view_block vb = {0};
	bool *visible = arena_alloc(g->arena, g->blocks[nr]->nrecords + 1);
	struct view_in in = {.head = &g->head,
			     .block = g->blocks[nr],
			     .nr = nr,
			     .visible = visible,
			     .before = *before,
			     .decision = d,
			     .standin = s,
			     .source = source,
			     .ctx = g};
	int r;

	if (visible == NULL)
		return err_nomem(e);
	memset(visible, 1, g->blocks[nr]->nrecords);
	r = view_build(&in, &vb, e);
	if (r == 0)
		r = buf_reserve(out, vb.len);
	if (r == 0)
		r = view_read(&vb, &in, 0, out->p + out->n, vb.len);
	if (r == 0)
		out->n += vb.len;
	*before += vb.visible;
	view_block_free(&vb);
	return r;
}

static int detect(struct rendering *g, struct err *e)
{
	static const struct dataset_rules rules = {.name = "test",
						   .language = "en"};
	struct recognizers *rec = NULL;
	struct source file = {bytes_str("text.txt"), g->text};
	struct detect_sink sink = {
		.block = keep_block, .done = keep_head, .ctx = g};
	int r = recognizers_new(&rules, &rec, e);

	if (r == 0)
		r = detect_group(&rules, rec, &file, 1, &sink, e);
	recognizers_free(rec);
	return r;
}

static int render(struct rendering *g, const struct seat *seat,
		  const struct key *key, struct buf *out, struct err *e)
{
	const char *const *names;
	struct index_summary sum = {.format = FORMAT_TEXT, .whole = true};
	struct candidate c = {.path = bytes_str("text.txt"), .summary = &sum};
	struct standin s = {
		.key = key,
		.project = bytes_str(policy_project(g->subject->policy)),
		.task = bytes_str(g->subject->task),
		.annotator = bytes_str(g->subject->annotator)};
	uint64_t before = 0;
	int r = 0;

	c.dataset = policy_datasets(g->subject->policy, &names) == 0 ? "test"
								     : names[0];
	for (uint32_t i = 0; r == 0 && i < g->nblocks; i++)
		r = render_block(g, i, seat_decision(seat, &c), &s, &before,
				 out, e);
	return r;
}

int render_text(struct keypool *pool, const struct subject *subject,
		struct bytes text, struct buf *out, struct err *e)
{
	struct arena *a CLEANUP(arena_freep) = arena_new();
	struct key *key CLEANUP(key_freep) = key_random(pool);
	struct rendering g = {.subject = subject, .text = text, .arena = a};
	struct seat *seat = NULL;
	int r;

	if (a == NULL || key == NULL)
		return err_nomem(e);
	r = policy_seat(subject, key, &seat, e);
	if (r == 0)
		r = detect(&g, e);
	if (r == 0)
		r = render(&g, seat, key, out, e);
	policy_seat_free(seat);
	return r;
}
