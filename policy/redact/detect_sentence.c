/* A transcript's sentences laid beside its words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/detect_spoken.h"
#include "policy/redact/detect_told.h"
#include "policy/redact/recognizer.h"

static uint32_t count_tokens(struct bytes text)
{
	uint32_t n = 0, start, end;

	for (uint32_t i = 0; propagate_tree_word(text, i, &start, &end);
	     i = end)
		n++;
	return n;
}

static int add_tokens(struct detect_spoken *s, struct bytes text, uint32_t word,
		      struct spoken_tokens *t)
{
	uint32_t start, end;
	int rc = 0;

	for (uint32_t i = 0;
	     rc == 0 && propagate_tree_word(text, i, &start, &end); i = end) {
		rc = detect_told_token(&s->scratch,
				       bytes_sub(text, start, end - start),
				       &t->id[t->n]);
		t->start[t->n] = start;
		t->end[t->n] = end;
		t->word[t->n++] = word;
	}
	return rc;
}

static int room_tokens(struct detect_spoken *s, size_t n,
		       struct spoken_tokens *t)
{
	*t = (struct spoken_tokens){
		.id = arena_array(s->a, n + 1, sizeof(*t->id)),
		.start = arena_array(s->a, n + 1, sizeof(*t->start)),
		.end = arena_array(s->a, n + 1, sizeof(*t->end)),
		.word = arena_array(s->a, n + 1, sizeof(*t->word))};
	return t->id == NULL || t->start == NULL || t->end == NULL ||
			       t->word == NULL
		       ? -ENOMEM
		       : 0;
}

struct bytes detect_sentence_word(const struct detect_spoken *s, uint32_t word)
{
	const struct spoken_word *w = &s->words[word];
	struct bytes text = {NULL, 0};

	if (w->run != ALIGN_NONE)
		text = s->in->runs[w->run].text;
	return detect_spoken_part(w->t)
		       ? bytes_sub(text, w->t->start, w->t->end - w->t->start)
		       : text;
}

static int tokens_of_words(struct detect_spoken *s)
{
	size_t n = 0;
	int rc;

	if (s->tokens.id != NULL)
		return 0;
	for (uint32_t i = 0; i < s->nwords; i++)
		n += count_tokens(detect_sentence_word(s, i));
	rc = room_tokens(s, n, &s->tokens);
	for (uint32_t i = 0; rc == 0 && i < s->nwords; i++)
		rc = add_tokens(s, detect_sentence_word(s, i), i, &s->tokens);
	return rc;
}

/* A segment's text, where no words are known: each at the segment's time. */
static int tell_segment(struct detect_spoken *s, uint32_t run,
			struct detect_times *t)
{
	const struct timed *seg = &s->in->timed[s->segment_of[run]];
	struct bytes text = s->in->runs[run].text;
	uint32_t start, end;
	uint64_t id = 0;
	int rc = 0;

	for (uint32_t i = 0;
	     rc == 0 && propagate_tree_word(text, i, &start, &end); i = end) {
		rc = detect_told_token(
			&s->scratch, bytes_sub(text, start, end - start), &id);
		if (rc == 0)
			rc = detect_times_word(t, id, seg->from, seg->to);
	}
	return rc;
}

static int tell_words(struct detect_spoken *s, struct detect_times *t)
{
	const struct spoken_tokens *k = &s->tokens;
	int rc = tokens_of_words(s);

	for (uint32_t i = 0; rc == 0 && s->nwords == 0 && i < s->in->nruns; i++)
		if (s->segment_of[i] != ALIGN_NONE &&
		    s->in->runs[i].kind == RUN_TEXT && !s->in->runs[i].again)
			rc = tell_segment(s, i, t);

	for (uint32_t i = 0; rc == 0 && i < k->n; i++) {
		const struct spoken_word *w = &s->words[k->word[i]];

		if (!s->in->runs[w->run].again)
			rc = detect_times_word(t, k->id[i], w->t->from,
					       w->t->to);
	}
	return rc;
}

/* Whether anybody reads what is said in a segment. */
static void know_segment(const struct detect_spoken *s, const struct timed *seg,
			 struct detect_times *t)
{
	bool spoken = false, strings = false;

	for (uint32_t i = 0; i < seg->n && seg->first + i < s->in->nruns; i++) {
		const struct run *r = &s->in->runs[seg->first + i];

		spoken = spoken || r->said || r->kind == RUN_TEXT;
		strings = strings || r->kind == RUN_VALUE;
	}
	t->spoken += spoken;
	t->mute += strings && !spoken;
}

int detect_sentence_know(struct detect_spoken *s, struct detect_times *t)
{
	for (size_t i = 0; i < s->in->ntimed; i++) {
		const struct timed *x = &s->in->timed[i];

		detect_times_know(t, x->from, x->to);
		if (x->kind == TIMED_SEGMENT)
			know_segment(s, x, t);
	}
	if (s->why != NULL)
		detect_times_deny(t, s->why);
	return t->lay ? tell_words(s, t) : 0;
}

/* ---- sentences ---- */

bool detect_sentence_is(const struct detect_spoken *s, uint32_t run)
{
	const struct run *r = &s->in->runs[run];

	return r->kind == RUN_TEXT && !r->said &&
	       (!s->plan->all_text || s->segment_of[run] != ALIGN_NONE);
}

/* Its words: those of its segment, or all. */
static void find_words(const struct detect_spoken *s, struct spoken_sentence *x)
{
	uint32_t segment = s->segment_of[x->run];

	x->lo = 0;
	x->hi = s->nwords;
	if (segment == ALIGN_NONE)
		return;
	while (x->lo < s->nwords && s->words[x->lo].segment != segment)
		x->lo++;
	while (x->hi > x->lo && s->words[x->hi - 1].segment != segment)
		x->hi--;
}

/* Words that are spread over the record are not this sentence's. */
static bool is_compact(const struct spoken_sentence *x)
{
	uint32_t first = ALIGN_NONE, last = 0, n = x->tokens.n;

	for (uint32_t i = 0; i < n; i++) {
		if (x->to[i] == ALIGN_NONE)
			continue;
		first = first == ALIGN_NONE ? x->to[i] : first;
		last = x->to[i];
	}
	return first != ALIGN_NONE && last - first <= 2 * n + 8;
}

static int lay(struct detect_spoken *s, struct spoken_sentence *x)
{
	const struct spoken_tokens *all = &s->tokens;
	uint32_t lo = 0, hi;
	int rc;

	while (lo < all->n && all->word[lo] < x->lo)
		lo++;
	hi = lo;
	while (hi < all->n && all->word[hi] < x->hi)
		hi++;
	rc = align(x->tokens.id, x->tokens.n, all->id + lo, hi - lo, ALIGN_MAX,
		   x->to);
	x->found = rc == 0;
	if (rc != 0)
		return rc == -EFBIG ? 0 : rc;
	for (uint32_t i = 0; i < x->tokens.n; i++)
		if (x->to[i] != ALIGN_NONE)
			x->to[i] = all->word[lo + x->to[i]];
	if (s->segment_of[x->run] == ALIGN_NONE)
		x->found = is_compact(x);
	return 0;
}

int detect_sentence_take(struct detect_spoken *s, uint32_t run)
{
	struct spoken_sentence *x = &s->sentence;
	struct bytes text = s->in->runs[run].text;
	int rc;

	if (x->run == run)
		return 0;
	*x = (struct spoken_sentence){.run = run};
	find_words(s, x);
	rc = tokens_of_words(s);
	if (rc == 0)
		rc = room_tokens(s, count_tokens(text), &x->tokens);
	if (rc == 0)
		rc = add_tokens(s, text, 0, &x->tokens);
	x->to = arena_array(s->a, x->tokens.n + 1u, sizeof(*x->to));
	if (rc == 0 && x->to == NULL)
		rc = -ENOMEM;
	return rc == 0 && x->lo < x->hi ? lay(s, x) : rc;
}
