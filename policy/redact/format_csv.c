/* Tables: one record a row, a bad row denied alone. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record is a row without its line end; the line end before it (and blank
 * lines) is its separator. BOM, header and what is blank around it are the
 * frame's prefix, the last line end and what is blank behind it the suffix: any
 * choice of rows between is a table with the same columns.
 *
 * To the paths a table is the array of its rows, a row the map of its columns;
 * a cell without a byte is no value (as null is none). A row with another
 * number of cells than the header (than the first row, where there is none) is
 * a record that is never visible. Where no column is named as text, any may be.
 */
#include "policy/redact/format_csv.h"

#include <errno.h>
#include <stdio.h>

#include "policy/redact/decision.h"

#define FRAME_MAX (1u << 20) /* bytes before and behind the rows */

struct column {
	struct bytes name;
	uint32_t state; /* of the paths */
	uint64_t hits;
	bool text;
};

struct table {
	struct format_reader *r;
	struct arena *a; /* of the columns */
	struct csv_row row;
	struct column *columns;
	size_t n;	 /* columns; 0: not known yet */
	uint16_t bare;	 /* enum escape of cells without quotes */
	bool all_text;	 /* no column is named as text */
	uint32_t number; /* of the next record */
};

int format_csv_name(struct bytes in, const struct csv_row *row, size_t i,
		    bool headed, struct arena *a, struct bytes *out)
{
	CLEANUP(buf_free) struct buf b = {0};
	const struct csv_cell *c = &row->cells[i];
	int rc;

	if (headed)
		rc = transform_decoded(
			bytes_sub(in, c->start, c->end - c->start),
			c->quoted ? ESC_CSV : ESC_CELL, &b);
	else
		rc = buf_printf(&b, "%zu", i + 1);
	return rc == 0 ? arena_dup(a, buf_bytes(&b), out) : rc;
}

/* The columns, by a row that is no malformed one. */
static int columns_set(struct table *t)
{
	const struct format_plan *p = t->r->plan;
	uint32_t root = jsonpath_start(p->set), row;
	uint64_t all = jsonpath_hits(p->set, root);
	int rc = jsonpath_element(p->set, root, &row);
	bool named = false;

	t->columns = arena_array(t->a, t->row.n, sizeof(*t->columns));
	if (rc != 0 || t->columns == NULL)
		return rc != 0 ? rc : -ENOMEM;
	/* A path that ends on the row means all its cells. */
	all = (all | jsonpath_hits(p->set, row)) & (p->text | p->known);
	t->n = t->row.n;
	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		struct column *c = &t->columns[i];

		rc = format_csv_name(t->r->data, &t->row, i, p->headed, t->a,
				     &c->name);
		if (rc == 0)
			rc = jsonpath_key(p->set, row, c->name, &c->state);
		if (rc == 0)
			c->hits = all | jsonpath_hits(p->set, c->state);
		c->text = (c->hits & p->text) != 0 ||
			  jsonpath_wants_json(p->set, c->state);
		named = named || c->text;
	}
	t->all_text = p->all_text || !named;
	return rc;
}

static int cell_take(struct table *t, size_t i, struct bytes *speaker)
{
	const struct format_plan *p = t->r->plan;
	const struct csv_cell *c = &t->row.cells[i];
	const struct column *col = &t->columns[i];
	struct run run = {.kind = RUN_VALUE,
			  .esc = t->bare,
			  .key = col->name,
			  .known = format_hits_known(p, col->hits)};
	int rc;

	if (c->start == c->end)
		return 0;
	if (c->quoted)
		run.esc = ESC_CSV;
	if (col->text || t->all_text)
		run.kind = col->text ? RUN_TEXT : RUN_CELL;
	rc = format_runs_cell(t->r, c->start, c->end, c->quoted, &run);
	return rc == 0 ? format_value_cell(t->r, &run, col->state, col->hits,
					   speaker)
		       : rc;
}

/* The row's runs; those that have no speaker of their own get the row's. */
static int row_take(struct table *t)
{
	struct format_reader *r = t->r;
	struct bytes speaker = {NULL, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n; i++)
		rc = cell_take(t, i, &speaker);
	for (size_t i = 0; speaker.p != NULL && i < r->nruns; i++) {
		if (r->runs[i].speaker.p == NULL)
			r->runs[i].speaker = speaker;
	}
	return rc;
}

static int record(struct table *t)
{
	const struct csv_row *row = &t->row;
	struct format_frame *out = t->r->out;
	uint8_t denied = DENIAL_NONE;
	const char *why = row->why;
	uint64_t sep;
	int rc;

	if (t->number == UINT32_MAX)
		return -EFBIG;
	if (t->number == 0)
		out->body = out->body_end = row->start;
	sep = out->body_end;
	out->body_end = row->end;
	format_value_begin(t->r, t->number++, row->start);
	if (row->end - row->start > FORMAT_RECORD_MAX) {
		denied = DENIAL_LIMIT;
		why = "the row is longer than 64 MiB";
	} else if (why == NULL && row->n != t->n) {
		why = "the row has another number of cells";
	}
	if (why != NULL)
		return format_value_emit(
			t->r, sep, row->start, row->end,
			denied == DENIAL_NONE ? DENIAL_MALFORMED : denied, why);
	rc = row_take(t);
	return rc == 0 ? format_value_emit(t->r, sep, row->start, row->end,
					   DENIAL_NONE, NULL)
		       : rc;
}

/* The row that says how many columns there are, and maybe their names. */
static int first(struct table *t)
{
	struct format_frame *out = t->r->out;
	bool headed = t->r->plan->headed;
	int rc;

	if (headed && t->row.why != NULL) {
		out->denied = DENIAL_MALFORMED;
		snprintf(out->why, sizeof(out->why), "its header: %s",
			 t->row.why);
		return -EPROTO;
	}
	rc = t->row.why == NULL ? columns_set(t) : 0;
	return rc != 0 || headed ? rc : record(t);
}

static int rows(struct table *t)
{
	struct bytes in = t->r->data;
	enum format f = t->r->plan->format;
	uint64_t at = csv_begin(in);
	int rc;

	while ((rc = csv_next(in, f, &at, &t->row)) == 1) {
		rc = t->n == 0 ? first(t) : record(t);
		if (rc != 0)
			return rc;
	}
	return rc;
}

int format_csv_read(struct format_reader *r)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct table t = {.r = r, .a = a, .bare = ESC_CELL};
	struct format_frame *out = r->out;
	int rc = a == NULL ? -ENOMEM : 0;

	if (!csv_quotes(r->plan->format))
		t.bare |= ESC_BEGIN; /* never quoted; see span.h */
	out->body = out->body_end = r->data.n;
	if (rc == 0)
		rc = rows(&t);
	csv_row_free(&t.row);
	if (rc == 0 && out->body + (r->data.n - out->body_end) > FRAME_MAX) {
		out->denied = DENIAL_LIMIT;
		snprintf(out->why, sizeof(out->why),
			 "its header, or what is blank around its rows, is "
			 "longer than 1 MiB");
		return 0;
	}
	if (rc == 0)
		rc = buf_putb(&out->prefix, bytes_sub(r->data, 0, out->body));
	if (rc == 0)
		rc = buf_putb(&out->suffix,
			      bytes_sub(r->data, out->body_end, r->data.n));
	return rc == -EPROTO && out->denied != DENIAL_NONE ? 0 : rc;
}
