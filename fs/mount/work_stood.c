/* What stood in a work area when it was opened: files that were kept once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/hash.h"
#include "fs/mount/work_in.h"

/*
 * A program that saves replaces: it writes another file and renames it over
 * the old one, or puts the old one aside, under a name that it removes later.
 * So a file is an old one by its node or by its path, whichever stood. Of the
 * paths a keyed hash in memory is enough, sorted.
 */

static uint64_t of_path(const struct work *w, struct bytes path)
{
	return hash_u64(w->keys.names, path);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

static int note(void *ctx, const struct work_file *f)
{
	struct work *w = ctx;
	uint64_t h = of_path(w, f->path);

	return S_ISDIR(f->st.st_mode) ? 0 : buf_put(&w->stood, &h, sizeof(h));
}

int work_stood_note(struct work *w)
{
	int r = work_each(w, note, w);

	if (r == 0 && w->stood.n > 0)
		qsort(w->stood.p, w->stood.n / sizeof(uint64_t),
		      sizeof(uint64_t), by_value);
	return r;
}

bool work_stood(const struct work *w, struct bytes path)
{
	uint64_t h = of_path(w, path);

	return w->stood.n > 0 && bsearch(&h, w->stood.p, w->stood.n / sizeof(h),
					 sizeof(h), by_value) != NULL;
}
