/* TextGrids: Praat's text files of labels in time, long and short. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole file is one record. Praat reads such a file as numbers and strings
 * and passes over all other words, so anything may stand between them. Here
 * only the words that Praat writes may; comments are searched like text. No
 * count in the file is believed or used.
 *
 * A string is a run. Those of a tier come together as one flow, too, with what
 * stands between them hard: in a tier of words a name is two intervals.
 */
#include <errno.h>

#include "policy/redact/format_time.h"
#include "policy/redact/format_timed.h"

/* One reading. */
struct grid {
	struct format_reader *r;
	struct text_builder flow;    /* of the tier */
	uint64_t from;		     /* where its last string ended */
	uint32_t strings;	     /* so far */
	bool name;		     /* the next one is a tier's name */
	bool points;		     /* the tier's strings have one time each */
	int64_t last[2];	     /* the last two numbers */
	uint16_t channel;	     /* of the tier */
	struct timed_said_list said; /* its strings */
};

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "[]", "[12]" at *at. */
static bool bracket(struct bytes w, size_t *at)
{
	size_t i = *at + 1;

	if (*at >= w.n || w.p[*at] != '[')
		return false;
	while (i < w.n && i - *at < 11 && is_digit(w.p[i]))
		i++;
	if (i >= w.n || w.p[i] != ']')
		return false;
	*at = i + 1;
	return true;
}

/* A word of the form that Praat writes: "item", "[3]:", "points[1]:". */
static bool is_word(struct bytes w)
{
	static const char words[] =
		" File type Object class xmin xmax tiers? <exists> size item "
		"intervals points text mark name number time value = ";
	char stem[16] = " ";
	size_t n = 0;

	while (n < w.n && w.p[n] != '[' && w.p[n] != ':')
		n++;
	if (n > sizeof(stem) - 3)
		return false;
	memcpy(stem + 1, w.p, n);
	stem[n + 1] = ' ';
	if (n > 0 && memmem(words, sizeof(words) - 1, stem, n + 2) == NULL)
		return false;
	(void)bracket(w, &n);
	return n == w.n || (n + 1 == w.n && w.p[n] == ':');
}

/* ---- strings ---- */

/* The string that opens at `at`: the place of its closing quote; 0: none. */
static uint64_t string_end(struct bytes in, uint64_t at)
{
	for (uint64_t i = at + 1; i < in.n; i++) {
		if (in.p[i] != '"')
			continue;
		if (i + 1 == in.n || in.p[i + 1] != '"')
			return i;
		i++;
	}
	return 0;
}

/* The tier's strings so far become a run. */
static int flow_end(struct grid *g)
{
	struct run run = {.kind = RUN_TEXT, .esc = ESC_CSV, .again = true};
	size_t nr = g->r->nruns;
	int rc = 0;

	if (g->flow.nmap > 0)
		rc = format_runs_built(g->r, &g->flow, &run);
	if (rc == 0 && g->said.n > 0 && nr < g->r->nruns)
		rc = format_said(g->r, nr, g->said.v, g->said.n);
	text_reset(&g->flow);
	g->said.n = 0;
	return rc;
}

static int flow_put(struct grid *g, struct bytes text, uint64_t raw)
{
	struct buf *flow = &g->flow.text;
	size_t at;
	int rc = 0;

	if (text.n == 0)
		return 0;
	if (g->flow.nmap > 0)
		rc = text_gap(&g->flow, bytes_str(" "), g->from,
			      (size_t)(raw - g->from));
	g->from = raw + text.n;
	at = flow->n;
	if (rc == 0)
		rc = text_cell(&g->flow, text, raw);
	for (; at < flow->n; at++)
		if (flow->p[at] == '\n' || flow->p[at] == '\r')
			flow->p[at] = ' ';
	return rc;
}

/* A tier is called for what is in it more often than for who speaks. */
static int name_take(struct grid *g, struct bytes name)
{
	bool proper = name.n > 0 && (name.p[0] < 'a' || name.p[0] > 'z');

	if (g->r->plan->cued)
		g->channel = format_time_channel(g->r->plan->rule, name);
	return proper ? format_timed_label(g->r, ESC_CSV, name)
		      : format_timed_id(g->r, ESC_CSV, name);
}

/* A string of a tier, at the numbers before it: two in a tier of intervals. */
static int label_take(struct grid *g, struct bytes text, uint64_t raw)
{
	struct timed_said s = {.start = raw,
			       .end = raw + text.n,
			       .from = g->last[g->points],
			       .to = g->points ? TIMED_UNKNOWN : g->last[1],
			       .channel = g->channel};
	size_t nr = g->r->nruns;
	int rc = format_timed_run(g->r, RUN_TEXT, ESC_CSV, text);

	if (rc == 0 && nr < g->r->nruns)
		rc = format_said(g->r, nr, &s, 1);
	if (rc == 0)
		rc = format_said_put(g->r, &g->said, &s);
	g->last[0] = g->last[1] = TIMED_UNKNOWN;
	return rc == 0 ? flow_put(g, text, raw) : rc;
}

/* -EPROTO: the first two are not a TextGrid's. */
static int string_take(struct grid *g, struct bytes text, uint64_t raw)
{
	uint32_t nr = g->strings++;
	bool name = g->name;

	if (nr == 0)
		return bytes_is(text, "ooTextFile") ||
				       bytes_is(text, "ooTextFile short")
			       ? 0
			       : -EPROTO;
	if (nr == 1)
		return bytes_is(text, "TextGrid") ? 0 : -EPROTO;
	g->name = bytes_is(text, "IntervalTier") || bytes_is(text, "TextTier");
	if (g->name) {
		g->points = bytes_is(text, "TextTier");
		return flow_end(g);
	}
	return name ? name_take(g, text) : label_take(g, text, raw);
}

/* ---- the file ---- */

/* A comment from `at` on: where its line ends. */
static int comment_take(struct grid *g, uint64_t *at)
{
	uint64_t next;
	struct bytes line = format_timed_line(g->r->data, *at + 1, &next);

	*at = next;
	return format_timed_run(g->r, RUN_TEXT, ESC_LINE, line);
}

/* What begins at *at, which is no space; -EPROTO: what Praat does not write.
 */
static int token_take(struct grid *g, uint64_t *at)
{
	struct bytes in = g->r->data, word;
	uint64_t end = *at;
	int rc;

	if (in.p[end] == '!')
		return comment_take(g, at);
	if (in.p[end] == '"') {
		end = string_end(in, *at);
		if (end == 0)
			return -EPROTO;
		rc = string_take(g, bytes_sub(in, *at + 1, end - *at - 1),
				 *at + 1);
		*at = end + 1;
		return rc;
	}
	while (end < in.n && !is_space(in.p[end]) && in.p[end] != '"')
		end++;
	word = bytes_sub(in, *at, end - *at);
	*at = end;
	if (!format_timed_number(word))
		return is_word(word) ? 0 : -EPROTO;
	g->last[0] = g->last[1];
	g->last[1] = format_time(word, 1000000);
	return 0;
}

static int tokens(struct grid *g)
{
	struct bytes in = g->r->data;
	uint64_t at = format_timed_bom(in);
	int rc = 0;

	while (rc == 0 && at < in.n) {
		if (is_space(in.p[at]))
			at++;
		else
			rc = token_take(g, &at);
	}
	if (rc == 0 && g->strings < 2)
		rc = -EPROTO;
	return rc == 0 ? flow_end(g) : rc;
}

int format_grid_read(struct format_reader *r)
{
	struct grid g = {.r = r, .last = {TIMED_UNKNOWN, TIMED_UNKNOWN}};
	int rc;

	r->whole = r->out->whole = true;
	r->out->body_end = r->data.n;
	if (r->data.n > FORMAT_RECORD_MAX)
		return format_timed_deny(r, "a TextGrid of more than 64 MiB");
	format_value_begin(r, 0, 0);
	rc = tokens(&g);
	text_free(&g.flow);
	if (rc == -EPROTO)
		return format_timed_deny(r, "it is no TextGrid as Praat writes "
					    "one");
	return rc == 0 ? format_value_emit(r, 0, 0, r->data.n, DENIAL_NONE,
					   NULL)
		       : rc;
}
