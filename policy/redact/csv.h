/* Rows and cells of a table (RFC 4180), as places in its bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_CSV_H
#define REDACT_CSV_H

#include "policy/redact/index.h"

#define CSV_CELLS_MAX 65536u /* of one row; more are malformed */

/* Bytes [start, end), without the quotes around them. */
struct csv_cell {
	uint64_t start, end;
	bool quoted;
};

/* One row, without its line end. Zero-initialise; it is used again. */
struct csv_row {
	uint64_t start, end;
	struct csv_cell *cells;
	size_t n, cap;	 /* n: cells, all that there are */
	const char *why; /* malformed: words, and cells are not to be used */
};

/** csv_row_free(row): fits CLEANUP. */
void csv_row_free(struct csv_row *row);

/** csv_separator(f): of a format that is a table; 0: it is none. csv_quotes(f):
 * a cell may be quoted. csv_format(separator, quotes): the way back;
 * FORMAT_DENIED. */
char csv_separator(enum format f);
bool csv_quotes(enum format f);
enum format csv_format(char separator, bool quotes);

/** csv_look(in, quotes): the separator that stands most often in the first row,
 * outside of quotes; of several the first of , ; tab |, of none the comma. */
char csv_look(struct bytes in, bool quotes);

/** csv_begin(in): where the first row may begin: behind a byte order mark. */
uint64_t csv_begin(struct bytes in);

/**
 * csv_next(in, f, at, row): the next row of a table of format f; lines without
 * any byte are passed over, *at moves behind its line end. A quote that is
 * never closed reaches to the end of the file. 1: a row, 0: no more, -ENOMEM.
 */
int csv_next(struct bytes in, enum format f, uint64_t *at,
	     struct csv_row *row) MUST_CHECK;

#endif
