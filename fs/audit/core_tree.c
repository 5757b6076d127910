/* The integrator: from WAL frames to entry bundles and tiles, synced. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs off the append path, under ilock, and only over entries that are
 * already durable in the WAL: so whatever is signed can be rebuilt, and a
 * signed size never exceeds what recovery finds. Entries are read back from
 * the segments (the page cache), which keeps memory constant however far the
 * integrator lags.
 *
 * Files are written under temporary names, synced, renamed; the directories
 * of a batch are synced once, before anything is signed. Partial tiles and
 * bundles stay until the full one is published (tlog-tiles, "Partial Tiles");
 * a WAL segment goes when all its entries are in full bundles.
 *
 * A directory that this process makes is synced into its parent at once. One
 * that it finds may be of a process that was killed before it could do that;
 * so the first batch, which goes over all that such a process can have
 * integrated, syncs the directories above as well.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/audit/bits.h"
#include "fs/audit/core.h"

static size_t dir_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path);
}

/* The directories above path, up to the log's own. */
static int sync_above(struct audit *a, const char *path)
{
	char up[TILE_PATH];
	int rc = 0;

	(void)snprintf(up, sizeof(up), "%s", path);
	while (rc == 0 && dir_len(up) > 0) {
		up[dir_len(up)] = '\0';
		rc = io_sync_parent(a->io, a->dir, up);
	}
	return rc;
}

int core_dirty_sync(struct audit *a)
{
	struct core_dirty *d = &a->tree.dirty;
	int rc = 0;

	for (size_t i = 0; i < d->n && rc == 0; i++) {
		rc = io_sync_parent(a->io, a->dir, d->path[i]);
		if (rc == 0 && !a->tree.dirs_synced)
			rc = sync_above(a, d->path[i]);
	}
	d->n = 0;
	return rc;
}

int core_dirty_add(struct audit *a, const char *path)
{
	struct core_dirty *d = &a->tree.dirty;
	size_t n = dir_len(path);
	int rc;

	for (size_t i = 0; i < d->n; i++) {
		if (dir_len(d->path[i]) == n &&
		    memcmp(d->path[i], path, n) == 0)
			return 0;
	}
	if (d->n == CORE_DIRTY) {
		rc = core_dirty_sync(a);
		if (rc != 0)
			return rc;
	}
	(void)snprintf(d->path[d->n++], TILE_PATH, "%s", path);
	return 0;
}

static int put_file(struct audit *a, unsigned level, uint64_t n, unsigned w,
		    struct bytes b)
{
	char path[TILE_PATH];
	int rc;

	tile_path(path, level, n, w);
	rc = io_put(a->io, a->dir, path, b);
	return rc != 0 ? rc : core_dirty_add(a, path);
}

/* A tile filled up: fits tile_edge's full. */
static int put_full(void *ctx, unsigned level, uint64_t n,
		    const uint8_t (*h)[HASH_LEN])
{
	return put_file(ctx, level, n, TILE_WIDTH,
			bytes_of(h, (size_t)TILE_WIDTH * HASH_LEN));
}

static int add_entry(struct audit *a, struct bytes entry)
{
	struct core_tree *t = &a->tree;
	uint8_t leaf[HASH_LEN], len[2];
	int rc;

	bits_put(len, 2, entry.n);
	rc = buf_put(&t->bundle, len, sizeof(len));
	if (rc == 0)
		rc = buf_putb(&t->bundle, entry);
	if (rc != 0)
		return rc;
	tree_leaf(entry, leaf);
	t->edge->full = put_full;
	t->edge->ctx = a;
	rc = tile_grow(t->edge, leaf);
	t->next++;
	if (rc != 0 || t->next % TILE_WIDTH != 0)
		return rc;
	rc = put_file(a, TILE_ENTRIES, t->next / TILE_WIDTH - 1, TILE_WIDTH,
		      buf_bytes(&t->bundle));
	buf_clear(&t->bundle);
	return rc;
}

/* Find the next frame; segments may have been added since the last look. */
static int next_frame(struct audit *a, struct wal_frame *f)
{
	struct core_tree *t = &a->tree;
	int rc = wal_get(&t->wal, t->next, f);

	if (rc == 0) {
		rc = wal_load(&t->wal, a->state, a->origin_hash, NULL);
		if (rc == 0)
			rc = wal_get(&t->wal, t->next, f);
		rc = rc == 0 ? -EUCLEAN : rc;
	}
	return rc < 0 ? rc : 0;
}

/* An EPOCH's number is part of what `.state/signed` remembers. */
static void note_epoch(struct audit *a, struct bytes raw)
{
	struct entry en;

	if (raw.n < 4 || raw.p[1] != ENTRY_PLAIN)
		return;
	if (entry_parse(raw, &en) == 0 && en.event.kind == EV_EPOCH)
		a->tree.last_epoch = event_get(&en.event, EF_NUMBER);
}

/* The unfinished bundle and the unfinished tile of each level. */
static int put_partials(struct audit *a)
{
	struct core_tree *t = &a->tree;
	unsigned w = tile_width(t->next, 0);
	int rc = 0;

	if (w != 0)
		rc = put_file(a, TILE_ENTRIES, t->next / TILE_WIDTH, w,
			      buf_bytes(&t->bundle));
	for (unsigned level = 0; level < TILE_LEVELS && rc == 0; level++) {
		w = tile_width(t->next, level);
		if (w != 0)
			rc = put_file(a, level,
				      t->edge->count[level] / TILE_WIDTH, w,
				      bytes_of(t->edge->h[level],
					       (size_t)w * HASH_LEN));
	}
	return rc;
}

int core_integrate(struct audit *a, uint64_t upto)
{
	struct core_tree *t = &a->tree;
	struct wal_frame f;
	uint64_t from = t->next;
	int rc = 0;

	if (upto > from)
		rc = audit_durable(a, upto - 1);
	while (rc == 0 && t->next < upto) {
		rc = next_frame(a, &f);
		if (rc != 0)
			break;
		note_epoch(a, f.entry);
		rc = add_entry(a, f.entry);
	}
	if (rc == 0 && t->next > from)
		rc = put_partials(a);
	if (rc == 0)
		rc = core_dirty_sync(a);
	return rc == 0 ? 0 : core_die(a);
}
