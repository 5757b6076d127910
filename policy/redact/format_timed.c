/* What subtitles and tables of speech share: lines, ids, labels, neighbours. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People do not end a name or a number where a cue or a line ends, and a
 * question stands in another cue than its answer. So the text of a unit comes
 * as several runs: those of its neighbours before, for what they ask; its own;
 * and all of them as one flow, in which only its own bytes may be replaced
 * (the rest is hard, see text.c). A value over two units is found in both and
 * has the same canonical form in both.
 *
 * What is not searched must have a form that says nothing about anybody: a
 * time, a number of a cue. Anything else is searched, or the record is denied.
 */
#include "policy/redact/format_timed.h"

#include <errno.h>
#include <stdio.h>

#include "policy/redact/entity.h"

#define NEAR 3	      /* units on each side */
#define NEAR_TEXT 512 /* bytes of one, those that are next to the unit */

int format_timed_deny(struct format_reader *r, const char *words)
{
	r->out->denied = DENIAL_FORMAT;
	snprintf(r->out->why, sizeof(r->out->why), "%s", words);
	return 0;
}

int format_timed_read(struct format_reader *r)
{
	if (r->data.n > 0 && memchr(r->data.p, 0, r->data.n) != NULL)
		return format_timed_deny(r, "it holds zero bytes: no UTF-8 "
					    "text");
	switch (r->plan->timed) {
	case TIMED_SRT:
	case TIMED_VTT:
		return format_cues_read(r);
	case TIMED_GRID:
		return format_grid_read(r);
	case TIMED_CTM:
	case TIMED_RTTM:
	case TIMED_STM:
	case TIMED_KALDI:
	case TIMED_TEXT:
	case TIMED_UTT2SPK:
	case TIMED_SPK2UTT:
	case TIMED_SEGMENTS:
	case TIMED_SCP:
	case TIMED_SPK2GENDER:
		return format_table_read(r);
	case TIMED_NONE:
		break;
	}
	return -EINVAL;
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* ---- runs ---- */

static uint64_t place_of(const struct format_reader *r, struct bytes part)
{
	return (uint64_t)(part.p - r->data.p);
}

static int decode(const struct format_reader *r, struct text_builder *t,
		  uint16_t esc, struct bytes text, const char *glue)
{
	if (esc == ESC_MARKUP)
		return text_markup(t, text, place_of(r, text), glue);
	if (esc == ESC_CSV)
		return text_cell(t, text, place_of(r, text));
	return text_plain(t, text, place_of(r, text));
}

/* A run of its own; blanks: for '_', byte for byte. */
static int run_add(struct format_reader *r, struct run run, struct bytes text,
		   bool blanks)
{
	struct text_builder *t = &r->scratch;
	int rc;

	if (text.n == 0)
		return 0;
	text_reset(t);
	rc = decode(r, t, run.esc, text, "");
	for (size_t i = 0; blanks && i < t->text.n; i++)
		if (t->text.p[i] == '_')
			t->text.p[i] = ' ';
	return rc == 0 ? format_runs_built(r, t, &run) : rc;
}

int format_timed_run(struct format_reader *r, enum run_kind kind, uint16_t esc,
		     struct bytes text)
{
	return run_add(r, (struct run){.kind = kind, .esc = esc}, text, false);
}

int format_timed_id(struct format_reader *r, uint16_t esc, struct bytes text)
{
	const struct run run = {.kind = RUN_NAME, .esc = esc};
	int rc = run_add(r, run, text, false);

	if (rc != 0 || text.n == 0 || memchr(text.p, '_', text.n) == NULL)
		return rc;
	return run_add(r, run, text, true);
}

/* What somebody does in a conversation, or what a tier holds. */
static const char roles[] =
	" spk speaker spkr agent customer caller callee client user assistant "
	"operator host guest narrator interviewer interviewee moderator doctor "
	"patient nurse teacher student system bot man woman male female child "
	"unknown channel chan left right the main other inter segment gap "
	"excluded region na tier words word phones phone phonemes syllables "
	"turns utterances sentences text transcript orthography silences "
	"speech sounds tones breaks events comments notes topics ";

/* A name in a label; entities are left in one. */
static bool in_name(uint8_t c)
{
	return is_letter(c) || c >= 0x80 || strchr(" _-.',&;#", c) != NULL;
}

static struct bytes trimmed(struct bytes part)
{
	while (part.n > 0 && strchr(" _-.", part.p[part.n - 1]) != NULL)
		part.n--;
	while (part.n > 0 && strchr(" _-.", part.p[0]) != NULL)
		part = bytes_sub(part, 1, part.n);
	return part;
}

int format_timed_label(struct format_reader *r, uint16_t esc, struct bytes text)
{
	const struct run name = {
		.kind = RUN_VALUE, .esc = esc, .known = 1 + ENTITY_PERSON};
	int rc = format_timed_id(r, esc, text);

	if (text.n > 0 && memchr(text.p, '@', text.n) != NULL &&
	    memchr(text.p, ' ', text.n) == NULL)
		return rc; /* an e-mail address is found whole */
	for (size_t at = 0, end; rc == 0 && at < text.n; at = end + 1) {
		struct bytes part;

		for (end = at; end < text.n && in_name(text.p[end]);)
			end++;
		part = trimmed(bytes_sub(text, at, end - at));
		if (!format_timed_known(part, roles, 0))
			rc = run_add(r, name, part, true);
	}
	return rc;
}

/* ---- units ---- */

/* One pass over the units of a file. */
struct pass {
	struct format_reader *r;
	const struct timed_reader *k;
	struct timed_unit before[NEAR]; /* the last one last */
	size_t nbefore;
	struct text_builder near;
	uint32_t number;
};

/* A neighbour's text, in t, as bytes that stand nowhere. */
static int put_near(struct pass *p, struct text_builder *t,
		    const struct timed_unit *u, bool behind, uint64_t raw)
{
	struct bytes text = u->text;
	int rc;

	if (text.n > NEAR_TEXT)
		text = bytes_sub(text, behind ? 0 : text.n - NEAR_TEXT,
				 NEAR_TEXT);
	text_reset(&p->near);
	rc = decode(p->r, &p->near, p->k->esc, text, " ");
	return rc == 0 ? text_gap(t, buf_bytes(&p->near.text), raw, 0) : rc;
}

static int put_joint(struct text_builder *t, uint64_t raw)
{
	return text_gap(t, bytes_str(" "), raw, 0);
}

/* What was said before: turns of their own. */
static int before_runs(struct pass *p, uint64_t raw)
{
	struct format_reader *r = p->r;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->nbefore; i++) {
		struct run run = {.kind = RUN_TEXT,
				  .esc = p->k->esc,
				  .speaker = p->before[i].speaker};

		text_reset(&r->scratch);
		rc = put_near(p, &r->scratch, &p->before[i], false, raw);
		if (rc == 0)
			rc = format_runs_built(r, &r->scratch, &run);
	}
	return rc;
}

/* Of three units behind u those that are shown. */
static int put_after(struct pass *p, const struct timed_unit *u, uint64_t raw)
{
	struct timed_unit next = *u;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < NEAR; i++) {
		if (!p->k->parse(p->r, next.next, &next))
			break;
		if (next.denied != DENIAL_NONE || next.text.n == 0)
			continue;
		rc = put_joint(&p->r->scratch, raw);
		if (rc == 0)
			rc = put_near(p, &p->r->scratch, &next, true, raw);
	}
	return rc;
}

/* The unit among its neighbours. */
static int flow_run(struct pass *p, const struct timed_unit *u)
{
	struct run run = {.kind = RUN_TEXT, .esc = p->k->esc, .again = true};
	struct text_builder *t = &p->r->scratch;
	uint64_t from = place_of(p->r, u->text);
	int rc = 0;

	text_reset(t);
	for (size_t i = 0; rc == 0 && i < p->nbefore; i++) {
		rc = put_near(p, t, &p->before[i], false, from);
		if (rc == 0)
			rc = put_joint(t, from);
	}
	if (rc == 0)
		rc = decode(p->r, t, run.esc, u->text, " ");
	if (rc == 0)
		rc = put_after(p, u, from + u->text.n);
	return rc == 0 ? format_runs_built(p->r, t, &run) : rc;
}

/* Where the next speaker of a text begins: a line that a dash begins. */
static size_t next_turn(struct bytes text, size_t at)
{
	for (at++; at < text.n; at++)
		if (text.p[at] == '-' &&
		    (text.p[at - 1] == '\n' || text.p[at - 1] == '\r'))
			break;
	return at < text.n ? at : text.n;
}

/* The unit alone: as a turn, or as several. */
static int own_runs(struct pass *p, const struct timed_unit *u)
{
	struct run run = {
		.kind = RUN_TEXT, .esc = p->k->esc, .speaker = u->speaker};
	struct bytes text = u->text;
	bool several = next_turn(text, 0) < text.n;
	int rc = 0;

	if (several) /* who says which? */
		run.speaker = (struct bytes){NULL, 0};

	for (size_t at = 0, end; rc == 0 && several && at < text.n; at = end) {
		end = next_turn(text, at);
		rc = run_add(p->r, run, trimmed(bytes_sub(text, at, end - at)),
			     false);
	}
	run.again = several;
	return rc == 0 ? run_add(p->r, run, text, false) : rc;
}

static int text_runs(struct pass *p, const struct timed_unit *u)
{
	struct timed_said_list parts = {.n = 0};
	struct format_reader *r = p->r;
	size_t beside = r->nruns, own;
	int rc;

	if (u->text.n == 0)
		return 0;
	rc = before_runs(p, place_of(r, u->text));
	own = r->nruns;
	if (rc == 0)
		rc = own_runs(p, u);
	if (rc == 0 && !p->k->alone)
		rc = flow_run(p, u);
	if (rc == 0 && p->k->said != NULL)
		rc = p->k->said(r, u, &parts);
	return rc == 0 ? format_said_unit(r, beside, own, &u->said, &parts)
		       : rc;
}

static void remember(struct pass *p, const struct timed_unit *u)
{
	if (u->denied != DENIAL_NONE || u->text.n == 0 || p->k->alone)
		return;
	if (p->nbefore == NEAR)
		memmove(p->before, p->before + 1,
			sizeof(*p->before) * --p->nbefore);
	p->before[p->nbefore++] = *u;
}

static int unit_record(struct pass *p, const struct timed_unit *u)
{
	struct format_reader *r = p->r;
	uint64_t sep = r->out->body_end;
	int rc = 0;

	format_value_begin(r, p->number++, u->start);
	if (u->end - u->start > FORMAT_RECORD_MAX)
		return format_value_emit(r, sep, u->start, u->end, DENIAL_LIMIT,
					 "it is longer than 64 MiB");
	r->mute = u->mute;
	if (u->denied != DENIAL_NONE)
		return format_value_emit(r, sep, u->start, u->end, u->denied,
					 u->why);
	r->id = u->id;
	rc = p->k->runs(r, u);
	if (rc == 0)
		rc = text_runs(p, u);
	if (rc == 0)
		rc = format_value_emit(r, sep, u->start, u->end, DENIAL_NONE,
				       NULL);
	remember(p, u);
	return rc;
}

int format_timed_units(struct format_reader *r, const struct timed_reader *k,
		       uint64_t at)
{
	struct pass p = {.r = r, .k = k};
	struct format_frame *out = r->out;
	struct timed_unit u;
	int rc = 0;

	out->body = out->body_end = r->data.n;
	for (; rc == 0 && k->parse(r, at, &u); at = u.next) {
		if (p.number == 0)
			out->body = out->body_end = u.start;
		rc = p.number == UINT32_MAX ? -EFBIG : unit_record(&p, &u);
		out->body_end = u.end;
	}
	text_free(&p.near);
	if (rc == 0)
		rc = buf_putb(&out->suffix,
			      bytes_sub(r->data, out->body_end, r->data.n));
	return rc;
}
