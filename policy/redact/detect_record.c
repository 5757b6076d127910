/* One record in each pass: counted, learned from, made into spans. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/redact/detect_group.h"
#include "policy/redact/recognizer.h"

/* ---- complaints ---- */

void detect_record_complain(struct detect_group *g, uint64_t record,
			    const char *words)
{
	const struct detect_sink *s = g->f->sink;

	if (++g->f->complaints <= DETECT_COMPLAINTS && s->complain != NULL)
		s->complain(s->ctx, g->f->src->path, record, words);
}

void detect_record_complain_rest(struct detect_group *g)
{
	const struct detect_sink *s = g->f->sink;
	char words[64];

	if (g->f->complaints <= DETECT_COMPLAINTS || s->complain == NULL)
		return;
	snprintf(words, sizeof(words), "and %" PRIu64 " more records denied",
		 g->f->complaints - DETECT_COMPLAINTS);
	s->complain(s->ctx, g->f->src->path, UINT64_MAX, words);
}

/* ---- records ---- */

static struct bytes hit_text(const struct format_record *r, const struct hit *h)
{
	return bytes_sub(r->runs[h->run].text, h->start, h->end - h->start);
}

/* For its record or group, and for the names of the files. */
static int learn_one(struct detect_group *g, struct propagate *p,
		     const struct hit *h, struct bytes text)
{
	int rc = propagate_learn(p, h->type, text, h->score);

	return rc == 0 ? detect_path_learn(&g->paths, h->type, text, h->score)
		       : rc;
}

static int learn(struct detect_group *g, struct propagate *p,
		 const struct format_record *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < g->hits.n; i++) {
		const struct hit *h = &g->hits.v[i];

		rc = learn_one(g, p, h,
			       h->whole > 0 ? g->spoken.wholes[h->whole - 1]
					    : hit_text(r, h));
	}
	return rc;
}

/* Where this record's values are known: the group's, its record group's, or
 * (empty yet) its own. */
static int known_of(struct detect_group *g, const struct format_record *r,
		    struct propagate **out)
{
	struct detect_shared *s = NULL;
	int rc = 0;

	*out = g->known;
	if (g->shared)
		return 0;
	s = detect_groups_find(&g->groups, r->r.group);
	if (s == NULL) {
		propagate_reset(g->known);
		return 0;
	}
	if (s->known == NULL)
		rc = propagate_new(g->r, &s->known);
	*out = s->known;
	return rc;
}

/* ---- turns ---- */

/* Values that are said over several turns are known from now on. */
static int turns_learn(struct detect_group *g)
{
	struct detect_turns *t = &g->turns;
	int rc = 0;

	for (; rc == 0 && t->learned < t->n; t->learned++)
		rc = learn_one(g, g->told, &t->v[t->learned].hit,
			       t->v[t->learned].whole);
	return rc;
}

int detect_record_turns_end(struct detect_group *g)
{
	int rc = detect_turns_end(&g->turns, g->r);

	if (rc == 0 && g->pass == PASS_LEARN)
		rc = turns_learn(g);
	return rc;
}

static bool is_cue(const struct detect_group *g)
{
	return g->f->format == FORMAT_SUBTITLE || g->f->format == FORMAT_TABLE;
}

/* Recognize a record as a part of its dialogue. It is a dialogue by itself
 * where nothing is learned from its neighbours; a cue has their texts beside
 * it. */
static int record_read(struct detect_group *g, const struct format_record *r,
		       const struct propagate *p)
{
	bool alone = g->pass != PASS_LEARN || is_cue(g) ||
		     (!g->shared && p == g->known);
	int rc = recognize_turns(g->r, &g->turns.talk, r->runs, r->nruns,
				 &g->hits);

	if (rc == 0 && !is_cue(g))
		rc = detect_turns_feed(&g->turns, g->r,
				       (uint32_t)g->kept.ncounts, r->runs,
				       r->nruns);
	return rc == 0 && alone ? detect_record_turns_end(g) : rc;
}

static int record_learn(struct detect_group *g, const struct format_record *r)
{
	struct propagate *p;
	int rc = known_of(g, r, &p);

	g->hits.n = 0;
	if (rc == 0 && p != g->told)
		rc = detect_record_turns_end(g);
	g->told = p;
	if (rc == 0 && r->r.denied == DENIAL_NONE)
		rc = record_read(g, r, p);
	if (rc == 0)
		rc = detect_kept_put(&g->kept, &g->hits);
	return rc == 0 ? learn(g, p, r) : rc;
}

static int by_run(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

/* What was found over several turns, among the hits of the record. */
static int turns_take(struct detect_group *g, const struct format_record *r,
		      uint32_t number)
{
	const struct turn_hit *x;
	struct hits all = {0};
	size_t n = g->hits.n, from = 0;
	int rc = 0;

	while (rc == 0 && (x = detect_turns_next(&g->turns, number)) != NULL) {
		struct hit h = x->hit;

		rc = detect_spoken_whole(&g->spoken, &h, x->whole);
		if (rc == 0)
			rc = recognizer_hits_put(&g->hits, h);
	}
	if (rc != 0 || g->hits.n == n)
		return rc;
	qsort(g->hits.v, g->hits.n, sizeof(*g->hits.v), by_run);
	for (size_t i = 0; rc == 0 && i < g->hits.n; i++) {
		uint32_t run = g->hits.v[i].run;

		rc = recognizer_hits_put(&all, g->hits.v[i]);
		if (rc == 0 && run < r->nruns &&
		    (i + 1 == g->hits.n || g->hits.v[i + 1].run != run)) {
			rc = recognizer_hits_resolve(&all, from,
						     r->runs[run].text);
			from = all.n;
		}
	}
	hits_free(&g->hits);
	g->hits = all;
	return rc;
}

/* All hits of a record, known values included. */
static int hits_of(struct detect_group *g, const struct format_record *r)
{
	uint32_t number = (uint32_t)g->kept.at_count;
	struct propagate *p;
	int rc = known_of(g, r, &p);

	g->hits.n = 0;
	if (!g->kept_used)
		detect_turns_reset(&g->turns);
	if (rc == 0 && g->kept_used)
		rc = detect_kept_take(&g->kept, &g->hits);
	else if (rc == 0 && r->r.denied == DENIAL_NONE)
		rc = record_read(g, r, p);
	if (rc != 0 || r->r.denied != DENIAL_NONE)
		return rc;
	rc = turns_take(g, r, number);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < g->hits.n; i++) {
		const struct hit *h = &g->hits.v[i];

		if (h->run >= r->nruns || h->end > r->runs[h->run].text.n ||
		    h->start >= h->end)
			return -EPROTO;
	}
	if (!g->kept_used || !g->shared)
		rc = learn(g, p, r);
	g->o.known = p;
	if (rc == 0 && propagate_count(p) > 0)
		rc = propagate_find(p, r->runs, r->nruns, &g->hits);
	if (rc == 0)
		rc = detect_files_record(g, r);
	return rc == 0 ? detect_flag_record(g, r) : rc;
}

/* Of a record with these attributes. */
static struct bytes language_of(const struct detect_group *g,
				const struct attribute *attrs, uint32_t n)
{
	struct bytes l = detect_attrs_find(attrs, n, "language");

	if (l.p == NULL)
		l = detect_attrs_find(g->attrs, g->nattrs, "language");
	return l.p != NULL ? l : bytes_str(detect_attrs_language(g, g->f));
}

/* Deny a record whose language no recognizer knows. */
static void language_check(struct detect_group *g, struct record *r)
{
	struct bytes l = language_of(g, r->attrs, r->nattrs);

	if (r->denied != DENIAL_NONE || detect_covers(l) ||
	    detect_answered(g->d, l))
		return;
	r->denied = DENIAL_UNDETECTED;
	if (!g->undetected)
		detect_record_complain(g, r->number,
				       "no recognizer knows the language; "
				       "such records are not shown");
	g->undetected = true;
}

/* in: r as the recognizers read it, with its single words joined. */
static int hits_find(struct detect_group *g, const struct format_record *r,
		     const struct format_record *in)
{
	int rc = hits_of(g, in);

	if (rc == 0 && in != r)
		rc = detect_spoken_split(&g->spoken, &g->hits, g->f->times);
	g->o.wholes = g->spoken.wholes;
	return rc;
}

static int record_find(struct detect_group *g, const struct format_record *r,
		       const struct format_record *in)
{
	struct attribute attrs[JSONPATH_MAX];
	struct record rec = r->r;
	bool sound = g->f->format == FORMAT_WAV;
	char number[24];
	int rc = sound ? 0 : hits_find(g, r, in);

	if (rc != 0)
		return rc;
	rec.attrs = attrs;
	rec.nattrs = detect_attrs_own(g->f, r, attrs);
	if (rec.denied != DENIAL_NONE)
		detect_record_complain(g, rec.number, r->why);
	if (g->f->format != FORMAT_OPAQUE && g->f->format != FORMAT_IMAGE)
		language_check(g, &rec);
	if (rec.id.n == 0) {
		snprintf(number, sizeof(number), "%" PRIu32, rec.number);
		rec.id = bytes_str(number);
	}
	if (sound)
		return detect_audio_record(g, &rec);
	if (rec.denied != DENIAL_NONE && !r->mute)
		detect_audio_denied(g->f);
	else if (g->f->plan.told && g->f->times != NULL)
		rc = detect_told_record(&g->f->told, r, g->hits.v, g->hits.n);
	if (rc != 0)
		return rc;
	return detect_object_record(&g->o, &rec, r->runs, r->nruns, g->hits.v,
				    rec.denied == DENIAL_NONE ? g->hits.n : 0);
}

/* What the owner's programs are told of its texts. */
static void tell_language(struct detect_group *g, const struct format_record *r)
{
	struct attribute attrs[JSONPATH_MAX];

	if (g->d->nexternal > 0)
		recognizers_about(
			g->r, g->f->src->path,
			language_of(g, attrs,
				    detect_attrs_own(g->f, r, attrs)));
}

int detect_record(void *ctx, const struct format_record *r)
{
	struct detect_group *g = ctx;
	const struct format_record *in = r;
	int rc = detect_spoken_begin(&g->spoken);

	if (rc == 0 && g->pass != PASS_COUNT && g->f->plan.spoken) {
		rc = detect_spoken_join(&g->spoken, &g->f->plan, r);
		in = &g->spoken.joined;
	}
	if (rc != 0)
		return rc;
	tell_language(g, r);
	switch (g->pass) {
	case PASS_COUNT:
		return r->r.group.n == 0
			       ? 0
			       : detect_groups_count(&g->groups, r->r.group);
	case PASS_LEARN:
		return g->f->format == FORMAT_WAV ? 0 : record_learn(g, in);
	case PASS_FIND:
		return record_find(g, r, in);
	}
	return -EINVAL;
}
