/* What an export holds, file by file: for whoever has to account for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_RECEIPT_H
#define DESK_RECEIPT_H

#include "base/json.h"
#include "fs/desk/desk.h"

/**
 * receipt_files(d, o, files, e): one JSON object per file of the desk, in the
 * order of listing: visible path, object id, version, size and SHA-256 of the
 * view, numbers of the records in it; *files: how many.
 */
int receipt_files(struct desk *d, struct json_out *o, uint64_t *files,
		  struct err *e) MUST_CHECK;

#endif
