/* The write-ahead log: frames in segments, written, scanned, found. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_WAL_H
#define AUDIT_WAL_H

#include <pthread.h>

#include "base/err.h"
#include "base/hash.h"
#include "fs/audit/io.h"

#define WAL_HEADER 64
#define WAL_OVERHEAD 28 /* of a frame beside its entry */
#define WAL_NAME 24
#define WAL_OLD 8

/* What a segment's first 64 bytes say. */
struct wal_header {
	uint64_t index; /* number of the segment, in its name too */
	uint64_t base;	/* seq of its first frame */
	uint8_t key[16];
	uint8_t origin[16]; /* first bytes of SHA-256(origin) */
};

/* A frame as it lies in memory; entry borrows. */
struct wal_frame {
	uint64_t seq;
	uint64_t synced; /* entries below this were on disk before it */
	struct bytes entry;
	size_t n; /* bytes of the whole frame */
};

/**
 * wal_header_put(out, h), wal_header_get(in, h): the latter gives 1; 0 for 64
 * zero bytes (a segment made ahead, or one that lost its first page); -EUCLEAN
 * for anything else.
 */
void wal_header_put(uint8_t out[WAL_HEADER],
		    const struct wal_header *h) NONNULL_ALL;
int wal_header_get(struct bytes in,
		   struct wal_header *h) MUST_CHECK NONNULL_ALL;

/**
 * wal_frame_put(b, key, f): append the frame (f->n is ignored); -EMSGSIZE,
 * -ENOMEM. wal_frame_get(in, key, f): the frame at the start of in; -EPROTO.
 */
int wal_frame_put(struct buf *b, const uint8_t key[16],
		  const struct wal_frame *f) MUST_CHECK NONNULL_ALL;
int wal_frame_get(struct bytes in, const uint8_t key[16],
		  struct wal_frame *f) MUST_CHECK NONNULL_ALL;

/** wal_name(out, index): "wal-0000000000000001". wal_name_get: -EPROTO. */
void wal_name(char out[WAL_NAME], uint64_t index) NONNULL_ALL;
int wal_name_get(const char *name, uint64_t *index) MUST_CHECK NONNULL_ALL;

/* The writing end. Guarded by the log's lock, but for spare_lock's part. */
struct wal {
	const struct audit_io *io;
	int dir; /* .state */
	uint8_t origin[16];
	uint8_t key[16];
	uint64_t index;	  /* of the segment in use, or of the last before */
	uint64_t off;	  /* where the next frame goes; 0: no segment yet */
	int fd;		  /* -1: none yet */
	uint8_t *map;	  /* window of the segment in use, or NULL */
	uint64_t map_at;  /* where it begins */
	bool unmapped;	  /* this segment has none to give */
	int old[WAL_OLD]; /* full segments the next sync covers */
	unsigned nold;
	pthread_mutex_t spare_lock;
	int spare; /* segment index + 1, made ahead; -1 */
	bool torn; /* a started write failed: nothing may follow */
};

/** wal_init(w, io, dir, origin, index): nothing on disk yet; the first
 * segment gets index + 1. wal_close(w): trims the segment in use (unless
 * torn), removes the spare, frees. */
void wal_init(struct wal *w, const struct audit_io *io, int dir,
	      const uint8_t origin[HASH_LEN], uint64_t index) NONNULL_ALL;
int wal_close(struct wal *w) NONNULL_ALL;

/**
 * wal_append(w, scratch, f): write one frame. -ENOSPC (or another failure) to
 * make a segment leaves the log as it was; any failed write sets torn.
 */
int wal_append(struct wal *w, struct buf *scratch,
	       const struct wal_frame *f) MUST_CHECK NONNULL_ALL;

/** wal_spare(w): make the next segment ahead once the present one is half
 * full; off is what the caller saw of w->off under the log's lock. */
int wal_spare(struct wal *w, uint64_t off) MUST_CHECK NONNULL_ALL;

/* One segment as found. */
struct wal_seg {
	struct wal_header h;
	int fd;
	uint64_t size;
};

/*
 * The segments of a directory, for reading. Frame n lives in the segment of
 * highest index whose base is at most n: one that recovery began supersedes
 * whatever lies behind its base in those before.
 */
struct wal_set {
	int dir;
	bool resync;	      /* look for good frames behind bad ones */
	struct wal_seg *segs; /* ascending by index */
	size_t n;
	uint64_t last_index; /* highest in any name, spares included */
	struct buf win;	     /* window of one segment */
	size_t win_seg;
	uint64_t win_off;
	size_t at_seg; /* cursor: frame at_seq begins at at_off or later */
	uint64_t at_off, at_seq;
};

/**
 * wal_load(s, dir, origin, e): find the segments under dir (borrowed), or
 * look again. -EUCLEAN: a header is damaged or of another log.
 */
int wal_load(struct wal_set *s, int dir, const uint8_t origin[HASH_LEN],
	     struct err *e) MUST_CHECK NONNULL(1, 3);
void wal_set_free(struct wal_set *s) NONNULL_ALL;

/** wal_get(s, seq, f): 1 and the frame (borrowed until the next call), 0: not
 * there, negative errno. Cheap when asked in order. */
int wal_get(struct wal_set *s, uint64_t seq,
	    struct wal_frame *f) MUST_CHECK NONNULL_ALL;

/** wal_next(s, seg, off, f): the first good frame of that segment at or behind
 * *off (exactly at it without resync), which moves behind it; 1, 0, errno. */
int wal_next(struct wal_set *s, size_t seg, uint64_t *off,
	     struct wal_frame *f) MUST_CHECK NONNULL_ALL;

/** wal_home(s, seq): index into segs of the segment seq lives in; s->n. */
size_t wal_home(const struct wal_set *s, uint64_t seq) NONNULL_ALL;

#endif
