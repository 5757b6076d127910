/* Fuzzes subtitles and tables of speech: reading, and what views leave. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses the kind, the rest is the file. Promises: blocks fit
 * together; a view in which every value is replaced (by a tag, by nothing, by a
 * mask that tries to make an arrow) can be read again, and has as many records
 * as there were, none of them denied. As the transcript of a recording, beside
 * a text without times, it is read to the end, and the recording's blocks fit.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "policy/redact/detect.h"
#include "policy/redact/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	struct bytes data;
	struct index_check check;
	struct arena *a;
	struct index_block block;
	struct index_head head;
	size_t shown, denied; /* records */
	struct buf *views;    /* one a decision; NULL: not wanted */
};

static const struct decision decisions[] = {
	{.fallback = {.action = ACTION_TAG}},
	{.fallback = {.action = ACTION_DROP}},
	{.fallback = {.action = ACTION_MASK,
		      .true_length = true,
		      .mask_char = '-'}},
};

static void must(bool ok)
{
	if (!ok)
		__builtin_trap();
}

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct seen *s = ctx;
	struct bytes kept;

	must(nr == 0 && nr == s->check.blocks);
	must(index_block_put(&b, k) == 0);
	must(arena_dup(s->a, buf_bytes(&b), &kept) == 0);
	must(index_block_get(kept, s->a, &s->block, NULL) == 0);
	must(index_check_block(&s->check, &s->block, NULL) == 0);
	return 0;
}

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct seen *s = ctx;

	must(off + n <= s->data.n);
	memcpy(dst, s->data.p + off, n);
	return 0;
}

static void render(struct seen *s, const struct index_head *h,
		   const struct decision *d, struct buf *out)
{
	bool *visible = arena_alloc(s->a, s->block.nrecords + 1);
	struct view_block b = {0};
	const struct view_in in = {.head = h,
				   .block = &s->block,
				   .visible = visible,
				   .decision = d,
				   .source = source,
				   .ctx = s};

	must(visible != NULL);
	memset(visible, 1, s->block.nrecords);
	must(view_build(&in, &b, NULL) == 0);
	must(buf_putb(out, h->prefix) == 0 && buf_reserve(out, b.len) == 0);
	if (b.len > 0)
		must(view_read(&b, &in, 0, out->p + out->n, b.len) == 0);
	out->n += b.len;
	must(buf_putb(out, h->suffix) == 0);
	view_block_free(&b);
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *sum)
{
	struct seen *s = ctx;

	must(sum->denied == h->denied);
	must(index_check_head(&s->check, h, NULL) == 0);
	s->head.denied = h->denied;
	for (uint32_t i = 0; i < s->block.nrecords; i++) {
		s->denied += s->block.records[i].denied != DENIAL_NONE;
		s->shown += s->block.records[i].denied == DENIAL_NONE;
	}
	for (size_t i = 0; s->views != NULL && h->denied == DENIAL_NONE &&
			   i < ARRAY_LEN(decisions);
	     i++)
		render(s, h, &decisions[i], &s->views[i]);
	return 0;
}

static void detect(const char *name, struct seen *s)
{
	static const struct dataset_rules d = {.name = "d"};
	static struct recognizers *r; /* made once: it is most of the time */
	const struct detect_sink sink = {on_block, on_done, NULL, s};
	const struct source file = {bytes_str(name), s->data};

	if (r == NULL)
		must(recognizers_new(&d, &r, NULL) == 0);
	must(detect_group(&d, r, &file, 1, &sink, NULL) == 0);
}

/* Blocks of a group's files, one after the other. */
struct heard {
	struct index_check check;
	const struct source *file;
};

static int heard_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	struct heard *s = ctx;

	must(nr == s->check.blocks);
	must(index_check_block(&s->check, k, NULL) == 0);
	return 0;
}

static int heard_done(void *ctx, const struct index_head *h,
		      const struct index_summary *sum)
{
	struct heard *s = ctx;

	must(sum->denied == h->denied);
	must(index_check_head(&s->check, h, NULL) == 0);
	s->file++;
	s->check = (struct index_check){.size = s->file->data.n};
	return 0;
}

/* As what is said in four seconds; and its own text again, without times. */
static void hear(const char *name, struct bytes data)
{
	static uint8_t wav[44 + 32000] =
		"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0"
		"\1\0\x08\0data\0\x7d\0\0";
	static const struct channel_rule channels[] = {{"A", 1}, {"B", 2}};
	static const struct file_rule rule = {.match = "**",
					      .group = {.template_ = "g"},
					      .audio = "w.wav",
					      .channels = channels,
					      .nchannels = 2};
	static const struct dataset_rules d = {
		.name = "d", .language = "en", .files = &rule, .nfiles = 1};
	static struct recognizers *r;
	const struct source files[] = {
		{bytes_str(name), data},
		{bytes_str("said.md"), data},
		{bytes_str("w.wav"), bytes_of(wav, sizeof(wav))},
		{bytes_str(""), bytes_str("")}};
	struct heard s = {.check = {.size = data.n}, .file = files};
	const struct detect_sink sink = {heard_block, heard_done, NULL, &s};

	if (r == NULL)
		must(recognizers_new(&d, &r, NULL) == 0);
	must(detect_group(&d, r, files, 3, &sink, NULL) == 0);
	must(s.file == files + 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {
		"x.srt",   "x.vtt",    "x.TextGrid", "x.ctm",
		"x.rttm",  "x.stm",    "text",	     "utt2spk",
		"spk2utt", "segments", "wav.scp",    "spk2gender"};
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct buf views[ARRAY_LEN(decisions)] = {{0}};
	struct seen s = {.a = a, .views = views};
	const char *name;

	if (n == 0 || n > INDEX_BLOCK || a == NULL)
		return 0;
	name = names[data[0] % ARRAY_LEN(names)];
	s.data = bytes_of(data + 1, n - 1);
	/* how much of it is no UTF-8 may decide by what is left in a view */
	if (!utf8_valid(s.data))
		s.views = NULL;
	s.check.size = n - 1;
	detect(name, &s);
	hear(name, s.data);
	for (size_t i = 0; i < ARRAY_LEN(views); i++) {
		struct seen again = {.a = a, .data = buf_bytes(&views[i])};

		again.check.size = views[i].n;
		if (s.views != NULL && s.head.denied == DENIAL_NONE &&
		    views[i].n < INDEX_BLOCK) {
			detect(name, &again);
			must(again.head.denied == DENIAL_NONE);
			must(again.denied == 0);
			must(again.shown == s.shown ||
			     strstr(name, ".ctm") != NULL);
		}
		buf_free(&views[i]);
	}
	return 0;
}
