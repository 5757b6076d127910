/* Inside of the transforms: where a file is seen that a text names. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_TRANSFORM_FILE_H
#define REDACT_TRANSFORM_FILE_H

#include "policy/redact/decision.h"

/** transform_file(in, out): append where in->canon, a stored path, is seen:
 * from /carrel/data on where in->text begins with a slash, else within its data
 * set.
 * "[FILE]" where it is not to be seen. -ENOMEM. */
int transform_file(const struct transform_in *in, struct buf *out) MUST_CHECK;

#endif
