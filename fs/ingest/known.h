/* What an ingest tells its children of the data set's other files. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_KNOWN_H
#define INGEST_KNOWN_H

#include "base/hash.h"
#include "fs/ingest/job.h"

/**
 * known_make(run, e): the stored paths of the coming version, as far as they
 * are known before it: those of the walk and, where others stay, those of the
 * version before, with their folders. Their hashes go to run's children, in a
 * file in memory that nobody can change; run->known is their digest. -ENOMEM,
 * what the store says.
 */
int known_make(struct ingest_run *run, struct err *e) MUST_CHECK NONNULL_ALL;

#endif
