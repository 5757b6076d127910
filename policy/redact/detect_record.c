/* One record in each pass: counted, learned from, made into spans. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "policy/redact/detect_group.h"

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
static int learn(struct detect_group *g, struct propagate *p,
		 const struct format_record *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < g->hits.n; i++) {
		const struct hit *h = &g->hits.v[i];
		struct bytes text = hit_text(r, h);

		rc = propagate_learn(p, h->type, text, h->score);
		if (rc == 0)
			rc = detect_path_learn(&g->paths, h->type, text,
					       h->score);
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

static int record_learn(struct detect_group *g, const struct format_record *r)
{
	struct propagate *p;
	int rc;

	g->hits.n = 0;
	if (r->r.denied == DENIAL_NONE)
		rc = recognize(g->r, r->runs, r->nruns, &g->hits);
	else
		rc = 0;
	if (rc == 0)
		rc = detect_kept_put(&g->kept, &g->hits);
	if (rc == 0)
		rc = known_of(g, r, &p);
	return rc == 0 ? learn(g, p, r) : rc;
}

/* All hits of a record, known values included. */
static int hits_of(struct detect_group *g, const struct format_record *r)
{
	struct propagate *p;
	int rc;

	g->hits.n = 0;
	if (g->kept_used)
		rc = detect_kept_take(&g->kept, &g->hits);
	else if (r->r.denied == DENIAL_NONE)
		rc = recognize(g->r, r->runs, r->nruns, &g->hits);
	else
		rc = 0;
	if (rc == 0)
		rc = known_of(g, r, &p);
	if (rc != 0 || r->r.denied != DENIAL_NONE)
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

	if (g->pass != PASS_COUNT && g->f->plan.spoken) {
		int rc = detect_spoken_join(&g->spoken, &g->f->plan, r);

		if (rc != 0)
			return rc;
		in = &g->spoken.joined;
	}
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
