/* Making the version of an ingest current. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_PUBLISH_H
#define INGEST_PUBLISH_H

#include "fs/ingest/job.h"

/**
 * publish_version(run, e): an INGEST event "sealed", durable; the version,
 * current; an INGEST event "published" with its root, durable. What the store
 * or the log returned.
 */
int publish_version(struct ingest_run *run, struct err *e) MUST_CHECK;

#endif
