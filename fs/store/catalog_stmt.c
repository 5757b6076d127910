/* The SQL of the store in one table, and the few calls that run it. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every SQL text of the running store stands in the table below and nowhere
 * else; no text is put together at run time, so values can reach the database
 * as bound parameters only. (The schema is the one other text: catalog.c.)
 *
 * Statements are prepared at their first use and kept. catalog_stmt_use takes
 * the catalog's lock and catalog_stmt_done, by CLEANUP, gives it back: whoever
 * holds a struct use is alone with the connection. The first error sticks in
 * it, later binds do nothing, and the step returns it; so callers bind row by
 * row without looking at each answer.
 */
#include "fs/store/catalog_stmt.h"

#include <errno.h>

static const char *const sql[STMT_COUNT] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_CHECK] = "PRAGMA integrity_check(20)",
	[STMT_TRUNCATE] = "PRAGMA wal_checkpoint(TRUNCATE)",
	[STMT_KEY_PUT] = "INSERT INTO key(kind, ref, wrapped) VALUES(?, ?, ?)",
	[STMT_KEY_SET] = "INSERT OR REPLACE INTO key(kind, ref, wrapped) "
			 "VALUES(?, ?, ?)",
	[STMT_KEY_DEL] = "DELETE FROM key WHERE kind=? AND ref=?",
	[STMT_KEY_GET] = "SELECT wrapped FROM key WHERE kind=? AND ref=?",
	[STMT_KEY_EACH] = "SELECT kind, ref, wrapped FROM key",
	[STMT_CELL_PUT] = "INSERT INTO cell(kind, name, value) VALUES(?, ?, ?) "
			  "ON CONFLICT DO UPDATE SET value=excluded.value",
	[STMT_CELL_GET] = "SELECT value FROM cell WHERE kind=? AND name=?",
	[STMT_CELL_DEL] = "DELETE FROM cell WHERE kind=? AND name=?",
	[STMT_CELL_FORGET] = "DELETE FROM cell WHERE rowid IN "
			     "(SELECT rowid FROM cell WHERE kind=? LIMIT ?)",
	[STMT_CELL_KIND] = "SELECT kind, name, value FROM cell WHERE kind=?",
	[STMT_CELL_ALL] = "SELECT kind, name, value FROM cell",
	[STMT_DATASET_PUT] =
		"INSERT INTO dataset(id, newest, key, cell) VALUES(?, ?, ?, ?)",
	[STMT_DATASET_GET] = "SELECT newest, key, cell FROM dataset WHERE id=?",
	[STMT_DATASET_EACH] = "SELECT newest, key, cell, id FROM dataset",
	[STMT_DATASET_NEWEST] = "UPDATE dataset SET newest=? WHERE id=?",
	[STMT_DATASET_KEY] = "UPDATE dataset SET key=? WHERE id=?",
	[STMT_VERSION_PUT] =
		"INSERT INTO version(dataset, version, cell) VALUES(?, ?, ?)",
	[STMT_VERSION_GET] =
		"SELECT cell FROM version WHERE dataset=? AND version=?",
	[STMT_ENTRY_PUT] =
		"INSERT OR REPLACE INTO entry(dataset, id, first, last, "
		"version, spanset, leaf, cell) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	[STMT_ENTRY_LIVE] =
		"SELECT id, first, last, version, spanset, leaf, cell "
		"FROM entry WHERE dataset=? AND id=? AND last=?"
		" ORDER BY first DESC LIMIT 1",
	[STMT_ENTRY_EACH] =
		"SELECT id, first, last, version, spanset, leaf, cell "
		"FROM entry WHERE dataset=? AND first<=? AND last>=? "
		"ORDER BY id, first",
	[STMT_ENTRY_SOME] =
		"SELECT id, first, last, version, spanset, leaf, cell "
		"FROM entry WHERE dataset=? AND id>? AND first<=? AND last>=? "
		"ORDER BY id, first LIMIT ?",
	[STMT_ENTRY_ALL] =
		"SELECT id, first, last, version, spanset, leaf, cell "
		"FROM entry WHERE dataset=? ORDER BY id, first",
	[STMT_ENTRY_SHRED] = "UPDATE entry SET cell=x'' "
			     "WHERE dataset=? AND id=? AND version=?",
	[STMT_ENTRY_PAGE] = "SELECT id, first, last, version, spanset, leaf "
			    "FROM entry WHERE dataset=? AND id>? AND last=? "
			    "ORDER BY id, first LIMIT ?",
	[STMT_ENTRY_CLOSE] = "UPDATE entry SET last=? "
			     "WHERE dataset=? AND id=? AND first=?",
	[STMT_ENTRY_DEL] =
		"DELETE FROM entry WHERE dataset=? AND id=? AND first=?",
	[STMT_ENTRY_REOPEN] =
		"UPDATE entry SET last=? WHERE (dataset, id, first) IN "
		"(SELECT dataset, id, first FROM entry "
		"WHERE dataset=? AND last=? AND last<9223372036854775807 "
		"LIMIT ?)",
	[STMT_CONTENT_PUT] =
		"INSERT OR REPLACE INTO content(id, version, dataset, "
		"key, cell) VALUES(?, ?, ?, ?, ?)",
	[STMT_CONTENT_GET] = "SELECT dataset, key, cell FROM content "
			     "WHERE id=? AND version=?",
	[STMT_CONTENT_SHRED] =
		"UPDATE content SET key=x'' WHERE id=? AND version=?",
	[STMT_CONTENT_DEL] = "DELETE FROM content WHERE id=? AND version=?",
	[STMT_CONTENT_EACH] = "SELECT id, version FROM content",
	[STMT_SPANS_PUT] =
		"INSERT OR REPLACE INTO spans(id, version, spanset, cell) "
		"VALUES(?, ?, ?, ?)",
	[STMT_SPANS_GET] = "SELECT cell FROM spans "
			   "WHERE id=? AND version=? AND spanset=?",
	[STMT_SPANS_DEL] = "DELETE FROM spans WHERE id=? AND version=?",
	[STMT_SPANS_DROP] =
		"DELETE FROM spans WHERE id=? AND version=? AND spanset=?",
	[STMT_SPANS_EACH] = "SELECT id, version, spanset FROM spans",
	[STMT_OBJECT_GET] =
		"SELECT c.dataset, c.key, c.cell, s.cell FROM content c "
		"LEFT JOIN spans s ON s.id=c.id AND s.version=c.version "
		"AND s.spanset=? WHERE c.id=? AND c.version=?",
};

/*
 * A write that failed says more in errno than in SQLite's code, which keeps
 * its own copy for some calls only.
 */
static int io_code(sqlite3 *db)
{
	int now = errno, kept = sqlite3_system_errno(db);
	int code = kept != 0 ? kept : now;

	if (code == EFBIG)
		return -ENOSPC; /* a limit on file sizes is a full disk to us */
	if (kept != 0 || code == ENOSPC || code == EDQUOT)
		return -code;
	return -EIO;
}

int catalog_stmt_code(sqlite3 *db, int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_IOERR:
		return rc == SQLITE_IOERR_SHORT_READ ? -EUCLEAN : io_code(db);
	case SQLITE_CANTOPEN:
		return io_code(db);
	default: /* CORRUPT, NOTADB, a missing table, a foreign row */
		return -EUCLEAN;
	}
}

struct use catalog_stmt_use(struct catalog *c, enum catalog_stmt which)
{
	struct use u = {.c = c};

	pthread_mutex_lock(&c->lock);
	if (c->stmt[which] == NULL)
		u.rc = catalog_stmt_code(
			c->db, sqlite3_prepare_v3(c->db, sql[which], -1,
						  SQLITE_PREPARE_PERSISTENT,
						  &c->stmt[which], NULL));
	u.s = c->stmt[which];
	return u;
}

void catalog_stmt_done(struct use *u)
{
	if (u->s != NULL) {
		sqlite3_reset(u->s);
		sqlite3_clear_bindings(u->s);
	}
	pthread_mutex_unlock(&u->c->lock);
}

void catalog_stmt_blob(struct use *u, const void *p, size_t n)
{
	int rc;

	if (u->rc != 0)
		return;
	/* An empty blob is not NULL. */
	rc = sqlite3_bind_blob64(u->s, ++u->at, n == 0 ? "" : p, n,
				 SQLITE_STATIC);
	u->rc = rc == SQLITE_TOOBIG ? -EFBIG : catalog_stmt_code(u->c->db, rc);
}

void catalog_stmt_num(struct use *u, uint64_t v)
{
	if (u->rc == 0)
		u->rc = catalog_stmt_code(
			u->c->db,
			sqlite3_bind_int64(u->s, ++u->at, (sqlite3_int64)v));
}

int catalog_stmt_step(struct use *u)
{
	int rc;

	if (u->rc != 0)
		return u->rc;
	rc = sqlite3_step(u->s);
	if (rc == SQLITE_ROW)
		return 1;
	u->rc = catalog_stmt_code(u->c->db, rc);
	return u->rc;
}

int catalog_stmt_run(struct use *u)
{
	int rc = catalog_stmt_step(u);

	return rc > 0 ? -EUCLEAN : rc;
}

struct bytes catalog_stmt_col(struct use *u, int col)
{
	const void *p = sqlite3_column_blob(u->s, col);

	return bytes_of(p, (size_t)sqlite3_column_bytes(u->s, col));
}

uint64_t catalog_stmt_u64(struct use *u, int col)
{
	return (uint64_t)sqlite3_column_int64(u->s, col);
}

const uint8_t *catalog_stmt_fixed(struct use *u, int col, size_t n)
{
	struct bytes b = catalog_stmt_col(u, col);

	if (b.n == n && b.p != NULL)
		return b.p;
	u->rc = -EUCLEAN;
	return NULL;
}
