/* Words that stand one by one, read as they are spoken. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect_spoken.h"

#include <errno.h>

#include "base/mem.h"

void detect_spoken_free(struct detect_spoken *s)
{
	arena_free(s->a);
	buf_free(&s->scratch);
	hits_free(&s->hits);
	mem_free(s->wholes);
	*s = (struct detect_spoken){0};
}

static bool fits(const struct detect_spoken *s, const struct timed *t)
{
	return t->first <= s->in->nruns && t->n <= s->in->nruns - t->first &&
	       (!detect_spoken_part(t) ||
		(t->n == 1 && t->start < t->end &&
		 t->end <= s->in->runs[t->first].text.n));
}

/* Of segments within segments the inner one counts; it comes first. */
static void mark_segments(struct detect_spoken *s)
{
	for (size_t i = 0; i < s->in->ntimed; i++) {
		const struct timed *t = &s->in->timed[i];

		if (t->kind != TIMED_SEGMENT || !fits(s, t))
			continue;
		for (uint32_t k = t->first; k < t->first + t->n; k++)
			if (s->segment_of[k] == ALIGN_NONE)
				s->segment_of[k] = (uint32_t)i;
	}
}

/* Its runs, and which is its text. A word that has strings, but none where the
 * rule says, is one that nobody reads: the rule is wrong. */
static void mark_word(struct detect_spoken *s, const struct timed *t)
{
	struct spoken_word *w = &s->words[s->nwords];
	bool strings = false;

	*w = (struct spoken_word){t, ALIGN_NONE, ALIGN_NONE};
	if (detect_spoken_part(t))
		w->run = t->first;
	for (uint32_t k = t->first; k < t->first + t->n; k++) {
		const struct run *r = &s->in->runs[k];

		if (s->word_of[k] == ALIGN_NONE)
			s->word_of[k] = s->nwords;
		if (r->said && w->run == ALIGN_NONE)
			w->run = k;
		strings =
			strings || r->kind == RUN_TEXT || r->kind == RUN_VALUE;
	}
	if (w->run == ALIGN_NONE && strings)
		s->why = "a word of its transcript has no text where the "
			 "manifest says";
	if (t->n > 0)
		w->segment = s->segment_of[t->first];
	s->nwords++;
}

/* Both are parts of one text, one behind the other. */
static bool goes_behind(const struct timed *last, const struct timed *t)
{
	return last != NULL && detect_spoken_part(last) &&
	       detect_spoken_part(t) && t->first == last->first &&
	       t->start >= last->end;
}

static void mark_words(struct detect_spoken *s)
{
	const struct timed *last = NULL;
	uint32_t at = 0;

	for (size_t i = 0; i < s->in->ntimed; i++) {
		const struct timed *t = &s->in->timed[i];

		if (t->kind != TIMED_WORD)
			continue;
		if (!fits(s, t) || (t->first < at && !goes_behind(last, t))) {
			s->why = "its transcript has words within words";
			continue;
		}
		at = t->first + t->n;
		last = t;
		mark_word(s, t);
	}
}

static int alloc(struct detect_spoken *s)
{
	size_t n = s->in->nruns + 1;

	s->runs = arena_array(s->a, n, sizeof(*s->runs));
	s->from = arena_array(s->a, n, sizeof(*s->from));
	s->word_of = arena_array(s->a, n, sizeof(*s->word_of));
	s->segment_of = arena_array(s->a, n, sizeof(*s->segment_of));
	n = s->in->ntimed + 1;
	s->words = arena_array(s->a, n, sizeof(*s->words));
	s->pieces = arena_array(s->a, n, sizeof(*s->pieces));
	if (s->runs == NULL || s->from == NULL || s->word_of == NULL ||
	    s->segment_of == NULL || s->words == NULL || s->pieces == NULL)
		return -ENOMEM;
	memset(s->word_of, 0xFF, s->in->nruns * sizeof(*s->word_of));
	memset(s->segment_of, 0xFF, s->in->nruns * sizeof(*s->segment_of));
	return 0;
}

/* ---- joining ---- */

static struct bytes text_of(const struct detect_spoken *s, uint32_t word)
{
	return s->in->runs[s->words[word].run].text;
}

/* Whether the word follows the one before it in one breath. */
static bool goes_on(const struct detect_spoken *s, uint32_t word)
{
	const struct spoken_word *w = &s->words[word];
	const struct run *runs = s->in->runs;

	return w->run != ALIGN_NONE && !detect_spoken_part(w->t) &&
	       w[-1].segment == w->segment &&
	       bytes_eq(runs[w[-1].run].speaker, runs[w->run].speaker);
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The texts of words [first, end) with blanks between, as one run. */
static int join_words(struct detect_spoken *s, uint32_t first, uint32_t end,
		      struct spoken_run *out)
{
	struct spoken_piece *p = &s->pieces[out->first];
	struct run *run = &s->runs[s->joined.nruns];
	size_t all = 0, n = 0;
	uint8_t *to;

	for (uint32_t i = first; i < end; i++)
		all += text_of(s, i).n + 1;
	if (all > UINT32_MAX / 2)
		return -EFBIG;
	to = arena_alloc(s->a, all);
	if (to == NULL)
		return -ENOMEM;
	for (uint32_t i = first; i < end; i++, p++) {
		struct bytes t = text_of(s, i);

		if (n > 0 && !blank(to[n - 1]) && !blank(t.p[0]))
			to[n++] = ' ';
		memcpy(to + n, t.p, t.n);
		*p = (struct spoken_piece){i, (uint32_t)n, (uint32_t)(n + t.n)};
		n += t.n;
	}
	*run = s->in->runs[s->words[first].run];
	run->kind = RUN_TEXT;
	run->text = bytes_of(to, n);
	run->map = NULL;
	run->nmap = 0;
	out->run = s->words[first].run;
	out->n = end - first;
	return 0;
}

static int join_runs(struct detect_spoken *s)
{
	uint32_t done = 0, npieces = 0; /* words that are joined */
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->in->nruns; i++) {
		uint32_t word = s->word_of[i], end = word + 1;
		struct spoken_run *f = &s->from[s->joined.nruns];

		*f = (struct spoken_run){.run = i, .first = npieces};
		if (word == ALIGN_NONE || s->words[word].run != i ||
		    detect_spoken_part(s->words[word].t)) {
			s->runs[s->joined.nruns++] = s->in->runs[i];
			continue;
		}
		if (word < done)
			continue;
		while (end < s->nwords && goes_on(s, end))
			end++;
		rc = join_words(s, word, end, f);
		npieces += f->n;
		done = end;
		s->joined.nruns++;
	}
	return rc;
}

int detect_spoken_begin(struct detect_spoken *s)
{
	if (s->a == NULL)
		s->a = arena_new();
	if (s->a == NULL)
		return -ENOMEM;
	arena_reset(s->a);
	s->nwholes = 0;
	return 0;
}

int detect_spoken_join(struct detect_spoken *s, const struct format_plan *plan,
		       const struct format_record *r)
{
	int rc;

	s->plan = plan;
	s->in = r;
	s->joined = *r;
	s->nwords = 0;
	s->joined.nruns = 0;
	s->tokens = (struct spoken_tokens){0};
	s->sentence = (struct spoken_sentence){.run = ALIGN_NONE};
	s->why = NULL;
	rc = alloc(s);
	if (rc != 0)
		return rc;
	s->joined.runs = s->runs;
	mark_segments(s);
	mark_words(s);
	return join_runs(s);
}
