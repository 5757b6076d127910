/* Detecting anew what is stored, without the files it came from. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ingest whose files are the objects of the newest version: the same groups,
 * children, checks and stamps; but of what comes back only the span set is
 * sealed, as the next one of the content that stands, under its key. The
 * entries of the coming version name it; those of the versions before name
 * theirs, so a session or a replay that is pinned to one of them sees what it
 * saw. What was detected by these very recognizers and this manifest stands
 * already, hence a run that was cut off goes on, and one too many does nothing.
 *
 * A child reads from a descriptor. An object's content is opened into a file in
 * memory that nobody can write to any more, for as long as its group is at
 * work: so many groups are in memory as there are workers.
 */
#include "fs/ingest/redetect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fdio.h"

#define PART (1u << 20)

static int one(void *ctx, const struct store_entry *o)
{
	return walk_stored(ctx, o);
}

int redetect_walk(struct store *s, const char *dataset, struct walk *w,
		  struct err *e)
{
	CLEANUP(store_dataset_free) struct store_dataset d = {0};
	int rc = store_dataset_get(s, dataset, 0, &d, e);

	if (rc != 0)
		return rc;
	rc = store_entries(s, &d, one, w);
	return rc == 0 ? 0
		       : err_set(e, rc, dataset,
				 "the data set cannot be listed: %s; run "
				 "`carrel fsck`",
				 strerror(-rc));
}

static int fill(struct store_object *o, int fd)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	uint64_t size = store_object_size(o);
	int rc = buf_reserve(&b, PART);

	for (uint64_t at = 0; rc == 0 && at < size; at += b.n) {
		b.n = size - at < PART ? (size_t)(size - at) : PART;
		rc = store_object_read(o, at, b.p, b.n);
		if (rc == 0)
			rc = fd_write_full(fd, buf_bytes(&b));
	}
	return rc;
}

int redetect_open(struct store *s, const struct store_entry *o)
{
	CLEANUP(fd_close) int fd = fd_memory_new();
	struct store_object *x = NULL;
	int rc = fd < 0 ? fd : 0;

	if (rc == 0)
		rc = store_object_open(s, o->id, o->version, o->spanset, &x,
				       NULL);
	if (rc == 0)
		rc = fill(x, fd);
	store_object_close(x);
	if (rc == 0)
		rc = fd_memory_seal(fd);
	return rc != 0 ? rc : fd_steal(&fd);
}
