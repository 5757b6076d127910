/* Finding the fields that a policy takes out of a table. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table keeps its columns, so a field that is removed is emptied as one that
 * is dropped. An unquoted cell is left as two quotes (where cells are never
 * quoted, and it is alone, as a blank): a row of one empty cell would be a
 * blank line. Rows that are never shown are passed over.
 */
#include <errno.h>

#include "policy/redact/fields.h"
#include "policy/redact/format_csv.h"
#include "policy/redact/format_value.h"

struct column {
	uint32_t state;
	uint64_t places; /* what is only looked for */
	bool cut, json;
};

struct table {
	struct fields *f;
	enum format format;
	struct bytes in;
	struct arena *a;
	struct csv_row row;
	struct column *columns;
	size_t n; /* 0: not known yet */
};

static int columns_set(struct table *t)
{
	struct jsonpath_set *set = t->f->set;
	uint32_t root = jsonpath_start(set), row;
	uint64_t cuts = ~t->f->places;
	int rc = jsonpath_element(set, root, &row);
	bool all;

	t->columns = arena_array(t->a, t->row.n, sizeof(*t->columns));
	if (rc != 0 || t->columns == NULL)
		return rc != 0 ? rc : -ENOMEM;
	all = ((jsonpath_hits(set, root) | jsonpath_hits(set, row)) & cuts) !=
	      0;
	t->n = t->row.n;
	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		struct column *c = &t->columns[i];
		struct bytes name;

		rc = format_csv_name(t->in, &t->row, i, t->f->depth == 0, t->a,
				     &name);
		if (rc == 0)
			rc = jsonpath_key(set, row, name, &c->state);
		if (rc != 0)
			return rc;
		c->places = jsonpath_hits(set, c->state) & t->f->places;
		c->cut = all || (jsonpath_hits(set, c->state) & cuts) != 0;
		c->json = jsonpath_wants_json(set, c->state);
	}
	return rc;
}

static int cell_empty(struct table *t, const struct csv_cell *c)
{
	const char *left = c->quoted ? "" : "\"\"";
	int rc = fields_walk_end(t->f);

	if (rc != 0 || c->start == c->end)
		return rc;
	if (!csv_quotes(t->format))
		left = t->n == 1 ? " " : "";
	return t->f->sink(t->f->ctx, c->start, c->end, bytes_str(left));
}

/* What JSON a cell holds, its text as a run with its way back to the source. */
static int cell_json(struct table *t, const struct csv_cell *c, uint32_t state)
{
	CLEANUP(text_free) struct text_builder b = {0};
	struct bytes in = bytes_sub(t->in, c->start, c->end - c->start);
	struct run run = {.kind = RUN_TEXT};
	int rc = c->quoted ? text_cell(&b, in, c->start)
			   : text_plain(&b, in, c->start);

	if (rc != 0)
		return rc;
	run.text = buf_bytes(&b.text);
	run.map = b.map;
	run.nmap = b.nmap;
	if (!format_value_is_json(run.text))
		return cell_empty(t, c);
	rc = fields_walk_nested(t->f, &run, 0, state);
	return rc == 0 ? fields_walk_end(t->f) : rc;
}

/* A cell that may change places, with its quotes. Nothing is no value. */
static int cell_place(struct table *t, const struct csv_cell *c,
		      uint64_t places)
{
	if (places == 0 || t->f->place == NULL ||
	    (!c->quoted && c->start == c->end))
		return 0;
	return t->f->place(t->f->ctx, c->start - c->quoted, c->end + c->quoted,
			   (uint32_t)__builtin_ctzll(places));
}

static int row_find(struct table *t)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		const struct column *c = &t->columns[i];
		const struct csv_cell *cell = &t->row.cells[i];

		rc = cell_place(t, cell, c->places);
		if (rc == 0 && c->cut)
			rc = cell_empty(t, cell);
		else if (rc == 0 && c->json)
			rc = cell_json(t, cell, c->state);
	}
	return rc;
}

static int rows_find(struct table *t)
{
	uint64_t at = csv_begin(t->in);
	int rc;

	while ((rc = csv_next(t->in, t->format, &at, &t->row)) == 1) {
		bool first = t->n == 0;

		rc = 0;
		if (t->row.why != NULL)
			continue;
		if (first)
			rc = columns_set(t);
		if (rc == 0 && t->row.n == t->n && !(first && t->f->depth == 0))
			rc = row_find(t);
		if (rc != 0)
			return rc;
	}
	return rc;
}

int fields_csv(struct fields *f, enum format format, struct bytes data)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct table t = {.f = f, .format = format, .in = data, .a = a};
	int rc = a == NULL ? -ENOMEM : rows_find(&t);

	csv_row_free(&t.row);
	return rc;
}
