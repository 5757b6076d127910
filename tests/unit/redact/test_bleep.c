/* Bleeps against a naive renderer, in every coding, over edges of blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/bleep.h"

#define SPANS 40
#define TAIL 77 /* bytes behind the samples */

/* Types: 0 as the fallback, 1 and 2 with fills of their own, 3 is kept. */
static struct bytes types[4];
static const char *type_names[] = {"ONE", "TWO"};
static enum fill type_fills[] = {FILL_TONE, FILL_NOISE};

struct sound {
	uint8_t *data;
	struct index_head head;
	struct record rec;
	struct span spans[SPANS];
	struct value value[4];
	struct decision decision;
	struct type_rule keep;
	uint64_t frames, seed;
};

static uint64_t below(struct sound *s, uint64_t n)
{
	s->seed = s->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (s->seed >> 33) % n;
}

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	struct sound *s = ctx;

	if (off > s->head.size || n > s->head.size - off)
		return -EPROTO;
	memcpy(dst, s->data + off, n);
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Spans near places: edges of blocks, the beginning, the end, each other. */
static void make_spans(struct sound *s)
{
	size_t frame = wave_frame(&s->head.wave);

	for (uint32_t i = 0; i < SPANS; i++) {
		struct span *x = &s->spans[i];
		uint64_t at = below(s, s->frames), n = 1 + below(s, 900);

		if (i % 3 == 0 && s->head.size > INDEX_BLOCK)
			at = (INDEX_BLOCK *
				      (1 +
				       below(s, s->head.size / INDEX_BLOCK)) -
			      s->rec.start) /
				     frame +
			     below(s, 3000) - 1500;
		if (i == 1)
			at = below(s, 30);
		if (i == 2 || at >= s->frames)
			at = s->frames - 1 - below(s, 20);
		if (n > s->frames - at)
			n = s->frames - at;
		x->type = (uint16_t)below(s, 4);
		x->value = x->type;
		x->ord = 1;
		x->start = s->rec.start + at * frame;
		x->end = x->start + n * frame;
		x->esc = (uint16_t)(ESC_AUDIO +
				    below(s, s->head.wave.channels + 2));
	}
	qsort(s->spans, SPANS, sizeof(*s->spans), by_start);
}

static struct sound *sound_new(struct wave w, uint32_t pad, uint64_t seed,
			       uint64_t frames)
{
	struct sound *s = mem_new(1, sizeof(*s));
	static const char *const names[] = {"ZERO", "ONE", "TWO", "KEPT"};

	assert_non_null(s);
	s->seed = seed;
	s->frames = frames;
	s->rec = (struct record){.sep = 101, .start = 101};
	s->rec.end = 101 + frames * wave_frame(&w);
	s->keep = (struct type_rule){"KEPT", {.action = ACTION_KEEP}};
	s->decision = (struct decision){
		.fallback = {.action = ACTION_TAG},
		.rules = &s->keep,
		.nrules = 1,
		.audio = {FILL_SILENCE, type_names, type_fills, 2, pad}};
	for (uint32_t i = 0; i < 4; i++) {
		types[i] = bytes_str(names[i]);
		s->value[i] = (struct value){.number = i, .type = (uint16_t)i};
	}
	s->head = (struct index_head){.format = FORMAT_WAV,
				      .size = s->rec.end + TAIL,
				      .wave = w,
				      .reach = bleep_reach(&w),
				      .types = types,
				      .ntypes = 4};
	s->data = mem_new(s->head.size, 1);
	assert_non_null(s->data);
	for (uint64_t i = 0; i < s->head.size; i++)
		s->data[i] = (uint8_t)below(s, 256);
	make_spans(s);
	return s;
}

static void sound_free(struct sound *s)
{
	mem_free(s->data);
	mem_free(s);
}

/* ---- the naive renderer: every sample asks every span ---- */

struct padded {
	int64_t from, to, word, word_end;
	enum fill fill;
};

static enum fill fill_of(const struct span *x)
{
	return x->type == 1   ? FILL_TONE
	       : x->type == 2 ? FILL_NOISE
			      : FILL_SILENCE;
}

/* The runs of a channel: a frame's step into its ramp (0: source, ramp + 1:
 * fill), and its fill. */
static void channel_plan(const struct sound *s, uint32_t channel,
			 uint32_t *step, uint32_t *of, uint8_t *fill)
{
	const struct wave *w = &s->head.wave;
	int64_t frame = (int64_t)wave_frame(w), frames = (int64_t)s->frames;
	int64_t pad =
		((int64_t)s->decision.audio.pad_ms * w->rate + 999) / 1000;
	int64_t gap = (100 * (int64_t)w->rate + 999) / 1000;
	int64_t ramp = w->rate / 200, n = 0;
	struct padded p[SPANS];

	memset(step, 0, s->frames * sizeof(*step));
	for (size_t i = 0; i < SPANS; i++) {
		const struct span *x = &s->spans[i];
		uint32_t c = x->esc - ESC_AUDIO;

		if (x->type == 3 ||
		    (c != 0 && c <= w->channels && c != channel))
			continue;
		p[n].word = (int64_t)(x->start - s->rec.start) / frame;
		p[n].word_end = (int64_t)(x->end - s->rec.start) / frame;
		p[n].from = p[n].word - pad < 0 ? 0 : p[n].word - pad;
		p[n].to = p[n].word_end + pad > frames ? frames
						       : p[n].word_end + pad;
		p[n++].fill = fill_of(x);
	}
	for (int64_t i = 0, k; i < n; i = k) {
		int64_t to = p[i].to, last = p[i].word_end;

		for (k = i + 1; k < n && p[k].from - to < gap; k++) {
			if (p[k].from > to)
				p[k].from = to;
			to = p[k].to > to ? p[k].to : to;
			last = p[k].word_end > last ? p[k].word_end : last;
		}
		for (int64_t f = p[i].from; f < to; f++) {
			int64_t in = p[i].word - p[i].from, out = to - last;

			in = in < ramp ? in : ramp;
			out = out < ramp ? out : ramp;
			fill[f] = FILL_KEEP;
			for (int64_t j = i; j < k; j++)
				if (p[j].from <= f && f < p[j].to &&
				    p[j].fill < fill[f])
					fill[f] = (uint8_t)p[j].fill;
			assert_true(fill[f] != FILL_KEEP);
			step[f] = of[f] = 1;
			if (f - p[i].from < in) {
				step[f] = (uint32_t)(f - p[i].from + 1);
				of[f] = (uint32_t)in + 1;
			} else if (to - f <= out) {
				step[f] = (uint32_t)(to - f);
				of[f] = (uint32_t)out + 1;
			}
		}
	}
}

static void naive(const struct sound *s, uint8_t *out)
{
	const struct wave *w = &s->head.wave;
	size_t width = wave_width(w->coding);
	uint32_t *step = mem_new(s->frames, sizeof(*step));
	uint32_t *of = mem_new(s->frames, sizeof(*of));
	uint8_t *fill = mem_new(s->frames, 1);

	assert_true(step != NULL && of != NULL && fill != NULL);
	memcpy(out, s->data + s->rec.start, s->rec.end - s->rec.start);
	for (uint32_t c = 1; c <= w->channels; c++) {
		channel_plan(s, c, step, of, fill);
		for (uint64_t f = 0; f < s->frames; f++) {
			uint8_t in[WAVE_WIDTH_MAX], got[WAVE_WIDTH_MAX];
			uint8_t *at = out + f * wave_frame(w) + (c - 1) * width;
			int32_t level = wave_fill(w, (enum fill)fill[f], f);

			if (step[f] == 0)
				continue;
			memcpy(in, at, width);
			if (of[f] == 1)
				wave_put(w->coding, level, got);
			else
				wave_mix(w->coding, in, level, step[f], of[f],
					 got);
			memcpy(at, got, width);
		}
	}
	mem_free(step);
	mem_free(of);
	mem_free(fill);
}

/* ---- ours ---- */

struct part {
	struct index_block k;
	struct record rec;
	struct span spans[SPANS];
	bool visible;
	struct view_in in;
	struct view_block view;
};

static void part_build(struct sound *s, uint32_t nr, struct part *p)
{
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK, len, visible;

	*p = (struct part){.rec = s->rec, .visible = true};
	p->k = (struct index_block){.records = &p->rec,
				    .nrecords = s->rec.end > lo,
				    .spans = p->spans,
				    .values = s->value,
				    .nvalues = 4};
	for (size_t i = 0; i < SPANS; i++)
		if (s->spans[i].start < lo + INDEX_BLOCK + s->head.reach &&
		    s->spans[i].end + s->head.reach > lo)
			p->spans[p->k.nspans++] = s->spans[i];
	p->in = (struct view_in){.head = &s->head,
				 .block = &p->k,
				 .nr = nr,
				 .visible = &p->visible,
				 .before = nr > 0,
				 .decision = &s->decision,
				 .source = source,
				 .ctx = s};
	assert_int_equal(view_measure(&p->in, &len, &visible, NULL), 0);
	assert_int_equal(view_build(&p->in, &p->view, NULL), 0);
	assert_int_equal(p->view.len, len);
}

static void compare(struct sound *s, struct wave w, uint64_t seed)
{
	uint64_t all = s->rec.end - s->rec.start, at = 0;
	uint8_t *want = mem_new(all, 1), *got = mem_new(all + 1, 1);

	assert_true(want != NULL && got != NULL);
	naive(s, want);
	for (uint32_t nr = 0; (uint64_t)nr * INDEX_BLOCK < s->head.size; nr++) {
		struct part p;
		/* What view_read may use: the source, no more. */
		struct view_in in = {.source = source, .ctx = s};

		part_build(s, nr, &p);
		assert_int_equal(view_read(&p.view, &in, 0, got, p.view.len),
				 0);
		for (uint64_t i = 0; i < p.view.len; i++)
			if (got[i] != want[at + i])
				fail_msg("coding %u, %u channels, rate %u, "
					 "seed %llu: byte %llu of block %u",
					 w.coding, w.channels, w.rate,
					 (unsigned long long)seed,
					 (unsigned long long)i, nr);
		for (int k = 0; k < 400 && p.view.len > 0; k++) {
			uint64_t off = below(s, p.view.len);
			size_t n = 1 + (size_t)below(s, k % 2 == 0 ? 12 : 5000);

			if (n > p.view.len - off)
				n = p.view.len - off;
			assert_int_equal(view_read(&p.view, &in, off, got, n),
					 0);
			assert_memory_equal(got, want + at + off, n);
		}
		at += p.view.len;
		view_block_free(&p.view);
	}
	assert_int_equal(at, all);
	mem_free(want);
	mem_free(got);
}

static void test_codings(void **state)
{
	static const uint32_t pads[] = {200, 0, 3, 50};

	(void)state;
	for (unsigned c = WAVE_U8; c < WAVE_CODINGS; c++) {
		for (uint64_t seed = 0; seed < 8; seed++) {
			struct wave w = {c, (uint32_t)seed % 3 + 1,
					 seed % 2 == 0 ? 8000 : 11025};
			struct sound *s = sound_new(w, pads[seed % 4],
						    seed + 100 * c, 20000);

			compare(s, w, seed);
			sound_free(s);
		}
	}
}

static void test_edges(void **state)
{
	static const struct wave waves[] = {{WAVE_ULAW, 1, 8000},
					    {WAVE_S24, 1, 8000},
					    {WAVE_F64, 3, 8000},
					    {WAVE_S16, 2, 1000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(waves); i++) {
		for (uint64_t seed = 0; seed < 3; seed++) {
			uint64_t frames = 2300000 / wave_frame(&waves[i]);
			struct sound *s = sound_new(
				waves[i], 100 * (uint32_t)seed, seed, frames);

			compare(s, waves[i], seed);
			sound_free(s);
		}
	}
}

/* Nothing of a word's samples is in what stands there. */
static void test_constant(void **state)
{
	struct wave w = {WAVE_S16, 1, 8000};
	struct sound *a = sound_new(w, 0, 5, 4000);
	struct sound *b = sound_new(w, 0, 5, 4000);
	uint8_t *x = mem_new(8000, 1), *y = mem_new(8000, 1);
	struct part p, q;

	(void)state;
	assert_true(x != NULL && y != NULL);
	for (size_t i = 0; i < SPANS; i++)
		for (uint64_t k = a->spans[i].start; k < a->spans[i].end; k++)
			if (a->spans[i].type != 3)
				b->data[k] ^= 0x55;
	part_build(a, 0, &p);
	part_build(b, 0, &q);
	assert_int_equal(view_read(&p.view, &p.in, 0, x, 8000), 0);
	assert_int_equal(view_read(&q.view, &q.in, 0, y, 8000), 0);
	assert_memory_equal(x, y, 8000);
	view_block_free(&p.view);
	view_block_free(&q.view);
	sound_free(a);
	sound_free(b);
	mem_free(x);
	mem_free(y);
}

/* Fail closed: paddings that no index was made for, heads without samples. */
static void test_refused(void **state)
{
	struct wave w = {WAVE_S16, 1, 8000};
	struct sound *s = sound_new(w, 200, 1, 4000);
	struct view_block out;
	struct part p;

	(void)state;
	part_build(s, 0, &p);
	view_block_free(&p.view);
	s->head.reach = 100;
	assert_int_equal(view_build(&p.in, &out, NULL), -EPROTO);
	s->head.reach = bleep_reach(&w);
	s->decision.audio.pad_ms = AUDIO_PAD_MAX + 1;
	assert_int_equal(view_build(&p.in, &out, NULL), -EPROTO);
	s->decision.audio.pad_ms = AUDIO_PAD_MAX;
	assert_int_equal(view_build(&p.in, &out, NULL), 0);
	view_block_free(&out);
	s->head.wave.coding = WAVE_NONE;
	assert_int_equal(view_build(&p.in, &out, NULL), -EPROTO);
	s->head.wave = w;
	p.spans[0].esc = ESC_TEXT;
	p.spans[0].type = 0;
	assert_int_equal(view_build(&p.in, &out, NULL), -EPROTO);
	sound_free(s);
}

static void test_without_memory(void **state)
{
	struct wave w = {WAVE_S16, 3, 8000};
	struct sound *s = sound_new(w, 30, 3, 4000);
	struct view_block out;
	struct part p;
	int rc = -ENOMEM;

	(void)state;
	part_build(s, 0, &p);
	view_block_free(&p.view);
	for (unsigned long n = 1; rc != 0; n++) {
		mem_fail_after(n);
		rc = view_build(&p.in, &out, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
	}
	view_block_free(&out);
	sound_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {

		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_constant),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
