/* Subtitles: SRT and WebVTT, a cue a record. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is blocks of lines with blank lines between. A block with a line of
 * times, first or second, is a cue; any other (a note, a style, half a cue) is
 * a record that is never visible. The head of a WebVTT file may say anything
 * behind "WEBVTT": only that word stays, and the line that maps its clock to a
 * stream's.
 *
 * In a cue the times and a number stay. An identifier, settings that are not
 * the known ones, and what stands in tags behind their name are searched by
 * themselves; the lines of text are one run (format_timed.c). A text that holds
 * "-->" would be another cue to some players: such a block is denied.
 */
#include <errno.h>

#include "policy/redact/format_time.h"
#include "policy/redact/format_timed.h"

static bool vtt(const struct format_reader *r)
{
	return r->plan->timed == TIMED_VTT;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool holds_arrow(struct bytes b)
{
	return b.n >= 3 && memmem(b.p, b.n, "-->", 3) != NULL;
}

/* ---- the line of times ---- */

/* Digits at *at, `least` to `most` of them. */
static bool digits(struct bytes b, size_t *at, size_t least, size_t most)
{
	size_t n = 0;

	while (*at + n < b.n && is_digit(b.p[*at + n]))
		n++;
	*at += n;
	return n >= least && n <= most;
}

static bool one(struct bytes b, size_t *at, const char *of)
{
	if (*at >= b.n || strchr(of, b.p[*at]) == NULL)
		return false;
	(*at)++;
	return true;
}

/* 01:02:03,456 or 02:03.456; in microseconds. */
static bool time_of(struct bytes b, size_t *at, int64_t *us)
{
	size_t from = *at, point;
	int64_t unit = 1000000, whole = 0, field = 0;

	if (!digits(b, at, 1, 5) || !one(b, at, ":") || !digits(b, at, 2, 2))
		return false;
	if (one(b, at, ":") && !digits(b, at, 2, 2))
		return false;
	point = *at;
	if (!one(b, at, ",.") || !digits(b, at, 1, 3))
		return false;
	for (; from < point; from++) {
		whole = b.p[from] == ':' ? (whole + field) * 60 : whole;
		field = b.p[from] == ':' ? 0 : field * 10 + (b.p[from] - '0');
	}
	*us = (whole + field) * unit;
	for (from++; from < *at; from++)
		*us += (b.p[from] - '0') * (unit /= 10);
	return true;
}

/* Whether the line says from when to when; *rest: where settings begin. */
static bool times_of(struct bytes line, size_t *rest, struct timed_said *s)
{
	size_t at = 0;

	while (one(line, &at, " \t"))
		;
	if (!time_of(line, &at, &s->from))
		return false;
	while (one(line, &at, " \t"))
		;
	for (unsigned i = 0; i < 3; i++)
		if (!one(line, &at, i < 2 ? "-" : ">"))
			return false;
	while (one(line, &at, " \t"))
		;
	if (!time_of(line, &at, &s->to))
		return false;
	*rest = at;
	return at == line.n || line.p[at] == ' ' || line.p[at] == '\t';
}

/* Settings that say where text stands: nothing to search. */
static bool plain_settings(struct bytes settings)
{
	return format_timed_known(settings,
				  " vertical line position size align start "
				  "center end left right middle auto rl lr x "
				  "y ",
				  4);
}

/* ---- blocks ---- */

/* The lines that matter of a block. */
struct block {
	uint64_t start, end, next;
	struct bytes ident, times, text;
	bool cue;
};

static bool is_gap(const struct format_reader *r, struct bytes line)
{
	return vtt(r) ? line.n == 0 : format_timed_blank(line);
}

static bool block_at(const struct format_reader *r, uint64_t at,
		     struct block *b)
{
	struct bytes line, all = r->data;
	uint64_t next, text = 0;

	while (at < all.n && is_gap(r, format_timed_line(all, at, &next)))
		at = next;
	*b = (struct block){.start = at};
	for (unsigned n = 0; at < all.n; at = next, n++) {
		line = format_timed_line(all, at, &next);
		if (is_gap(r, line))
			break;
		b->end = at + line.n;
		if (!b->cue && n < 2 && holds_arrow(line)) {
			b->cue = true;
			b->times = line;
			text = next;
		} else if (n == 0) {
			b->ident = line;
		}
	}
	b->next = at;
	if (b->end == 0)
		return false;
	if (b->cue && text < b->end)
		b->text = bytes_sub(all, text, b->end - text);
	return true;
}

static bool begins(struct bytes line, const char *word)
{
	size_t n = strlen(word);

	return line.n >= n && memcmp(line.p, word, n) == 0 &&
	       (line.n == n || line.p[n] == ' ' || line.p[n] == '\t');
}

/* What nobody says: a note, a style, a region. */
static bool is_aside(struct bytes ident)
{
	return begins(ident, "NOTE") || begins(ident, "STYLE") ||
	       begins(ident, "REGION");
}

/* Why a block is not shown; NULL: it is a cue. */
static const char *why_not(const struct format_reader *r, const struct block *b,
			   struct timed_said *s)
{
	size_t rest;

	if (vtt(r) && begins(b->ident, "NOTE"))
		return "a note; notes are not shown";
	if (vtt(r) && !b->cue &&
	    (begins(b->ident, "STYLE") || begins(b->ident, "REGION")))
		return "a style or a region; these are not shown";
	if (!b->cue)
		return "no cue: it has no line of times";
	if (!times_of(b->times, &rest, s))
		return "its times cannot be read";
	if (holds_arrow(b->text))
		return "its text holds \"-->\"";
	return NULL;
}

/* The tag at in[at]: *head its name and classes, *tail what follows. */
static void tag_parts(struct bytes in, size_t at, size_t n, struct bytes *head,
		      struct bytes *tail)
{
	struct bytes inside = bytes_sub(in, at + 1, n - 2);
	size_t i = 0;

	while (i < inside.n && inside.p[i] > ' ')
		i++;
	*head = bytes_sub(inside, 0, i);
	while (i < inside.n && inside.p[i] <= ' ')
		i++;
	*tail = bytes_sub(inside, i, inside.n);
}

static bool is_voice(struct bytes head)
{
	return head.n > 0 && head.p[0] == 'v' &&
	       (head.n == 1 || head.p[1] == '.');
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The voice that says all of a text: its tag comes first, no other voice and
 * nothing behind its end; else nobody knows who says what. */
static struct bytes voice_of(struct bytes text)
{
	const struct text_tag_ends ends = text_tag_ends(text);
	struct bytes head, tail, who = {NULL, 0};
	bool ended = false;

	for (size_t at = 0, n; at < text.n; at += n) {
		n = text_tag(text, &ends, at);
		if (n == 0 && !is_space(text.p[at]) && (who.p == NULL || ended))
			return (struct bytes){NULL, 0};
		if (n == 0) {
			n = 1;
			continue;
		}
		tag_parts(text, at, n, &head, &tail);
		if (is_voice(head) && who.p != NULL)
			return (struct bytes){NULL, 0};
		if (is_voice(head))
			who = tail;
		ended = ended || bytes_is(head, "/v");
	}
	return who;
}

static bool cue_parse(const struct format_reader *r, uint64_t at,
		      struct timed_unit *u)
{
	struct block b;

	if (!block_at(r, at, &b))
		return false;
	*u = (struct timed_unit){.start = b.start,
				 .end = b.end,
				 .next = b.next,
				 .text = b.text,
				 .id = b.ident,
				 .mute = vtt(r) && !b.cue && is_aside(b.ident)};
	u->why = why_not(r, &b, &u->said);
	if (u->why != NULL) {
		u->denied = DENIAL_MALFORMED;
		return true;
	}
	u->speaker = voice_of(b.text);
	if (b.text.n > 0)
		u->said.start = (uint64_t)(b.text.p - r->data.p);
	u->said.end = u->said.start + b.text.n;
	if (r->plan->cued)
		u->said.channel =
			format_time_channel(r->plan->rule, u->speaker);
	return true;
}

/* ---- what is searched beside the text ---- */

/* A tag that says nothing: no class, no closing name of its own. */
static bool is_plain_tag(struct bytes head)
{
	static const char *const names[] = {"i",    "b",  "u",	  "c",	 "v",
					    "ruby", "rt", "lang", "font"};
	int64_t us;
	size_t at = 0;

	if (head.n > 0 && head.p[0] == '/')
		head = bytes_sub(head, 1, head.n);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (bytes_is(head, names[i]))
			return true;
	return time_of(head, &at, &us) && at == head.n;
}

/* Stretches between tags that hold a time: <00:00:01.200>. */
static int cue_said(struct format_reader *r, const struct timed_unit *u,
		    struct timed_said_list *out)
{
	const struct text_tag_ends ends = text_tag_ends(u->text);
	struct timed_said s = u->said;
	int rc = 0;

	for (size_t at = 0, n; rc == 0 && at < u->text.n; at += n) {
		struct bytes head, tail;
		size_t i = 0;
		int64_t us;

		n = text_tag(u->text, &ends, at);
		if (n == 0) {
			n = 1;
			continue;
		}
		tag_parts(u->text, at, n, &head, &tail);
		if (!time_of(head, &i, &us) || i != head.n)
			continue;
		s.end = u->said.start + at;
		s.to = us;
		rc = format_said_put(r, out, &s);
		s.start = s.end;
		s.from = us;
	}
	s.end = u->said.end;
	s.to = u->said.to;
	return rc == 0 ? format_said_put(r, out, &s) : rc;
}

static int tag_runs(struct format_reader *r, struct bytes text, size_t at,
		    size_t n)
{
	struct bytes head, tail;
	bool plain;
	int rc = 0;

	tag_parts(text, at, n, &head, &tail);
	plain = is_plain_tag(head);
	if (!plain)
		rc = format_timed_id(r, ESC_MARKUP, head);
	if (rc != 0 || tail.n == 0)
		return rc;
	if (is_voice(head))
		return format_timed_label(r, ESC_MARKUP, tail);
	/* between brackets that are no tag people may say anything */
	return format_timed_run(r, plain ? RUN_VALUE : RUN_TEXT, ESC_MARKUP,
				tail);
}

/* A number that a program counted. */
static bool is_count(struct bytes ident)
{
	size_t at = 0;

	return digits(ident, &at, 0, 7) && at == ident.n;
}

static int cue_runs(struct format_reader *r, const struct timed_unit *u)
{
	struct text_tag_ends ends;
	struct timed_said said;
	struct block b;
	size_t rest = 0;
	int rc = 0;

	if (!block_at(r, u->start, &b) || !times_of(b.times, &rest, &said))
		return -EINVAL;
	if (!is_count(b.ident))
		rc = format_timed_id(r, ESC_LINE, b.ident);
	b.times = bytes_sub(b.times, rest, b.times.n);
	if (rc == 0 && !plain_settings(b.times))
		rc = format_timed_id(r, ESC_LINE, b.times);
	ends = text_tag_ends(b.text);
	for (size_t at = 0, n; rc == 0 && at < b.text.n; at += n) {
		n = text_tag(b.text, &ends, at);
		if (n > 0)
			rc = tag_runs(r, b.text, at, n);
		else
			n = 1;
	}
	return rc;
}

/* ---- the head ---- */

/* "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000" and nothing else. */
static bool is_map(struct bytes line)
{
	static const char name[] = "X-TIMESTAMP-MAP=";
	size_t n = sizeof(name) - 1;

	return line.n >= n && memcmp(line.p, name, n) == 0 &&
	       format_timed_known(bytes_sub(line, n, line.n), " local mpegts ",
				  11);
}

/* What of the head is shown; *at: where it ends. */
static int head_read(struct format_reader *r, uint64_t *at)
{
	struct buf *prefix = &r->out->prefix;
	uint64_t bom = format_timed_bom(r->data), next = bom, word = bom + 6;
	struct bytes line = format_timed_line(r->data, bom, &next);
	int rc;

	if (!begins(line, "WEBVTT"))
		return format_timed_deny(r, "it does not begin with WEBVTT");
	rc = buf_putb(prefix, bytes_sub(r->data, 0, word));
	for (*at = bom + line.n; rc == 0 && next < r->data.n; *at += line.n) {
		uint64_t end = *at;

		*at = next;
		line = format_timed_line(r->data, next, &next);
		if (line.n == 0 || holds_arrow(line)) {
			*at = end;
			/* a cue at once: what is shown first needs a gap */
			return line.n == 0 ? rc : buf_putc(prefix, '\n');
		}
		if (is_map(line))
			rc = buf_putb(prefix, bytes_sub(r->data, end,
							*at + line.n - end));
	}
	return rc;
}

int format_cues_read(struct format_reader *r)
{
	static const struct timed_reader kind = {cue_parse, cue_runs, cue_said,
						 ESC_MARKUP, .alone = false};
	uint64_t at = 0;
	int rc = 0;

	if (vtt(r))
		rc = head_read(r, &at);
	else
		at = format_timed_bom(r->data);
	if (rc != 0 || r->out->denied != DENIAL_NONE)
		return rc;
	rc = vtt(r) ? 0 : buf_putb(&r->out->prefix, bytes_sub(r->data, 0, at));
	if (rc == 0)
		rc = format_timed_units(r, &kind, at);
	if (rc == 0)
		rc = buf_putb(&r->out->prefix,
			      bytes_sub(r->data, at, r->out->body - at));
	return rc;
}
