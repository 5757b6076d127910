/* Recordings: which transcript is of which, and what it makes of them. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nobody listens here. What is said in a recording is known from the files of
 * its group that say when words are spoken; a recording that none of them is
 * of is denied (or shown unheard, where the owner says passthrough). It is
 * denied, too, where a transcript of it is denied, in whole or in a record:
 * then there is speech in which nothing was searched.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/bleep.h"
#include "policy/redact/detect_group.h"

/* ---- pairing ---- */

static bool is_recording(const struct detect_file *f)
{
	return f->format == FORMAT_WAV;
}

/* The recording that the rule names, or the only one; NULL. */
static int find(const struct detect_file *f, struct detect_file *files,
		size_t n, struct detect_file **out)
{
	CLEANUP(buf_free) struct buf name = {0};
	const char *audio = f->rule == NULL ? NULL : f->rule->audio;
	const struct file_rule probe = {.group = {.template_ = audio}};
	size_t found = 0;
	int rc = 0;

	if (audio != NULL)
		rc = detect_group_name(&probe, f->src->path, &name);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (!is_recording(&files[i]) ||
		    (audio != NULL &&
		     !bytes_eq(files[i].src->path, buf_bytes(&name))))
			continue;
		*out = &files[i];
		found++;
	}
	if (found != 1)
		*out = NULL;
	return rc;
}

int detect_audio_pair(struct detect_group *g, struct detect_file *files,
		      size_t n)
{
	int rc = 0;

	g->files = files;
	g->nfiles = n;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct detect_file *to = NULL;

		if ((!files[i].plan.spoken && !files[i].plan.told) ||
		    is_recording(&files[i]))
			continue;
		rc = find(&files[i], files, n, &to);
		if (rc != 0 || to == NULL)
			continue;
		files[i].times = &to->own;
		to->own.lay = to->own.lay || files[i].plan.told;
		if (to < &files[i])
			detect_times_deny(&to->own,
					  "its transcript came behind it");
	}
	return rc;
}

void detect_audio_denied(struct detect_file *f)
{
	detect_times_deny(f->times, "its transcript, or a part of it, is "
				    "denied: nobody can tell what is said "
				    "there");
}

/* ---- recordings ---- */

static void deny(struct detect_file *f, uint8_t denial, const char *why)
{
	f->frame.denied = denial;
	snprintf(f->frame.why, sizeof(f->frame.why), "%s", why);
}

bool detect_audio_before(struct detect_file *f)
{
	const struct detect_times *t = &f->own;
	bool unheard = f->rule != NULL && f->rule->passthrough;

	if (!is_recording(f) || (t->deny == NULL && (t->any || unheard)))
		return true;
	deny(f, DENIAL_UNDETECTED, detect_times_fit(t, &f->frame.wave, 0));
	return false;
}

static int by_time(const void *a, const void *b)
{
	const struct detect_heard *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The frame that begins at or behind us. */
static uint64_t frame_behind(const struct wave *w, uint64_t us)
{
	uint64_t f = wave_frames(w, us);

	return f != UINT64_MAX && wave_micros(w, f) < us ? f + 1 : f;
}

/* Where a value is heard, in whole frames, at least one. */
static void place(const struct wave *w, const struct record *rec,
		  const struct detect_heard *h, struct span *s)
{
	size_t frame = wave_frame(w);
	uint64_t frames = (rec->end - rec->start) / frame;
	uint64_t from = wave_frames(w, h->from), to = frames;

	if (h->to != UINT64_MAX)
		to = least(frame_behind(w, h->to), frames);
	if (to <= from)
		to = from + 1;
	s->start = rec->start + from * frame;
	s->end = rec->start + to * frame;
	s->esc = ESC_AUDIO;
	if (h->channel <= w->channels && h->channel <= ESC_CHANNEL)
		s->esc |= h->channel;
}

static bool same(const struct span *a, const struct span *b)
{
	return a->start == b->start && a->end == b->end &&
	       a->value == b->value && a->esc == b->esc;
}

static int add_heard(struct detect_group *g, const struct record *rec,
		     const struct detect_heard *h)
{
	struct detect_object *o = &g->o;
	struct span s = {.score = h->hit.score};
	int rc;

	place(&g->f->frame.wave, rec, h, &s);
	buf_clear(&o->canon);
	rc = canonical(recognizers_type(g->r, h->hit.type), h->text, &o->canon);
	if (rc == 0)
		rc = detect_values_span(&o->values, g->r, &h->hit,
					buf_bytes(&o->canon), rec->number, &s);
	/* Two tellings of the same words tell it twice. */
	if (rc == 0 && (o->nspans == 0 || !same(&o->spans[o->nspans - 1], &s)))
		rc = detect_object_span(o, &s, buf_bytes(&o->canon));
	return rc;
}

/* What begins a little behind the end: the last second. */
static void pull_in(const struct wave *w, uint64_t frames,
		    struct detect_heard *h)
{
	if (wave_frames(w, h->from) >= frames)
		h->from =
			wave_micros(w, frames > w->rate ? frames - w->rate : 0);
}

int detect_audio_record(struct detect_group *g, const struct record *rec)
{
	struct detect_times *t = &g->f->own;
	const struct wave *w = &g->f->frame.wave;
	uint64_t frames = (rec->end - rec->start) / wave_frame(w);
	const char *why = NULL;
	bool full = false;
	int rc = 0;

	if (t->any)
		why = detect_times_fit(t, w, frames);
	if (why != NULL) {
		deny(g->f, DENIAL_UNDETECTED, why);
		return 0;
	}
	for (size_t i = 0; rc == 0 && i < g->nfiles; i++)
		if (g->files[i].times == t && g->files[i].plan.told)
			rc = detect_told_lay(&g->files[i].told, t);
	if (rc == 0 && t->deny != NULL) {
		deny(g->f, DENIAL_UNDETECTED, t->deny);
		return 0;
	}
	for (size_t i = 0; i < t->n; i++)
		pull_in(w, frames, &t->v[i]);
	if (rc == 0)
		rc = detect_flag_sound(g, frames);
	if (t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), by_time);
	for (size_t i = 0; rc == 0 && i < t->n; i++)
		rc = add_heard(g, rec, &t->v[i]);
	if (rc == 0)
		rc = detect_object_sound(&g->o, rec, bleep_reach(w), &full);
	if (full)
		deny(g->f, DENIAL_LIMIT, "too many values at one time");
	return rc;
}
