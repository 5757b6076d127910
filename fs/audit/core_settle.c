/* After recovery: what stands is synced, what was cut is told, strays go. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/audit/core.h"

#define KEPT_CHUNK 60000 /* bytes of kept entries in one RECOVERY */

static void closedirp(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* The first RECOVERY: what was cut. */
static int log_cut(struct audit *a, const struct core_found *f)
{
	struct event e = {.kind = EV_RECOVERY};

	event_text(&e, EF_KIND, f->lost != 0 ? "loss" : "torn");
	event_uint(&e, EF_BYTES, f->torn);
	event_bytes(&e, EF_DIGEST, bytes_of(f->digest, sizeof(f->digest)));
	event_uint(&e, EF_COUNT, f->nkept);
	if (f->lost != 0)
		event_uint(&e, EF_LENGTH, f->lost);
	return audit_append(a, NULL, &e, NULL);
}

/* Further ones carry the entries that were good but out of reach. */
static int log_kept(struct audit *a, const struct core_found *f)
{
	struct bytes in = buf_bytes(&f->kept), entry;
	size_t at = 0;

	while (at < in.n) {
		struct event e = {.kind = EV_RECOVERY};
		size_t from = at, end = at;
		int rc;

		while (tile_entry(in, &at, &entry) == 1 &&
		       (at - from <= KEPT_CHUNK || end == from))
			end = at;
		at = end;
		event_text(&e, EF_KIND, "kept");
		event_bytes(&e, EF_KEPT, bytes_sub(in, from, end - from));
		rc = audit_append(a, NULL, &e, NULL);
		if (rc == -EMSGSIZE) /* one entry that fills an entry */
			rc = 0;
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Free what was allocated ahead, or cut, in the segments of before. */
static int trim_one(struct audit *a, size_t seg)
{
	struct wal_set *s = &a->tree.wal;
	CLEANUP(fd_close) int fd = -1;
	uint64_t off = WAL_HEADER, end = off;
	char name[WAL_NAME];
	struct wal_frame fr;
	int rc;

	while ((rc = wal_next(s, seg, &off, &fr)) == 1) {
		if (wal_home(s, fr.seq) == seg && fr.seq < a->next)
			end = off;
	}
	if (rc < 0 || end >= s->segs[seg].size)
		return rc;
	wal_name(name, s->segs[seg].h.index);
	fd = a->io->open(a->io->ctx, a->state, name, O_WRONLY | O_NOFOLLOW, 0);
	return fd < 0 ? fd : a->io->trunc(a->io->ctx, fd, end);
}

/*
 * What was found may be in the page cache only, where the process before was
 * killed. No frame may say that it is on disk before it is.
 */
static int sync_found(struct audit *a)
{
	const struct wal_set *s = &a->tree.wal;
	char name[WAL_NAME] = ".";
	int rc = 0;

	for (size_t i = 0; i < s->n && rc == 0; i++) {
		CLEANUP(fd_close) int fd = -1;

		wal_name(name, s->segs[i].h.index);
		fd = a->io->open(a->io->ctx, a->state, name,
				 O_RDONLY | O_NOFOLLOW, 0);
		rc = fd < 0 ? fd : a->io->sync(a->io->ctx, fd, true);
	}
	return rc != 0 ? rc : io_sync_parent(a->io, a->state, name);
}

/* Segments made ahead that never got a header. */
static int drop_spares(struct audit *a, uint64_t mine)
{
	struct wal_set *s = &a->tree.wal;
	CLEANUP(closedirp) DIR *d = NULL;
	int fd = openat(a->state, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *en;
	uint64_t index;
	int rc = 0;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return -EIO;
	}
	while (rc == 0 && (en = readdir(d)) != NULL) {
		bool known =
			wal_name_get(en->d_name, &index) != 0 || index >= mine;

		for (size_t i = 0; i < s->n && !known; i++)
			known = s->segs[i].h.index == index;
		if (!known)
			rc = a->io->unlink(a->io->ctx, a->state, en->d_name, 0);
	}
	return rc;
}

/* keys/ files of DEK events that did not survive. */
static int drop_keys(struct audit *a, uint64_t size)
{
	CLEANUP(closedirp) DIR *d = NULL;
	int fd = openat(a->dir, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *en;
	char path[CORE_KEY_PATH + 256];
	int rc = 0;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return -EIO;
	}
	while (rc == 0 && (en = readdir(d)) != NULL) {
		const char *dot = strchr(en->d_name, '.');
		uint64_t dek;

		if (dot == NULL || dot == en->d_name ||
		    note_number(
			    bytes_of(en->d_name, (size_t)(dot - en->d_name)),
			    &dek) != 0 ||
		    dek < size)
			continue;
		(void)snprintf(path, sizeof(path), "keys/%s", en->d_name);
		rc = a->io->unlink(a->io->ctx, a->dir, path, 0);
	}
	return rc;
}

int core_settle(struct audit *a, const struct core_found *f, struct err *e)
{
	struct wal_set *s = &a->tree.wal;
	uint64_t before = a->next;
	size_t old = s->n;
	int rc = sync_found(a);

	if (rc == 0)
		rc = drop_keys(a, before);
	if (rc == 0 && (f->torn != 0 || f->lost != 0))
		rc = log_cut(a, f);
	if (rc == 0 && f->nkept != 0)
		rc = log_kept(a, f);
	if (rc == 0 && a->next > before)
		rc = audit_durable(a, a->next - 1);
	if (rc == 0)
		rc = drop_spares(a, a->wal.fd >= 0 ? a->wal.index
						   : a->wal.index + 1);
	/* The set still is that of before: trimmed by what stood then. */
	for (size_t i = 0; i < old && rc == 0; i++)
		rc = trim_one(a, i);
	if (rc == 0)
		return 0;
	core_die(a);
	return err_set(e, rc == -ENOSPC ? rc : -EIO, ".state",
		       "recovery could not be written: %s", strerror(-rc));
}
