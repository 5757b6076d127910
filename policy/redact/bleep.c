/* Where a recording is bleeped, and the samples that stand there. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each span that is not kept, padded on both sides, is an interval of frames.
 * Intervals nearer to each other than 100 ms are one run, so that a run does
 * not tell how many words it hides. Within a run
 *
 *   the first and last 5 ms are ramps: the source fades into the fill and back.
 *     They lie in the padding, never in a word: of a word's own samples none
 *     is left, and no level or length of it;
 *   what is between is fill, a function of the frame's number alone;
 *   where fills meet, silence goes before tone before noise; a gap belongs to
 *     the interval behind it.
 *
 * A span may be of one channel. The channels that spans of the block name have
 * runs of their own, made of their spans and those of all channels; the others
 * share one list. So what a channel's frame becomes depends only on spans no
 * further away than padding, gap and ramp: on what the block's index holds. Two
 * blocks make the same of what both could make, and any read of a part the
 * same as of the whole.
 */
#include "policy/redact/bleep.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/bleep_in.h"
#include "policy/redact/piece.h"
#include "policy/redact/view_walk.h"

/* A span, padded, in frames. */
struct padded {
	uint64_t from, to, word, word_end;
	uint8_t fill, channel;
};

/* One run in the making. */
struct run_of {
	uint64_t from, to, word, word_end;
	size_t first, n; /* its intervals */
};

struct making {
	const struct view_in *in;
	struct bleeps *b;
	struct padded *all, *some; /* all of the block; those of one lane */
	size_t nall, nsome;
	uint64_t frames, pad, gap, ramp;
	uint64_t lo, hi; /* frames of the block */
};

static uint64_t frames_of(const struct wave *w, uint64_t ms)
{
	return (ms * w->rate + 999) / 1000;
}

uint64_t bleep_reach(const struct wave *w)
{
	return (frames_of(w, AUDIO_PAD_MAX) + frames_of(w, BLEEP_GAP_MS) +
		frames_of(w, BLEEP_RAMP_MS) + 1) *
	       wave_frame(w);
}

void bleeps_free(struct bleeps *b)
{
	if (b != NULL)
		mem_free(b->v);
	mem_free(b);
}

size_t bleeps_size(const struct bleeps *b)
{
	return b == NULL ? 0 : sizeof(*b) + b->cap * sizeof(*b->v);
}

/* ---- intervals ---- */

/* The spans of the block that are to be heard no more. */
static int pad_spans(struct making *m, const struct record *r)
{
	const struct index_block *k = m->in->block;
	const struct bleeps *b = m->b;

	m->all = mem_new((size_t)k->nspans + 1, sizeof(*m->all));
	m->some = mem_new((size_t)k->nspans + 1, sizeof(*m->some));
	if (m->all == NULL || m->some == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < k->nspans; i++) {
		const struct span *s = &k->spans[i];
		struct padded *p = &m->all[m->nall];
		struct circumstance c = view_circumstance(m->in, s);
		enum fill fill = decision_fill(m->in->decision,
					       m->in->head->types[s->type], &c);

		if (fill == FILL_KEEP)
			continue;
		if ((s->esc & ESC_AUDIO) == 0 || s->start < r->start ||
		    s->end > r->end)
			return -EPROTO;
		p->word = (s->start - b->data) / b->frame;
		p->word_end = (s->end - b->data + b->frame - 1) / b->frame;
		p->from = bleep_less(p->word, m->pad);
		p->to = bleep_least(p->word_end + m->pad, m->frames);
		p->fill = (uint8_t)fill;
		p->channel = s->esc & ESC_CHANNEL;
		if (p->channel > b->wave.channels)
			p->channel = 0;
		m->nall++;
	}
	return 0;
}

/* Those of a lane: its own and those of all channels. */
static void pick(struct making *m, uint32_t channel, bool any)
{
	m->nsome = 0;
	for (size_t i = 0; i < m->nall; i++)
		if (any || m->all[i].channel == 0 ||
		    m->all[i].channel == channel)
			m->some[m->nsome++] = m->all[i];
}

/* ---- runs ---- */

static int push(struct bleeps *b, struct bleep x)
{
	struct bleep *last = b->n == 0 ? NULL : &b->v[b->n - 1];
	size_t cap = b->cap == 0 ? 16 : 2 * b->cap;
	void *p;

	/* lanes[nlanes].first is where the list at hand begins. */
	if (last != NULL && b->n > b->lanes[b->nlanes].first &&
	    last->to == x.from && last->fill == x.fill &&
	    last->edge == x.edge && last->origin == x.origin) {
		last->to = x.to;
		return 0;
	}
	if (b->n == b->cap) {
		p = mem_grow(b->v, cap, sizeof(*b->v));
		if (p == NULL)
			return -ENOMEM;
		b->v = p;
		b->cap = cap;
	}
	b->v[b->n++] = x;
	return 0;
}

/* [from, to) as far as it lies in the block. */
static int put_part(struct making *m, uint64_t from, uint64_t to,
		    struct bleep x)
{
	x.from = bleep_most(from, m->lo);
	x.to = bleep_least(to, m->hi);
	return x.from < x.to ? push(m->b, x) : 0;
}

/* One stretch of a run with one fill: ramps are cut off it. */
static int put_stretch(struct making *m, const struct run_of *r, uint64_t from,
		       uint64_t to, uint8_t fill)
{
	uint64_t in = bleep_least(m->ramp, r->word - r->from);
	uint64_t out = bleep_least(m->ramp, r->to - r->word_end);
	uint64_t core = r->from + in, end = r->to - out;
	int rc = put_part(m, from, bleep_least(to, core),
			  (struct bleep){.fill = fill,
					 .edge = EDGE_IN,
					 .origin = r->from,
					 .ramp = (uint32_t)in});

	if (rc == 0)
		rc = put_part(m, bleep_most(from, core), bleep_least(to, end),
			      (struct bleep){.fill = fill});
	if (rc == 0)
		rc = put_part(m, bleep_most(from, end), to,
			      (struct bleep){.fill = fill,
					     .edge = EDGE_OUT,
					     .origin = r->to,
					     .ramp = (uint32_t)out});
	return rc;
}

/* The strictest fill at p, and up to where it stays so. */
static uint8_t fill_at(const uint64_t until[FILL_KEEP], uint64_t p,
		       uint64_t *to)
{
	uint8_t f = FILL_SILENCE;

	while (f < FILL_KEEP && until[f] <= p)
		f++;
	if (f == FILL_KEEP)
		return FILL_SILENCE;
	*to = bleep_least(*to, until[f]);
	return f;
}

/* until[f]: where the last interval with fill f ends, of those that began. */
static int put_run(struct making *m, const struct run_of *r)
{
	uint64_t until[FILL_KEEP] = {0}, p = r->from;
	size_t i = r->first, end = r->first + r->n;
	int rc = 0;

	while (rc == 0 && p < r->to) {
		uint64_t to = r->to;
		uint8_t fill;

		for (; i < end && m->some[i].from <= p; i++)
			until[m->some[i].fill] = bleep_most(
				until[m->some[i].fill], m->some[i].to);
		if (i < end)
			to = bleep_least(to, m->some[i].from);
		fill = fill_at(until, p, &to);
		rc = put_stretch(m, r, p, to, fill);
		p = to;
	}
	return rc;
}

/* The intervals at hand, sorted by their beginnings, as runs. */
static int put_runs(struct making *m)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->nsome;) {
		const struct padded *p = &m->some[i];
		struct run_of r = {p->from, p->to, p->word, p->word_end, i, 1};

		for (i++; i < m->nsome; i++, r.n++) {
			struct padded *q = &m->some[i];

			if (q->from >= r.to && q->from - r.to >= m->gap)
				break;
			q->from = bleep_least(q->from, r.to);
			r.to = bleep_most(r.to, q->to);
			r.word_end = bleep_most(r.word_end, q->word_end);
		}
		rc = put_run(m, &r);
	}
	return rc;
}

static int put_lane(struct making *m, uint32_t channel, bool any)
{
	struct bleeps *b = m->b;
	struct lane *l = &b->lanes[b->nlanes];
	int rc;

	*l = (struct lane){.channel = channel, .first = b->n};
	pick(m, channel, any);
	rc = put_runs(m);
	l->n = b->n - l->first;
	b->nlanes++;
	return rc;
}

static int put_lanes(struct making *m)
{
	bool named[ESC_CHANNEL + 1] = {false};
	int rc = 0;

	for (size_t i = 0; i < m->nall; i++)
		named[m->all[i].channel] = true;
	for (uint32_t c = 1; rc == 0 && c <= ESC_CHANNEL; c++)
		if (named[c])
			rc = put_lane(m, c, false);
	if (rc == 0)
		rc = put_lane(m, 0, false);
	return rc == 0 ? put_lane(m, 0, true) : rc;
}

static int make(struct making *m, const struct record *r)
{
	const struct index_head *h = m->in->head;
	struct bleeps *b = m->b;
	uint64_t lo = (uint64_t)m->in->nr * INDEX_BLOCK;
	int rc;

	b->wave = h->wave;
	b->data = r->start;
	b->frame = wave_frame(&h->wave);
	m->frames = (r->end - r->start) / b->frame;
	m->pad = frames_of(&h->wave, m->in->decision->audio.pad_ms);
	m->gap = frames_of(&h->wave, BLEEP_GAP_MS);
	m->ramp = h->wave.rate / (1000 / BLEEP_RAMP_MS);
	m->lo = bleep_less(lo, b->data) / b->frame;
	m->hi = bleep_less(lo + INDEX_BLOCK + b->frame, b->data) / b->frame + 1;
	if ((m->pad + m->gap + m->ramp + 1) * b->frame > h->reach)
		return -EPROTO;
	rc = pad_spans(m, r);
	return rc == 0 && m->nall > 0 ? put_lanes(m) : rc;
}

static int bleeps_new(const struct view_in *in, const struct record *r,
		      struct bleeps **out)
{
	struct making m = {.in = in};
	int rc;

	*out = NULL;
	if (!wave_ok(&in->head->wave) ||
	    in->decision->audio.pad_ms > AUDIO_PAD_MAX)
		return -EPROTO;
	m.b = mem_new(1, sizeof(*m.b));
	rc = m.b == NULL ? -ENOMEM : make(&m, r);
	mem_free(m.all);
	mem_free(m.some);
	if (rc == 0 && m.b->n > 0)
		*out = STEAL(m.b);
	bleeps_free(m.b);
	return rc;
}

int bleeps_show(const struct view_in *in, struct view_block *out, bool keep,
		const struct record *r, uint64_t from, uint64_t to)
{
	uint64_t a, b;
	int rc = keep ? bleeps_new(in, r, &out->bleeps) : 0;

	while (rc == 0 && from < to) {
		a = b = to;
		if (out->bleeps != NULL)
			(void)bleeps_next(out->bleeps, from, &a, &b);
		a = bleep_least(bleep_most(a, from), to);
		b = bleep_least(b, to);
		if (from < a)
			rc = piece_copy(out, keep, from, a - from);
		if (rc == 0 && a < b)
			rc = piece_fill(out, keep, a, b - a);
		from = b;
	}
	return rc;
}
