/* One group of files: through a keyless child, into the store. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_JOB_H
#define INGEST_JOB_H

#include <pthread.h>

#include "fs/ingest/child_pool.h"
#include "fs/ingest/flagged.h"
#include "fs/ingest/ingest.h"
#include "fs/ingest/walk.h"

/* What the workers of one run share; `lock` guards what changes. */
struct ingest_run {
	const struct ingest_want *w;
	struct ingest_sum *sum;
	struct child_pool *children;
	struct store_ingest *txn; /* NULL: dry run */
	struct key *print;	  /* of files; NULL: dry run */
	uint8_t setup[32];	  /* digest of manifest and word lists */
	uint8_t known[32];	  /* of the stored paths: known.h */
	bool erased; /* from some file of this store something was */
	struct walk walk;
	struct flagged flagged; /* in the data set, and taken */
	struct packed *packed;	/* what is unpacked, and by whom */
	size_t next;		/* first file of the next group */
	uint64_t done;		/* bytes */
	pthread_mutex_t lock;
	int failed; /* first failure that ends the run */
	struct err err;
};

/**
 * job_run(r, writer, first, n, e): files [first, first + n) of the walk are
 * one group. Denied files are sealed as denied and counted; only what ends the
 * whole run (disk full, no memory) is an error.
 */
int job_run(struct ingest_run *r, struct store_writer *writer, size_t first,
	    size_t n, struct err *e) MUST_CHECK;

/**
 * job_complain(r, path, record, words): to the owner, one at a time.
 */
void job_complain(struct ingest_run *r, struct bytes path, uint64_t record,
		  const char *words);

#endif
