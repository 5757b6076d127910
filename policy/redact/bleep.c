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

enum edge {
	EDGE_NONE = 0, /* fill */
	EDGE_IN,       /* from the source into the fill */
	EDGE_OUT
};

/* Frames [from, to) of one list. */
struct bleep {
	uint64_t from, to;
	uint64_t origin; /* of a ramp: frame at its outer end */
	uint32_t ramp;	 /* its frames */
	uint8_t fill, edge;
};

/* Bleeps first, first + 1 ... in order, of one channel or of all others. */
struct lane {
	uint32_t channel; /* 1 ...; 0: those that no lane names */
	size_t first, n;
};

#define LANES_MAX 129 /* 127 channels, the others, and where anything is */

struct bleeps {
	struct wave wave;
	uint64_t data, frame; /* source byte of frame 0; bytes of one */
	struct bleep *v;
	size_t n, cap;
	struct lane lanes[LANES_MAX]; /* the last one: where anything is */
	size_t nlanes;
};

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

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

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
		enum fill fill = decision_fill(
			m->in->decision, m->in->head->types[s->type], s->score);

		if (fill == FILL_KEEP)
			continue;
		if ((s->esc & ESC_AUDIO) == 0 || s->start < r->start ||
		    s->end > r->end)
			return -EPROTO;
		p->word = (s->start - b->data) / b->frame;
		p->word_end = (s->end - b->data + b->frame - 1) / b->frame;
		p->from = less(p->word, m->pad);
		p->to = least(p->word_end + m->pad, m->frames);
		p->fill = (uint8_t)fill;
		p->channel = s->esc & (ESC_AUDIO - 1);
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
static int put_part(struct making *m, uint64_t from, uint64_t to, struct bleep x)
{
	x.from = most(from, m->lo);
	x.to = least(to, m->hi);
	return x.from < x.to ? push(m->b, x) : 0;
}

/* One stretch of a run with one fill: ramps are cut off it. */
static int put_stretch(struct making *m, const struct run_of *r, uint64_t from,
		       uint64_t to, uint8_t fill)
{
	uint64_t in = least(m->ramp, r->word - r->from);
	uint64_t out = least(m->ramp, r->to - r->word_end);
	uint64_t core = r->from + in, end = r->to - out;
	int rc = put_part(m, from, least(to, core),
			  (struct bleep){.fill = fill,
					 .edge = EDGE_IN,
					 .origin = r->from,
					 .ramp = (uint32_t)in});

	if (rc == 0)
		rc = put_part(m, most(from, core), least(to, end),
			      (struct bleep){.fill = fill});
	if (rc == 0)
		rc = put_part(m, most(from, end), to,
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
	*to = least(*to, until[f]);
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
			until[m->some[i].fill] = most(until[m->some[i].fill],
						      m->some[i].to);
		if (i < end)
			to = least(to, m->some[i].from);
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
			q->from = least(q->from, r.to);
			r.to = most(r.to, q->to);
			r.word_end = most(r.word_end, q->word_end);
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
	bool named[ESC_AUDIO] = {false};
	int rc = 0;

	for (size_t i = 0; i < m->nall; i++)
		named[m->all[i].channel] = true;
	for (uint32_t c = 1; rc == 0 && c < ESC_AUDIO; c++)
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
	m->lo = less(lo, b->data) / b->frame;
	m->hi = less(lo + INDEX_BLOCK + b->frame, b->data) / b->frame + 1;
	if ((m->pad + m->gap + m->ramp + 1) * b->frame > h->reach)
		return -EPROTO;
	rc = pad_spans(m, r);
	return rc == 0 && m->nall > 0 ? put_lanes(m) : rc;
}

int bleeps_new(const struct view_in *in, const struct record *r,
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

/* ---- samples ---- */

/* The first bleep of a lane that ends behind a frame. */
static size_t find(const struct bleeps *b, const struct lane *l, uint64_t frame)
{
	size_t lo = l->first, hi = l->first + l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->v[mid].to <= frame)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool bleeps_next(const struct bleeps *b, uint64_t at, uint64_t *from,
		 uint64_t *to)
{
	const struct lane *l = &b->lanes[b->nlanes - 1];
	size_t i = find(b, l, less(at, b->data) / b->frame);

	if (i == l->first + l->n)
		return false;
	*from = b->data + b->v[i].from * b->frame;
	while (i + 1 < l->first + l->n && b->v[i + 1].from == b->v[i].to)
		i++;
	*to = b->data + b->v[i].to * b->frame;
	return true;
}

/* A window of source bytes, and what it is filled from. */
struct window {
	const struct view_in *in;
	uint64_t off;
	uint8_t *p;
	size_t n;
};

/* The sample at source byte `at`, width bytes, as far as the window has it. */
static int put_sample(const struct bleeps *b, const struct window *w,
		      const struct bleep *x, uint64_t frame, uint64_t at)
{
	size_t width = wave_width(b->wave.coding);
	int32_t level = wave_fill(&b->wave, (enum fill)x->fill, frame);
	uint8_t in[WAVE_WIDTH_MAX], out[WAVE_WIDTH_MAX];
	uint64_t from = most(at, w->off), to = least(at + width, w->off + w->n);
	uint64_t step = x->edge == EDGE_IN ? frame - x->origin + 1
					   : x->origin - frame;
	int rc = 0;

	if (x->edge == EDGE_NONE) {
		wave_put(b->wave.coding, level, out);
	} else if (from == at && to == at + width) {
		memcpy(in, w->p + (at - w->off), width);
		wave_mix(b->wave.coding, in, level, (uint32_t)step, x->ramp + 1,
			 out);
	} else {
		rc = w->in->source(w->in->ctx, at, in, width);
		if (rc == 0)
			wave_mix(b->wave.coding, in, level, (uint32_t)step,
				 x->ramp + 1, out);
	}
	if (rc == 0 && from < to)
		memcpy(w->p + (from - w->off), out + (from - at), to - from);
	return rc;
}

static bool is_named(const struct bleeps *b, uint32_t channel)
{
	for (size_t i = 0; i + 2 < b->nlanes; i++)
		if (b->lanes[i].channel == channel)
			return true;
	return false;
}

/* One frame's samples of the lane's channels. */
static int put_frame(const struct bleeps *b, const struct window *w,
		     const struct lane *l, const struct bleep *x,
		     uint64_t frame)
{
	size_t width = wave_width(b->wave.coding);
	uint64_t at = b->data + frame * b->frame;
	int rc = 0;

	if (l->channel != 0)
		return put_sample(b, w, x, frame,
				  at + (l->channel - 1) * width);
	for (uint32_t c = 1; rc == 0 && c <= b->wave.channels; c++, at += width)
		if (at + width > w->off && at < w->off + w->n &&
		    !is_named(b, c))
			rc = put_sample(b, w, x, frame, at);
	return rc;
}

/* Silence over all channels is one byte, again and again. */
static bool put_silence(const struct bleeps *b, const struct window *w,
			const struct lane *l, const struct bleep *x)
{
	uint64_t from = most(b->data + x->from * b->frame, w->off);
	uint64_t to = least(b->data + x->to * b->frame, w->off + w->n);
	uint8_t zero[WAVE_WIDTH_MAX];

	if (x->edge != EDGE_NONE || x->fill != FILL_SILENCE ||
	    l->channel != 0 || b->nlanes != 2)
		return false;
	wave_put(b->wave.coding, 0, zero);
	if (from < to)
		memset(w->p + (from - w->off), zero[0], to - from);
	return true;
}

static int put_bleep(const struct bleeps *b, const struct window *w,
		     const struct lane *l, const struct bleep *x)
{
	uint64_t first = less(w->off, b->data) / b->frame;
	uint64_t last = less(w->off + w->n - 1, b->data) / b->frame;
	uint64_t to = least(x->to, last + 1);
	int rc = 0;

	if (put_silence(b, w, l, x))
		return 0;
	for (uint64_t f = most(x->from, first); rc == 0 && f < to; f++)
		rc = put_frame(b, w, l, x, f);
	return rc;
}

int bleeps_read(const struct bleeps *b, const struct view_in *in, uint64_t off,
		uint8_t *dst, size_t n)
{
	const struct window w = {in, off, dst, n};
	int rc = in->source(in->ctx, off, dst, n);

	for (size_t i = 0; rc == 0 && i + 1 < b->nlanes; i++) {
		const struct lane *l = &b->lanes[i];
		uint64_t frame = less(off, b->data) / b->frame;

		for (size_t k = find(b, l, frame);
		     rc == 0 && k < l->first + l->n &&
		     b->data + b->v[k].from * b->frame < off + n;
		     k++)
			rc = put_bleep(b, &w, l, &b->v[k]);
	}
	return rc;
}
