/* The data set's manifest: YAML text to compiled rules. Runs in children. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_MANIFEST_H
#define INGEST_MANIFEST_H

#include "base/arena.h"
#include "base/err.h"
#include "policy/policy.h"
#include "policy/redact/dataset.h"

/* Lists that `words: FILE` names, given by who may open files. */
struct manifest_file {
	struct bytes name, data;
};

struct manifest {
	struct dataset_rules rules;
	struct terms terms;
	const struct bytes *wanted; /* word lists named, but not given */
	size_t nwanted;
};

/**
 * manifest_load(text, name, files, nfiles, a, out, e): parse and check all of
 * it; everything lives in a. Unknown keys, duplicate keys, aliases and tabs
 * are errors with place "name:line:column" and the nearest valid key. With
 * nwanted != 0 the result is not complete: call again with those files.
 * -EPROTO, -ENOMEM.
 */
int manifest_load(struct bytes text, const char *name,
		  const struct manifest_file *files, size_t nfiles,
		  struct arena *a, struct manifest *out,
		  struct err *e) MUST_CHECK;

#endif
