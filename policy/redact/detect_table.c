/* Whether the first row of a table is a header that all may see. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A header is shown to everyone as it is. A first row that were taken for one
 * and is none would be given away, so the file is denied unless each of its
 * cells may be the name of a column: a recognizer finds nothing in it, it holds
 * a letter and no control, is short, and does not come again below; and they
 * are not all capitalised words that no list knows, as names of people are,
 * with the like in every column below. When the file is done, nothing that was
 * found in it or its group may stand in the header.
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

/* How a first row compares with those below. */
struct first_row {
	bool again; /* one of its cells comes again in its column */
	bool other; /* some column is of another kind than its first cell */
};

/* Some value stands in the header: of the recognizers, a list, or known. */
static int holds_value(struct detect_group *g, const struct detect_file *f,
		       bool *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && !*out && i < f->nheader; i++) {
		struct index_summary s = {0};

		rc = detect_path_find(&g->paths, f->header[i], g->a, &s);
		*out = s.nnames > 0;
	}
	return rc;
}

/* Whether some word of a cell is a common one, or names a topic. */
static bool knows_word(const struct recognizers *r, struct bytes t)
{
	for (size_t i = 0, end; i < t.n; i = end) {
		end = i + 1;
		if (!is_word(t.p[i]))
			continue;
		while (end < t.n && is_word(t.p[end]) &&
		       !(is_upper(t.p[end]) && is_lower(t.p[end - 1])))
			end++;
		if (recognizer_words_find(&r->common, t.p + i, end - i,
					  t.n - i) != NULL ||
		    recognizer_words_find(&r->triggers, t.p + i, end - i,
					  t.n - i) != NULL)
			return true;
	}
	return false;
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
			  const struct detect_file *f,
			  const struct first_row *below)
{
	bool any = false, known = below->other;

	if (below->again)
		return false;

	for (size_t i = 0; i < f->nheader; i++) {
		struct bytes t = f->header[i];

		if (t.n == 0)
			continue;
		if (!may_name(t))
			return false;
		any = true;
		known = known || !is_upper(t.p[0]) || knows_word(r, t);
	}
	return any && known;
}

/* What a column says of its first cell. */
struct column {
	bool again; /* it stands in a row below */
	bool seen;  /* some row below has a cell that is not empty */
	bool like;  /* some such cell begins as it does, and has no digit */
};

static void column_look(struct column *c, struct bytes first,
			struct bytes below)
{
	bool digit = false;

	if (first.n == 0 || below.n == 0)
		return;
	for (size_t i = 0; i < below.n; i++)
		digit = digit || is_digit(below.p[i]);
	c->seen = true;
	c->again = c->again || bytes_eq(first, below);
	c->like = c->like ||
		  (is_upper(first.p[0]) == is_upper(below.p[0]) && !digit);
}

static struct bytes cell_of(struct bytes in, const struct csv_cell *c)
{
	return bytes_sub(in, c->start, c->end - c->start);
}

/* Looks at the rows from at on. */
static int look_below(struct detect_group *g, struct bytes in, char separator,
		      uint64_t at, const struct csv_row *first,
		      struct first_row *out)
{
	CLEANUP(csv_row_free) struct csv_row row = {0};
	struct column *c = arena_array(g->a, first->n, sizeof(*c));
	int rc = c == NULL ? -ENOMEM : 1;

	for (unsigned k = 0; k < BELOW && rc == 1; k++) {
		rc = csv_next(in, separator, &at, &row);
		if (rc != 1 || row.why != NULL || row.n != first->n)
			continue;
		for (size_t i = 0; i < row.n; i++)
			column_look(&c[i], cell_of(in, &first->cells[i]),
				    cell_of(in, &row.cells[i]));
	}
	for (size_t i = 0; rc >= 0 && i < first->n; i++) {
		out->again = out->again || c[i].again;
		out->other = out->other || (c[i].seen && !c[i].like);
	}
	return rc < 0 ? rc : 0;
}

/* The header's cells, watched from now on. */
static int read_header(struct detect_group *g, struct detect_file *f,
		       struct first_row *below)
{
	CLEANUP(csv_row_free) struct csv_row row = {0};
	struct bytes in = f->src->data;
	char separator = csv_separator(f->format);
	uint64_t at = csv_begin(in);
	int rc = csv_next(in, separator, &at, &row);

	if (rc != 1 || row.why != NULL)
		return rc < 0 ? rc : 0; /* its reader says so */
	f->header = arena_array(g->a, row.n, sizeof(*f->header));
	if (f->header == NULL)
		return -ENOMEM;
	for (rc = 0; rc == 0 && f->nheader < row.n; f->nheader++) {
		struct bytes *t = &f->header[f->nheader];

		rc = format_csv_name(in, &row, f->nheader, true, g->a, t);
		if (rc == 0)
			rc = detect_path_watch(&g->paths, *t);
	}
	return rc == 0 ? look_below(g, in, separator, at, &row, below) : rc;
}

int detect_table_open(struct detect_group *g, struct detect_file *f)
{
	bool said = f->rule != NULL && f->rule->header == HEADER_YES;
	struct first_row below = {0};
	bool value = false;
	int rc;

	if (csv_separator(f->format) == 0 || !f->plan.headed)
		return 0;
	rc = read_header(g, f, &below);
	if (rc == 0)
		rc = holds_value(g, f, &value);
	if (rc != 0 || f->nheader == 0)
		return rc;
	if (value)
		f->why = "its first row holds a value and is no header; "
			 "`header: false` in the manifest makes it a record";
	else if (!said && !may_be_header(g->r, f, &below))
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
