/* Inside of the manifest: words, segments, channels, audio. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_MANIFEST_TIMES_H
#define INGEST_MANIFEST_TIMES_H

#include "base/arena.h"
#include "policy/load_yaml.h"
#include "policy/redact/dataset.h"

/**
 * manifest_times(n, a, f, e): when words are spoken, and in which recording,
 * of the file rule n into f. -EPROTO with place and words, -ENOMEM.
 */
int manifest_times(const struct yaml_node *n, struct arena *a,
		   struct file_rule *f, struct err *e) MUST_CHECK;

/* ---- manifest.c ---- */

/** manifest_path(n, a, out, e): a JSONPath; n NULL: *out stays. */
int manifest_path(const struct yaml_node *n, struct arena *a,
		  const struct jsonpath **out, struct err *e) MUST_CHECK;

/** manifest_template(n, text, e): it has no {name} that no template knows. */
int manifest_template(const struct yaml_node *n, const char *text,
		      struct err *e) MUST_CHECK;

#endif
