/* Inside of the formats: tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_CSV_H
#define REDACT_FORMAT_CSV_H

#include "policy/redact/csv.h"
#include "policy/redact/format_value.h"

/** format_csv_read(r): a table; one record a row. */
int format_csv_read(struct format_reader *r) MUST_CHECK;

/** format_csv_name(in, row, i, headed, a, out): how column i is called, in a:
 * by the cell of the row that names columns, or 1, 2 ... -ENOMEM. */
int format_csv_name(struct bytes in, const struct csv_row *row, size_t i,
		    bool headed, struct arena *a, struct bytes *out) MUST_CHECK;

#endif
