/* Inside of detection: paths of stored files in one run of text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_FILE_H
#define REDACT_RECOGNIZER_FILE_H

#include "policy/redact/detect.h"

/**
 * recognizer_file(k, run, nr, out, seen): the paths in the run, number nr of
 * its record, that are of k: absolute ones, also behind file://, and any behind
 * ?d=; ascending, disjoint, behind what out has. *seen is set where something
 * looks like a path, stored or not. Linear. -ENOMEM.
 */
int recognizer_file(const struct known_files *k, const struct run *run,
		    uint32_t nr, struct hits *out,
		    bool *seen) MUST_CHECK NONNULL_ALL;

#endif
