/* Fuzzes recordings and the transcripts that time them, up to the view. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses: the rest is a recording beside a fixed transcript,
 * or a transcript beside a fixed recording; and the padding. Promises: blocks
 * fit together; a view is as long as the samples, behind a header that is read
 * again as the same; reads of parts are parts of the whole; of a recording
 * beside the fixed transcript no sample of the word is left.
 */
#include "policy/redact/bleep.h"
#include "policy/redact/detect.h"
#include "policy/redact/format_wav.h"

#define BLOCKS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char words[] =
	"{\"text\":\"call 415-555-0132 now\",\"words\":["
	"{\"w\":\"call\",\"a\":0,\"b\":0.01},"
	"{\"w\":\"415-555-0132\",\"a\":0.02,\"b\":0.04,\"c\":\"x\"}]}";

/* What came of the recording. */
struct seen {
	struct arena *a;
	struct bytes data; /* of the recording */
	struct index_check check, other;
	struct index_block blocks[BLOCKS];
	uint32_t nblocks;
	struct index_head head;
	int done;
	uint8_t pad;
};

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	struct seen *s = ctx;
	struct index_check *c = s->done == 0 ? &s->other : &s->check;
	CLEANUP(buf_free) struct buf b = {0};
	struct index_block *out = &s->blocks[s->done == 0 ? 0 : nr];
	struct bytes copy;

	if (nr != c->blocks || nr >= BLOCKS || index_block_put(&b, k) != 0 ||
	    arena_dup(s->a, buf_bytes(&b), &copy) != 0 ||
	    index_block_get(copy, s->a, out, NULL) != 0 ||
	    index_check_block(c, out, NULL) != 0)
		__builtin_trap();
	s->nblocks = nr + 1;
	return 0;
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *sum)
{
	struct seen *s = ctx;
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes copy;

	if (index_head_put(&b, h) != 0 ||
	    arena_dup(s->a, buf_bytes(&b), &copy) != 0 ||
	    index_head_get(copy, s->a, &s->head, NULL) != 0 ||
	    sum->denied != h->denied ||
	    index_check_head(s->done == 0 ? &s->other : &s->check, &s->head,
			     NULL) != 0)
		__builtin_trap();
	s->done++;
	return 0;
}

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct seen *s = ctx;

	if (off > s->data.n || n > s->data.n - off)
		__builtin_trap();
	memcpy(dst, s->data.p + off, n);
	return 0;
}

static void read_block(struct seen *s, uint32_t nr, struct buf *out)
{
	const struct decision d = {
		.fallback = {.action = ACTION_TAG},
		.audio = {.fallback = s->pad % 3, .pad_ms = s->pad}};
	bool visible = true;
	const struct view_in in = {.head = &s->head,
				   .block = &s->blocks[nr],
				   .nr = nr,
				   .visible = &visible,
				   .decision = &d,
				   .source = source,
				   .ctx = s};
	struct view_block v;
	uint64_t len, count;
	uint8_t part[64];
	size_t at = out->n;

	if (view_build(&in, &v, NULL) != 0 ||
	    view_measure(&in, &len, &count, NULL) != 0 || len != v.len ||
	    buf_reserve(out, v.len + 1) != 0 ||
	    view_read(&v, &in, 0, out->p + at, v.len) != 0)
		__builtin_trap();
	out->n += v.len;
	for (uint64_t off = 0; off + sizeof(part) < v.len && off < 4096;
	     off += 37)
		if (view_read(&v, &in, off, part, sizeof(part)) != 0 ||
		    memcmp(part, out->p + at + off, sizeof(part)) != 0)
			__builtin_trap();
	view_block_free(&v);
}

/* No sample between 20 and 40 ms is left where the fill is silence: of the
 * second channel, where there is one. */
static void check_word(const struct seen *s, const uint8_t *view)
{
	const struct wave *w = &s->head.wave;
	size_t frame = wave_frame(w), width = wave_width(w->coding);
	uint64_t frames = (s->head.body_end - s->head.body) / frame;
	uint64_t to = wave_frames(w, 40000);
	uint8_t zero[WAVE_WIDTH_MAX];

	wave_put(w->coding, 0, zero);
	for (uint64_t f = wave_frames(w, 20000); f < to && f < frames; f++)
		for (size_t i = 0; i < frame; i++)
			if ((w->channels < 2 || i / width == 1) &&
			    view[f * frame + i] != zero[i % width])
				__builtin_trap();
}

static void look(struct seen *s, bool fixed)
{
	CLEANUP(buf_free) struct buf all = {0};
	struct format_wav x;
	size_t prefix;

	if (s->head.denied != DENIAL_NONE || s->head.format != FORMAT_WAV)
		return;
	if (buf_putb(&all, s->head.prefix) != 0)
		__builtin_trap();
	prefix = all.n;
	for (uint32_t i = 0; i < s->nblocks; i++)
		read_block(s, i, &all);
	if (all.n - prefix != s->head.body_end - s->head.body ||
	    buf_putb(&all, s->head.suffix) != 0 || (all.n & 1) != 0 ||
	    format_wav_parse(buf_bytes(&all), &x) != NULL ||
	    x.start != prefix || x.end != all.n - s->head.suffix.n ||
	    memcmp(&x.wave, &s->head.wave, sizeof(x.wave)) != 0)
		__builtin_trap();
	if (fixed && s->pad % 3 == FILL_SILENCE)
		check_word(s, all.p + prefix);
}

static struct jsonpath *path(struct arena *a, const char *text)
{
	struct jsonpath *p = arena_alloc(a, sizeof(*p));

	if (p == NULL || jsonpath_parse(bytes_str(text), a, p, NULL) != 0)
		__builtin_trap();
	return p;
}

static void rules_of(struct arena *a, struct file_rule *f)
{
	static const struct channel_rule channel = {"x", 2};

	*f = (struct file_rule){.match = "**",
				.group = {.template_ = "all"},
				.text = path(a, "$..text"),
				.ntext = 1,
				.channels = &channel,
				.nchannels = 1,
				.times = {{.items = path(a, "$..words[*]"),
					   .text = path(a, "$..words[*].w"),
					   .start = path(a, "$..words[*].a"),
					   .end = path(a, "$..words[*].b"),
					   .channel = path(a, "$..words[*].c"),
					   .unit = 1000000},
					  {.items = path(a, "$..s[*]"),
					   .start = path(a, "$..s[*].a"),
					   .duration = path(a, "$..s[*].d"),
					   .unit = 1000}}};
}

static void run(struct seen *s, const struct source files[2])
{
	const struct detect_sink sink = {on_block, on_done, NULL, s};
	struct recognizers *r = NULL;
	struct file_rule rule;
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	int rc;

	rules_of(s->a, &rule);
	if (recognizers_new(&d, &r, NULL) != 0)
		__builtin_trap();
	rc = detect_group(&d, r, files, 2, &sink, NULL);
	if (rc != 0 || s->done != 2)
		__builtin_trap();
	recognizers_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t small[44 + 4000] =
		"RIFF\xc4\x0f\0\0WAVEfmt \x10\0\0\0"
		"\1\0\2\0\x40\x1f\0\0\0\x7d\0\0"
		"\4\0\x10\0data\xa0\x0f\0\0";
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct source files[2] = {{bytes_str("t.json"), bytes_str(words)},
				  {bytes_str("w.wav"), {0}}};
	struct seen s = {.a = a};
	bool fixed;

	if (n == 0 || n > 6 * INDEX_BLOCK || a == NULL)
		return 0;
	fixed = (data[0] & 1) == 0;
	s.pad = data[0] >> 1;
	files[1].data = bytes_of(small, sizeof(small));
	files[fixed].data = bytes_of(data + 1, n - 1);
	s.data = files[1].data;
	s.other.size = files[0].data.n;
	s.check.size = s.data.n;
	run(&s, files);
	look(&s, fixed);
	return 0;
}
