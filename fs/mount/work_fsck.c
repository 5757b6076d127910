/* Checks the work areas of a store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * Of each area that the catalog names: its key opens, SQLite finds its file
 * whole, every row opens and the head's sum is that of the rows (which loading
 * checks), and with deep every block opens. A session may be writing: what
 * then cannot be read is not called damage.
 */
struct fsck {
	struct store *s;
	struct work *w;
	const struct store_work *area;
	bool deep;
	void (*bad)(void *ctx, const char *words);
	void *ctx;
	struct work_fsck *out;
	uint8_t *room;
};

static void PRINTF(2, 3) bad(struct fsck *f, const char *fmt, ...)
{
	char words[700], hex[2 * STORE_ID + 1];
	va_list ap;
	int n;

	hex_encode(hex, bytes_of(f->area->id, STORE_ID));
	n = snprintf(words, sizeof(words), "work/%s: ", hex);
	va_start(ap, fmt);
	vsnprintf(words + n, sizeof(words) - (size_t)n, fmt, ap);
	va_end(ap);
	f->out->bad++;
	f->bad(f->ctx, words);
}

static void sqlite_bad(void *ctx, const char *words)
{
	bad(ctx, "tree.db: %s", words);
}

static int check_file(void *ctx, const struct work_file *file)
{
	struct fsck *f = ctx;
	const size_t size = (size_t)WORK_BLOCK * WORK_CHUNK;
	uint64_t off = 0;

	if (!S_ISREG(file->st.st_mode))
		return 0;
	f->out->files++;
	f->out->blocks += (uint64_t)file->st.st_blocks / 8;
	while (f->deep) {
		ssize_t n;

		off = work_next_data(f->w, file->st.st_ino, off);
		if (off >= (uint64_t)file->st.st_size)
			break;
		n = work_read(f->w, file->st.st_ino, off, f->room, size);
		if (n <= 0) {
			/* the name is the annotator's own: only the number */
			bad(f,
			    "file %llu: a block near byte %llu is not what "
			    "was written",
			    (unsigned long long)file->st.st_ino,
			    (unsigned long long)off);
			return n == -ENOMEM ? -ENOMEM : 0;
		}
		off += (uint64_t)n;
	}
	return 0;
}

static int check_open(struct fsck *f)
{
	int r = work_db_check(f->w->db, sqlite_bad, f);

	if (r == -EUCLEAN) {
		bad(f, "tree.db cannot be read to its end");
		return 0;
	}
	return r == 0 ? work_each(f->w, check_file, f) : r;
}

static int check_area(void *ctx, const struct store_work *area)
{
	struct fsck *f = ctx;
	struct work_want want = {.store = f->s,
				 .project = (const char *)area->project.p,
				 .annotator = (const char *)area->annotator.p,
				 .readonly = true};
	struct err e = {0};
	int r;

	f->area = area;
	f->out->areas++;
	r = work_open(&want, &f->w, &e);
	if (r != 0) {
		if (r == -ENOMEM)
			return r;
		bad(f, "%s", e.text);
		return 0;
	}
	r = check_open(f);
	work_closep(&f->w);
	return r;
}

int work_fsck(struct store *s, bool deep,
	      void (*tell)(void *ctx, const char *words), void *ctx,
	      struct work_fsck *out, struct err *e)
{
	struct fsck f = {
		.s = s, .deep = deep, .bad = tell, .ctx = ctx, .out = out};
	int r;

	*out = (struct work_fsck){0};
	f.room = mem_new((size_t)WORK_BLOCK * WORK_CHUNK, 1);
	r = f.room == NULL ? -ENOMEM : store_work_each(s, check_area, &f);
	if (f.room != NULL)
		secret_wipe(f.room, (size_t)WORK_BLOCK * WORK_CHUNK);
	mem_free(f.room);
	if (r != 0)
		return err_set(e, r, store_dir(s),
			       "the work areas cannot be checked: %s",
			       strerror(-r));
	return out->bad == 0 ? 0
			     : err_set(e, -EUCLEAN, store_dir(s),
				       "%llu problems in work areas",
				       (unsigned long long)out->bad);
}
