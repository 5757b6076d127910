/* Tables of speech: CTM, RTTM, STM and the files of a Kaldi directory. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is a record. In a CTM, where a line is one word, the lines of a file
 * that follow each other are one record, and the words of a channel one run:
 * what stands between two words is hard. Each kind has a letter for each of its
 * columns:
 *
 *	i  an id, a file's name		l  who speaks
 *	n  a number, a time, <NA>	g  a gender
 *	k  a kind: SPEAKER		c  a channel: a letter, or an id
 *	w  a word that was said		m  a label <...>, or none
 *	t  text, the rest of the line	p  a path, likewise
 *	*  ids, likewise
 *
 * A line whose columns have another form is denied, and so are comments. In
 * wav.scp a path may be a command whose output is read: it is searched as one,
 * and what of it is a path of a stored file is found by itself.
 */
#include "policy/redact/format_time.h"
#include "policy/redact/format_timed.h"

#define COLUMNS_MAX 12

struct table {
	const char *columns;
	unsigned least; /* columns that must be there */
	bool comments;	/* ";;" begins one */
};

static const struct table tables[] = {
	[TIMED_CTM] = {"icnnwnii", 5, true},
	[TIMED_RTTM] = {"kicnnwwlnn", 8, true},
	[TIMED_STM] = {"iclnnmt", 5, true},
	[TIMED_KALDI] = {"i*", 1, false},
	[TIMED_TEXT] = {"it", 1, false},
	[TIMED_UTT2SPK] = {"il", 2, false},
	[TIMED_SPK2UTT] = {"l*", 2, false},
	[TIMED_SEGMENTS] = {"iinnc", 4, false},
	[TIMED_SCP] = {"ip", 2, false},
	[TIMED_SPK2GENDER] = {"lg", 2, false},
};

struct column {
	char kind;
	struct bytes text;
};

struct row {
	struct column v[COLUMNS_MAX];
	unsigned n;
};

static const struct table *table_of(const struct format_reader *r)
{
	return &tables[r->plan->timed];
}

/* ---- columns ---- */

static bool is_number(struct bytes w)
{
	return bytes_is(w, "<NA>") || bytes_is(w, "NA") || bytes_is(w, "*") ||
	       format_timed_number(w);
}

static bool fits(char kind, struct bytes word)
{
	switch (kind) {
	case 'n':
		return is_number(word);
	case 'k':
		return format_timed_known(
			word,
			" speaker segment noscore no rt metadata lexeme non "
			"lex speech filler edit su ip cb a p spkr info ",
			0);
	case 'g':
		return format_timed_known(word, " male female unknown other ",
					  0);
	default:
		return true;
	}
}

static bool is_rest(char kind)
{
	return kind == 't' || kind == 'p' || kind == '*';
}

static bool is_label(struct bytes word)
{
	return word.n > 1 && word.p[0] == '<' && word.p[word.n - 1] == '>';
}

/* The line's columns; false: not of this table. */
static bool row_read(const struct table *t, struct bytes line, struct row *row)
{
	const char *kind = t->columns;
	struct bytes word;
	size_t at = 0, end = line.n;

	while (end > 0 && (line.p[end - 1] == ' ' || line.p[end - 1] == '\t'))
		end--;
	line.n = end;
	for (row->n = 0; format_timed_word(line, &at, &word); kind++) {
		if (*kind == 'm' && !is_label(word))
			kind++;
		if (is_rest(*kind)) {
			at -= word.n;
			word = bytes_sub(line, at, line.n);
			at = line.n;
		}
		if (*kind == '\0' || !fits(*kind, word))
			return false;
		row->v[row->n++] = (struct column){*kind, word};
	}
	return row->n >= t->least;
}

static bool is_comment(struct bytes line)
{
	return line.n >= 2 && line.p[0] == ';' && line.p[1] == ';';
}

static const char *why_not(const struct format_reader *r, struct bytes line,
			   struct row *row)
{
	const struct table *t = table_of(r);

	row->n = 0;
	if (t->comments && is_comment(line))
		return "a comment; comments are not shown";
	if (!row_read(t, line, row))
		return "no line of this table";
	return NULL;
}

/* ---- records ---- */

/* The next line that is not blank, and its columns. */
static bool line_next(const struct format_reader *r, uint64_t at,
		      struct timed_unit *u, struct row *row)
{
	while (at < r->data.n) {
		struct bytes line = format_timed_line(r->data, at, &u->next);

		if (!format_timed_blank(line)) {
			*u = (struct timed_unit){.start = at,
						 .end = at + line.n,
						 .next = u->next};
			u->why = why_not(r, line, row);
			if (u->why != NULL)
				u->denied = DENIAL_MALFORMED;
			u->mute = table_of(r)->comments && is_comment(line);
			return true;
		}
		at = u->next;
	}
	return false;
}

/* The first two numbers of a line: from when, and to when or (a CTM) how
 * long. */
static void row_times(const struct format_reader *r, const struct row *row,
		      struct timed_said *s)
{
	int64_t v[2] = {TIMED_UNKNOWN, TIMED_UNKNOWN};

	for (unsigned i = 0, n = 0; i < row->n && n < 2; i++)
		if (row->v[i].kind == 'n')
			v[n++] = format_time(row->v[i].text, 1000000);
	s->from = v[0];
	s->to = v[1];
	if (r->plan->timed == TIMED_CTM && v[0] >= 0 && v[1] >= 0)
		s->to = v[0] + v[1];
	for (unsigned i = 0; r->plan->cued && i < row->n; i++)
		if (row->v[i].kind == 'c')
			s->channel = format_time_channel(r->plan->rule,
							 row->v[i].text);
}

static bool line_parse(const struct format_reader *r, uint64_t at,
		       struct timed_unit *u)
{
	bool kaldi = !table_of(r)->comments;
	struct row row;

	if (!line_next(r, at, u, &row))
		return false;
	for (unsigned i = 0; u->denied == DENIAL_NONE && i < row.n; i++) {
		if (row.v[i].kind == 't')
			u->text = row.v[i].text;
		else if (row.v[i].kind == 'l')
			u->speaker = row.v[i].text;
		if (i == 0 && kaldi)
			u->id = row.v[i].text;
	}
	row_times(r, &row, &u->said);
	if (u->text.n > 0)
		u->said.start = (uint64_t)(u->text.p - r->data.p);
	u->said.end = u->said.start + u->text.n;
	return true;
}

static int ids_runs(struct format_reader *r, struct bytes rest)
{
	struct bytes word;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && format_timed_word(rest, &at, &word))
		rc = format_timed_id(r, ESC_TOKEN, word);
	return rc;
}

/* A column by itself; text and the words of a CTM are the caller's. */
static int column_runs(struct format_reader *r, const struct column *c)
{
	switch (c->kind) {
	case 'c':
		return c->text.n < 3 ? 0
				     : format_timed_id(r, ESC_TOKEN, c->text);
	case 'i':
	case 'm':
		return format_timed_id(r, ESC_TOKEN, c->text);
	case 'p': /* what has blanks goes to the end of the line */
		return format_timed_id(r,
				       memchr(c->text.p, ' ', c->text.n) == NULL
					       ? ESC_TOKEN
					       : ESC_LINE,
				       c->text);
	case 'l':
		return format_timed_label(r, ESC_TOKEN, c->text);
	case 'w':
		return bytes_is(c->text, "<NA>")
			       ? 0
			       : format_timed_run(r, RUN_TEXT, ESC_TOKEN,
						  c->text);
	case '*':
		return ids_runs(r, c->text);
	default:
		return 0;
	}
}

static int line_runs(struct format_reader *r, const struct timed_unit *u)
{
	struct timed_unit line;
	struct row row;
	int rc = 0;

	if (!line_next(r, u->start, &line, &row))
		return 0;
	for (unsigned i = 0; rc == 0 && i < row.n; i++)
		rc = column_runs(r, &row.v[i]);
	return rc;
}

/* ---- CTM ---- */

/* Runs of words in one record; a file with more channels has the rest in the
 * last one. */
#define CHANNELS 8

struct flow {
	struct bytes channel;
	struct text_builder text;
	uint64_t from; /* where its last word ended */
	struct timed_said_list words;
};

/* Lines of one file, at most a block of them: what is in one block can be
 * searched in one piece. */
static bool file_parse(const struct format_reader *r, uint64_t at,
		       struct timed_unit *u)
{
	struct timed_unit line;
	struct row first, row;

	if (!line_next(r, at, u, &first))
		return false;
	if (u->denied != DENIAL_NONE)
		return true;
	u->id = first.v[0].text;
	while (line_next(r, u->next, &line, &row) &&
	       line.denied == DENIAL_NONE &&
	       bytes_eq(first.v[0].text, row.v[0].text) &&
	       line.end - u->start <= INDEX_BLOCK) {
		u->end = line.end;
		u->next = line.next;
	}
	return true;
}

static struct flow *flow_of(struct flow *flows, struct bytes channel)
{
	unsigned i = 0;

	while (i < CHANNELS - 1 && flows[i].text.nmap > 0 &&
	       !bytes_eq(flows[i].channel, channel))
		i++;
	flows[i].channel = channel;
	return &flows[i];
}

static int word_put(struct format_reader *r, struct flow *f,
		    const struct row *row, struct bytes word)
{
	uint64_t raw = (uint64_t)(word.p - r->data.p);
	struct timed_said s = {.start = raw, .end = raw + word.n};
	int rc = 0;

	if (f->text.nmap > 0)
		rc = text_gap(&f->text, bytes_str(" "), f->from, raw - f->from);
	f->from = s.end;
	if (rc == 0)
		rc = text_plain(&f->text, word, raw);
	row_times(r, row, &s);
	return rc == 0 ? format_said_put(r, &f->words, &s) : rc;
}

static int file_lines(struct format_reader *r, const struct timed_unit *u,
		      struct flow *flows)
{
	struct timed_unit line = {.next = u->start};
	struct row row;
	int rc = 0;

	while (rc == 0 && line.next < u->end &&
	       line_next(r, line.next, &line, &row)) {
		struct flow *f = flow_of(flows, row.v[1].text);

		for (unsigned i = 0; rc == 0 && i < row.n; i++)
			rc = row.v[i].kind == 'w'
				     ? word_put(r, f, &row, row.v[i].text)
				     : column_runs(r, &row.v[i]);
	}
	return rc;
}

static int file_runs(struct format_reader *r, const struct timed_unit *u)
{
	struct flow flows[CHANNELS] = {{.from = 0}};
	int rc = file_lines(r, u, flows);

	for (unsigned i = 0; i < CHANNELS; i++) {
		struct run run = {.kind = RUN_TEXT, .esc = ESC_TOKEN};
		struct flow *f = &flows[i];
		size_t nr = r->nruns;

		if (rc == 0 && f->text.nmap > 0)
			rc = format_runs_built(r, &f->text, &run);
		if (rc == 0 && f->words.n > 0 && nr < r->nruns)
			rc = format_said(r, nr, f->words.v, f->words.n);
		text_free(&f->text);
	}
	return rc;
}

int format_table_read(struct format_reader *r)
{
	static const struct timed_reader lines = {line_parse, line_runs, NULL,
						  ESC_LINE, .alone = true};
	static const struct timed_reader words = {file_parse, file_runs, NULL,
						  ESC_TOKEN, .alone = false};
	static const struct timed_reader turns = {line_parse, line_runs, NULL,
						  ESC_LINE, .alone = false};
	enum timed_text t = r->plan->timed;
	int rc = format_timed_units(r,
				    t == TIMED_CTM   ? &words
				    : t == TIMED_STM ? &turns
						     : &lines,
				    format_timed_bom(r->data));

	return rc == 0 ? buf_putb(&r->out->prefix,
				  bytes_sub(r->data, 0, r->out->body))
		       : rc;
}
