/* Appending: number, clocks, sealing, one write; then waiting for the disk. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock covers what must be in order: the number, the clocks, sealing (the
 * nonce is the number) and the copy into the segment, one or two microseconds
 * in all. Hashing is the integrator's.
 *
 * Durability is group commit without a thread of its own: who needs an entry
 * on disk and finds no sync under way becomes the leader, takes note of how
 * far the log is written, syncs outside the lock, and wakes everybody; those
 * whose entries came later elect the next leader. `durable` moves only after
 * a sync that began after the write. The segments' descriptors stay valid
 * without the lock because only a leader closes full ones, and there is one.
 *
 * A failed write or sync is final (core_die): pages may be marked clean
 * although they never reached the disk, so no later sync proves anything.
 */
#include <errno.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "fs/audit/core.h"

#define CLOCK_SLACK 500000000 /* ns */

/* Set both clocks; boottime never goes back from entry to entry. */
static int64_t stamp(struct audit *a, struct event *e)
{
	uint64_t boot = core_now();
	int64_t now = clock_wall_ns();

	if (boot < a->last_boot)
		boot = a->last_boot;
	event_int(e, EF_T, now);
	event_uint(e, EF_BOOTTIME, boot);
	return now - (int64_t)boot;
}

/* The entry's bytes into a->entry. */
static int encode(struct audit *a, const struct audit_dek *dek,
		  const struct event *e)
{
	struct entry_seal s = {.origin = a->origin_hash, .work = &a->work};

	buf_clear(&a->entry);
	if (event_is_plain(e->kind))
		return entry_put_plain(&a->entry, a->next, e);
	if (dek == NULL)
		return -ENOKEY;
	s.key = dek->sealing;
	s.dek = dek->seq;
	return entry_put_sealed(&a->entry, &s, a->next, e);
}

/* Write what is in a->entry as frame a->next. */
static int put(struct audit *a)
{
	struct wal_frame f = {.seq = a->next,
			      .synced = atomic_load(&a->durable),
			      .entry = buf_bytes(&a->entry)};
	int rc = wal_append(&a->wal, &a->frame, &f);

	if (rc == 0)
		a->next++;
	else if (a->wal.torn ||
		 (rc != -ENOSPC && rc != -EDQUOT && rc != -EMSGSIZE &&
		  rc != -ENOMEM && rc != -EAGAIN))
		atomic_store(&a->dead, -EIO);
	return atomic_load(&a->dead) != 0 ? -EIO : rc;
}

static int append_one(struct audit *a, struct audit_dek *dek, struct event *e)
{
	int rc;

	if (atomic_load(&a->dead) != 0)
		return -EIO;
	dek = dek != NULL ? dek : a->own;
	rc = encode(a, dek, e);
	if (rc != 0)
		return rc;
	if (a->entry.n > ENTRY_MOST)
		return -EMSGSIZE;
	e->seq = a->next;
	rc = put(a);
	if (rc == 0)
		a->last_boot = event_get(e, EF_BOOTTIME);
	if (rc == 0 && dek != NULL)
		atomic_store(&dek->last, e->seq);
	return rc;
}

/* The wall clock was set since the last entry: a CLOCK entry says so. */
static int append_clock(struct audit *a, int64_t offset)
{
	struct event e = {.kind = EV_CLOCK};
	int rc = 0;

	if (a->clocked) {
		(void)stamp(a, &e);
		rc = append_one(a, NULL, &e);
	}
	if (rc == 0) {
		a->clock_offset = offset;
		a->clocked = true;
	}
	return rc;
}

static int append_locked(struct audit *a, struct audit_dek *dek,
			 struct event *e)
{
	int64_t offset = stamp(a, e), moved = offset - a->clock_offset;

	if (!a->clocked || moved >= CLOCK_SLACK || moved <= -CLOCK_SLACK) {
		int rc = append_clock(a, offset);

		if (rc != 0)
			return rc;
		(void)stamp(a, e);
	}
	return append_one(a, dek, e);
}

int audit_append(struct audit *a, struct audit_dek *dek, struct event *e,
		 uint64_t *seq)
{
	int rc;

	do {
		uint64_t before;

		pthread_mutex_lock(&a->lock);
		before = a->next;
		rc = append_locked(a, dek, e);
		pthread_mutex_unlock(&a->lock);
		/* Too many full segments wait for a sync: do it, again. */
		if (rc == -EAGAIN && audit_durable(a, before - 1) != 0)
			rc = -EIO;
	} while (rc == -EAGAIN);
	if (rc == -EIO)
		return core_die(a);
	if (rc == 0 && seq != NULL)
		*seq = e->seq;
	return rc;
}

/* What one sync has to cover. */
struct batch {
	uint64_t upto;
	int fds[WAL_OLD + 1];
	unsigned nold;
};

/* A segment is as long as it was made. Of one that somebody cut off the rest of
 * the last page takes what is copied there, and the disk gets none of it. */
static int sync_whole(const struct audit_io *io, int fd)
{
	struct stat st;
	int rc = io->sync(io->ctx, fd, true);

	if (rc == 0 && fstat(fd, &st) != 0)
		rc = -errno;
	return rc == 0 && (uint64_t)st.st_size < io->segment ? -EIO : rc;
}

/* The leader's part, outside the lock. */
static int sync_batch(const struct audit *a, const struct batch *b)
{
	int rc = 0;

	for (unsigned i = 0; i <= b->nold && rc == 0; i++) {
		if (b->fds[i] >= 0)
			rc = sync_whole(a->io, b->fds[i]);
	}
	return rc;
}

/* Full segments that a sync has covered are closed. */
static void drop_old(struct wal *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fd_close(&w->old[i]);
	memmove(w->old, w->old + n, (w->nold - n) * sizeof(w->old[0]));
	w->nold -= n;
}

/* Called and left with the lock held. */
static void lead(struct audit *a)
{
	struct batch b = {.upto = a->next, .nold = a->wal.nold};
	int rc;

	memcpy(b.fds, a->wal.old, sizeof(a->wal.old));
	b.fds[b.nold] = a->wal.fd;
	a->syncing = true;
	pthread_mutex_unlock(&a->lock);
	rc = sync_batch(a, &b);
	pthread_mutex_lock(&a->lock);
	a->syncing = false;
	if (rc != 0)
		atomic_store(&a->dead, -EIO);
	else
		drop_old(&a->wal, b.nold);
	if (rc == 0 && atomic_load(&a->dead) == 0)
		atomic_store(&a->durable, b.upto);
	pthread_cond_broadcast(&a->synced);
}

int audit_durable(struct audit *a, uint64_t seq)
{
	int rc = 0;

	if (audit_is_durable(a, seq))
		return 0;
	pthread_mutex_lock(&a->lock);
	if (seq >= a->next)
		rc = -EINVAL;
	while (rc == 0 && !audit_is_durable(a, seq)) {
		if (atomic_load(&a->dead) != 0)
			rc = -EIO;
		else if (a->syncing)
			pthread_cond_wait(&a->synced, &a->lock);
		else
			lead(a);
	}
	pthread_mutex_unlock(&a->lock);
	return rc;
}

bool audit_is_durable(const struct audit *a, uint64_t seq)
{
	return atomic_load(&a->durable) > seq;
}

void audit_handles(struct audit *a, int by)
{
	atomic_fetch_add(&a->handles, by);
}

int audit_dead(const struct audit *a)
{
	return atomic_load(&a->dead);
}
