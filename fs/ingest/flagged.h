/* What annotators flagged and the owner took, for an ingest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_FLAGGED_H
#define INGEST_FLAGGED_H

#include "base/arena.h"
#include "fs/store/flag.h"
#include "policy/redact/flag.h"

struct ingest_run;

/* Those of one data set, by stored path. Zero is none; flagged_free. */
struct flagged {
	struct arena *arena;
	struct bytes *paths; /* of v */
	struct flag *v;
	size_t n, cap;
};
void flagged_free(struct flagged *f);

/** flagged_load(f, s, dataset, e): what was taken or is about to be. */
int flagged_load(struct flagged *f, struct store *s, const char *dataset,
		 struct err *e) MUST_CHECK;

/** flagged_of(f, path, n): those of a file, in a row; NULL with *n 0: none. */
const struct flag *flagged_of(const struct flagged *f, struct bytes path,
			      size_t *n);

/** flagged_group(run, path, e): of the walk only the group of this stored file
 * stays. -ENOENT: it is not there. */
int flagged_group(struct ingest_run *run, const char *path,
		  struct err *e) MUST_CHECK;

/** flagged_erase(w, dataset, e): what is erased there takes the flags with it
 * whose words are among the values, or whose file goes; those of a file of
 * which a record goes stay: they hide what is left. */
struct erase_want;
int flagged_erase(const struct erase_want *w, const char *dataset,
		  struct err *e) MUST_CHECK NONNULL(1, 2);

#endif
