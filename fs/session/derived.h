/* Saved work that may have come of data that are to go. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_DERIVED_H
#define SESSION_DERIVED_H

#include "fs/audit/reader.h"
#include "fs/store/store.h"

/* A file or link of a work area; borrowed. */
struct derived_file {
	struct bytes project, annotator;
	struct bytes path; /* below the area */
};

struct derived_want {
	struct store *store; /* may be written to, unless dry */
	struct audit_reader *reader;
	const uint8_t (*objects)[STORE_ID]; /* that go */
	size_t nobjects;
	bool dry_run;
	/* Each file that goes; may be NULL. */
	void (*found)(void *ctx, const struct derived_file *f);
	void *ctx;
};

/**
 * derived_remove(w, files, e): in each work area whose annotator opened one of
 * the objects in a session of its project, says the log, every file and link
 * goes that was changed since the first time. *files grows by their number.
 * -EBUSY: a session writes to an area, nothing of that one went.
 */
int derived_remove(const struct derived_want *w, uint64_t *files,
		   struct err *e) MUST_CHECK;

#endif
