/* The WAL's reading end: which segments there are, and where frame n lies. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading end is shared by four readers that want different things. The
 * integrator and recovery look for frames that must be there, and skip over
 * damage to find them (resync). The log's readers and the verifier follow a
 * live log: a frame that does not parse is one that is not written yet, so
 * they stop there and ask again later. Both go through wal_get, which keeps a
 * cursor, so that reading in order touches each byte once. A window of the
 * segment is held in memory; since a live segment grows under it, a failed
 * parse is tried once more on fresh bytes before it is believed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/audit/tile.h"
#include "fs/audit/wal.h"

#define WINDOW ((size_t)256 * 1024)
#define FRAME_MOST ((size_t)ENTRY_MOST + WAL_OVERHEAD)
#define HOP 4096

static void closedirp(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static void segs_free(struct wal_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		fd_close(&s->segs[i].fd);
	mem_free(s->segs);
	s->segs = NULL;
	s->n = 0;
}

void wal_set_free(struct wal_set *s)
{
	segs_free(s);
	buf_free(&s->win);
}

/* Nothing behind the header: its own write failed, so no frame followed. */
static bool blank(const struct wal_seg *seg)
{
	uint8_t page[HOP];
	uint64_t at = WAL_HEADER;

	for (;;) {
		ssize_t n = fd_pread_full(seg->fd, page, sizeof(page), at);

		for (ssize_t i = 0; i < n; i++) {
			if (page[i] != 0)
				return false;
		}
		if (n < (ssize_t)sizeof(page))
			return n >= 0;
		at += sizeof(page);
	}
}

/* Open one segment; 1, 0 for one not begun or gone meanwhile, or errno. */
static int seg_open(int dir, const char *name, uint64_t index,
		    const uint8_t origin[HASH_LEN], struct wal_seg *seg,
		    struct err *e)
{
	uint8_t raw[WAL_HEADER];
	struct stat st;
	ssize_t n;
	int rc;

	seg->fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (seg->fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, name, "cannot open");
	n = fd_pread_full(seg->fd, raw, sizeof(raw), 0);
	if (n < 0 || fstat(seg->fd, &st) != 0)
		return err_errno(e, name, "cannot read");
	seg->size = (uint64_t)st.st_size;
	rc = wal_header_get(bytes_of(raw, (size_t)n), &seg->h);
	if (rc == 1 && seg->h.index == index &&
	    memcmp(seg->h.origin, origin, sizeof(seg->h.origin)) == 0)
		return 1;
	if (rc == 0 || (rc < 0 && blank(seg)))
		return 0;
	return err_set(e, -EUCLEAN, name,
		       "the segment's header is damaged or of another log");
}

static int seg_add(struct wal_set *s, struct wal_seg *seg)
{
	size_t at = s->n;
	struct wal_seg *p = mem_grow(s->segs, s->n + 1, sizeof(*p));

	if (p == NULL)
		return -ENOMEM;
	s->segs = p;
	for (; at > 0 && p[at - 1].h.index > seg->h.index; at--)
		p[at] = p[at - 1];
	p[at] = *seg;
	s->n++;
	seg->fd = -1;
	return 0;
}

static int load_one(struct wal_set *s, const char *name,
		    const uint8_t origin[HASH_LEN], struct err *e)
{
	struct wal_seg seg = {.fd = -1};
	uint64_t index;
	int rc;

	if (wal_name_get(name, &index) != 0)
		return 0;
	s->last_index = index > s->last_index ? index : s->last_index;
	rc = seg_open(s->dir, name, index, origin, &seg, e);
	if (rc == 1 && seg_add(s, &seg) != 0)
		rc = err_nomem(e);
	fd_close(&seg.fd);
	return rc < 0 ? rc : 0;
}

int wal_load(struct wal_set *s, int dir, const uint8_t origin[HASH_LEN],
	     struct err *e)
{
	CLEANUP(closedirp) DIR *d = NULL;
	const struct dirent *en;
	int rc = 0, fd;

	segs_free(s);
	s->dir = dir;
	s->win_seg = s->at_seg = SIZE_MAX;
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, ".state", "cannot list");
	d = fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return err_nomem(e);
	}
	while (rc == 0 && (en = readdir(d)) != NULL)
		rc = load_one(s, en->d_name, origin, e);
	return rc;
}

size_t wal_home(const struct wal_set *s, uint64_t seq)
{
	for (size_t i = s->n; i-- > 0;) {
		if (s->segs[i].h.base <= seq)
			return i;
	}
	return s->n;
}

/* Bytes of the segment at off: at least want, fewer only at its end. */
static int window(struct wal_set *s, size_t seg, uint64_t off, size_t want,
		  struct bytes *out)
{
	ssize_t n;
	int rc;

	if (s->win_seg == seg && off >= s->win_off &&
	    off - s->win_off + want <= s->win.n) {
		*out = bytes_sub(buf_bytes(&s->win), (size_t)(off - s->win_off),
				 s->win.n);
		return 0;
	}
	buf_clear(&s->win);
	rc = buf_reserve(&s->win, WINDOW);
	if (rc != 0)
		return rc;
	n = fd_pread_full(s->segs[seg].fd, s->win.p, WINDOW, off);
	if (n < 0)
		return (int)n;
	s->win.n = (size_t)n;
	s->win_seg = seg;
	s->win_off = off;
	*out = buf_bytes(&s->win);
	return 0;
}

/* How many of the first bytes can begin no frame: a run of zeros. */
static size_t zeros(struct bytes in)
{
	static const uint8_t zero[HOP];

	if (in.n >= HOP && memcmp(in.p, zero, HOP) == 0)
		return HOP - 4;
	return 1;
}

/* A frame that could stand in this segment, by its seq. */
static bool plausible(const struct wal_seg *seg, const struct wal_frame *f)
{
	return f->seq >= seg->h.base &&
	       f->seq - seg->h.base <= seg->size / WAL_OVERHEAD;
}

int wal_next(struct wal_set *s, size_t seg, uint64_t *off, struct wal_frame *f)
{
	const struct wal_seg *g = &s->segs[seg];
	struct bytes in;
	uint64_t at = *off;
	bool fresh = false;

	for (;;) {
		int rc = window(s, seg, at, FRAME_MOST, &in);

		if (rc != 0)
			return rc;
		if (wal_frame_get(in, g->h.key, f) == 0 && plausible(g, f)) {
			*off = at + f->n;
			return 1;
		}
		/* The window may be older than what was written since. */
		if (!fresh) {
			fresh = true;
			s->win_seg = SIZE_MAX;
			continue;
		}
		if (!s->resync || in.n < WAL_OVERHEAD)
			return 0;
		at += zeros(in);
	}
}

int wal_get(struct wal_set *s, uint64_t seq, struct wal_frame *f)
{
	size_t home = wal_home(s, seq);
	int rc;

	if (home == s->n)
		return 0;
	if (s->at_seg != home || s->at_seq > seq) {
		s->at_seg = home;
		s->at_off = WAL_HEADER;
		s->at_seq = s->segs[home].h.base;
	}
	for (;;) {
		uint64_t off = s->at_off;

		rc = wal_next(s, home, &off, f);
		if (rc <= 0 || f->seq > seq)
			return rc < 0 ? rc : 0;
		s->at_off = off;
		s->at_seq = f->seq + 1;
		if (f->seq == seq)
			return 1;
	}
}
