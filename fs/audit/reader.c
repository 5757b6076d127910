/* Reading a log entry by entry: bundles, then the WAL, also while it runs. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkpoint says how many entries lie in bundles; what is behind it is
 * looked for in the WAL, without a lock. Where the WAL does not have the next
 * entry, the checkpoint is read again: the integrator may have moved the entry
 * into a bundle and removed the segment. Only when that does not help either
 * has the end been reached; a running log may grow beyond it.
 */
#include "fs/audit/reader.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/audit/reader_core.h"

void audit_reader_free(struct audit_reader *r)
{
	if (r == NULL)
		return;
	reader_keys_free(&r->keys);
	wal_set_free(&r->wal);
	buf_free(&r->bundle);
	buf_free(&r->body);
	mem_free(r->origin);
	fd_close(&r->state);
	fd_close(&r->dir);
	mem_free(r);
}

/* Read the checkpoint again: size of the bundles, and the origin. */
static int look_up(struct audit_reader *r, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct note_head h;
	struct note n;
	int rc = file_read(r->dir, "checkpoint", NOTE_MOST, &b);

	if (rc == -ENOENT)
		return err_set(e, rc, "checkpoint", "no log stands here");
	if (rc != 0)
		return err_set(e, rc, "checkpoint", "cannot be read: %s",
			       strerror(-rc));
	if (note_parse(buf_bytes(&b), &n) != 0 ||
	    note_head_parse(n.text, &h) != 0)
		return err_set(e, -EUCLEAN, "checkpoint", "is no checkpoint");
	if (r->origin == NULL) {
		r->origin = mem_dup(h.origin.p, h.origin.n);
		if (r->origin == NULL)
			return err_nomem(e);
		hash_sha256(r->origin_hash, h.origin);
	}
	if (!bytes_is(h.origin, r->origin))
		return err_set(e, -EUCLEAN, "checkpoint",
			       "has become another log's");
	r->size = h.size;
	return 0;
}

static int open_dirs(struct audit_reader *r, const char *dir, struct err *e)
{
	r->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0)
		return err_errno(e, dir, "the log cannot be opened");
	/* A copy for auditors may come without .state: bundles only. */
	r->state = openat(r->dir, ".state", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

int audit_reader_open(const char *dir, struct keypool *pool,
		      const struct key *secret, struct audit_reader **out,
		      struct err *e)
{
	CLEANUP(audit_reader_freep)
	struct audit_reader *r = mem_new(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (r == NULL)
		return err_nomem(e);
	r->dir = r->state = -1;
	r->pool = pool;
	r->secret = secret;
	r->bundle_nr = UINT64_MAX;
	rc = open_dirs(r, dir, e);
	if (rc == 0)
		rc = look_up(r, e);
	if (rc == 0 && secret != NULL)
		reader_keys_init(&r->keys, secret);
	if (rc != 0)
		return rc;
	*out = STEAL(r);
	return 0;
}

int audit_reader_seek(struct audit_reader *r, uint64_t seq)
{
	if (seq < r->next)
		r->bundle_nr = UINT64_MAX;
	r->next = seq;
	return 0;
}

/* Make the bundle that holds r->next the current one, up to r->next. */
static int load_bundle(struct audit_reader *r, struct err *e)
{
	uint64_t nr = r->next / TILE_WIDTH;
	uint64_t w = r->size - nr * TILE_WIDTH;
	int rc;

	w = w < TILE_WIDTH ? w : TILE_WIDTH;
	if (r->bundle_nr == nr && r->next < r->bundle_end)
		return 0;
	r->bundle_nr = UINT64_MAX;
	rc = tile_bundle(r->dir, nr, (unsigned)w, &r->bundle, e);
	if (rc != 0)
		return rc;
	r->bundle_nr = nr;
	r->bundle_at = 0;
	r->bundle_seq = nr * TILE_WIDTH;
	r->bundle_end = r->bundle_seq + w;
	return 0;
}

static int from_bundle(struct audit_reader *r, struct bytes *raw, struct err *e)
{
	int rc = load_bundle(r, e);

	while (rc == 0 && r->bundle_seq <= r->next) {
		if (tile_entry(buf_bytes(&r->bundle), &r->bundle_at, raw) != 1)
			return err_set(e, -EUCLEAN, "tile/entries",
				       "entry %llu is not there",
				       (unsigned long long)r->next);
		r->bundle_seq++;
	}
	return rc != 0 ? rc : 1;
}

/* 1, 0: not (or no longer) in the WAL. */
static int from_wal(struct audit_reader *r, struct bytes *raw, struct err *e)
{
	struct wal_frame f;
	int rc;

	if (r->state < 0)
		return 0;
	rc = r->wal.n == 0 ? 0 : wal_get(&r->wal, r->next, &f);
	if (rc == 0) {
		rc = wal_load(&r->wal, r->state, r->origin_hash, e);
		if (rc != 0)
			return rc;
		rc = wal_get(&r->wal, r->next, &f);
	}
	if (rc < 0)
		return err_set(e, rc, ".state", "cannot be read: %s",
			       strerror(-rc));
	*raw = f.entry;
	return rc;
}

int reader_raw(struct audit_reader *r, struct bytes *raw, struct err *e)
{
	int rc;

	if (r->next < r->size)
		return from_bundle(r, raw, e);
	rc = from_wal(r, raw, e);
	if (rc != 0)
		return rc;
	rc = look_up(r, e);
	if (rc != 0)
		return rc;
	return r->next < r->size ? from_bundle(r, raw, e) : 0;
}

static int bad_entry(const struct audit_reader *r, struct err *e)
{
	return err_set(e, -EUCLEAN, "tile/entries",
		       "entry %llu is malformed or out of place",
		       (unsigned long long)r->next);
}

int audit_reader_next(struct audit_reader *r, struct audit_entry *out,
		      struct err *e)
{
	struct entry en;
	struct bytes raw;
	int rc = reader_raw(r, &raw, e);

	if (rc <= 0)
		return rc;
	if (entry_parse(raw, &en) != 0 || en.seq != r->next)
		return bad_entry(r, e);
	*out = (struct audit_entry){.seq = en.seq, .raw = raw, .dek = en.dek};
	if (!en.sealed) {
		out->event = en.event;
		out->opened = true;
	} else {
		rc = reader_keys_open(r, &en, &out->event, &out->closed);
		if (rc < 0)
			return err_set(e, rc, "keys", "cannot be used: %s",
				       strerror(-rc));
		out->opened = rc == 1;
	}
	r->next++;
	return 1;
}
