/* What was said in a recording, told without times. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A human transcript often lies in a file of its own, and only a program's
 * words have times: it writes "4111" where they say "four one one one", and has
 * the name right that they have wrong. So the whole text is laid beside all
 * words of the recording, in order of time, and a value is heard between the
 * nearest words around it that both have. Where all of its own words are
 * matched that is where they are said.
 *
 * Erring is allowed on one side only: a value whose words are not all matched
 * has all that is said between its neighbours. It denies the recording where
 * that is more than it could be, or where most of the words around it are not
 * matched either: what is matched there may be other words that are the same.
 * Words a little farther that the text does not have are taken for it, too.
 */
#include "policy/redact/detect_told.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sign.h"
#include "policy/redact/align.h"
#include "policy/redact/recognizer.h"

#define ROOM 8 /* words more than a value has bytes */
#define NEAR 5 /* words on each side */

void detect_told_free(struct detect_told *t)
{
	arena_free(t->a);
	buf_free(&t->scratch);
	mem_free(t->ids);
	mem_free(t->hits);
	*t = (struct detect_told){.a = NULL};
}

int detect_told_token(struct buf *scratch, struct bytes word, uint64_t *id)
{
	static const uint8_t key[16] = "carrel words";
	int rc;

	buf_clear(scratch);
	rc = recognizer_fold_lower(scratch, word);
	*id = siphash(key, buf_bytes(scratch));
	return rc;
}

/* ---- gathering ---- */

static int grow(void **v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap;
	void *p;

	if (n < *cap)
		return 0;
	p = mem_grow(*v, more, size);
	if (p == NULL)
		return -ENOMEM;
	*v = p;
	*cap = more;
	return 0;
}

static int add_token(struct detect_told *t, struct bytes word)
{
	void *v = t->ids;
	int rc = t->n == UINT32_MAX ? -EFBIG
				    : grow(&v, t->n, &t->cap, sizeof(*t->ids));

	t->ids = v;
	if (rc == 0)
		rc = detect_told_token(&t->scratch, word, &t->ids[t->n]);
	t->n += rc == 0;
	return rc;
}

static int add_hit(struct detect_told *t, const struct hit *h,
		   struct bytes text)
{
	void *v = t->hits;
	struct told_hit x = {.first = UINT32_MAX, .hit = *h};
	int rc = grow(&v, t->nhits, &t->caphits, sizeof(*t->hits));

	t->hits = v;
	if (rc == 0 && t->a == NULL)
		t->a = arena_new();
	if (rc == 0)
		rc = t->a == NULL ? -ENOMEM : arena_dup(t->a, text, &x.text);
	if (rc == 0)
		t->hits[t->nhits++] = x;
	return rc;
}

/* A run's words; the hits [from, t->nhits) are those in it. */
static int add_run(struct detect_told *t, struct bytes text, size_t from)
{
	uint32_t start, end;
	int rc = 0;

	for (uint32_t i = 0;
	     rc == 0 && propagate_tree_word(text, i, &start, &end); i = end) {
		for (size_t k = from;
		     k < t->nhits && t->hits[k].hit.start < end; k++) {
			struct told_hit *x = &t->hits[k];

			if (x->hit.end <= start)
				continue;
			x->first = x->first == UINT32_MAX ? (uint32_t)t->n
							  : x->first;
			x->end = (uint32_t)t->n + 1;
		}
		/* Hits ascend: those that end here are done with. */
		while (from < t->nhits && t->hits[from].hit.end <= end)
			from++;
		rc = add_token(t, bytes_sub(text, start, end - start));
	}
	return rc;
}

int detect_told_record(struct detect_told *t, const struct format_record *r,
		       const struct hit *hits, size_t n)
{
	size_t at = 0;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < r->nruns; i++) {
		const struct run *run = &r->runs[i];
		bool said = !run->again &&
			    (run->kind == RUN_TEXT || run->kind == RUN_CELL);
		size_t from = t->nhits;

		for (; rc == 0 && at < n && hits[at].run == i; at++)
			if (said)
				rc = add_hit(t, &hits[at],
					     bytes_sub(run->text,
						       hits[at].start,
						       hits[at].end -
							       hits[at].start));
		if (rc == 0 && said)
			rc = add_run(t, run->text, from);
	}
	return rc;
}

/* ---- laying ---- */

static int by_time(const void *a, const void *b)
{
	const struct detect_word *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

/* All of its words are matched, one behind the other. */
static bool is_whole(const struct told_hit *h, const uint32_t *to)
{
	for (uint32_t i = h->first; i < h->end; i++)
		if (to[i] == ALIGN_NONE ||
		    (i > h->first && to[i] != to[i - 1] + 1))
			return false;
	return true;
}

/*
 * Most of the words around the hit are matched, so there is one near on each
 * side, or an end. Two words that are both matched need no others, and one that
 * stands alone has none.
 */
static bool is_held(const struct told_hit *h, const struct detect_told *t,
		    const uint32_t *to, bool whole)
{
	uint32_t all = 0, matched = 0;

	for (uint32_t i = 1; i <= NEAR; i++) {
		if (h->first >= i) {
			all++;
			matched += to[h->first - i] != ALIGN_NONE;
		}
		if (h->end - 1 + i < t->n) {
			all++;
			matched += to[h->end - 1 + i] != ALIGN_NONE;
		}
	}
	return 2 * matched > all ||
	       (whole && (all == 0 || h->end - h->first > 1));
}

/* Words [*first, end) lie between those around the hit. */
static void between(const struct told_hit *h, const struct detect_told *t,
		    const uint32_t *to, uint32_t nwords, uint32_t *first,
		    uint32_t *end)
{
	uint32_t i = h->first, k = h->end;

	while (i > 0 && to[i - 1] == ALIGN_NONE)
		i--;
	while (k < t->n && to[k] == ALIGN_NONE)
		k++;
	*first = i == 0 ? 0 : to[i - 1] + 1;
	*end = k == t->n ? nwords : to[k];
}

/* Where two speak at once, what one says may be among what the other does, and
 * the text has it before: words near that the text does not have may be it. */
static void widen(const struct detect_times *times, uint32_t *first,
		  uint32_t *end)
{
	uint32_t lo = *first > NEAR ? *first - NEAR : 0, hi = *end + NEAR;

	for (uint32_t i = lo; i < hi && i < times->nwords; i++) {
		if (times->words[i].both)
			continue;
		*first = i < *first ? i : *first;
		*end = i >= *end ? i + 1 : *end;
	}
}

/* No word is its own: what is between its neighbours, or they themselves. */
static void reach(const struct detect_times *times, uint32_t first,
		  uint32_t end, int64_t *from, int64_t *to)
{
	const struct detect_word *w = times->words;
	bool none = first >= end;

	*from = first == 0 ? 0 : none ? w[first - 1].from : w[first - 1].to;
	*to = end >= times->nwords ? INT64_MAX : none ? w[end].to : w[end].from;
}

static int lay_hit(const struct told_hit *h, const struct detect_told *t,
		   const uint32_t *to, struct detect_times *times)
{
	const struct detect_word *w = times->words;
	int64_t from = INT64_MAX, until = 0;
	uint32_t first, end;
	bool whole, near;

	if (h->first == UINT32_MAX) /* nothing that is said */
		return 0;
	whole = is_whole(h, to);
	if (!is_held(h, t, to, whole)) {
		detect_times_deny(times, DETECT_TIMES_LOST);
		return 0;
	}
	first = to[h->first];
	end = to[h->end - 1] + 1;
	if (!whole)
		between(h, t, to, (uint32_t)times->nwords, &first, &end);
	near = first >= end || end - first <= h->text.n + ROOM;
	if (!whole) {
		widen(times, &first, &end);
		reach(times, first, end, &from, &until);
	}
	for (uint32_t i = first; i < end; i++) {
		from = w[i].from < from ? w[i].from : from;
		until = w[i].to > until ? w[i].to : until;
	}
	if (near && from < until)
		return detect_times_add(times, from, until, 0, &h->hit,
					h->text);
	detect_times_deny(times, DETECT_TIMES_LOST);
	return 0;
}

int detect_told_lay(struct detect_told *t, struct detect_times *times)
{
	CLEANUP(mem_freep) uint64_t *ids = NULL;
	CLEANUP(mem_freep) uint32_t *to = NULL;
	int rc;

	if (t->nhits == 0)
		return 0;
	if (times->nwords > 1)
		qsort(times->words, times->nwords, sizeof(*times->words),
		      by_time);
	ids = mem_new(times->nwords + 1, sizeof(*ids));
	to = mem_new(t->n + 1, sizeof(*to));
	if (ids == NULL || to == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < times->nwords; i++)
		ids[i] = times->words[i].id;
	rc = align(t->ids, (uint32_t)t->n, ids, (uint32_t)times->nwords,
		   ALIGN_LONG, to);
	if (rc == -EFBIG) {
		detect_times_deny(times, "a transcript without times and the "
					 "words that have some differ over too "
					 "long a stretch");
		return 0;
	}
	for (size_t i = 0; i < times->nwords; i++)
		times->words[i].both = false;
	for (size_t i = 0; rc == 0 && i < t->n; i++)
		if (to[i] != ALIGN_NONE)
			times->words[to[i]].both = true;
	for (size_t i = 0; rc == 0 && i < t->nhits; i++)
		rc = lay_hit(&t->hits[i], t, to, times);
	return rc;
}
