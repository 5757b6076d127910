/* From what was found in a transcript to words and times. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hit in joined words is a hit in each of them, and is heard from the first
 * to the last. A hit in a sentence (text that is no timed word) is looked for
 * among the words of its segment, or of the record where no segment holds it:
 * both are laid side by side, and the hit is what stands between the nearest
 * words around it that both have. So a number that one writes "4111" and the
 * other "four one one one" is found, and a word that the words lack widens to
 * its neighbours.
 *
 * Erring is allowed on one side only. A word without a usable time reaches to
 * the times around it; a sentence that is not found covers its whole segment;
 * one that has no segment, or a segment without times, denies the recording.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/detect_spoken.h"
#include "policy/redact/recognizer.h"

/* ---- times ---- */

static bool has_end(const struct timed *t)
{
	return t->to != TIMED_UNKNOWN && t->to > t->from;
}

static const struct timed *segment_at(const struct detect_spoken *s,
				      uint32_t segment)
{
	return segment == ALIGN_NONE ? NULL : &s->in->timed[segment];
}

/* The end of the nearest word before `word` that has one, in its segment. */
static int64_t before(const struct detect_spoken *s, uint32_t word)
{
	uint32_t segment = s->words[word].segment;
	const struct timed *seg = segment_at(s, segment);

	while (word-- > 0 && s->words[word].segment == segment)
		if (s->words[word].t->from >= 0 && has_end(s->words[word].t))
			return s->words[word].t->to;
	return seg != NULL && seg->from >= 0 ? seg->from : 0;
}

static int64_t behind(const struct detect_spoken *s, uint32_t word)
{
	uint32_t segment = s->words[word].segment;
	const struct timed *seg = segment_at(s, segment);

	while (++word < s->nwords && s->words[word].segment == segment)
		if (s->words[word].t->from >= 0)
			return s->words[word].t->from;
	return seg != NULL && has_end(seg) ? seg->to : INT64_MAX;
}

static uint32_t channel_of(const struct detect_spoken *s, uint32_t word)
{
	const struct timed *seg = segment_at(s, s->words[word].segment);
	uint32_t c = s->words[word].t->channel;

	return c == 0 && seg != NULL ? seg->channel : c;
}

/* A point or a comma that stands as a word: nobody hears it. */
static bool is_mute(const struct detect_spoken *s, uint32_t word)
{
	uint32_t start, end;

	return !propagate_tree_word(detect_sentence_word(s, word), 0, &start,
				    &end);
}

/* Words first to last are a value. */
static int heard(const struct detect_spoken *s, uint32_t first, uint32_t last,
		 const struct hit *h, struct bytes text, struct detect_times *t)
{
	uint32_t channel = channel_of(s, first);
	int64_t from = INT64_MAX, to = 0;
	bool hole = false;

	if (t == NULL)
		return 0;
	for (uint32_t i = first; i <= last; i++) {
		const struct timed *w = s->words[i].t;

		if (w->from < 0 && is_mute(s, i))
			continue;
		if (channel_of(s, i) != channel)
			channel = 0;
		hole = hole || w->from < 0 || !has_end(w);
		if (w->from >= 0 && w->from < from)
			from = w->from;
		if (w->from >= 0 && has_end(w) && w->to > to)
			to = w->to;
	}
	if (hole || from == INT64_MAX) {
		int64_t a = before(s, first), b = behind(s, last);

		from = a < from ? a : from;
		to = b > to ? b : to;
	}
	if (from < to)
		return detect_times_add(t, from, to, channel, h, text);
	detect_times_deny(t, "the words of its transcript run backwards around "
			     "a value without a time");
	return 0;
}

/* ---- hits ---- */

/*
 * The words of a number are one value, all the same one: ten values of one
 * digit each would tell which digits are equal. Those of a name are parts of
 * one: the first shows the first of a stand-in, the last the last.
 */
int detect_spoken_whole(struct detect_spoken *s, struct hit *h,
			struct bytes text)
{
	size_t cap = s->capwholes == 0 ? 16 : 2 * s->capwholes;
	void *p;

	if (s->nwholes == UINT32_MAX - 1)
		return 0;
	if (s->nwholes == s->capwholes) {
		p = mem_grow(s->wholes, cap, sizeof(*s->wholes));
		if (p == NULL)
			return -ENOMEM;
		s->wholes = p;
		s->capwholes = cap;
	}
	s->wholes[s->nwholes++] = text;
	h->whole = (uint32_t)s->nwholes;
	return 0;
}

/* The value of a hit that has text here: of a part, all of it. */
static int set_whole(struct detect_spoken *s, struct hit *h, struct bytes *text)
{
	if (h->whole == 0)
		return detect_spoken_whole(s, h, *text);
	*text = s->wholes[h->whole - 1];
	return 0;
}

/* Which part of a name word i of [first, last] is. */
static uint16_t part_of(const struct hit *h, uint32_t i, uint32_t first,
			uint32_t last)
{
	if (h->type != ENTITY_PERSON || first == last)
		return 0;
	return i == first ? ESC_FIRST : i == last ? ESC_LAST : ESC_PART;
}

static int add_hit(struct detect_spoken *s, uint32_t run, uint32_t start,
		   uint32_t end, const struct hit *h)
{
	struct hit x = *h;

	x.run = run;
	x.start = start;
	x.end = end;
	return start < end ? recognizer_hits_put(&s->hits, x) : 0;
}

/* A word that is hit, with all that it is also said to be. */
static int hit_word(struct detect_spoken *s, uint32_t word, uint32_t start,
		    uint32_t end, const struct hit *h)
{
	const struct spoken_word *w = &s->words[word];
	int rc = 0;

	if (w->run == ALIGN_NONE)
		return 0;
	rc = add_hit(s, w->run, w->t->start + start, w->t->start + end, h);
	for (uint32_t i = w->run + 1; rc == 0 && i < w->t->first + w->t->n; i++)
		if (s->in->runs[i].said)
			rc = add_hit(s, i, 0, (uint32_t)s->in->runs[i].text.n,
				     h);
	return rc;
}

static int hit_words(struct detect_spoken *s, uint32_t first, uint32_t last,
		     const struct hit *h)
{
	struct hit part = *h;
	int rc = 0;

	for (uint32_t i = first; rc == 0 && i <= last; i++) {
		part.part = h->whole > 0 ? part_of(h, i, first, last) : 0;
		if (!is_mute(s, i))
			rc = hit_word(s, i, 0,
				      (uint32_t)detect_sentence_word(s, i).n,
				      &part);
	}
	return rc;
}

/* The sentence cannot be found among words: its segment, or nothing. */
static int hit_segment(struct detect_spoken *s, const struct hit *h,
		       struct bytes text, struct detect_times *t)
{
	const struct timed *seg = segment_at(s, s->segment_of[h->run]);

	if (t == NULL)
		return 0;
	if (seg == NULL || seg->from < 0 || !has_end(seg)) {
		detect_times_deny(t, DETECT_TIMES_LOST);
		return 0;
	}
	return detect_times_add(t, seg->from, seg->to, seg->channel, h, text);
}

/* Words [*first, *last] are what stands in the sentence at h; they may be
 * none: *first is *last + 1. */
static void between(const struct spoken_sentence *x, const struct hit *h,
		    int64_t *first, int64_t *last)
{
	const struct spoken_tokens *k = &x->tokens;

	*first = x->lo;
	*last = (int64_t)x->hi - 1;
	for (uint32_t i = 0; i < k->n; i++) {
		int64_t word = x->to[i];

		if (x->to[i] == ALIGN_NONE)
			continue;
		if (k->end[i] <= h->start)
			*first = word + 1;
		else if (k->start[i] >= h->end && word - 1 < *last)
			*last = word - 1;
	}
	for (uint32_t i = 0; i < k->n; i++) {
		int64_t word = x->to[i];

		if (x->to[i] == ALIGN_NONE || k->end[i] <= h->start ||
		    k->start[i] >= h->end)
			continue;
		*first = word < *first ? word : *first;
		*last = word > *last ? word : *last;
	}
}

static int hit_sentence(struct detect_spoken *s, const struct hit *h,
			struct detect_times *t)
{
	struct spoken_sentence *x = &s->sentence;
	struct bytes text = bytes_sub(s->in->runs[h->run].text, h->start,
				      h->end - h->start);
	struct hit part = *h;
	int64_t first, last;
	int rc = detect_sentence_take(s, h->run);

	if (rc != 0)
		return rc;
	if (!x->found)
		return hit_segment(s, h, text, t);
	between(x, h, &first, &last);
	if (first <= last) {
		rc = set_whole(s, &part, &text);
		if (rc == 0)
			rc = hit_words(s, (uint32_t)first, (uint32_t)last,
				       &part);
	} else {
		/* None of them: the neighbours, whole. */
		int64_t swap = first;

		first = last > x->lo ? last : x->lo;
		last = swap < x->hi ? swap : (int64_t)x->hi - 1;
	}
	return rc == 0 ? heard(s, (uint32_t)first, (uint32_t)last, h, text, t)
		       : rc;
}

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t first_piece(const struct spoken_piece *p, uint32_t n,
			    const struct hit *h)
{
	uint32_t lo = 0;

	while (lo < n) {
		uint32_t mid = lo + (n - lo) / 2;

		if (p[mid].end <= h->start)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

/* A hit in joined words. */
static int hit_joined(struct detect_spoken *s, const struct spoken_run *f,
		      const struct hit *h, struct detect_times *t)
{
	const struct spoken_piece *p = &s->pieces[f->first];
	uint32_t first = ALIGN_NONE, last = 0, i = first_piece(p, f->n, h);
	struct bytes text =
		bytes_sub(s->runs[h->run].text, h->start, h->end - h->start);
	struct hit part = *h;
	int rc = set_whole(s, &part, &text);

	for (; rc == 0 && i < f->n && p[i].start < h->end; i++) {
		uint32_t start = most(h->start, p[i].start);
		uint32_t end = least(h->end, p[i].end);

		if (start >= end)
			continue;
		first = first == ALIGN_NONE ? p[i].word : first;
		last = p[i].word;
		part.part = part_of(h, last, first,
				    i + 1 < f->n && p[i + 1].start < h->end
					    ? last + 1
					    : last);
		rc = hit_word(s, p[i].word, start - p[i].start,
			      end - p[i].start, &part);
	}
	if (rc != 0 || first == ALIGN_NONE)
		return rc;
	return heard(s, first, last, h, text, t);
}

/* A hit in a text of which parts have a time: in those. What it is over that
 * stands elsewhere is heard there. */
static int hit_parts(const struct detect_spoken *s, const struct hit *h,
		     struct detect_times *t)
{
	uint32_t lo = s->word_of[h->run], hi = lo, end;

	for (end = s->nwords; lo < end;) {
		uint32_t mid = lo + (end - lo) / 2;

		if (s->words[mid].run == h->run &&
		    s->words[mid].t->end <= h->start)
			lo = mid + 1;
		else
			end = mid;
	}
	for (hi = lo; hi < s->nwords && s->words[hi].run == h->run &&
		      s->words[hi].t->start < h->end;)
		hi++;
	return hi == lo ? 0
			: heard(s, lo, hi - 1, h,
				bytes_sub(s->in->runs[h->run].text, h->start,
					  h->end - h->start),
				t);
}

/* Another way to write a word: the word itself is meant, too. */
static int hit_other(struct detect_spoken *s, const struct hit *h,
		     struct detect_times *t)
{
	uint32_t word = s->word_of[h->run];
	int rc = hit_words(s, word, word, h);

	return rc == 0 ? heard(s, word, word, h,
			       bytes_sub(s->in->runs[h->run].text, h->start,
					 h->end - h->start),
			       t)
		       : rc;
}

static int by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

/* Sorted, and where two overlap one: they may come from two tellings. */
static void settle(struct hits *h)
{
	size_t n = 0;

	if (h->n > 1)
		qsort(h->v, h->n, sizeof(*h->v), by_place);
	for (size_t i = 0; i < h->n; i++) {
		struct hit *last = n == 0 ? NULL : &h->v[n - 1];

		if (last != NULL && last->run == h->v[i].run &&
		    h->v[i].start < last->end)
			last->end = most(last->end, h->v[i].end);
		else
			h->v[n++] = h->v[i];
	}
	h->n = n;
}

int detect_spoken_split(struct detect_spoken *s, struct hits *h,
			struct detect_times *t)
{
	struct hits other;
	int rc = t == NULL ? 0 : detect_sentence_know(s, t);

	s->hits.n = 0;
	for (size_t i = 0; rc == 0 && i < h->n; i++) {
		const struct spoken_run *f = &s->from[h->v[i].run];
		struct hit x = h->v[i];

		if (f->n > 0) {
			rc = hit_joined(s, f, &x, t);
			continue;
		}
		x.run = f->run;
		rc = recognizer_hits_put(&s->hits, x);
		if (rc == 0 && detect_spoken_parts(s, x.run))
			rc = hit_parts(s, &x, t);
		else if (rc == 0 && detect_sentence_is(s, x.run))
			rc = hit_sentence(s, &x, t);
		else if (rc == 0 && s->in->runs[x.run].said &&
			 s->word_of[x.run] != ALIGN_NONE)
			rc = hit_other(s, &x, t);
	}
	settle(&s->hits);
	other = *h;
	*h = s->hits;
	s->hits = other;
	return rc;
}
