/* The samples of a recording, read with the bleeps over them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/bleep_in.h"

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
	size_t i = find(b, l, bleep_less(at, b->data) / b->frame);

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
	uint64_t from = bleep_most(at, w->off),
		 to = bleep_least(at + width, w->off + w->n);
	uint64_t step =
		x->edge == EDGE_IN ? frame - x->origin + 1 : x->origin - frame;
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
	uint64_t from = bleep_most(b->data + x->from * b->frame, w->off);
	uint64_t to = bleep_least(b->data + x->to * b->frame, w->off + w->n);
	uint8_t zero[WAVE_WIDTH_MAX];

	if (x->edge != EDGE_NONE || x->fill != FILL_SILENCE ||
	    l->channel != 0 || b->nlanes != 2)
		return false;
	wave_put(b->wave.coding, 0, zero);
	if (from < to)
		memset(w->p + (from - w->off), zero[0], to - from);
	return true;
}

/* Fill over all channels: one sample a frame, copied to each. */
static void put_fill(const struct bleeps *b, const struct window *w,
		     const struct bleep *x, uint64_t from, uint64_t to)
{
	size_t width = wave_width(b->wave.coding);
	uint8_t *at = w->p + (b->data + from * b->frame - w->off);
	uint8_t out[WAVE_WIDTH_MAX];

	for (uint64_t f = from; f < to; f++) {
		wave_put(b->wave.coding,
			 wave_fill(&b->wave, (enum fill)x->fill, f), out);
		for (uint32_t c = 0; c < b->wave.channels; c++, at += width)
			memcpy(at, out, width);
	}
}

static int put_frames(const struct bleeps *b, const struct window *w,
		      const struct lane *l, const struct bleep *x,
		      uint64_t from, uint64_t to)
{
	int rc = 0;

	for (; rc == 0 && from < to; from++)
		rc = put_frame(b, w, l, x, from);
	return rc;
}

static int put_bleep(const struct bleeps *b, const struct window *w,
		     const struct lane *l, const struct bleep *x)
{
	uint64_t off = bleep_less(w->off, b->data), end = w->off + w->n;
	uint64_t last = bleep_less(end - 1, b->data) / b->frame;
	uint64_t from = bleep_most(x->from, off / b->frame);
	uint64_t to = bleep_least(x->to, last + 1);
	/* Frames that are in the window as a whole. */
	uint64_t a = bleep_most(from, (off + b->frame - 1) / b->frame);
	uint64_t z = bleep_least(to, bleep_less(end, b->data) / b->frame);
	int rc;

	if (put_silence(b, w, l, x))
		return 0;
	if (x->edge != EDGE_NONE || l->channel != 0 || b->nlanes != 2 ||
	    w->off < b->data || a >= z)
		return put_frames(b, w, l, x, from, to);
	rc = put_frames(b, w, l, x, from, a);
	put_fill(b, w, x, a, z);
	return rc == 0 ? put_frames(b, w, l, x, z, to) : rc;
}

int bleeps_read(const struct bleeps *b, const struct view_in *in, uint64_t off,
		uint8_t *dst, size_t n)
{
	const struct window w = {in, off, dst, n};
	int rc = in->source(in->ctx, off, dst, n);

	for (size_t i = 0; rc == 0 && i + 1 < b->nlanes; i++) {
		const struct lane *l = &b->lanes[i];
		uint64_t frame = bleep_less(off, b->data) / b->frame;

		for (size_t k = find(b, l, frame);
		     rc == 0 && k < l->first + l->n &&
		     b->data + b->v[k].from * b->frame < off + n;
		     k++)
			rc = put_bleep(b, &w, l, &b->v[k]);
	}
	return rc;
}
