/* The manifest's own recognizers: patterns, begin and end, word lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_MANIFEST_CUSTOM_H
#define INGEST_MANIFEST_CUSTOM_H

#include "fs/ingest/manifest.h"
#include "policy/load_yaml.h"

/**
 * manifest_type(n, out, e): the name of an entity type: upper case letters,
 * digits and '_'.
 */
int manifest_type(const struct yaml_node *n, const char **out,
		  struct err *e) MUST_CHECK;

/**
 * manifest_custom(n, files, nfiles, a, m, e): the `recognizers` map (NULL:
 * none) into m->rules.custom; word lists that are named but not among files
 * go to m->wanted.
 */
int manifest_custom(const struct yaml_node *n,
		    const struct manifest_file *files, size_t nfiles,
		    struct arena *a, struct manifest *m,
		    struct err *e) MUST_CHECK;

#endif
