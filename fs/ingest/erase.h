/* Erasing objects, records, and the values of a person from a store. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_ERASE_H
#define INGEST_ERASE_H

#include "base/progress.h"
#include "fs/audit/audit.h"
#include "fs/ingest/needle.h"
#include "fs/store/store.h"

/* A content in which something was found; borrowed. */
struct erase_found {
	const char *dataset;
	const uint8_t *id; /* STORE_ID, of the object */
	struct bytes path;
	uint64_t version;	 /* of the data set, that brought it */
	bool live;		 /* the newest version shows it */
	bool whole;		 /* all of it goes */
	const struct bytes *ids; /* of the records that go, else */
	size_t nids;
};

struct erase_want {
	struct store *store; /* may be written to, unless dry */
	const char *dataset; /* NULL: all; only with values */
	struct bytes path;   /* a file, or a folder and all below; empty:
				all of the data set; or */
	const char *record;  /* the id of a record of that file; NULL: all */
	struct needles *values;
	bool dry_run;
	/* Appends the ERASE events, durable on return. */
	int (*log)(void *ctx, struct event *ev);
	/* Sessions there are have ended when it returns. */
	int (*clear)(void *ctx, struct err *e);
	void *hold;			 /* ctx of both */
	const struct progress *progress; /* bytes done, total, objects */
	void (*found)(void *ctx, const struct erase_found *f);
	void *ctx;
};

struct erase_sum {
	uint64_t datasets;	   /* that changed */
	uint64_t objects, records; /* live ones: whole, and parts of others */
	uint64_t contents;	   /* keys destroyed, of all versions */
	struct store_gc gc;
};

/**
 * erase_run(w, sum, e): -ENOENT: nothing was found. What was found is erased
 * in one data set after the other; a crash leaves each as it was or erased,
 * and the next writer of the store ends what was begun. Only earlier versions
 * in which it was found go; the newest lives on without it.
 */
int erase_run(const struct erase_want *w, struct erase_sum *sum,
	      struct err *e) MUST_CHECK;

#endif
