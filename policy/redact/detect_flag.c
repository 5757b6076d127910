/* Values that annotators flagged: searched in their file, and sure of it. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody read the value where no recognizer saw it, and the owner agreed. So
 * in that file it is searched as it is, common words and short ones too, and
 * wins over what recognizers say of the same place: a type that the policy
 * keeps must not keep it. In the other files of the group it is a known value
 * like those the manifest names, and common words are left alone there.
 *
 * Who flags has read the value, so it stands where no span is. One that stands
 * in spans alone, even in part, may be a guess of what is behind a stand-in: to
 * accept it would change what is shown there and so say that it was right. A
 * flag that has no type yet is therefore looked at last, among all else.
 *
 * Of a recording nobody can search the words: its flags are seconds.
 */
#include "policy/redact/detect_flag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/detect_group.h"
#include "policy/redact/recognizer.h"

static int flag_type(const struct recognizers *r, struct bytes name)
{
	for (uint32_t i = 0; recognizers_type(r, i) != NULL; i++)
		if (bytes_is(name, recognizers_type(r, i)))
			return (int)i;
	return ENTITY_FLAGGED;
}

int detect_flag_open(const struct recognizers *r, const struct source *s,
		     struct detect_flag **out)
{
	size_t n = detect_flag_count(s);
	struct detect_flag *v = mem_new(n, sizeof(*v));
	int rc = 0;

	if (n == 0) {
		mem_free(v);
		return 0;
	}
	if (v == NULL)
		return -ENOMEM;
	*out = v;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct bytes text = s->flags[i].text;

		v[i].type = (uint16_t)flag_type(r, s->flags[i].type);
		v[i].asks = s->flags[i].type.n == 0;
		v[i].timed = flag_seconds(text, &v[i].from, &v[i].to) == 0;
		if (flag_words(text) == 0)
			rc = propagate_new(r, &v[i].words);
		if (rc == 0 && v[i].words != NULL)
			rc = propagate_flag(v[i].words, v[i].type, text);
	}
	return rc;
}

void detect_flag_close(struct detect_flag *v, size_t n)
{
	for (size_t i = 0; v != NULL && i < n; i++)
		propagate_free(v[i].words);
	mem_free(v);
}

int detect_flag_learn(struct detect_group *g, const struct detect_file *f)
{
	size_t n = f->flags == NULL ? 0 : detect_flag_count(f->src);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct bytes text = f->src->flags[i].text;

		if (f->flags[i].words == NULL || f->flags[i].asks ||
		    f->format == FORMAT_WAV)
			continue;
		rc = propagate_learn(g->known, f->flags[i].type, text, 100);
		if (rc == 0)
			rc = detect_path_learn(&g->paths, f->flags[i].type,
					       text, 100);
	}
	return rc;
}

static int by_run(const void *pa, const void *pb)
{
	const struct hit *a = pa, *b = pb;

	return (a->run > b->run) - (a->run < b->run);
}

/* The hits of one run after the other, resolved. */
static int resolve(struct hits *flagged, const struct hits *others,
		   const struct format_record *r, struct hits *out)
{
	size_t at = 0, i = 0;
	int rc = 0;

	if (flagged->n > 0)
		qsort(flagged->v, flagged->n, sizeof(*flagged->v), by_run);
	for (uint32_t run = 0; rc == 0 && run < r->nruns; run++) {
		size_t from = out->n;

		for (; rc == 0 && i < flagged->n && flagged->v[i].run == run;
		     i++)
			rc = recognizer_hits_put(out, flagged->v[i]);
		for (; rc == 0 && at < others->n && others->v[at].run == run;
		     at++)
			rc = recognizer_hits_put(out, others->v[at]);
		if (rc == 0)
			rc = recognizer_hits_resolve(out, from,
						     r->runs[run].text);
	}
	return rc;
}

/* One of found touches none of the others; both ascend, without overlaps. */
static bool is_bare(const struct hits *found, const struct hits *others)
{
	size_t k = 0;

	for (size_t i = 0; i < found->n; i++) {
		const struct hit *h = &found->v[i], *o = others->v;

		while (k < others->n &&
		       (o[k].run < h->run ||
			(o[k].run == h->run && o[k].end <= h->start)))
			k++;
		if (k == others->n || o[k].run > h->run || o[k].start >= h->end)
			return true;
	}
	return false;
}

/* What is flagged alone: what others found would hide that it is there. */
static int find(struct detect_flag *x, const struct format_record *r,
		const struct hits *others, struct hits *all)
{
	struct hits found CLEANUP(hits_free) = {0};
	struct hits before CLEANUP(hits_free) = {0};
	int rc = propagate_find(x->words, r->runs, r->nruns, &found);

	if (rc == 0 && x->asks && found.n > 0)
		rc = resolve(all, others, r, &before);
	if (rc == 0 && x->asks)
		x->bare = x->bare || is_bare(&found, &before);
	for (size_t i = 0; rc == 0 && i < found.n; i++)
		rc = recognizer_hits_put(all, found.v[i]);
	x->found = x->found || found.n > 0;
	return rc;
}

int detect_flag_record(struct detect_group *g, const struct format_record *r)
{
	struct detect_file *f = g->f;
	size_t n = f->flags == NULL ? 0 : detect_flag_count(f->src);
	struct hits flagged = {0}, out = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2 * n; i++) {
		struct detect_flag *x = &f->flags[i % n];

		if (x->words != NULL && x->asks == (i >= n))
			rc = find(x, r, &g->hits, &flagged);
	}
	if (rc == 0 && flagged.n > 0)
		rc = resolve(&flagged, &g->hits, r, &out);
	if (rc == 0 && flagged.n > 0) {
		hits_free(&g->hits);
		g->hits = out;
		out = (struct hits){0};
	}
	hits_free(&flagged);
	hits_free(&out);
	return rc;
}

int detect_flag_sound(struct detect_group *g, uint64_t frames)
{
	const struct detect_file *f = g->f;
	size_t n = f->flags == NULL ? 0 : detect_flag_count(f->src);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct detect_flag *x = &f->flags[i];
		const struct hit h = {
			.type = x->type, .rule = RULE_FLAG, .score = 100};

		if (!x->timed || wave_frames(&f->frame.wave, x->from) >= frames)
			continue;
		rc = detect_times_add(&g->f->own, (int64_t)x->from,
				      (int64_t)x->to, 0, &h,
				      f->src->flags[i].text);
		x->found = x->bare = true;
	}
	return rc;
}

void detect_flag_done(const struct detect_file *f)
{
	const struct detect_sink *s = f->sink;
	size_t n = f->flags == NULL ? 0 : detect_flag_count(f->src);
	char words[64];

	for (size_t i = 0; s->complain != NULL && i < n; i++) {
		const struct detect_flag *x = &f->flags[i];

		if (x->found && (x->bare || !x->asks))
			continue;
		snprintf(words, sizeof(words),
			 x->found ? DETECT_NO_BARE : DETECT_NO_FLAG, i + 1);
		s->complain(s->ctx, f->src->path, UINT64_MAX, words);
	}
}
