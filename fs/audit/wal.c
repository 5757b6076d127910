/* The WAL's writing end: one frame, one copy; segments made ahead. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A segment is allocated whole and synced, itself and its name, before its
 * first frame: a full disk shows when a segment is made, never in the middle
 * of a frame, and fdatasync of the segment alone makes its frames durable. Its
 * header is written with the first frame, because only then is it known which
 * entry that is; a power cut that loses the header loses only frames that no
 * sync has covered.
 *
 * Frames are copied into a shared mapping of the segment, a window of it at a
 * time: a write(2) of some hundred bytes takes as long as making the frame. To
 * the page cache both are the same: a killed process loses neither, fdatasync
 * covers both. Who maps a window asks for all of its pages to be writable, so
 * a disk that takes no more shows there; the frame is then written by write(2),
 * which tells. A disk that fails under a page later on ends the process with
 * SIGBUS, before the answer that the frame was for.
 *
 * A full segment stays open in old[] until the next sync has covered it.
 * Nothing is ever written behind a failed write: torn is set, and the log is
 * dead until recovery has looked at what reached the disk. Recovery does not
 * write behind what it finds either; it starts a new segment.
 */
#include "fs/audit/wal.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fdio.h"

#define WINDOW ((size_t)64 * 1024) /* whole pages of any kernel */

void wal_init(struct wal *w, const struct audit_io *io, int dir,
	      const uint8_t origin[HASH_LEN], uint64_t index)
{
	*w = (struct wal){.io = io, .dir = dir, .index = index};
	w->fd = w->spare = -1;
	memcpy(w->origin, origin, sizeof(w->origin));
	pthread_mutex_init(&w->spare_lock, NULL);
}

/* Make one segment: allocated, synced, its name too. A descriptor or errno. */
static int make(const struct wal *w, uint64_t index)
{
	CLEANUP(fd_close) int fd = -1;
	const struct audit_io *io = w->io;
	char name[WAL_NAME];
	int rc, out;

	wal_name(name, index);
	fd = io->open(io->ctx, w->dir, name,
		      O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fd;
	rc = io->alloc(io->ctx, fd, io->segment);
	if (rc == 0)
		rc = io->sync(io->ctx, fd, false);
	if (rc == 0)
		rc = io_sync_parent(io, w->dir, name);
	if (rc != 0) {
		(void)io->unlink(io->ctx, w->dir, name, 0);
		return rc;
	}
	out = fd;
	fd = -1;
	return out;
}

int wal_spare(struct wal *w, uint64_t off)
{
	int fd;

	if (off < w->io->segment / 2)
		return 0;
	pthread_mutex_lock(&w->spare_lock);
	fd = w->spare;
	/* Under spare_lock index stands still: roll takes it as well. */
	if (fd < 0)
		fd = w->spare = make(w, w->index + 1);
	if (w->spare < 0)
		w->spare = -1;
	pthread_mutex_unlock(&w->spare_lock);
	return fd < 0 ? fd : 0;
}

static void unmap(struct wal *w)
{
	if (w->map != NULL)
		w->io->unmap(w->io->ctx, w->map, WINDOW);
	w->map = NULL;
	w->unmapped = false;
}

/* Put the full segment among those the next sync covers. */
static int retire(struct wal *w)
{
	unmap(w);
	if (w->fd < 0)
		return 0;
	if (w->nold == WAL_OLD)
		return -EAGAIN;
	w->old[w->nold++] = w->fd;
	w->fd = -1;
	return 0;
}

/* Begin the next segment with base as its first entry. */
static int roll(struct wal *w, uint64_t base)
{
	struct wal_header h = {.base = base};
	uint8_t raw[WAL_HEADER];
	int fd, rc;

	if (w->nold == WAL_OLD)
		return -EAGAIN;
	pthread_mutex_lock(&w->spare_lock);
	fd = w->spare >= 0 ? w->spare : make(w, w->index + 1);
	w->spare = -1;
	if (fd >= 0)
		w->index++;
	pthread_mutex_unlock(&w->spare_lock);
	if (fd < 0)
		return fd;
	rc = retire(w);
	w->fd = fd;
	h.index = w->index;
	random_bytes(h.key, sizeof(h.key));
	memcpy(h.origin, w->origin, sizeof(h.origin));
	wal_header_put(raw, &h);
	memcpy(w->key, h.key, sizeof(w->key));
	w->off = WAL_HEADER;
	if (rc == 0)
		rc = w->io->write(w->io->ctx, fd, bytes_of(raw, sizeof(raw)),
				  0);
	w->torn = w->torn || rc != 0;
	return rc;
}

/* Where the n bytes at w->off lie in memory; NULL: they must be written, also
 * those that lie in two windows. */
static uint8_t *window(struct wal *w, size_t n)
{
	uint64_t at = w->off / WINDOW * WINDOW;

	if (w->off + n > at + WINDOW || w->unmapped)
		return NULL;
	if (w->map == NULL || w->map_at != at) {
		unmap(w);
		if (w->io->map != NULL && at + WINDOW <= w->io->segment)
			w->map = w->io->map(w->io->ctx, w->fd, WINDOW, at);
		w->map_at = at;
		w->unmapped = w->map == NULL;
	}
	return w->map == NULL ? NULL : w->map + (w->off - at);
}

static int put(struct wal *w, struct bytes frame)
{
	uint8_t *p = window(w, frame.n);

	if (p == NULL)
		return w->io->write(w->io->ctx, w->fd, frame, w->off);
	memcpy(p, frame.p, frame.n);
	return 0;
}

int wal_append(struct wal *w, struct buf *scratch, const struct wal_frame *f)
{
	size_t n = f->entry.n + WAL_OVERHEAD;
	int rc = 0;

	if (w->torn)
		return -EIO;
	if (w->fd < 0 || n > w->io->segment - w->off)
		rc = roll(w, f->seq);
	if (rc != 0)
		return rc;
	buf_clear(scratch);
	rc = wal_frame_put(scratch, w->key, f);
	if (rc != 0)
		return rc;
	rc = put(w, buf_bytes(scratch));
	w->torn = rc != 0;
	w->off += rc == 0 ? n : 0;
	return rc;
}

int wal_close(struct wal *w)
{
	char name[WAL_NAME];
	int rc = 0;

	unmap(w);
	if (w->fd >= 0 && !w->torn)
		rc = w->io->trunc(w->io->ctx, w->fd, w->off);
	if (w->spare >= 0 && !w->torn) {
		wal_name(name, w->index + 1);
		(void)w->io->unlink(w->io->ctx, w->dir, name, 0);
	}
	fd_close(&w->fd);
	fd_close(&w->spare);
	while (w->nold > 0)
		fd_close(&w->old[--w->nold]);
	pthread_mutex_destroy(&w->spare_lock);
	return rc;
}
