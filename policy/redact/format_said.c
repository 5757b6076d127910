/* When the text of subtitles and tables of speech is said. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Such a file says of each stretch of its text when it is said. In a run these
 * stretches are words, whatever they hold: a cue, a label, a word of a CTM. The
 * run's map tells which part of it a stretch of the source is; so a run that
 * shows several stretches, or one among neighbours, has each at its time, and
 * what stands nowhere (the neighbours' text) at none.
 */
#include "policy/redact/format_timed.h"

#include <errno.h>

/* The first entry of the map that ends behind raw; nmap: none. */
static uint32_t ends_behind(const struct run *r, uint64_t raw)
{
	uint32_t lo = 0, hi = r->nmap;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (r->map[mid].raw + r->map[mid].rawlen <= raw)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* How far raw is into an entry: nothing into one that is no copy. */
static uint32_t into(const struct text_map *m, uint64_t raw)
{
	bool copy = m->len == m->rawlen && !m->hard;

	return copy && raw > m->raw ? (uint32_t)(raw - m->raw) : 0;
}

/* The decoded interval of raw [from, to); false: none of it is shown. */
static bool shown(const struct run *r, uint64_t from, uint64_t to,
		  uint32_t *start, uint32_t *end)
{
	uint32_t i = ends_behind(r, from);

	if (i == r->nmap || r->map[i].raw >= to)
		return false;
	*start = r->map[i].text + into(&r->map[i], from);
	*end = *start;
	for (; i < r->nmap && r->map[i].raw < to; i++) {
		const struct text_map *m = &r->map[i];
		uint32_t part = into(m, to);

		*end = m->text + (part > 0 && part < m->len ? part : m->len);
	}
	return *start < *end;
}

int format_said(struct format_reader *r, size_t run, const struct timed_said *s,
		size_t n)
{
	const struct run *x = &r->runs[run];
	size_t i = 0;
	int rc = 0;

	if (!r->plan->cued || run >= r->nruns || x->nmap == 0)
		return 0;
	for (size_t hi = n; i < hi;) { /* those before the run */
		size_t mid = i + (hi - i) / 2;

		if (s[mid].end <= x->map[0].raw)
			i = mid + 1;
		else
			hi = mid;
	}
	for (; rc == 0 && i < n; i++) {
		struct timed t = {.kind = TIMED_WORD,
				  .first = (uint32_t)run,
				  .n = 1,
				  .from = s[i].from,
				  .to = s[i].to,
				  .channel = s[i].channel};

		if (s[i].start >=
		    x->map[x->nmap - 1].raw + x->map[x->nmap - 1].rawlen)
			break;
		if (t.from >= 0 && t.to <= t.from)
			t.to = TIMED_UNKNOWN;
		if (shown(x, s[i].start, s[i].end, &t.start, &t.end))
			rc = format_runs_timed(r, &t);
	}
	return rc;
}

int format_said_put(struct format_reader *r, struct timed_said_list *l,
		    const struct timed_said *s)
{
	if (!r->plan->cued)
		return 0;
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
		struct timed_said *v = arena_array(r->a, cap, sizeof(*v));

		if (v == NULL)
			return -ENOMEM;
		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *s;
	return 0;
}

/* Runs [first, end) of the record are said then, whatever they show. */
static int segment(struct format_reader *r, size_t first, size_t end,
		   const struct timed_said *s)
{
	const struct timed t = {.kind = TIMED_SEGMENT,
				.first = (uint32_t)first,
				.n = (uint32_t)(end - first),
				.from = s->from,
				.to = s->to > s->from ? s->to : TIMED_UNKNOWN,
				.channel = s->channel};

	return first < end ? format_runs_timed(r, &t) : 0;
}

int format_said_unit(struct format_reader *r, size_t beside, size_t own,
		     const struct timed_said *all,
		     const struct timed_said_list *parts)
{
	int rc = 0;

	if (!r->plan->cued || r->denied != DENIAL_NONE)
		return 0;
	for (size_t i = own; rc == 0 && i < r->nruns; i++)
		rc = parts->n > 0 ? format_said(r, i, parts->v, parts->n)
				  : format_said(r, i, all, 1);
	if (rc == 0)
		rc = segment(r, 0, beside, all);
	return rc == 0 ? segment(r, own, r->nruns, all) : rc;
}
