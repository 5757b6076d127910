/* Recovery: what is on disk, what of it stands, and whether to go on at all. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a crash can leave, in the order it was written:
 *
 *   WAL frames       durable up to some frame; behind it anything: a frame
 *                    half there, good frames behind bad ones (pages reach the
 *                    disk in any order)
 *   tiles, bundles   of a batch that was not signed yet: never looked at
 *   .state/signed    ahead of the checkpoint by one signature
 *   checkpoint       old or new, never a part
 *
 * So the tree that must stand is that of `.state/signed`: its tiles were
 * synced before it was written. From there the WAL is walked, number by
 * number, to the first entry that is not there: the end of the log. Every
 * frame says how many entries were on disk before it was written
 * (synced_upto). If any frame anywhere knows of more synced entries than were
 * found, an entry that some reader may have relied on is damaged: refuse
 * (-EUCLEAN), or count it as lost when the operator accepts that. Else what
 * lies behind the end was never promised to anybody: it is cut, and what is
 * readable of it is kept in RECOVERY entries.
 *
 * A checkpoint ahead of `.state/signed`, or a signed size whose tiles are not
 * there, means that parts of the disk are older than others: -ESTALE. Going on
 * would sign a second tree of a size that somebody may hold a checkpoint of.
 *
 * Nothing here writes. The cut happens by starting a new segment whose base is
 * the end of the log: by the rule of wal_set, it supersedes all frames at or
 * behind its base in older segments. So a crash during recovery is the same as
 * one before it.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/audit/core.h"

#define KEPT_MOST ((size_t)32 * 1024 * 1024)

void core_found_free(struct core_found *f)
{
	buf_free(&f->kept);
}

/* The published checkpoint, its signature checked; size 0 where none is. */
static int read_checkpoint(struct audit *a, struct note_head *h, struct err *e)
{
	struct core_tree *t = &a->tree;
	struct note_key k;
	struct note n;
	int rc = file_read(a->dir, CORE_CHECKPOINT, NOTE_MOST, &t->note);

	*h = (struct note_head){0};
	if (rc == -ENOENT)
		return 0;
	if (rc != 0)
		return err_set(e, rc, CORE_CHECKPOINT, "cannot be read: %s",
			       strerror(-rc));
	note_key_make(&k, bytes_str(a->origin), a->pub);
	if (note_parse(buf_bytes(&t->note), &n) != 0 ||
	    note_head_parse(n.text, h) != 0)
		return err_set(e, -EUCLEAN, CORE_CHECKPOINT,
			       "is no checkpoint");
	if (!bytes_is(h->origin, a->origin) || note_check(&n, &k) != 0)
		return err_set(e, -EUCLEAN, CORE_CHECKPOINT,
			       "is not of this log, or not signed by its key");
	return 0;
}

static int stale(struct err *e, const char *place, const char *what)
{
	return err_set(e, -ESTALE, place,
		       "%s: part of the log is older than the rest, as after a "
		       "restored backup or snapshot. Put the newest copy back; "
		       "going on would make two histories",
		       what);
}

/* Load the right edge of the tree of that size and compare its root. */
static int load_edge(struct audit *a, uint64_t size, const uint8_t *root,
		     struct err *e)
{
	uint8_t have[HASH_LEN];
	int rc = tile_load(a->tree.edge, a->dir, size, e);

	if (rc == -ENOENT)
		return stale(e, "tile", "tiles of the signed tree are missing");
	if (rc != 0)
		return rc;
	tree_root(&a->tree.edge->tree, have);
	if (memcmp(have, root, HASH_LEN) == 0)
		return 0;
	return err_set(e, -EUCLEAN, "tile",
		       "the tiles do not make the signed root of size %llu",
		       (unsigned long long)size);
}

/* The unfinished bundle, each entry compared with its hash. */
static int load_bundle(struct audit *a, uint64_t size, struct err *e)
{
	struct core_tree *t = &a->tree;
	unsigned w = tile_width(size, 0);
	struct bytes entry;
	size_t at = 0;
	int rc;

	buf_clear(&t->bundle);
	if (w == 0)
		return 0;
	rc = tile_bundle(a->dir, size / TILE_WIDTH, w, &t->bundle, e);
	if (rc == -ENOENT)
		return stale(e, "tile/entries", "the last bundle is missing");
	for (unsigned i = 0; rc == 0 && i < w; i++) {
		uint8_t leaf[HASH_LEN];

		if (tile_entry(buf_bytes(&t->bundle), &at, &entry) != 1)
			return -EUCLEAN;
		tree_leaf(entry, leaf);
		if (memcmp(leaf, t->edge->h[0][i], HASH_LEN) != 0)
			rc = err_set(e, -EUCLEAN, "tile/entries",
				     "entry %llu does not fit its hash",
				     (unsigned long long)(size - w + i));
	}
	return rc;
}

/* Steps 1 to 3: checkpoint, `.state/signed`, and the tree they stand for. */
static int recover_tree(struct audit *a, struct err *e)
{
	struct core_tree *t = &a->tree;
	struct note_head h;
	int rc = read_checkpoint(a, &h, e);

	if (rc != 0)
		return rc;
	rc = core_signed_get(a->dir, a->origin, &t->done, e);
	if (rc == -ENOENT && h.size == 0 && t->note.n == 0)
		rc = 0; /* a log that was never signed */
	else if (rc == -ENOENT)
		return stale(e, CORE_SIGNED, "it is missing");
	if (rc != 0)
		return rc;
	if (h.size > t->done.size)
		return stale(e, CORE_CHECKPOINT,
			     "it is ahead of what this log has signed");
	if (h.size > 0)
		rc = load_edge(a, h.size, h.root, e);
	if (rc == 0 && t->done.size > 0)
		rc = load_edge(a, t->done.size, t->done.root, e);
	if (rc == 0)
		rc = load_bundle(a, t->done.size, e);
	t->next = t->done.size;
	t->last_epoch = t->done.epoch;
	for (unsigned i = 0; i <= TILE_LEVELS; i++) {
		unsigned level = i == TILE_LEVELS ? 0 : i;

		if (tile_width(t->next, level) != 0)
			t->partial[i] = (t->next >> (8 * level) >> 8) + 1;
	}
	/* Sign again: a checkpoint needs a line by a key that still lives. */
	buf_clear(&t->note);
	return rc;
}

/* What the entry at the end of the log, or on the way, tells. */
static int look(struct core_found *f, struct bytes raw, uint64_t seq,
		struct err *e)
{
	struct entry en;

	if (entry_parse(raw, &en) != 0 || en.seq != seq)
		return err_set(e, -EUCLEAN, ".state",
			       "frame %llu is whole, but no entry",
			       (unsigned long long)seq);
	f->clean = !en.sealed && en.event.kind == EV_SHUTDOWN;
	if (!en.sealed && en.event.kind == EV_EPOCH)
		f->epoch = event_get(&en.event, EF_NUMBER);
	return 0;
}

/* The last integrated entry, which may be all there is. */
static int look_back(struct audit *a, struct core_found *f, struct err *e)
{
	struct core_tree *t = &a->tree;
	struct buf b CLEANUP(buf_free) = {0};
	unsigned w = tile_width(t->next, 0);
	struct bytes entry = {NULL, 0};
	size_t at = 0;
	int rc = 0;

	if (t->next == 0)
		return 0;
	f->epoch = t->last_epoch;
	if (w == 0)
		rc = tile_bundle(a->dir, t->next / TILE_WIDTH - 1, TILE_WIDTH,
				 &b, e);
	else
		rc = buf_putb(&b, buf_bytes(&t->bundle));
	while (rc == 0 && at < b.n)
		rc = tile_entry(buf_bytes(&b), &at, &entry) == 1 ? 0 : -EUCLEAN;
	return rc != 0 ? rc : look(f, entry, t->next - 1, e);
}

/* Step 4: walk the WAL from the signed tree to the end of the log. */
static int walk(struct audit *a, struct core_found *f, struct err *e)
{
	struct core_tree *t = &a->tree;
	struct wal_frame fr;
	int rc;

	t->wal.resync = true;
	rc = wal_load(&t->wal, a->state, a->origin_hash, e);
	for (f->size = t->next; rc == 0; f->size++) {
		rc = wal_get(&t->wal, f->size, &fr);
		if (rc == 0)
			return 0;
		if (rc == 1)
			rc = look(f, fr.entry, f->size, e);
	}
	return rc;
}

static int keep(struct core_found *f, struct bytes entry)
{
	uint8_t len[2] = {(uint8_t)(entry.n >> 8), (uint8_t)entry.n};

	if (f->kept.n > KEPT_MOST)
		return 0;
	if (buf_put(&f->kept, len, 2) != 0 || buf_putb(&f->kept, entry) != 0)
		return -ENOMEM;
	f->nkept++;
	return 0;
}

/* All good frames of one segment that it is home to. *end: behind the last
 * one that stands; *synced: the most any frame knows. */
static int survey(struct audit *a, struct core_found *f, size_t seg,
		  uint64_t *end, uint64_t *synced)
{
	struct wal_set *s = &a->tree.wal;
	uint64_t off = WAL_HEADER;
	struct wal_frame fr;
	int rc;

	*end = off;
	while ((rc = wal_next(s, seg, &off, &fr)) == 1) {
		if (wal_home(s, fr.seq) != seg) {
			*end = off; /* superseded: settled long ago */
			continue;
		}
		*synced = fr.synced > *synced ? fr.synced : *synced;
		if (fr.seq < f->size)
			*end = off;
		else if (keep(f, fr.entry) != 0)
			return -ENOMEM;
	}
	return rc;
}

/* Digest what lies behind end in a segment, up to its last byte not zero. */
static int cut(struct wal_set *s, size_t seg, uint64_t end, struct hasher *h,
	       uint64_t *bytes)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint64_t size = s->segs[seg].size;
	ssize_t n;
	int rc;

	if (end >= size)
		return 0;
	rc = buf_reserve(&b, (size_t)(size - end));
	if (rc != 0)
		return rc;
	n = fd_pread_full(s->segs[seg].fd, b.p, (size_t)(size - end), end);
	if (n < 0)
		return (int)n;
	while (n > 0 && b.p[n - 1] == 0)
		n--;
	hasher_add(h, bytes_of(b.p, (size_t)n));
	*bytes += (uint64_t)n;
	return 0;
}

/* Step 5: what lies behind the end, and what its frames know. */
static int behind(struct audit *a, struct core_found *f, uint64_t *synced)
{
	struct wal_set *s = &a->tree.wal;
	struct hasher h;
	int rc = 0;

	hasher_blake2b(&h, NULL);
	for (size_t i = 0; i < s->n && rc == 0; i++) {
		uint64_t end;

		rc = survey(a, f, i, &end, synced);
		if (rc == 0)
			rc = cut(s, i, end, &h, &f->torn);
	}
	hasher_end(&h, f->digest);
	return rc;
}

int core_recover(struct audit *a, struct core_found *f, struct err *e)
{
	uint64_t synced = 0;
	int rc = recover_tree(a, e);

	*f = (struct core_found){0};
	if (rc == 0)
		rc = look_back(a, f, e);
	if (rc == 0)
		rc = walk(a, f, e);
	if (rc == 0)
		rc = behind(a, f, &synced);
	if (rc != 0)
		return rc;
	if (synced > f->size && !a->accept_loss)
		return err_set(
			e, -EUCLEAN, ".state",
			"frame %llu is damaged, although %llu entries "
			"were on disk: put a good copy of the log back, or "
			"let its owner accept the loss, which is then logged",
			(unsigned long long)f->size,
			(unsigned long long)synced);
	f->lost = synced > f->size ? synced - f->size : 0;
	a->next = f->size;
	atomic_store(&a->durable, f->size);
	wal_init(&a->wal, a->io, a->state, a->origin_hash,
		 a->tree.wal.last_index);
	return 0;
}
