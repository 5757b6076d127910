/* Rows and cells of a table (RFC 4180), as places in its bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cell that begins with a quote ends with one that stands alone, two are one
 * of the text; separators and line ends in it are text. Any other cell is what
 * it is, up to the separator or line end; quotes in it are text. Rows end with
 * LF, CRLF, or the file (with or without a CR).
 *
 * What readers disagree about is a fault of its row, which ends all the same
 * where most of them end it: bytes between a closing quote and the separator
 * (read as in a cell without quotes), a CR alone outside of quotes, a zero
 * byte.
 */
#include "policy/redact/csv.h"

#include <errno.h>

#include "base/mem.h"

#define LOOK 65536u /* bytes of the first row looked at for its separator */

static const struct {
	char separator;
	enum format quoted, bare;
} kinds[] = {{',', FORMAT_CSV, FORMAT_CSV_BARE},
	     {';', FORMAT_SSV, FORMAT_SSV_BARE},
	     {'\t', FORMAT_TSV, FORMAT_TSV_BARE},
	     {'|', FORMAT_PSV, FORMAT_PSV_BARE}};

void csv_row_free(struct csv_row *row)
{
	mem_free(row->cells);
	*row = (struct csv_row){0};
}

char csv_separator(enum format f)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].quoted == f || kinds[i].bare == f)
			return kinds[i].separator;
	}
	return 0;
}

bool csv_quotes(enum format f)
{
	return csv_format(csv_separator(f), true) == f;
}

enum format csv_format(char separator, bool quotes)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (kinds[i].separator == separator)
			return quotes ? kinds[i].quoted : kinds[i].bare;
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

char csv_look(struct bytes in, bool quotes)
{
	uint64_t at = pass_blank(in, csv_begin(in));
	uint64_t end = at + LOOK < in.n ? at + LOOK : in.n;
	size_t counts[ARRAY_LEN(kinds)] = {0}, best = 0;
	bool quoted = false, opens = true; /* a quote here would */

	for (; at < end && (quoted || in.p[at] != '\n'); at++) {
		bool quote = quotes && in.p[at] == '"';
		bool closes = quoted && quote;

		if (quoted || (quote && opens))
			quoted = !closes;
		opens = closes; /* it may be doubled */
		for (size_t i = 0; !quoted && i < ARRAY_LEN(kinds); i++) {
			bool here = in.p[at] == (uint8_t)kinds[i].separator;

			counts[i] += here;
			opens = opens || here;
		}
	}
	for (size_t i = 1; i < ARRAY_LEN(kinds); i++)
		best = counts[i] > counts[best] ? i : best;
	return kinds[best].separator;
}

/* Behind what stands up to the separator or the end of the row from `at` on;
 * *why: words where a byte is at fault. */
static uint64_t pass_plain(struct bytes in, char separator, uint64_t at,
			   const char **why)
{
	for (; at < in.n; at++) {
		uint8_t b = in.p[at];

		if (b == (uint8_t)separator || line_end(in, at) != 0)
			break;
		if (b == '\r')
			*why = "a carriage return stands alone";
		if (b == 0)
			*why = "it holds a zero byte";
	}
	return at;
}

/* Likewise behind the quote that closes what begins at `at`. */
static uint64_t pass_quoted(struct bytes in, uint64_t at, const char **why)
{
	uint64_t from = at;
	const uint8_t *q;

	while ((q = at < in.n ? memchr(in.p + at, '"', in.n - at) : NULL) !=
	       NULL) {
		at = (uint64_t)(q - in.p) + 1;
		if (at == in.n || in.p[at] != '"')
			break;
		at++;
	}
	if (q == NULL) {
		*why = "a quote is not closed";
		return in.n;
	}
	if (memchr(in.p + from, 0, at - from) != NULL)
		*why = "it holds a zero byte";
	return at;
}

/* The cell at `at`; where it ends. */
static uint64_t cell_read(struct bytes in, enum format f, uint64_t at,
			  struct csv_cell *c, const char **why)
{
	char separator = csv_separator(f);
	uint64_t end;

	*c = (struct csv_cell){.start = at, .end = at};
	if (at == in.n || in.p[at] != '"' || !csv_quotes(f))
		return c->end = pass_plain(in, separator, at, why);
	c->quoted = true;
	c->start = at + 1;
	at = pass_quoted(in, at + 1, why);
	end = pass_plain(in, separator, at, why);
	if (end != at)
		*why = "bytes stand behind a closing quote";
	c->end = at > c->start ? at - 1 : c->start;
	return end;
}

static int cell_add(struct csv_row *row, const struct csv_cell *c)
{
	if (row->n >= CSV_CELLS_MAX) {
		row->n++; /* counted, not kept */
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

int csv_next(struct bytes in, enum format f, uint64_t *at, struct csv_row *row)
{
	uint8_t separator = (uint8_t)csv_separator(f);
	uint64_t i = pass_blank(in, *at);
	struct csv_cell c;
	bool more = i < in.n;
	int rc = 0;

	*at = row->start = row->end = i;
	row->n = 0;
	row->why = NULL;
	if (!more)
		return 0;
	while (rc == 0 && more) {
		i = cell_read(in, f, i, &c, &row->why);
		rc = cell_add(row, &c);
		more = i < in.n && in.p[i] == separator;
		i += more;
	}
	if (row->n > CSV_CELLS_MAX)
		row->why = "it has more than 65536 cells";
	row->end = i;
	*at = i + line_end(in, i);
	return rc == 0 ? 1 : rc;
}
