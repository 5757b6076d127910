/* The work area: the one place of a mount where its annotator may write. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORK_H
#define MOUNT_WORK_H

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#include "fs/store/store.h"

#define WORK_ROOT 1 /* the number of an area's first folder */
#define WORK_BLOCK 4096u
#define WORK_QUOTA (1ull << 30) /* where a policy names none */
#define WORK_DIGEST 32

/*
 * One annotator's work area in one project, opened: a tree of files, folders
 * and symbolic links, sealed below STORE/work (the model stands in work.c, the
 * format in doc/store-format.md). No FUSE types. Thread-safe. Nodes have
 * numbers that are never used again; WORK_ROOT is the folder they hang in.
 * Unless said otherwise functions return 0 or a negative errno: those of
 * POSIX, -EDQUOT over the quota, -ENOSPC where the disk is full, -EUCLEAN or
 * -EBADMSG for what is not what was written, -EIO once the area is dead. Where
 * it is only read, -EBUSY says that a session wrote to it meanwhile: what is
 * read is the state of work_open, whose blocks are then no longer kept.
 */
struct work;

struct work_want {
	struct store *store;
	const char *project, *annotator;
	uint64_t quota; /* bytes; 0: WORK_QUOTA */
	bool readonly;	/* the owner's look: takes no lock, changes nothing */
	unsigned commit_ms; /* 0: 1000; UINT_MAX: only when asked to */
};

/**
 * work_open(w, out, e): the area, made at its first use (then the store's lock
 * must be held). -EBUSY where another session writes to it, -EUCLEAN where it
 * is damaged: that loses nothing but this area. readonly: -ENOENT where there
 * is none.
 */
int work_open(const struct work_want *w, struct work **out,
	      struct err *e) MUST_CHECK;
/** work_close(w): what is still in memory becomes durable, all is wiped and
 * freed; the first failure. NULL is fine. work_closep fits CLEANUP and is for
 * areas that were only read. */
int work_close(struct work *w);
void work_closep(struct work **w);

/** work_sync(w): everything done so far is durable on return. */
int work_sync(struct work *w) MUST_CHECK;

/* ---- who asks, and who is told ---- */

/* NULL in its place: the house itself; nothing is checked or told. */
struct work_by {
	void *ctx; /* for the watcher */
	bool root; /* mode bits do not bind it */
};

enum work_change {
	WORK_CREATE = 1, /* to: a symlink's target */
	WORK_RENAME,	 /* to: the new path */
	WORK_UNLINK,
	WORK_TRUNCATE, /* size */
};
struct work_event {
	enum work_change change;
	struct bytes path, to; /* below the area */
	uint64_t size;
};
/**
 * work_watch(w, fn, ctx): fn is asked under the area's lock, after every check
 * and right before the change is made; what it returns other than 0 is the
 * answer, and nothing has changed.
 */
void work_watch(struct work *w,
		int (*fn)(void *ctx, const struct work_by *by,
			  const struct work_event *ev),
		void *ctx);

/* ---- names ---- */

/**
 * work_lookup(w, by, dir, name, st): st as work_getattr; the node is then kept,
 * also when it is unlinked, until work_forget(w, id, n) took back as many
 * lookups (work_make counts as one too).
 */
int work_lookup(struct work *w, const struct work_by *by, uint64_t dir,
		struct bytes name, struct stat *st) MUST_CHECK;
void work_forget(struct work *w, uint64_t id, uint64_t n);

/** work_make(w, by, dir, name, mode, target, st): a file, folder or (with a
 * target) symlink as mode says; -EEXIST, -EPERM for other kinds and for set-id
 * bits. */
int work_make(struct work *w, const struct work_by *by, uint64_t dir,
	      struct bytes name, mode_t mode, struct bytes target,
	      struct stat *st) MUST_CHECK;
/** work_unlink, work_rmdir: of a name. An open file lives until work_release.
 */
int work_unlink(struct work *w, const struct work_by *by, uint64_t dir,
		struct bytes name) MUST_CHECK;
int work_rmdir(struct work *w, const struct work_by *by, uint64_t dir,
	       struct bytes name) MUST_CHECK;

struct work_place {
	uint64_t dir;
	struct bytes name;
};
/** work_rename(w, by, from, to, flags): flags 0, RENAME_NOREPLACE or
 * RENAME_EXCHANGE. */
int work_rename(struct work *w, const struct work_by *by,
		struct work_place from, struct work_place to,
		unsigned flags) MUST_CHECK;

/** work_readlink(w, id, b): append the target. */
int work_readlink(struct work *w, uint64_t id, struct buf *b) MUST_CHECK;

/* One name of a folder, borrowed. next: where to go on behind it. */
struct work_entry {
	struct bytes name;
	struct stat st;
	uint64_t next;
};
/**
 * work_readdir(w, dir, from, fn, ctx): the names behind place `from` (0: all),
 * in an order that changes elsewhere do not disturb, until fn returns other
 * than 0. fn runs under the area's lock and must not call into w, but for
 * work_keep(w, id), which counts as one lookup.
 */
int work_readdir(struct work *w, uint64_t dir, uint64_t from,
		 int (*fn)(void *ctx, const struct work_entry *e),
		 void *ctx) MUST_CHECK;
void work_keep(struct work *w, uint64_t id);
/** work_parent(w, id): the folder above; WORK_ROOT is above itself. */
uint64_t work_parent(struct work *w, uint64_t id);

/** work_path(w, id, b): append the path below the area, "" for WORK_ROOT;
 * -ENOENT for what has no name any more. work_find(w, path, st): the way back.
 */
int work_path(struct work *w, uint64_t id, struct buf *b) MUST_CHECK;
int work_find(struct work *w, struct bytes path, struct stat *st) MUST_CHECK;

/* ---- attributes ---- */

/** work_getattr(w, id, st): all but owner and device; st_ino is the number. */
int work_getattr(struct work *w, uint64_t id, struct stat *st) MUST_CHECK;

enum work_set_bit {
	WORK_SET_MODE = 1,
	WORK_SET_SIZE = 2,
	WORK_SET_ATIME = 4,
	WORK_SET_MTIME = 8,
};
struct work_set {
	unsigned what; /* of work_set_bit */
	mode_t mode;
	uint64_t size;
	struct timespec atime, mtime;
	bool held; /* through an open descriptor: its mode was checked */
};
/** work_setattr(w, by, id, s, st): -EPERM for set-id bits. */
int work_setattr(struct work *w, const struct work_by *by, uint64_t id,
		 const struct work_set *s, struct stat *st) MUST_CHECK;
/** work_access(w, by, id, mask): R_OK, W_OK, X_OK by the owner's mode bits. */
int work_access(struct work *w, const struct work_by *by, uint64_t id,
		int mask) MUST_CHECK;
/** work_statfs(w, v): the quota and what of it is left. */
void work_statfs(struct work *w, struct statvfs *v);

/** Extended attributes of the user: -ENODATA, -EEXIST (flags as setxattr(2)),
 * -ENOTSUP for other namespaces. _get and _list append. */
int work_xattr_set(struct work *w, uint64_t id, struct bytes name,
		   struct bytes value, int flags) MUST_CHECK;
int work_xattr_get(struct work *w, uint64_t id, struct bytes name,
		   struct buf *b) MUST_CHECK;
int work_xattr_list(struct work *w, uint64_t id, struct buf *b) MUST_CHECK;
int work_xattr_del(struct work *w, uint64_t id, struct bytes name) MUST_CHECK;

/* ---- contents ---- */

/** work_hold(w, by, id, flags): open it with open(2)'s flags (access, O_TRUNC);
 * kept until work_release(w, id). */
int work_hold(struct work *w, const struct work_by *by, uint64_t id,
	      int flags) MUST_CHECK;
void work_release(struct work *w, uint64_t id);

/** work_next_data(w, id, off): the first byte from off on that is not surely
 * of a hole, at most the file's size; off itself where there is no such file
 * or off lies behind its end. A file of a few bytes may be 4 TiB long. */
uint64_t work_next_data(struct work *w, uint64_t id, uint64_t off);

/** work_read(w, id, off, p, n): bytes read, less only at the end. */
ssize_t work_read(struct work *w, uint64_t id, uint64_t off, void *p,
		  size_t n) MUST_CHECK;
#define WORK_APPEND UINT64_MAX /* off: at the end */
/** work_write(w, id, off, p, n): bytes taken: fewer than n only where the disk
 * failed on the way. In memory until the next commit, at most a second. */
ssize_t work_write(struct work *w, uint64_t id, uint64_t off, const void *p,
		   size_t n) MUST_CHECK;
/** work_allocate(w, id, mode, off, n): fallocate(2): 0, KEEP_SIZE, PUNCH_HOLE,
 * ZERO_RANGE; -EOPNOTSUPP for others. */
int work_allocate(struct work *w, uint64_t id, int mode, uint64_t off,
		  uint64_t n) MUST_CHECK;

/**
 * work_digest(w, id, out): of the content: keyed per area, the same for equal
 * contents, however written; only chunks changed since the last time are read.
 * work_version(w, id): a writer closed it; its versions so far.
 */
int work_digest(struct work *w, uint64_t id,
		uint8_t out[WORK_DIGEST]) MUST_CHECK;
uint32_t work_version(struct work *w, uint64_t id);

/* ---- for the owner, and the end of a session ---- */

struct work_file {
	struct bytes path; /* borrowed */
	struct stat st;
	uint32_t versions; /* how often a writer closed it */
};
/** work_each(w, fn, ctx): every node but the root, folders before what is in
 * them; fn may read through w. */
int work_each(struct work *w, int (*fn)(void *ctx, const struct work_file *f),
	      void *ctx) MUST_CHECK;
/** work_unnamed(w, globs, n, fn, ctx): the files and links made since
 * work_open that no glob names; none where n is 0. What stood then, or stands
 * where something stood, is not new, however changed. */
int work_unnamed(struct work *w, const char *const *globs, size_t n,
		 int (*fn)(void *ctx, const struct work_file *f),
		 void *ctx) MUST_CHECK;
/** work_drop(w, path): unlink that file or link, untold. */
int work_drop(struct work *w, struct bytes path) MUST_CHECK;

/** work_export(w, path, outfd, files, e): write what lies at path ("" for all)
 * below the folder outfd, as `preview` does: beneath, through no symlink, no
 * symlinks made, no exec bits, never over an existing file. *files grows. */
int work_export(struct work *w, struct bytes path, int outfd, uint64_t *files,
		struct err *e) MUST_CHECK;

struct work_fsck {
	uint64_t areas, files, blocks, bad;
	uint64_t busy; /* areas that a session was faster in than the check */
};
/** work_fsck(s, deep, bad, ctx, out, e): every area of the store: rows, tree,
 * places of blocks; deep: every block too. bad is called with words per
 * problem, and per area that is busy. 0 good, -EUCLEAN problems were found,
 * -EBUSY none, but areas could not be checked to their end. */
int work_fsck(struct store *s, bool deep,
	      void (*bad)(void *ctx, const char *words), void *ctx,
	      struct work_fsck *out, struct err *e) MUST_CHECK;

#endif
