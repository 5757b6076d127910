/* Rows and cells of a table (RFC 4180), as places in its bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cell that begins with a quote ends with one that stands alone, two are one
 * of the text; separators and line ends in it are text. Any other cell is what
 * it is, up to the separator or line end; quotes in it are text. Rows end with
 * LF, CRLF, or the file (with or without a CR).
 *
 * What readers disagree about is a fault of its row: bytes between a closing
 * quote and the separator, a CR alone outside of quotes, a zero byte.
 */
#include "policy/redact/csv.h"

#include <errno.h>

#include "base/mem.h"

#define LOOK 65536u /* bytes of the first row looked at for its separator */

static const struct {
	char separator;
	enum format format;
} kinds[] = {{',', FORMAT_CSV},
	     {';', FORMAT_SSV},
	     {'\t', FORMAT_TSV},
	     {'|', FORMAT_PSV}};

void csv_row_free(struct csv_row *row)
{
	mem_free(row->cells);
	*row = (struct csv_row){0};
}

char csv_separator(enum format f)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].format == f)
			return kinds[i].separator;
	}
	return 0;
}

enum format csv_format(char separator)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].separator == separator)
			return kinds[i].format;
	}
	return FORMAT_DENIED;
}

uint64_t csv_begin(struct bytes in)
{
	return in.n >= 3 && memcmp(in.p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* The length of the line end at `at`; 0: there is none. */
static uint64_t line_end(struct bytes in, uint64_t at)
{
	if (at < in.n && in.p[at] == '\n')
		return 1;
	if (at >= in.n || in.p[at] != '\r')
		return 0;
	if (at + 1 == in.n)
		return 1;
	return in.p[at + 1] == '\n' ? 2 : 0;
}

static uint64_t pass_blank(struct bytes in, uint64_t at)
{
	uint64_t n;

	while ((n = line_end(in, at)) != 0)
		at += n;
	return at;
}

enum format csv_look(struct bytes in)
{
	uint64_t at = pass_blank(in, csv_begin(in));
	uint64_t end = at + LOOK < in.n ? at + LOOK : in.n;
	size_t counts[ARRAY_LEN(kinds)] = {0}, best = 0;
	bool quoted = false;

	for (; at < end && (quoted || in.p[at] != '\n'); at++) {
		quoted = quoted != (in.p[at] == '"');
		for (size_t i = 0; !quoted && i < ARRAY_LEN(kinds); i++)
			counts[i] += in.p[at] == (uint8_t)kinds[i].separator;
	}
	for (size_t i = 1; i < ARRAY_LEN(kinds); i++)
		best = counts[i] > counts[best] ? i : best;
	return kinds[best].format;
}

/* The cell at *at, which moves behind it; where it is at fault, NULL or words,
 * and *at is where the fault shows. */
static const char *plain_cell(struct bytes in, char separator, uint64_t *at,
			      struct csv_cell *c)
{
	uint64_t i = *at;
	uint8_t b = 0;

	*c = (struct csv_cell){.start = i};
	for (; i < in.n; i++) {
		b = in.p[i];
		if (b == (uint8_t)separator || b == '\n' || b == '\r' || b == 0)
			break;
	}
	*at = c->end = i;
	if (i < in.n && b == 0)
		return "it holds a zero byte";
	if (i < in.n && b == '\r' && line_end(in, i) == 0)
		return "a carriage return stands alone";
	return NULL;
}

static const char *quoted_cell(struct bytes in, char separator, uint64_t *at,
			       struct csv_cell *c)
{
	const uint8_t *q;
	uint64_t i = *at + 1;

	*c = (struct csv_cell){.start = i, .quoted = true};
	for (;;) {
		q = memchr(in.p + i, '"', in.n - i);
		if (q == NULL) {
			*at = c->end = in.n;
			return "a quote is not closed";
		}
		i = (uint64_t)(q - in.p) + 1;
		if (i == in.n || in.p[i] != '"')
			break;
		i++;
	}
	c->end = i - 1;
	*at = i;
	if (memchr(in.p + c->start, 0, c->end - c->start) != NULL)
		return "it holds a zero byte";
	if (i < in.n && in.p[i] != (uint8_t)separator && line_end(in, i) == 0)
		return "bytes stand behind a closing quote";
	return NULL;
}

static int cell_add(struct csv_row *row, const struct csv_cell *c)
{
	if (row->n == CSV_CELLS_MAX) {
		row->why = "it has more than 65536 cells";
		return 0;
	}
	if (row->n == row->cap) {
		size_t cap = row->cap == 0 ? 16 : row->cap * 2;
		void *p = mem_grow(row->cells, cap, sizeof(*c));

		if (p == NULL)
			return -ENOMEM;
		row->cells = p;
		row->cap = cap;
	}
	row->cells[row->n++] = *c;
	return 0;
}

/* Behind a fault: the row ends with the line. */
static uint64_t rest_of_line(struct bytes in, uint64_t at)
{
	const uint8_t *nl = NULL;

	if (at < in.n)
		nl = memchr(in.p + at, '\n', in.n - at);
	if (nl == NULL)
		return in.n;
	at = (uint64_t)(nl - in.p);
	return at > 0 && in.p[at - 1] == '\r' ? at - 1 : at;
}

int csv_next(struct bytes in, char separator, uint64_t *at, struct csv_row *row)
{
	uint64_t i = pass_blank(in, *at);
	struct csv_cell c;
	bool more = i < in.n;
	int rc = 0;

	*at = row->start = row->end = i;
	row->n = 0;
	row->why = NULL;
	if (!more)
		return 0;
	while (rc == 0 && more && row->why == NULL) {
		bool quoted = i < in.n && in.p[i] == '"';

		row->why = quoted ? quoted_cell(in, separator, &i, &c)
				  : plain_cell(in, separator, &i, &c);
		if (row->why == NULL)
			rc = cell_add(row, &c);
		more = i < in.n && in.p[i] == (uint8_t)separator;
		i += more;
	}
	if (rc != 0)
		return rc;
	row->end = row->why == NULL ? i : rest_of_line(in, i);
	*at = row->end + line_end(in, row->end);
	return 1;
}
