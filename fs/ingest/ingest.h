/* Taking files into the store: walk, group, detect in children, seal. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "base/progress.h"
#include "fs/audit/audit.h"
#include "fs/ingest/child.h"
#include "fs/store/store.h"

struct ingest_want {
	struct store *store; /* locked; not needed with dry_run */
	/* Appends the INGEST events, durable on return; NULL with dry_run. */
	int (*log)(void *ctx, struct event *ev);
	void *log_ctx;
	const char *dataset;  /* name; NULL: the manifest's */
	const char *manifest; /* file; NULL: none */
	const char *const *paths;
	size_t npaths;
	unsigned jobs; /* 0: one per CPU */
	uint64_t held; /* bytes of opened archives that stay in memory;
			  0: PACKED_HELD */
	bool dry_run;  /* detect and count only */
	bool redetect; /* what is stored, in place of paths: store is set, and
			  locked unless dry_run; a manifest, too */
	const char *only; /* redetect: the group of this stored file, by the
			     manifest of that name; NULL: all */
	bool keep_unseen; /* paths of the newest version that are not
			     among these stay */
	struct child_pool *children;	 /* NULL: the run's own */
	const struct progress *progress; /* bytes done, total, files */
	/* Words for the owner: denied files and records, links not followed,
	 * files that changed; from one thread at a time. record: its number,
	 * or INGEST_NO_RECORD. */
	void (*complain)(void *ctx, struct bytes path, uint64_t record,
			 const char *words);
	void *ctx;
};
#define INGEST_NO_RECORD UINT64_MAX

/* Spans of one type, over all files. */
struct ingest_count {
	char type[64];
	uint64_t spans;
};

struct ingest_sum {
	uint64_t files, bytes; /* taken or found to stand already */
	uint64_t skipped;      /* of them: stood already, nothing to do */
	uint64_t denied;       /* taken, but never shown */
	uint64_t left;	       /* not taken: changed, unreadable, links */
	uint64_t records, records_denied, spans;
	struct ingest_count counts[64]; /* by spans, descending */
	size_t ncounts;			/* the rest is in the last, "OTHER" */
	uint64_t version;		/* of the data set; 0 with dry_run */
	uint8_t root[32];
	char dataset[256];
};

/**
 * ingest_run(w, sum, e): 0 also when files were denied or left out (the caller
 * exits 3 then). Restartable: what an interrupted run sealed is not done
 * again. The INGEST event is durable before the version is current. -EPROTO
 * manifest; -ENOENT a path; -ENOSPC disk full (the old version stays);
 * -EACCES terms; -ECANCELED progress said so.
 */
int ingest_run(const struct ingest_want *w, struct ingest_sum *sum,
	       struct err *e) MUST_CHECK NONNULL(1, 2);

#endif
