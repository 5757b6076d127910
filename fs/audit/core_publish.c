/* Signing: `.state/signed` first, then the checkpoint, then tidying up. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two roots must never be signed for one size. So the (size, root) about to be
 * signed is on disk before the signature exists; whoever starts later knows
 * that a checkpoint of that size may be in somebody's hands, and rebuilds the
 * very same tree or refuses to start (core_recover).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "fs/audit/core.h"

int core_signed_put(struct audit *a, const struct core_signed *s)
{
	struct note_head h = {.origin = bytes_str(a->origin), .size = s->size};
	struct buf b CLEANUP(buf_free) = {0};
	int rc;

	memcpy(h.root, s->root, HASH_LEN);
	rc = note_head_put(&b, &h);
	if (rc == 0)
		rc = buf_printf(&b, "%llu\n", (unsigned long long)s->epoch);
	if (rc == 0)
		rc = io_put(a->io, a->dir, CORE_SIGNED, buf_bytes(&b));
	return rc != 0 ? rc : io_sync_parent(a->io, a->dir, CORE_SIGNED);
}

/* Split off the last line, the epoch's number. */
static int parse_signed(struct bytes in, const char *origin,
			struct core_signed *s)
{
	struct note_head h;
	struct bytes line;
	size_t at = 0, cut = 0;

	for (int i = 0; i < 4; i++) {
		cut = at;
		if (!note_line(in, &at, &line))
			return -EPROTO;
	}
	if (at != in.n || note_number(line, &s->epoch) != 0 ||
	    note_head_parse(bytes_sub(in, 0, cut), &h) != 0 ||
	    !bytes_is(h.origin, origin))
		return -EPROTO;
	s->size = h.size;
	memcpy(s->root, h.root, HASH_LEN);
	return 0;
}

int core_signed_get(int dir, const char *origin, struct core_signed *s,
		    struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	int rc = file_read(dir, CORE_SIGNED, NOTE_MOST, &b);

	if (rc != 0)
		return err_set(e, rc, CORE_SIGNED, "cannot be read: %s",
			       strerror(-rc));
	if (parse_signed(buf_bytes(&b), origin, s) != 0)
		return err_set(e, -EUCLEAN, CORE_SIGNED, "is damaged");
	return 0;
}

/* The signed note of what is integrated into t->note. */
static int make_note(struct audit *a, const struct core_signed *s)
{
	struct note_head h = {.origin = bytes_str(a->origin), .size = s->size};
	struct buf text CLEANUP(buf_free) = {0};
	struct buf name CLEANUP(buf_free) = {0};
	struct buf *b = &a->tree.note;
	int rc;

	memcpy(h.root, s->root, HASH_LEN);
	buf_clear(b);
	rc = note_head_put(&text, &h);
	if (rc == 0)
		rc = buf_printf(&name, "%s/e%llu", a->origin,
				(unsigned long long)a->epoch);
	if (rc == 0)
		rc = buf_putb(b, buf_bytes(&text));
	if (rc == 0)
		rc = buf_putc(b, '\n');
	if (rc == 0)
		rc = note_sign(b, buf_bytes(&text), h.origin, a->pool, a->sign);
	if (rc == 0)
		rc = note_sign(b, buf_bytes(&text), buf_bytes(&name), a->pool,
			       a->epoch_key);
	return rc;
}

static void closedirp(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* Remove the .p folder of a tile that is now full and published. */
static int drop_partials(struct audit *a, unsigned level, uint64_t n)
{
	CLEANUP(closedirp) DIR *d = NULL;
	char path[TILE_PATH + 260], base[TILE_PATH];
	const struct dirent *en;
	int rc = 0, fd;

	tile_path(base, level, n, 1);
	base[strlen(base) - 2] = '\0'; /* without "/1" */
	fd = openat(a->dir, base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	d = fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return -ENOMEM;
	}
	while (rc == 0 && (en = readdir(d)) != NULL) {
		if (en->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", base, en->d_name);
		rc = a->io->unlink(a->io->ctx, a->dir, path, 0);
	}
	if (rc == 0)
		rc = a->io->unlink(a->io->ctx, a->dir, base, AT_REMOVEDIR);
	return rc;
}

/* Partials of tiles that filled up since the last time. */
static int tidy_partials(struct audit *a)
{
	struct core_tree *t = &a->tree;
	int rc = 0;

	for (unsigned i = 0; i <= TILE_LEVELS && rc == 0; i++) {
		unsigned level = i == TILE_LEVELS ? 0 : i;
		uint64_t now = t->next >> (8 * level) >> 8;

		if (t->partial[i] != 0 && t->partial[i] - 1 < now)
			rc = drop_partials(a,
					   i == TILE_LEVELS ? TILE_ENTRIES : i,
					   t->partial[i] - 1);
		t->partial[i] = tile_width(t->next, level) == 0 ? 0 : now + 1;
	}
	return rc;
}

/* Segments whose entries are all in full bundles. The last one stays. */
static int tidy_segments(struct audit *a)
{
	struct core_tree *t = &a->tree;
	uint64_t full = t->next - t->next % TILE_WIDTH;
	char name[WAL_NAME];
	bool gone = false;
	int rc = 0;

	for (size_t i = 0; i + 1 < t->wal.n && rc == 0; i++) {
		if (t->wal.segs[i + 1].h.base > full)
			break;
		wal_name(name, t->wal.segs[i].h.index);
		rc = a->io->unlink(a->io->ctx, a->state, name, 0);
		gone = true;
	}
	if (rc == 0 && gone)
		rc = wal_load(&t->wal, a->state, a->origin_hash, NULL);
	return rc;
}

static int put_note(struct audit *a, const char *path)
{
	int rc = io_put(a->io, a->dir, path, buf_bytes(&a->tree.note));

	return rc != 0 ? rc : io_sync_parent(a->io, a->dir, path);
}

static int keep_note(struct audit *a)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "checkpoints/%llu",
		       (unsigned long long)a->tree.done.size);
	return put_note(a, path);
}

/* What failed at the disk is never tried again. */
static int fatal(int rc)
{
	return rc == 0 ? 0 : -EIO;
}

static int publish(struct audit *a)
{
	struct core_tree *t = &a->tree;
	struct core_signed s = {.size = t->next, .epoch = t->last_epoch};
	int rc = 0;

	tree_root(&t->edge->tree, s.root);
	if (s.size < t->done.size ||
	    (s.size == t->done.size && t->done.size != 0 &&
	     memcmp(s.root, t->done.root, HASH_LEN) != 0))
		return -ESTALE;
	/* Made before anything is written, but shown to nobody: where there is
	 * no memory, or no room in the key pool, nothing has happened. */
	rc = make_note(a, &s);
	if (rc == 0 && s.size != t->done.size)
		rc = fatal(core_signed_put(a, &s));
	if (rc == 0)
		rc = fatal(put_note(a, CORE_CHECKPOINT));
	if (rc != 0) {
		buf_clear(&t->note);
		return rc;
	}
	t->done = s;
	t->note_epoch = a->epoch;
	return 0;
}

int core_publish(struct audit *a, bool keep)
{
	struct core_tree *t = &a->tree;
	int rc = 0;

	if (atomic_load(&a->dead) != 0)
		return -EIO;
	if (t->note.n == 0 || t->next != t->done.size ||
	    t->note_epoch != a->epoch)
		rc = publish(a);
	if (rc == -ENOMEM) /* nothing has happened */
		return rc;
	if (rc == 0 && keep)
		rc = keep_note(a);
	if (rc == 0)
		rc = tidy_partials(a);
	if (rc == 0)
		rc = tidy_segments(a);
	return rc == 0 ? 0 : core_die(a);
}
