/* What is said in a recording, and when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect_times.h"

#include <errno.h>

#include "base/mem.h"

#define LATE 1000000 /* microseconds that a transcript may be longer */
#define LEAST 100    /* part of a recording that is spoken in */

void detect_times_free(struct detect_times *t)
{
	arena_free(t->a);
	mem_free(t->v);
	mem_free(t->words);
	*t = (struct detect_times){0};
}

void detect_times_know(struct detect_times *t, int64_t from, int64_t to)
{
	if (from < 0)
		return;
	t->any = true;
	if ((uint64_t)from > t->last)
		t->last = (uint64_t)from;
	if (to > from && (uint64_t)to > t->last)
		t->last = (uint64_t)to;
}

int detect_times_add(struct detect_times *t, int64_t from, int64_t to,
		     uint32_t channel, const struct hit *h, struct bytes text)
{
	size_t cap = t->cap == 0 ? 64 : 2 * t->cap;
	struct detect_heard *x;

	if (t->a == NULL)
		t->a = arena_new();
	if (t->a == NULL)
		return -ENOMEM;
	if (t->n == t->cap) {
		x = mem_grow(t->v, cap, sizeof(*x));
		if (x == NULL)
			return -ENOMEM;
		t->v = x;
		t->cap = cap;
	}
	x = &t->v[t->n];
	*x = (struct detect_heard){
		.from = from < 0 ? 0 : (uint64_t)from,
		.to = to < 0 || to == INT64_MAX ? UINT64_MAX : (uint64_t)to,
		.hit = *h,
		.channel = (uint8_t)channel};
	if (arena_dup(t->a, text, &x->text) != 0)
		return -ENOMEM;
	t->n++;
	return 0;
}

int detect_times_word(struct detect_times *t, uint64_t id, int64_t from,
		      int64_t to)
{
	size_t cap = t->capwords == 0 ? 256 : 2 * t->capwords;
	void *p;

	if (from < 0 || to <= from)
		return 0;
	if (t->nwords == UINT32_MAX - 1)
		return -EFBIG;
	if (t->nwords == t->capwords) {
		p = mem_grow(t->words, cap, sizeof(*t->words));
		if (p == NULL)
			return -ENOMEM;
		t->words = p;
		t->capwords = cap;
	}
	t->words[t->nwords] = (struct detect_word){
		.id = id, .from = from, .to = to, .nr = (uint32_t)t->nwords};
	t->nwords++;
	return 0;
}

void detect_times_deny(struct detect_times *t, const char *why)
{
	if (t != NULL && t->deny == NULL)
		t->deny = why;
}

/*
 * Times in the wrong unit, or of another recording, would put the bleeps where
 * nothing is. Taken for seconds, milliseconds end far behind the recording;
 * taken for milliseconds, seconds end in its first thousandth.
 */
const char *detect_times_fit(const struct detect_times *t, const struct wave *w,
			     uint64_t frames)
{
	uint64_t length;

	if (t->deny != NULL)
		return t->deny;
	if (!t->any)
		return "no transcript says when its words are spoken (words, "
		       "segments, audio in the manifest); `passthrough: true` "
		       "shows it unheard";
	if (t->spoken == 0 && t->mute > 0)
		return "its transcript has no text where the manifest says";
	length = wave_micros(w, frames);
	if (t->last > length + LATE)
		return "its transcript goes on behind its end: another "
		       "recording's, or times in another unit";
	if (t->last < length / LEAST)
		return "its transcript ends in its first hundredth: another "
		       "recording's, or times in another unit";
	return NULL;
}
