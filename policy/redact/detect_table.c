/* Whether the first row of a table is a header that all may see. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A header is shown to everyone as it is. A first row that were taken for one
 * and is none would be given away, so the file is denied unless each of its
 * cells may be the name of a column: a recognizer finds nothing in it, it holds
 * a letter and no control, is short, and does not come again below. Where no
 * cell says what a column holds ("phone", "first name"), none may be like a
 * person's name, of capitalised words that no list knows, in a column of such.
 * When the file is done, nothing that was found in it or its group may stand in
 * the header.
 *
 * The owner can say in the manifest whether there is a header. Where there is
 * one, only the recognizers are asked.
 */
#include <errno.h>

#include "policy/redact/detect_group.h"
#include "policy/redact/format_csv.h"
#include "policy/redact/recognizer.h"

#define NAME_MAX_BYTES 100u
#define BELOW 100 /* rows that are looked at */

/* What a column says of its first cell. */
struct column {
	bool again; /* it stands in a row below */
	bool other; /* a cell below is neither empty nor like a name */
};

/* Some value stands in the header: of the recognizers, a list, or known. */
static int holds_value(struct detect_group *g, const struct detect_file *f,
		       bool *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && !*out && i < f->nheader; i++) {
		struct index_summary s = {0};

		rc = detect_path_find(&g->paths, f->header[i], NULL, g->a, &s);
		*out = s.nnames > 0;
	}
	return rc;
}

/* The words of a cell: how many, how many some list knows, and how many of
 * these say what a column holds, or begin with a capital. */
struct words {
	unsigned n, known, topics, capitals;
};

static struct words words_of(const struct recognizers *r, struct bytes t)
{
	struct words w = {0};

	for (size_t i = 0, end; i < t.n; i = end) {
		const struct word *a, *b;

		end = i + 1;
		if (!is_word(t.p[i]))
			continue;
		while (end < t.n && is_word(t.p[end]) &&
		       !(is_upper(t.p[end]) && is_lower(t.p[end - 1])))
			end++;
		a = recognizer_words_find(&r->triggers, t.p + i, end - i,
					  t.n - i);
		b = recognizer_words_find(&r->common, t.p + i, end - i,
					  t.n - i);
		w.n++;
		w.known += a != NULL || b != NULL;
		w.topics += a != NULL &&
			    (a->roles & (ROLE_TOPIC | ROLE_PERSON)) != 0;
		w.capitals += is_upper(t.p[i]) || t.p[i] >= 0x80;
	}
	return w;
}

static bool says_what(const struct words *w)
{
	return w->topics > 0 && w->known == w->n && w->n <= 3;
}

/* One to four capitalised words, and nothing but letters in them. */
static bool like_name(const struct words *w, struct bytes t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!is_alpha(t.p[i]) && t.p[i] < 0x80 &&
		    (t.p[i] == 0 || strchr(" .'-", t.p[i]) == NULL))
			return false;
	return w->n >= 1 && w->n <= 4 && w->capitals == w->n;
}

static bool may_name(struct bytes t)
{
	bool letter = false;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < 0x20)
			return false;
		letter = letter || is_alpha(t.p[i]) || t.p[i] >= 0x80;
	}
	return letter && t.n <= NAME_MAX_BYTES;
}

static bool may_be_header(const struct recognizers *r,
			  const struct detect_file *f, const struct column *c)
{
	bool any = false, told = false, name = false;

	for (size_t i = 0; i < f->nheader; i++) {
		struct bytes t = f->header[i];
		struct words w = words_of(r, t);

		if (t.n == 0)
			continue;
		if (!may_name(t) || c[i].again)
			return false;
		any = true;
		told = told || says_what(&w);
		name = name ||
		       (w.known == 0 && !c[i].other && like_name(&w, t));
	}
	return any && (told || !name);
}

static void column_look(struct column *c, const struct recognizers *r,
			struct bytes first, struct bytes below)
{
	struct words w = {0};

	if (first.n == 0 || below.n == 0)
		return;
	c->again = c->again || bytes_eq(first, below);
	if (below.n <= NAME_MAX_BYTES)
		w = words_of(r, below);
	c->other = c->other || !like_name(&w, below);
}

static struct bytes cell_of(struct bytes in, const struct csv_cell *c)
{
	return bytes_sub(in, c->start, c->end - c->start);
}

/* The rows from at on, at most BELOW. */
static int look_below(const struct recognizers *r, struct bytes in,
		      enum format format, uint64_t at,
		      const struct csv_row *first, struct column *c)
{
	CLEANUP(csv_row_free) struct csv_row row = {0};
	int rc = 1;

	for (unsigned k = 0; k < BELOW && rc == 1; k++) {
		rc = csv_next(in, format, &at, &row);
		if (rc != 1 || row.why != NULL || row.n != first->n)
			continue;
		for (size_t i = 0; i < row.n; i++)
			column_look(&c[i], r, cell_of(in, &first->cells[i]),
				    cell_of(in, &row.cells[i]));
	}
	return rc < 0 ? rc : 0;
}

/* The header's cells, watched from now on. */
static int read_header(struct detect_group *g, struct detect_file *f,
		       struct column **columns)
{
	CLEANUP(csv_row_free) struct csv_row row = {0};
	struct bytes in = f->src->data;
	uint64_t at = csv_begin(in);
	int rc = csv_next(in, f->format, &at, &row);

	if (rc != 1 || row.why != NULL)
		return rc < 0 ? rc : 0; /* its reader says so */
	f->header = arena_array(g->a, row.n, sizeof(*f->header));
	*columns = arena_array(g->a, row.n, sizeof(**columns));
	if (f->header == NULL || *columns == NULL)
		return -ENOMEM;
	for (rc = 0; rc == 0 && f->nheader < row.n; f->nheader++) {
		struct bytes *t = &f->header[f->nheader];

		rc = format_csv_name(in, &row, f->nheader, true, g->a, t);
		if (rc == 0)
			rc = detect_path_watch(&g->paths, *t);
	}
	return rc == 0 ? look_below(g->r, in, f->format, at, &row, *columns)
		       : rc;
}

int detect_table_open(struct detect_group *g, struct detect_file *f)
{
	bool said = f->rule != NULL && f->rule->header == HEADER_YES;
	struct column *columns = NULL;
	bool value = false;
	int rc;

	if (csv_separator(f->format) == 0 || !f->plan.headed)
		return 0;
	rc = read_header(g, f, &columns);
	if (rc == 0)
		rc = holds_value(g, f, &value);
	if (rc != 0 || f->nheader == 0)
		return rc;
	if (value)
		f->why = "its first row holds a value and is no header; "
			 "`header: false` in the manifest makes it a record";
	else if (!said && !may_be_header(g->r, f, columns))
		f->why = "its first row may be no header; say `header: true` "
			 "or `header: false` in the manifest";
	if (f->why != NULL)
		f->format = FORMAT_DENIED;
	return 0;
}

int detect_table_done(struct detect_group *g, struct detect_file *f)
{
	bool value = false;
	int rc = 0;

	if (f->format != FORMAT_DENIED &&
	    (f->rule == NULL || f->rule->header == HEADER_LOOK))
		rc = holds_value(g, f, &value);
	if (value) {
		f->frame.denied = DENIAL_FORMAT;
		f->why = "its first row holds a value that its records or its "
			 "group hold; say `header: true` or `header: false` in "
			 "the manifest";
	}
	return rc;
}
