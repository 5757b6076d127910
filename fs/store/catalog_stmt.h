/* Prepared statements of the catalog, made once and used under its lock. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CATALOG_STMT_H
#define STORE_CATALOG_STMT_H

#include <pthread.h>
#include <sqlite3.h>

#include "fs/store/catalog.h"

enum catalog_stmt {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_CHECK,
	STMT_TRUNCATE,
	STMT_KEY_PUT,
	STMT_KEY_SET,
	STMT_KEY_DEL,
	STMT_KEY_GET,
	STMT_KEY_EACH,
	STMT_CELL_PUT,
	STMT_CELL_GET,
	STMT_CELL_DEL,
	STMT_CELL_FORGET,
	STMT_CELL_KIND,
	STMT_CELL_ALL,
	STMT_DATASET_PUT,
	STMT_DATASET_GET,
	STMT_DATASET_EACH,
	STMT_DATASET_NEWEST,
	STMT_DATASET_KEY,
	STMT_VERSION_PUT,
	STMT_VERSION_GET,
	STMT_ENTRY_PUT,
	STMT_ENTRY_LIVE,
	STMT_ENTRY_EACH,
	STMT_ENTRY_SOME,
	STMT_ENTRY_ALL,
	STMT_ENTRY_SHRED,
	STMT_ENTRY_PAGE,
	STMT_ENTRY_CLOSE,
	STMT_ENTRY_DEL,
	STMT_ENTRY_REOPEN,
	STMT_CONTENT_PUT,
	STMT_CONTENT_GET,
	STMT_CONTENT_SHRED,
	STMT_CONTENT_DEL,
	STMT_CONTENT_EACH,
	STMT_SPANS_PUT,
	STMT_SPANS_GET,
	STMT_SPANS_DEL,
	STMT_SPANS_DROP,
	STMT_SPANS_EACH,
	STMT_OBJECT_GET,
	STMT_COUNT,
};

struct catalog {
	sqlite3 *db;
	pthread_mutex_t lock; /* recursive; guards all below */
	unsigned depth;	      /* of catalog_begin */
	char *path;
	sqlite3_stmt *stmt[STMT_COUNT];
};

/* One use of a statement: parameters bind in order, columns read by number. */
struct use {
	struct catalog *c;
	sqlite3_stmt *s;
	int rc; /* first failure, sticky */
	int at; /* last parameter bound */
};

/** catalog_stmt_use(c, which): lock and prepare; ends with catalog_stmt_done,
 * which fits CLEANUP. */
struct use catalog_stmt_use(struct catalog *c, enum catalog_stmt which);
void catalog_stmt_done(struct use *u);

/** catalog_stmt_blob, _num: bind the next parameter; memory must last. */
void catalog_stmt_blob(struct use *u, const void *p, size_t n);
void catalog_stmt_num(struct use *u, uint64_t v);

/** catalog_stmt_step(u): 1 a row, 0 the end, or an error. catalog_stmt_run: to
 * the end of a statement without rows. */
int catalog_stmt_step(struct use *u) MUST_CHECK;
int catalog_stmt_run(struct use *u) MUST_CHECK;

/** catalog_stmt_col, _u64: a column of the row, borrowed until the next step;
 * catalog_stmt_fixed: of exactly n bytes, else NULL and u->rc = -EUCLEAN. */
struct bytes catalog_stmt_col(struct use *u, int col);
uint64_t catalog_stmt_u64(struct use *u, int col);
const uint8_t *catalog_stmt_fixed(struct use *u, int col, size_t n);

/** catalog_stmt_code(db, rc): SQLite's code as ours. */
int catalog_stmt_code(sqlite3 *db, int rc);

#endif
