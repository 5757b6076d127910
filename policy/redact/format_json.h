/* Inside of the formats: JSON files and JSONL files. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_FORMAT_JSON_H
#define REDACT_FORMAT_JSON_H

#include "policy/redact/format_value.h"

/** format_json_read(r): a JSON file, with or without a records path. */
int format_json_read(struct format_reader *r) MUST_CHECK;

/** format_jsonl_read(r): one record a line. */
int format_jsonl_read(struct format_reader *r) MUST_CHECK;

#endif
