/* The one pure function that makes shown bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/view.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/redact/bleep.h"
#include "policy/redact/piece.h"
#include "policy/redact/view_memo.h"

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
#define RULES_KNOWN 64

struct walk {
	const struct view_in *in;
	struct view_block *out;
	bool keep;		   /* pieces too, not only lengths */
	uint64_t lo, hi;	   /* source bytes of the block */
	uint64_t pos;		   /* source byte to be shown next */
	size_t span, cut;	   /* next ones */
	uint64_t seen;		   /* visible records before the one at hand */
	struct buf raw, text, lit; /* scratch */
	struct view_memo memo;	   /* keyed literals */
	const struct transform *rules[RULES_KNOWN]; /* by type */
};

/* An interval that is replaced. */
struct hole {
	uint64_t start, end;
	const struct span *span; /* to be transformed, or NULL: lit */
	struct bytes lit;
	bool mute; /* a span that a cut swallowed */
};

static void walk_free(struct walk *w)
{
	buf_free(&w->raw);
	buf_free(&w->text);
	buf_free(&w->lit);
	view_memo_free(&w->memo);
}

static struct bytes type_of(const struct view_in *in, const struct span *s)
{
	return in->head->types[s->type];
}

/* decision_for, remembered per type where the score cannot matter. */
static const struct transform *rule_of(struct walk *w, const struct span *s)
{
	const struct view_in *in = w->in;
	const struct transform **known = NULL;

	if (s->type < RULES_KNOWN) {
		known = &w->rules[s->type];
		if (*known == NULL)
			*known = decision_for(in->decision, type_of(in, s),
					      UINT8_MAX);
		if ((*known)->action != ACTION_KEEP)
			return *known;
	}
	return decision_for(in->decision, type_of(in, s), s->score);
}

/* The first cut from w->cut on that touches the span; cuts are sorted. */
static bool is_swallowed(const struct walk *w, const struct span *s)
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
static const struct span *next_span(struct walk *w)
{
	const struct index_block *k = w->in->block;

	while (w->span < k->nspans &&
	       rule_of(w, &k->spans[w->span])->action == ACTION_KEEP)
		w->span++;
	return w->span < k->nspans ? &k->spans[w->span] : NULL;
}

/* The next interval that begins before end. */
static bool next_hole(struct walk *w, uint64_t end, struct hole *h)
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

static void pass(struct walk *w, const struct hole *h)
{
	if (h->span != NULL)
		w->span++;
	else
		w->cut++;
}

/* The decoded text of a span, from the source. */
static int fetch_text(struct walk *w, const struct span *s)
{
	size_t n = (size_t)(s->end - s->start);
	int rc;

	buf_clear(&w->raw);
	buf_clear(&w->text);
	rc = buf_reserve(&w->raw, n);
	if (rc == 0)
		rc = w->in->source(w->in->ctx, s->start, w->raw.p, n);
	if (rc != 0)
		return rc;
	w->raw.n = n;
	return transform_decoded(buf_bytes(&w->raw), s->esc, &w->text);
}

/* The escaped replacement: into w->raw. */
static int make_literal(struct walk *w, const struct transform_in *t,
			uint8_t esc)
{
	int rc;

	buf_clear(&w->lit);
	rc = transform_apply(t, &w->lit);
	if (rc != 0)
		return rc;
	buf_clear(&w->raw);
	return transform_escaped(buf_bytes(&w->lit), esc, &w->raw);
}

/* A keyed replacement costs hashing: values come again within a block. */
static int put_keyed(struct walk *w, const struct transform_in *t,
		     const struct span *s)
{
	const struct view_memo_key k = {
		.t = t->t,
		.record = t->t->scope == SCOPE_RECORD ? t->record.p : NULL,
		.value = s->value,
		.esc = s->esc,
		.text = t->text};
	struct bytes lit;
	int rc = 0;

	if (!view_memo_get(&w->memo, &k, &lit)) {
		rc = make_literal(w, t, s->esc);
		lit = buf_bytes(&w->raw);
		if (rc == 0)
			rc = view_memo_put(&w->memo, &k, lit);
	}
	return rc == 0 ? piece_literal(w->out, w->keep, lit) : rc;
}

/* A stand-in for a date is its tag, which counts on ord: not to be kept. */
static bool is_keyed(const struct transform_in *t)
{
	return (t->t->action == ACTION_PSEUDONYM ||
		t->t->action == ACTION_HASH) &&
	       !transform_is_tagged(t->t, t->type);
}

static int put_span(struct walk *w, const struct span *s, struct bytes record)
{
	const struct view_in *in = w->in;
	const struct value *v = index_value(in->block, s->value);
	struct transform_in t = {.t = rule_of(w, s),
				 .type = type_of(in, s),
				 .ord = s->ord,
				 .record = record,
				 .s = in->standin};
	int rc = 0;

	if (v == NULL)
		return -EPROTO;
	t.canon = v->canon;
	if (transform_wants_text(t.t, t.type)) {
		rc = fetch_text(w, s);
		t.text = buf_bytes(&w->text);
	}
	if (rc != 0)
		return rc;
	if (is_keyed(&t))
		return put_keyed(w, &t, s);
	rc = make_literal(w, &t, s->esc);
	return rc == 0 ? piece_literal(w->out, w->keep, buf_bytes(&w->raw))
		       : rc;
}

static int put_hole(struct walk *w, const struct hole *h, struct bytes record)
{
	if (h->mute)
		return 0;
	if (h->span != NULL)
		return put_span(w, h->span, record);
	return piece_literal(w->out, w->keep, h->lit);
}

static uint64_t max_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Show the source range [from, to), which is inside one visible record. */
static int put_range(struct walk *w, uint64_t from, uint64_t to,
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

static int put_record(struct walk *w, const struct record *r)
{
	bool begins = r->sep >= w->lo;
	/* A record that crosses into the block is counted in `seen`. */
	bool first = begins ? w->seen == 0 : w->seen <= 1;
	uint64_t from = max_of(first ? r->start : r->sep, w->lo);
	uint64_t to = r->end < w->hi ? r->end : w->hi;

	if (begins && r->sep < w->hi) {
		w->seen++;
		w->out->visible++;
	}
	if (from >= to)
		return 0;
	return w->in->head->format == FORMAT_WAV
		       ? bleeps_show(w->in, w->out, w->keep, r, from, to)
		       : put_range(w, from, to, r->id);
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
	return true;
}

static int walk_block(struct walk *w)
{
	const struct view_in *in = w->in;
	int rc = 0;

	w->lo = w->out->base = (uint64_t)in->nr * INDEX_BLOCK;
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
	struct walk w = {.in = in,
			 .out = out,
			 .keep = keep,
			 .raw = {.secret = true},
			 .text = {.secret = true}};
	int rc;

	*out = (struct view_block){.literals = {.secret = true}};
	if (!in_order(in))
		return err_set(e, -EPROTO, NULL,
			       "index of block %u is out of order", in->nr);
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
		part = p->len - skip < n ? p->len - skip : n;
		rc = read_piece(b, in, p, skip, to, (size_t)part);
		to += part;
		off += part;
		n -= (size_t)part;
	}
	return rc;
}
