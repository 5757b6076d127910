/* One run of fsck, as its two files share it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FSCK_H
#define STORE_FSCK_H

#include "fs/store/digest.h"
#include "fs/store/inner.h"

struct fsck_pack {
	uint8_t name[BACKEND_NAME];
	uint64_t size;
	bool used;
};

struct fsck {
	struct store *s;
	bool deep;
	struct lanes *lanes;
	const struct progress *progress;
	void (*bad)(void *ctx, const char *words);
	void *ctx;
	struct store_fsck *out;
	struct fsck_pack *packs; /* sorted by name */
	size_t npacks;
	int stop; /* a failure that is not damage ends the run */
};

/** fsck_bad(f, fmt): one problem in words. */
void fsck_bad(struct fsck *f, const char *fmt, ...) PRINTF(2, 3);

/** fsck_code(f, code): true where code is damage or 0; else it stops the run
 * (no memory, a failing disk) and the caller returns. */
bool fsck_code(struct fsck *f, int code) MUST_CHECK;

/** fsck_pack_cmp(a, b): order of struct fsck_pack, for qsort and bsearch. */
int fsck_pack_cmp(const void *a, const void *b);
/** fsck_place(f, what, pack, off, len): these bytes exist. */
void fsck_place(struct fsck *f, const char *what, const uint8_t *pack,
		uint64_t off, uint64_t len);

/** fsck_data_datasets(f): rows, versions, roots, entries; deep: contents.
 * fsck_data_objects(f): every content and span set with a row. */
void fsck_data_datasets(struct fsck *f);
void fsck_data_objects(struct fsck *f);

#endif
