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
 * then cannot be read is not called damage. The area is opened anew, in the
 * state of that moment, and those files are read again, a few times.
 */
#define TRIES 4

struct fsck {
	struct store *s;
	struct work *w;
	const struct store_work *area;
	bool deep;
	void (*bad)(void *ctx, const char *words);
	void *ctx;
	struct work_fsck *out;
	uint8_t *room;
	bool whole;	  /* all files are to be read, not only these: */
	struct buf again; /* numbers of files */
	struct buf late;  /* of those that were written to meanwhile */
};

static void PRINTF(2, 3) say(struct fsck *f, const char *fmt, ...)
{
	char words[700], hex[2 * STORE_ID + 1];
	va_list ap;
	int n;

	hex_encode(hex, bytes_of(f->area->id, STORE_ID));
	n = snprintf(words, sizeof(words), "work/%s: ", hex);
	va_start(ap, fmt);
	vsnprintf(words + n, sizeof(words) - (size_t)n, fmt, ap);
	va_end(ap);
	f->bad(f->ctx, words);
}

static void bad(struct fsck *f, const char *words)
{
	f->out->bad++;
	say(f, "%s", words);
}

static void busy(struct fsck *f)
{
	f->out->busy++;
	say(f, "busy, not checked to its end: a session writes to it; try "
	       "again, or end the session first");
}

static void sqlite_bad(void *ctx, const char *words)
{
	struct fsck *f = ctx;

	f->out->bad++;
	say(f, "tree.db: %s", words);
}

/* The name is the annotator's own: only the number. */
static void block_bad(struct fsck *f, uint64_t id, uint64_t off)
{
	f->out->bad++;
	say(f, "file %llu: a block near byte %llu is not what was written",
	    (unsigned long long)id, (unsigned long long)off);
}

/* Every byte that is no hole. */
static int read_all(struct fsck *f, const struct stat *st)
{
	const size_t size = (size_t)WORK_BLOCK * WORK_CHUNK;
	uint64_t off = 0, end = (uint64_t)st->st_size;

	while ((off = work_next_data(f->w, st->st_ino, off)) < end) {
		ssize_t n = work_read(f->w, st->st_ino, off, f->room, size);

		if (n == -ENOMEM)
			return -ENOMEM;
		if (n == -EBUSY)
			return buf_put(&f->late, &st->st_ino,
				       sizeof(st->st_ino));
		if (n <= 0) {
			block_bad(f, st->st_ino, off);
			return 0;
		}
		off += (uint64_t)n;
	}
	return 0;
}

/* First all files are read, then what was late in the try before. */
static bool is_due(const struct fsck *f, uint64_t id)
{
	uint64_t one;

	for (size_t i = 0; i < f->again.n; i += sizeof(one)) {
		memcpy(&one, f->again.p + i, sizeof(one));
		if (one == id)
			return true;
	}
	return f->whole;
}

static int check_file(void *ctx, const struct work_file *file)
{
	struct fsck *f = ctx;

	if (!S_ISREG(file->st.st_mode) || !is_due(f, file->st.st_ino))
		return 0;
	if (f->whole) {
		f->out->files++;
		f->out->blocks += (uint64_t)file->st.st_blocks / 8;
	}
	return f->deep ? read_all(f, &file->st) : 0;
}

static int check_open(struct fsck *f)
{
	int r = f->whole ? work_db_check(f->w->db, sqlite_bad, f) : 0;

	if (r == -EUCLEAN) {
		bad(f, "tree.db cannot be read to its end");
		return 0;
	}
	return r == 0 ? work_each(f->w, check_file, f) : r;
}

/* One state of the area. -EBUSY: not all of it could be read. */
static int check_once(struct fsck *f)
{
	struct work_want want = {.store = f->s,
				 .project = (const char *)f->area->project.p,
				 .annotator =
					 (const char *)f->area->annotator.p,
				 .readonly = true};
	struct err e = {0};
	int r = work_open(&want, &f->w, &e);

	if (r == -ENOMEM || r == -EBUSY)
		return r;
	if (r != 0) {
		bad(f, e.text);
		return 0;
	}
	buf_clear(&f->late);
	r = check_open(f);
	work_closep(&f->w);
	f->whole = false;
	buf_clear(&f->again);
	if (r == 0)
		r = buf_putb(&f->again, buf_bytes(&f->late));
	return r == 0 && f->late.n > 0 ? -EBUSY : r;
}

static int check_area(void *ctx, const struct store_work *area)
{
	struct fsck *f = ctx;
	int r = -EBUSY;

	f->area = area;
	f->whole = true;
	buf_clear(&f->again);
	f->out->areas++;
	for (unsigned i = 0; r == -EBUSY && i < TRIES; i++)
		r = check_once(f);
	if (r == -EBUSY)
		busy(f);
	return r == -EBUSY ? 0 : r;
}

static int verdict(const struct fsck *f, struct err *e)
{
	const struct work_fsck *out = f->out;

	if (out->bad > 0)
		return err_set(e, -EUCLEAN, store_dir(f->s),
			       "%llu problems in work areas",
			       (unsigned long long)out->bad);
	if (out->busy > 0)
		return err_set(e, -EBUSY, store_dir(f->s),
			       "%llu work areas were written to meanwhile",
			       (unsigned long long)out->busy);
	return 0;
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
	buf_free(&f.again);
	buf_free(&f.late);
	if (r != 0)
		return err_set(e, r, store_dir(s),
			       "the work areas cannot be checked: %s",
			       strerror(-r));
	return verdict(&f, e);
}
