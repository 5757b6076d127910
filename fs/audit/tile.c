/* Tiles on disk: paths, whole-file reads, entry bundles, the right edge. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names follow C2SP tlog-tiles to the letter, because strangers' tools ask for
 * them over HTTP. A path is parsed by reading it leniently and then spelling it
 * again: only what comes out the same is a path. One comparison at the end thus
 * stands for all rules about leading zeros, groups of three and the x.
 *
 * A reader asks for the width that its checkpoint says. The partial file may be
 * gone, because the full one replaced it since; then the first part of the full
 * one is what was asked for. It is cut, not refused: both were published, and
 * the tree's hashes decide whether they agree.
 *
 * Sizes are known beforehand and files of any other size are damage; nothing
 * here trusts a length that it has not compared.
 */
#include "fs/audit/tile.h"

#include <errno.h>
#include <stdio.h>

#include "base/fdio.h"

#define BUNDLE_MOST ((size_t)TILE_WIDTH * (ENTRY_MOST + 2))

void tile_path(char out[TILE_PATH], unsigned level, uint64_t n, unsigned w)
{
	char groups[40];
	size_t at = sizeof(groups) - 1, used;
	bool last = true;

	groups[at] = '\0';
	do {
		unsigned g = (unsigned)(n % 1000);

		groups[--at] = (char)('0' + g % 10);
		groups[--at] = (char)('0' + g / 10 % 10);
		groups[--at] = (char)('0' + g / 100);
		if (!last)
			groups[--at] = 'x';
		groups[--at] = '/';
		last = false;
		n /= 1000;
	} while (n > 0);
	if (level == TILE_ENTRIES)
		used = (size_t)snprintf(out, TILE_PATH, "tile/entries%s",
					groups + at);
	else
		used = (size_t)snprintf(out, TILE_PATH, "tile/%u%s", level,
					groups + at);
	if (w < TILE_WIDTH)
		(void)snprintf(out + used, TILE_PATH - used, ".p/%u", w);
}

/* Digits of one path element; -EPROTO unless count of them stand there. */
static int digits(struct bytes s, size_t *at, size_t count, uint64_t *v)
{
	size_t n = 0;

	for (; *at < s.n && n < count; n++, (*at)++) {
		uint8_t c = s.p[*at];

		if (c < '0' || c > '9')
			break;
		*v = *v * 10 + (uint64_t)(c - '0');
	}
	return n == 0 ? -EPROTO : 0;
}

int tile_parse(struct bytes path, unsigned *level, uint64_t *n, unsigned *w)
{
	static const char entries[] = "tile/entries/";
	char again[TILE_PATH];
	uint64_t lv = 0, wide = 0;
	size_t at = 5;

	*n = 0;
	*level = TILE_ENTRIES;
	*w = TILE_WIDTH;
	if (path.n >= TILE_PATH || !bytes_is(bytes_sub(path, 0, 5), "tile/"))
		return -EPROTO;
	if (bytes_is(bytes_sub(path, 0, sizeof(entries) - 1), entries)) {
		at = sizeof(entries) - 1;
	} else {
		if (digits(path, &at, 1, &lv) != 0 || lv >= TILE_LEVELS)
			return -EPROTO;
		*level = (unsigned)lv;
		at++;
	}
	while (at < path.n && path.p[at] == 'x') {
		at++;
		if (*n > UINT64_MAX / 1000000 || digits(path, &at, 3, n) != 0)
			return -EPROTO;
		at++;
	}
	if (digits(path, &at, 3, n) != 0)
		return -EPROTO;
	if (at < path.n) {
		at += 3;
		if (at >= path.n || digits(path, &at, 3, &wide) != 0 ||
		    wide == 0 || wide >= TILE_WIDTH)
			return -EPROTO;
		*w = (unsigned)wide;
	}
	/* Whatever was lenient above does not spell the same path again. */
	tile_path(again, *level, *n, *w);
	return bytes_is(path, again) ? 0 : -EPROTO;
}

/* Read the partial file, or the full one where only that is left. */
static int read_any(int dir, unsigned level, uint64_t n, unsigned w, size_t max,
		    struct buf *b, char path[TILE_PATH], bool *full)
{
	int rc;

	tile_path(path, level, n, w);
	rc = file_read(dir, path, max, b);
	*full = w == TILE_WIDTH;
	if (rc == -ENOENT && w < TILE_WIDTH) {
		tile_path(path, level, n, TILE_WIDTH);
		rc = file_read(dir, path, max, b);
		*full = true;
		if (rc == -ENOENT)
			tile_path(path, level, n, w);
	}
	return rc;
}

static int read_failed(struct err *e, int rc, const char *path)
{
	if (rc == -ENOENT)
		return err_set(e, rc, path, "the file is missing");
	if (rc == -EFBIG)
		return err_set(e, -EUCLEAN, path, "the file is too long");
	return err_set(e, rc, path, "cannot be read: %s", strerror(-rc));
}

int tile_read(int dir, unsigned level, uint64_t n, unsigned w, struct buf *b,
	      struct err *e)
{
	const size_t most = (size_t)TILE_WIDTH * HASH_LEN, was = b->n;
	char path[TILE_PATH];
	bool full;
	int rc = read_any(dir, level, n, w, most, b, path, &full);

	if (rc != 0)
		return read_failed(e, rc, path);
	if (b->n - was != (full ? most : (size_t)w * HASH_LEN))
		return err_set(e, -EUCLEAN, path,
			       "has %zu bytes, a tile of %u hashes has %zu",
			       b->n - was, full ? TILE_WIDTH : w,
			       full ? most : (size_t)w * HASH_LEN);
	b->n = was + (size_t)w * HASH_LEN;
	return 0;
}

int tile_entry(struct bytes in, size_t *at, struct bytes *out)
{
	size_t n;

	if (*at == in.n)
		return 0;
	if (in.n - *at < 2)
		return -EPROTO;
	n = (size_t)in.p[*at] << 8 | in.p[*at + 1];
	if (n == 0 || n > in.n - *at - 2)
		return -EPROTO;
	*out = bytes_sub(in, *at + 2, n);
	*at += 2 + n;
	return 1;
}

int tile_bundle(int dir, uint64_t n, unsigned w, struct buf *b, struct err *e)
{
	char path[TILE_PATH];
	size_t at = 0, cut = 0;
	unsigned count = 0;
	struct bytes entry;
	bool full;
	int rc;

	buf_clear(b);
	rc = read_any(dir, TILE_ENTRIES, n, w, BUNDLE_MOST, b, path, &full);
	if (rc != 0)
		return read_failed(e, rc, path);
	for (;; count++) {
		if (count == w)
			cut = at;
		rc = tile_entry(buf_bytes(b), &at, &entry);
		if (rc <= 0)
			break;
	}
	if (rc != 0)
		return err_set(
			e, -EUCLEAN, path,
			"byte %zu starts no entry: entry %llu of the log "
			"is damaged",
			at, (unsigned long long)(n * TILE_WIDTH + count));
	if (count != (full ? TILE_WIDTH : w))
		return err_set(e, -EUCLEAN, path,
			       "holds %u entries where %u belong", count,
			       full ? TILE_WIDTH : w);
	b->n = cut;
	return 0;
}
