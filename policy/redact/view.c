/* The one pure function that makes shown bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/view.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/redact/bleep.h"
#include "policy/redact/piece.h"
#include "policy/redact/view_records.h"
#include "policy/redact/view_walk.h"

/*
 * The view of an object is
 *
 *   prefix
 *   for each visible record, in order: its separator [sep, start), but not for
 *     the first visible one, then its bytes [start, end), where cuts and spans
 *     are replaced
 *   suffix
 *
 * and it must be possible to make any block of it from that block's index
 * alone. So a block's view is what the source range [nr MiB, (nr + 1) MiB)
 * contributes, by these rules:
 *
 *  1. A source byte is shown iff it lies in a visible record (or its kept
 *     separator) and in no cut and in no replaced span.
 *  2. A replacement stands where its interval begins. A block that begins
 *     inside an interval shows nothing until its end: the block before has
 *     said what there is to say.
 *  3. A cut wins: a span that touches one is swallowed whole, its parts outside
 *     the cut too, since they are parts of a sensitive value. in->cuts holds
 *     those that overlap the block or one of its spans, so that the blocks on
 *     both sides of an edge come to the same answer.
 *  4. A span whose decision is "keep" is no span at all.
 *  5. A replacement is shown only where the byte it begins at would have been:
 *     an interval that begins in a dropped separator or a hidden record gives
 *     no literal, and its bytes stay hidden.
 *  6. Of a record whose fields change places (view_swap.h) a value stands, with
 *     all that is replaced in it, where the other begins: in that block whole,
 *     from whatever block its bytes are; a block that begins inside an
 *     exchanged value shows nothing until its end. Rules 1 to 5 hold inside.
 *
 * Whether a record is the first visible one follows from in->before, the
 * number of visible records whose separator begins before this block: a record
 * that crosses into the block is one of those already.
 *
 * A recording's view is as long as its samples are: rules 2 to 5 are not for
 * it; bleep.c says what stands where a span is.
 *
 * view_build and view_measure are one walk; measuring only keeps no pieces.
 * Zero means no: a NULL or zeroed visible array shows nothing, a denied record
 * is never shown whatever the array says, a zeroed decision drops every span.
 */

/* An interval that is replaced. */
struct hole {
	uint64_t start, end;
	const struct span *span; /* to be transformed, or NULL: lit */
	struct bytes lit;
	bool mute; /* a span that a cut swallowed */
};

static void walk_free(struct view_walk *w)
{
	buf_free(&w->raw);
	buf_free(&w->text);
	buf_free(&w->lit);
	view_memo_free(&w->memo);
	view_swap_free(&w->swap);
}

/* The first cut from w->cut on that touches the span; cuts are sorted. */
static bool is_swallowed(const struct view_walk *w, const struct span *s)
{
	const struct view_in *in = w->in;

	for (size_t i = w->cut > 0 ? w->cut - 1 : 0; i < in->ncuts; i++) {
		if (in->cuts[i].start >= s->end)
			return false;
		if (in->cuts[i].end > s->start)
			return true;
	}
	return false;
}

/* Spans that are kept are passed over here. */
static const struct span *next_span(struct view_walk *w)
{
	const struct index_block *k = w->in->block;

	while (w->span < k->nspans &&
	       view_literal_rule(w, &k->spans[w->span])->action == ACTION_KEEP)
		w->span++;
	return w->span < k->nspans ? &k->spans[w->span] : NULL;
}

/* The next interval that begins before end. */
static bool next_hole(struct view_walk *w, uint64_t end, struct hole *h)
{
	const struct view_in *in = w->in;
	const struct cut *c = w->cut < in->ncuts ? &in->cuts[w->cut] : NULL;
	const struct span *s = next_span(w);

	if (c != NULL && c->start < end && (s == NULL || c->start <= s->start))
		*h = (struct hole){
			.start = c->start, .end = c->end, .lit = c->lit};
	else if (s != NULL && s->start < end)
		*h = (struct hole){.start = s->start,
				   .end = s->end,
				   .span = s,
				   .mute = is_swallowed(w, s)};
	else
		return false;
	return true;
}

static void pass(struct view_walk *w, const struct hole *h)
{
	if (h->span != NULL)
		w->span++;
	else
		w->cut++;
}

static int put_hole(struct view_walk *w, const struct hole *h,
		    struct bytes record)
{
	if (h->mute)
		return 0;
	if (h->span != NULL)
		return view_literal_put(w, h->span, record);
	return piece_literal(w->out, w->keep, h->lit);
}

static uint64_t max_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Show the source range [from, to), which is inside one visible record. */
static int put_range(struct view_walk *w, uint64_t from, uint64_t to,
		     struct bytes record)
{
	struct hole h;
	int rc = 0;

	w->pos = max_of(w->pos, from);
	while (rc == 0 && next_hole(w, to, &h)) {
		if (h.start > w->pos) {
			rc = piece_copy(w->out, w->keep, w->pos,
					h.start - w->pos);
			w->pos = h.start;
		}
		if (rc == 0 && h.start >= from)
			rc = put_hole(w, &h, record);
		/* It may reach into the next record: pos remembers. */
		w->pos = max_of(w->pos, h.end);
		pass(w, &h);
	}
	if (rc == 0 && to > w->pos) {
		rc = piece_copy(w->out, w->keep, w->pos, to - w->pos);
		w->pos = to;
	}
	return rc;
}

/* The first one that ends behind at: what it began before stays hidden. */
static size_t span_behind(const struct index_block *k, uint64_t at)
{
	size_t lo = 0, hi = k->nspans;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->spans[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A value in the other's place; the walk then goes on where it was. */
static int put_moved(struct view_walk *w, const struct swap_part *p,
		     struct bytes record)
{
	uint64_t pos = w->pos;
	size_t span = w->span, cut = w->cut;
	int rc;

	w->pos = p->start;
	w->span = span_behind(w->in->block, p->start);
	w->cut = view_swap_cut(w->in, p->start);
	rc = put_range(w, p->start, p->end, record);
	w->pos = pos;
	w->span = span;
	w->cut = cut;
	return rc;
}

static int put_parts(struct view_walk *w, const struct record *r, uint64_t from,
		     uint64_t to)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->swap.nparts; i++) {
		const struct swap_part *p = &w->swap.parts[i];
		uint64_t start = max_of(p->start, from);
		uint64_t end = p->end < to ? p->end : to;

		if (p->moved && p->at >= from && p->at < to)
			rc = put_moved(w, p, r->id);
		else if (!p->moved && start < end)
			rc = put_range(w, start, end, r->id);
	}
	return rc;
}

static int put_shown(struct view_walk *w, const struct record *r, uint64_t from,
		     uint64_t to)
{
	int rc = 0;

	if (w->in->nplaces > 0) {
		view_swap_free(&w->swap);
		rc = view_swap(w->in, r, &w->swap);
	}
	if (rc != 0)
		return rc;
	return w->swap.nparts > 0 ? put_parts(w, r, from, to)
				  : put_range(w, from, to, r->id);
}

static int put_record(struct view_walk *w, const struct record *r)
{
	bool begins = r->sep >= w->lo;
	/* A record that crosses into the block is counted in `seen`. */
	bool first = begins ? w->seen == 0 : w->seen <= 1;
	uint64_t from = max_of(first ? r->start : r->sep, w->lo);
	uint64_t to = r->end < w->hi ? r->end : w->hi;

	view_records_add(w->out, begins);
	if (begins && r->sep < w->hi) {
		w->seen++;
		w->out->visible++;
	}
	if (from >= to)
		return 0;
	return w->in->head->format == FORMAT_WAV
		       ? bleeps_show(w->in, w->out, w->keep, r, from, to)
		       : put_shown(w, r, from, to);
}

/* Order is what the walk leans on; a decoder checked it before. */
static bool in_order(const struct view_in *in)
{
	const struct index_block *k = in->block;
	bool sound = in->head->format == FORMAT_WAV;
	uint64_t at = 0;

	if (sound && (k->nrecords > 1 || in->ncuts > 0))
		return false;
	for (uint32_t i = 0; i < k->nrecords; i++) {
		const struct record *r = &k->records[i];

		if (r->sep < at || r->start < r->sep || r->end < r->start)
			return false;
		at = r->end;
	}
	at = 0;
	for (uint32_t i = 0; i < k->nspans; i++) {
		const struct span *s = &k->spans[i];

		if (s->start < at || s->end <= s->start ||
		    s->type >= in->head->ntypes)
			return false;
		at = sound ? s->start : s->end;
	}
	at = 0;
	for (size_t i = 0; i < in->ncuts; i++) {
		if (in->cuts[i].start < at ||
		    in->cuts[i].end < in->cuts[i].start)
			return false;
		at = in->cuts[i].end;
	}
	for (size_t i = 1; i < in->nplaces; i++)
		if (in->places[i].start < in->places[i - 1].start)
			return false;
	return true;
}

static int walk_block(struct view_walk *w)
{
	const struct view_in *in = w->in;
	int rc = 0;

	w->lo = (uint64_t)in->nr * INDEX_BLOCK;
	if (in->reach > w->lo)
		return -EPROTO;
	w->out->base = w->lo - in->reach;
	w->hi = w->lo + INDEX_BLOCK;
	if (w->hi > in->head->size)
		w->hi = in->head->size;
	w->seen = in->before;
	if (in->visible == NULL)
		return 0;
	for (uint32_t i = 0; rc == 0 && i < in->block->nrecords; i++)
		if (in->visible[i] &&
		    in->block->records[i].denied == DENIAL_NONE)
			rc = put_record(w, &in->block->records[i]);
	return rc;
}

static int run(const struct view_in *in, struct view_block *out, bool keep,
	       struct err *e)
{
	CLEANUP(walk_free)
	struct view_walk w = {.in = in,
			      .out = out,
			      .keep = keep,
			      .raw = {.secret = true},
			      .text = {.secret = true}};
	int rc;

	*out = (struct view_block){.literals = {.secret = true}};
	if (!in_order(in))
		return err_set(e, -EPROTO, NULL,
			       "index of block %u is out of order", in->nr);
	rc = keep ? view_records_room(in, out) : 0;
	if (rc == 0)
		rc = walk_block(&w);
	if (rc != 0)
		return err_set(e, rc, NULL, "cannot render block %u", in->nr);
	return 0;
}

int view_build(const struct view_in *in, struct view_block *out, struct err *e)
{
	int rc = run(in, out, true, e);

	if (rc == 0 && piece_trim(out) != 0)
		rc = err_nomem(e);
	if (rc != 0)
		view_block_free(out);
	return rc;
}

void view_block_free(struct view_block *b)
{
	mem_free(b->pieces);
	mem_free(b->starts);
	buf_free(&b->literals);
	bleeps_free(b->bleeps);
	*b = (struct view_block){0};
}

int view_measure(const struct view_in *in, uint64_t *len, uint64_t *visible,
		 struct err *e)
{
	struct view_block out;
	int rc = run(in, &out, false, e);

	*len = out.len;
	*visible = out.visible;
	return rc;
}

static int read_piece(const struct view_block *b, const struct view_in *in,
		      const struct piece *p, uint64_t skip, void *dst, size_t n)
{
	if (p->kind == PIECE_COPY)
		return in->source(in->ctx, b->base + p->from + skip, dst, n);
	if (p->kind == PIECE_FILL && b->bleeps != NULL)
		return bleeps_read(b->bleeps, in, b->base + p->from + skip, dst,
				   n);
	if (p->kind != PIECE_LITERAL)
		return -EPROTO;
	memcpy(dst, b->literals.p + p->from + skip, n);
	return 0;
}

int view_read(const struct view_block *b, const struct view_in *in,
	      uint64_t off, void *dst, size_t n)
{
	uint8_t *to = dst;
	int rc = 0;

	for (size_t i = piece_find(b, off); rc == 0 && n > 0; i++) {
		const struct piece *p;
		uint64_t skip, part;

		if (i == b->npieces)
			return -EINVAL;
		p = &b->pieces[i];
		skip = off - p->view;
		part = piece_len(b, i) - skip;
		part = part < n ? part : n;
		rc = read_piece(b, in, p, skip, to, (size_t)part);
		to += part;
		off += part;
		n -= (size_t)part;
	}
	return rc;
}
