/* The manifest's external recognizers: programs of the owner's. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_MANIFEST_EXTERNAL_H
#define INGEST_MANIFEST_EXTERNAL_H

#include "fs/ingest/manifest.h"
#include "policy/load_yaml.h"

/** manifest_external(n, a, d, e): the list under `recognizers.external`; n
 * NULL: none. -EPROTO with its place, -ENOMEM. */
int manifest_external(const struct yaml_node *n, struct arena *a,
		      struct dataset_rules *d, struct err *e) MUST_CHECK;

#endif
