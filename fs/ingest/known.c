/* What an ingest tells its children of the data set's other files. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A path in a file's contents is found where it is that of a stored file
 * (known_files.h), so a child must know which are stored. It gets hashes alone,
 * of paths whose files it may not have seen: a child that a hostile file took
 * over learns whether a path that it guesses is there, and can tell nobody but
 * the gateway.
 *
 * What is found then depends on all paths of the version, and a file that comes
 * later may be named in one that stands. That costs nothing where no path is
 * named at all: the digest is in the stamp of those files only whose summary
 * says that something in them looks like a path (job.c).
 */
#include "fs/ingest/known.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "policy/redact/known_files.h"

static int put_hash(struct buf *b, struct bytes path)
{
	uint64_t h = known_files_hash(path);

	return buf_put(b, &h, sizeof(h));
}

/* A file, and the folders that it is in: to name one says as much of where the
 * owner has it. Of one name there are many ("data"), so two must fit. */
static int put(struct buf *b, struct bytes path)
{
	bool deep = false;
	int r = put_hash(b, path);

	for (size_t i = 0; r == 0 && i < path.n; i++) {
		if (path.p[i] != '/')
			continue;
		if (deep)
			r = put_hash(b, bytes_sub(path, 0, i));
		deep = true;
	}
	return r;
}

static int put_entry(void *ctx, const struct store_entry *o)
{
	return put(ctx, o->path);
}

/* Those that are not among the walk's files, but stay. */
static int put_staying(struct ingest_run *run, struct buf *b, struct err *e)
{
	CLEANUP(store_dataset_free) struct store_dataset d = {0};
	const struct ingest_want *w = run->w;
	int r;

	if (!w->keep_unseen || w->redetect || w->store == NULL)
		return 0;
	r = store_dataset_get(w->store, run->sum->dataset, 0, &d, e);
	if (r == 0 && d.version != 0)
		r = store_entries(w->store, &d, put_entry, b);
	return r == -ENOENT ? 0 : r;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static void sort_unique(struct buf *b)
{
	const size_t each = sizeof(uint64_t);
	size_t n = 0;

	if (b->n > 0)
		qsort(b->p, b->n / each, each, by_value);
	for (size_t i = 0; i < b->n; i += each) {
		if (n > 0 && memcmp(b->p + n - each, b->p + i, each) == 0)
			continue;
		memmove(b->p + n, b->p + i, each);
		n += each;
	}
	b->n = n;
}

int known_make(struct ingest_run *run, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	int fd CLEANUP(fd_close) = -1;
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->walk.n; i++)
		r = put(&b, run->walk.v[i].stored);
	if (r == 0)
		r = put_staying(run, &b, e);
	if (r != 0)
		return e->code != 0
			       ? r
			       : err_set(e, r, run->sum->dataset,
					 "the data set cannot be listed: %s",
					 strerror(-r));
	sort_unique(&b);
	hash_blake2b(run->known, NULL, buf_bytes(&b));
	fd = fd_memory(buf_bytes(&b));
	if (fd < 0)
		return err_set(e, fd, "", "no file in memory: %s",
			       strerror(-fd));
	child_pool_known(run->children, fd_steal(&fd));
	return 0;
}
