/* The rows of a work area in its own SQLite file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORK_DB_H
#define MOUNT_WORK_DB_H

#include "base/buf.h"
#include "base/err.h"

#define WORK_DB_FILE "tree.db"
#define WORK_HASH 16   /* bytes of a name's keyed hash */
#define WORK_STAMP 8   /* first bytes of a row's nonce */
#define WORK_HEAD_ID 0 /* of the one row of table head */

enum work_table {
	WORK_NODE = 0,
	WORK_MAP,
	WORK_HEAD,
	WORK_TABLES,
};

/* One change: put (cell at off, n bytes) or, where n is 0, delete. */
struct work_op {
	enum work_table table;
	uint64_t id;
	size_t off, n;
	bool hashed; /* nodes: with a hash of their name */
	uint8_t hash[WORK_HASH];
};

/* What one transaction writes. Zero-initialise; work_batch_free fits CLEANUP.
 */
struct work_batch {
	struct work_op *ops;
	size_t nops, cops;
	struct buf cells; /* sealed */
	struct buf freed; /* slots that it frees */
};

/** work_batch_add(b, op): append. -ENOMEM. work_batch_free(b). */
int work_batch_add(struct work_batch *b, const struct work_op *op) MUST_CHECK;
void work_batch_free(struct work_batch *b);

struct work_db;

/** work_db_open(dir, write, make, out, e): the file in dir; without write it is
 * only read; make: it is made, and an empty one is not damage.
 * work_db_close: NULL is fine. work_db_words(db, code, e): fill e. */
int work_db_open(const char *dir, bool write, bool make, struct work_db **out,
		 struct err *e) MUST_CHECK;
void work_db_close(struct work_db *db);

/** work_db_each(db, t, fn, ctx): all rows of a table, ascending. */
int work_db_each(struct work_db *db, enum work_table t,
		 int (*fn)(void *ctx, uint64_t id, struct bytes cell),
		 void *ctx) MUST_CHECK;
/** work_db_get(db, t, id, b): append one row's cell; -ENOENT. A connection of
 * its own: never waits for a commit. */
int work_db_get(struct work_db *db, enum work_table t, uint64_t id,
		struct buf *b) MUST_CHECK;
/** work_db_apply(db, b): one transaction, durable on return: deletions first.
 * -EIO where a sync failed; others left nothing behind. */
int work_db_apply(struct work_db *db, const struct work_batch *b) MUST_CHECK;
/** work_db_freeze(db): from the next row on, hold one state for reading. */
int work_db_freeze(struct work_db *db) MUST_CHECK;
/** work_db_check(db, bad, ctx): SQLite's own check. */
int work_db_check(struct work_db *db, void (*bad)(void *ctx, const char *words),
		  void *ctx) MUST_CHECK;

#endif
