/* The catalog: every row of the store, in one SQLite file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "base/buf.h"
#include "base/err.h"
#include "fs/store/store.h"

#define CATALOG_FILE "catalog.db"
#define CATALOG_HASH 32
#define CATALOG_LAST INT64_MAX /* last of an entry that is still a member */

struct catalog;

/*
 * Rows are opaque here: whoever calls seals before and opens after. All calls
 * are thread-safe behind one recursive lock that callbacks run under; they
 * return 0 or -EUCLEAN (damaged file), -ENOSPC, -EBUSY (another process), -EIO,
 * -ENOMEM; getters -ENOENT too. Numbers are below 2^63.
 */

/** catalog_create(dir, e): a new catalog.db in the directory. */
int catalog_create(const char *dir, struct err *e) MUST_CHECK;
/** catalog_open(dir, out, e), catalog_close (NULL is fine; tidies the WAL). */
int catalog_open(const char *dir, struct catalog **out,
		 struct err *e) MUST_CHECK;
void catalog_close(struct catalog *c);
static inline void catalog_closep(struct catalog **c)
{
	catalog_close(*c);
}
/** catalog_words(c, code, e): fill e for a failed call: what code means and
 * the next step; returns code. */
int catalog_words(struct catalog *c, int code, struct err *e);

/** catalog_begin, catalog_end(c, rc): one write transaction, held by this
 * thread; end commits where rc is 0, else rolls back and returns rc. */
int catalog_begin(struct catalog *c) MUST_CHECK;
int catalog_end(struct catalog *c, int rc) MUST_CHECK;

/** catalog_truncate(c): what was deleted or overwritten stands in no file any
 * more: the WAL is moved into the file, which has zeros there (secure_delete),
 * and cut. -EBUSY where a reader of another process kept it for ten seconds. */
int catalog_truncate(struct catalog *c) MUST_CHECK;

/** catalog_check(c, bad, ctx): SQLite's own check of the file; each complaint
 * in words. */
int catalog_check(struct catalog *c, void (*bad)(void *ctx, const char *words),
		  void *ctx) MUST_CHECK;

/* ---- keys: wrapped by the root ---- */

/* The numbers stand in the file: never renumber. */
enum catalog_key {
	CATALOG_KEY_CELLS = 1,	 /* seals cells */
	CATALOG_KEY_LOOKUP = 2,	 /* hashes names to ids */
	CATALOG_KEY_DIGEST = 3,	 /* content hashes */
	CATALOG_KEY_SIGN = 4,	 /* Ed25519 seed of manifest roots */
	CATALOG_KEY_LOG = 5,	 /* Ed25519 seed of the log */
	CATALOG_KEY_AUDIT = 6,	 /* X25519 secret of the owner as auditor */
	CATALOG_KEY_PROJECT = 7, /* one per project; ref: hash of its name;
				    empty: it has ended */
	CATALOG_KEY_WORK = 8, /* of a work area, under its project's; ref: id */
	CATALOG_KEY_ROOT = 9, /* the next root, under the one before: only
				 while the root is changed */
};

/** catalog_key_put: a new row; -EUCLEAN where one stands. _set: the same where
 * one may. _get: append the wrapped key. _del: also where there is none. _each:
 * all rows, until fn returns non-zero; fn changes none. */
int catalog_key_set(struct catalog *c, enum catalog_key kind, struct bytes ref,
		    struct bytes wrapped) MUST_CHECK;
int catalog_key_del(struct catalog *c, enum catalog_key kind,
		    struct bytes ref) MUST_CHECK;
int catalog_key_put(struct catalog *c, enum catalog_key kind, struct bytes ref,
		    struct bytes wrapped) MUST_CHECK;
int catalog_key_get(struct catalog *c, enum catalog_key kind, struct bytes ref,
		    struct buf *wrapped) MUST_CHECK;
int catalog_key_each(struct catalog *c,
		     int (*fn)(void *ctx, enum catalog_key kind,
			       struct bytes ref, struct bytes wrapped),
		     void *ctx) MUST_CHECK;

/* ---- named cells; kind and name are hashes ---- */

/** catalog_cell_put: add or replace. _get: append the value. _del: also where
 * there is none. */
int catalog_cell_put(struct catalog *c, struct bytes kind, struct bytes name,
		     struct bytes value) MUST_CHECK;
int catalog_cell_get(struct catalog *c, struct bytes kind, struct bytes name,
		     struct buf *value) MUST_CHECK;
int catalog_cell_del(struct catalog *c, struct bytes kind,
		     struct bytes name) MUST_CHECK;
/** catalog_cell_forget: at most n of a kind go; *count. */
int catalog_cell_forget(struct catalog *c, struct bytes kind, size_t n,
			size_t *count) MUST_CHECK;
/** catalog_cell_each: of one kind, or of all where kind is empty. */
int catalog_cell_each(struct catalog *c, struct bytes kind,
		      int (*fn)(void *ctx, struct bytes kind, struct bytes name,
				struct bytes value),
		      void *ctx) MUST_CHECK;

/* ---- data sets and their versions ---- */

/* Borrowed while a callback runs, or from the caller's buffers. */
struct catalog_dataset {
	const uint8_t *id; /* STORE_ID */
	uint64_t newest;   /* published version; 0: none */
	struct bytes key, cell;
};
int catalog_dataset_put(struct catalog *c,
			const struct catalog_dataset *d) MUST_CHECK;
int catalog_dataset_get(struct catalog *c, const uint8_t *id, uint64_t *newest,
			struct buf *key, struct buf *cell) MUST_CHECK;
/** catalog_dataset_key(c, id, key): another wrapping of its key. */
int catalog_dataset_key(struct catalog *c, const uint8_t *id,
			struct bytes key) MUST_CHECK;
int catalog_dataset_each(struct catalog *c,
			 int (*fn)(void *ctx, const struct catalog_dataset *d),
			 void *ctx) MUST_CHECK;
/** catalog_dataset_newest(c, id, v): v is published. */
int catalog_dataset_newest(struct catalog *c, const uint8_t *id,
			   uint64_t v) MUST_CHECK;

/** catalog_version_put: a new row; -EUCLEAN where one stands. _get: append. */
int catalog_version_put(struct catalog *c, const uint8_t *dataset, uint64_t v,
			struct bytes cell) MUST_CHECK;
int catalog_version_get(struct catalog *c, const uint8_t *dataset, uint64_t v,
			struct buf *cell) MUST_CHECK;

/* ---- entries: which objects a version has ---- */

struct catalog_entry {
	const uint8_t *dataset, *id;
	uint64_t first, last; /* a member of versions first ... last */
	uint64_t version;     /* whose content; <= first */
	uint32_t spanset;
	const uint8_t *leaf; /* CATALOG_HASH bytes: its part of the root */
	struct bytes cell;
};
typedef int (*catalog_entry_fn)(void *ctx, const struct catalog_entry *e);

/** catalog_entry_put: replaces a row with the same id and first. */
int catalog_entry_put(struct catalog *c,
		      const struct catalog_entry *e) MUST_CHECK;
/** catalog_entry_live: fn gets the newest entry of the id that is not closed;
 * -ENOENT where there is none. */
int catalog_entry_live(struct catalog *c, const uint8_t *dataset,
		       const uint8_t *id, catalog_entry_fn fn,
		       void *ctx) MUST_CHECK;
/** catalog_entry_each: members of version v, ascending ids. */
int catalog_entry_each(struct catalog *c, const uint8_t *dataset, uint64_t v,
		       catalog_entry_fn fn, void *ctx) MUST_CHECK;
/** catalog_entry_some: at most n of them, with ids above after (NULL: the
 * first); *count says how many. */
int catalog_entry_some(struct catalog *c, const uint8_t *dataset, uint64_t v,
		       const uint8_t *after, size_t n, catalog_entry_fn fn,
		       void *ctx, size_t *count) MUST_CHECK;
/** catalog_entry_all: every row of the data set, of all versions, ascending
 * ids, then first. catalog_entry_shred: rows of this content lose their cell,
 * which is empty from then on. */
int catalog_entry_all(struct catalog *c, const uint8_t *dataset,
		      catalog_entry_fn fn, void *ctx) MUST_CHECK;
int catalog_entry_shred(struct catalog *c, const uint8_t *dataset,
			const uint8_t *id, uint64_t version) MUST_CHECK;
/** catalog_entry_page: at most n entries that are not closed, with ids above
 * after, ascending by id, then first; *count says how many. cell is not given.
 */
int catalog_entry_page(struct catalog *c, const uint8_t *dataset,
		       const uint8_t *after, size_t n, catalog_entry_fn fn,
		       void *ctx, size_t *count) MUST_CHECK;
/** catalog_entry_close: its last becomes last. catalog_entry_del: forget it.
 * catalog_entry_reopen: entries with this last are members again, at most n
 * rows; *count. */
int catalog_entry_close(struct catalog *c, const uint8_t *dataset,
			const uint8_t *id, uint64_t first,
			uint64_t last) MUST_CHECK;
int catalog_entry_del(struct catalog *c, const uint8_t *dataset,
		      const uint8_t *id, uint64_t first) MUST_CHECK;
int catalog_entry_reopen(struct catalog *c, const uint8_t *dataset,
			 uint64_t last, size_t n, size_t *count) MUST_CHECK;

/* ---- contents and span sets: keys and places ---- */

/** catalog_content_put: add or replace. _get: append the wrapped key (empty:
 * erased) and the cell. _shred: the key is destroyed, the cell stays. _del:
 * also where there is none. */
int catalog_content_shred(struct catalog *c, const uint8_t *id,
			  uint64_t version) MUST_CHECK;
int catalog_content_put(struct catalog *c, const uint8_t *id, uint64_t version,
			const uint8_t *dataset, struct bytes key,
			struct bytes cell) MUST_CHECK;
int catalog_content_get(struct catalog *c, const uint8_t *id, uint64_t version,
			uint8_t dataset[STORE_ID], struct buf *key,
			struct buf *cell) MUST_CHECK;
int catalog_content_del(struct catalog *c, const uint8_t *id,
			uint64_t version) MUST_CHECK;
/** catalog_spans_put, _get: as for contents. _del: all span sets of a version;
 * _drop: one. */
int catalog_spans_put(struct catalog *c, const uint8_t *id, uint64_t version,
		      uint32_t spanset, struct bytes cell) MUST_CHECK;
int catalog_spans_get(struct catalog *c, const uint8_t *id, uint64_t version,
		      uint32_t spanset, struct buf *cell) MUST_CHECK;
int catalog_spans_del(struct catalog *c, const uint8_t *id,
		      uint64_t version) MUST_CHECK;
int catalog_spans_drop(struct catalog *c, const uint8_t *id, uint64_t version,
		       uint32_t spanset) MUST_CHECK;
/** catalog_object_get: what catalog_content_get and catalog_spans_get give, of
 * one moment; spans stays empty where there is no such set. -ENOENT. */
int catalog_object_get(struct catalog *c, const uint8_t *id, uint64_t version,
		       uint32_t spanset, uint8_t dataset[STORE_ID],
		       struct buf *key, struct buf *cell,
		       struct buf *spans) MUST_CHECK;
/** catalog_object_each: every content and span set that has a row; spanset is
 * valid where spans is true. */
int catalog_object_each(struct catalog *c,
			int (*fn)(void *ctx, const uint8_t *id,
				  uint64_t version, bool spans,
				  uint32_t spanset),
			void *ctx) MUST_CHECK;

#endif
