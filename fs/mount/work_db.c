/* The rows of a work area in its own SQLite file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/work_db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/store/catalog_stmt.h"

/*
 * SQLite gives what a commit needs: all rows or none, also after a power cut
 * (WAL, synchronous=FULL). It sees numbers, keyed hashes and sealed cells; what
 * they say is checked above, by their seals and by the sum in the head, so the
 * file may have been written by an enemy. Statements stand in the table below
 * and nowhere else.
 *
 * Two connections: `db` writes, under the area's `committing`; `look` reads
 * single rows while a commit waits for the disk. `db` needs no lock of its own,
 * `look` may be used by any thread. Who only reads has one connection, which
 * holds one state of the file from its first row on.
 */
enum stmt {
	BEGIN,
	COMMIT,
	ROLLBACK,
	CHECK,
	PUT_NODE,
	DEL_NODE,
	EACH_NODE,
	PUT_MAP,
	DEL_MAP,
	EACH_MAP,
	PUT_HEAD,
	EACH_HEAD,
	STMTS,
};

static const char *const sql[STMTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[CHECK] = "PRAGMA integrity_check(20)",
	[PUT_NODE] = "INSERT INTO node(id, cell, hash) VALUES(?, ?, ?)",
	[DEL_NODE] = "DELETE FROM node WHERE id=?",
	[EACH_NODE] = "SELECT id, cell FROM node ORDER BY id",
	[PUT_MAP] = "INSERT OR REPLACE INTO map(id, cell) VALUES(?, ?)",
	[DEL_MAP] = "DELETE FROM map WHERE id=?",
	[EACH_MAP] = "SELECT id, cell FROM map ORDER BY id",
	[PUT_HEAD] = "INSERT OR REPLACE INTO head(id, cell) VALUES(?, ?)",
	[EACH_HEAD] = "SELECT id, cell FROM head ORDER BY id",
};

static const char get_map[] = "SELECT cell FROM map WHERE id=?";

static const char schema[] =
	"PRAGMA application_id=1130459730;"
	"PRAGMA user_version=1;"
	"CREATE TABLE node(id INTEGER PRIMARY KEY, hash BLOB UNIQUE,"
	" cell BLOB NOT NULL) STRICT;"
	"CREATE TABLE map(id INTEGER PRIMARY KEY, cell BLOB NOT NULL) STRICT;"
	"CREATE TABLE head(id INTEGER PRIMARY KEY, cell BLOB NOT NULL) STRICT;";

static const char settings[] = "PRAGMA journal_mode=WAL;"
			       "PRAGMA synchronous=FULL;"
			       "PRAGMA wal_autocheckpoint=4000;"
			       "PRAGMA temp_store=MEMORY;"
			       "PRAGMA trusted_schema=OFF;"
			       "PRAGMA cell_size_check=ON;"
			       "PRAGMA mmap_size=0;"
			       "PRAGMA cache_size=-512;";

struct work_db {
	sqlite3 *db, *look;
	sqlite3_stmt *s[STMTS], *get;
	pthread_mutex_t looking;
	char *path;
};

/* ---- transactions in memory ---- */

int work_batch_add(struct work_batch *b, const struct work_op *op)
{
	size_t cap = b->cops * 2 + 16;
	struct work_op *v;

	if (b->nops == b->cops) {
		v = mem_grow(b->ops, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		b->ops = v;
		b->cops = cap;
	}
	b->ops[b->nops++] = *op;
	return 0;
}

void work_batch_free(struct work_batch *b)
{
	mem_free(b->ops);
	buf_free(&b->cells);
	buf_free(&b->freed);
	*b = (struct work_batch){.ops = NULL};
}

/* ---- opening ---- */

/* After a failed sync nobody knows what the disk holds: -EIO, not what errno
 * says of it. */
static int code(sqlite3 *db, int rc)
{
	return rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC
		       ? -EIO
		       : catalog_stmt_code(db, rc);
}

static int say(struct work_db *db, int r, struct err *e)
{
	if (r == 0)
		return 0;
	return err_set(e, r, db->path, "the work area's tree: %s",
		       db->db == NULL || r == -ENOSPC || r == -EDQUOT
			       ? strerror(-r)
			       : sqlite3_errmsg(db->db));
}

void work_db_close(struct work_db *db)
{
	if (db == NULL)
		return;
	for (unsigned i = 0; i < STMTS; i++)
		sqlite3_finalize(db->s[i]);
	sqlite3_finalize(db->get);
	if (db->look != db->db)
		sqlite3_close(db->look);
	sqlite3_close(db->db);
	pthread_mutex_destroy(&db->looking);
	mem_free(db->path);
	mem_free(db);
}

static int connect_one(struct work_db *db, sqlite3 **out)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(db->path, out, flags, NULL);

	if (rc != SQLITE_OK)
		return *out == NULL ? -ENOMEM : code(*out, rc);
	sqlite3_busy_timeout(*out, 10000);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return code(*out, sqlite3_exec(*out, settings, NULL, NULL, NULL));
}

static int pragma(struct work_db *db, const char *text, int64_t *v)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->db, text, -1, &s, NULL);
	int r;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	*v = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;
	r = code(db->db, rc);
	sqlite3_finalize(s);
	return r;
}

/* An empty file becomes a tree, anything else must be one. */
static int check_kind(struct work_db *db, bool make, struct err *e)
{
	int64_t kind, version = -1;
	int rc, r = pragma(db, "PRAGMA application_id", &kind);

	if (r == 0)
		r = pragma(db, "PRAGMA user_version", &version);
	if (r != 0 && r != -EUCLEAN)
		return say(db, r, e);
	if (make && kind == 0 && version == 0) {
		rc = sqlite3_exec(db->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			rc = sqlite3_exec(db->db, schema, NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			rc = sqlite3_exec(db->db, "COMMIT", NULL, NULL, NULL);
		return say(db, code(db->db, rc), e);
	}
	if (kind != 1130459730)
		return err_set(e, -EUCLEAN, db->path,
			       "this is not a work area's tree; restore the "
			       "area's folder from a backup");
	if (version != 1)
		return err_set(e, -ENOTSUP, db->path,
			       "the tree's format is not known to this "
			       "carrel; use a newer one");
	return 0;
}

static int make_file(const char *path, struct err *e)
{
	int fd CLEANUP(fd_close) =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? err_errno(e, path, "cannot be made") : 0;
}

static struct work_db *db_new(const char *dir)
{
	struct work_db *db = mem_new(1, sizeof(*db));
	struct buf path CLEANUP(buf_free) = {0};

	if (db == NULL)
		return NULL;
	pthread_mutex_init(&db->looking, NULL);
	if (buf_printf(&path, "%s/" WORK_DB_FILE, dir) == 0)
		db->path = mem_dup(path.p, path.n);
	if (db->path == NULL) {
		work_db_close(db);
		return NULL;
	}
	return db;
}

int work_db_open(const char *dir, bool write, bool make, struct work_db **out,
		 struct err *e)
{
	struct work_db *db = db_new(dir);
	int r = 0;

	if (db == NULL)
		return err_nomem(e);
	if (make)
		r = make_file(db->path, e);
	if (r == 0)
		r = say(db, connect_one(db, &db->db), e);
	if (r == 0)
		r = check_kind(db, make, e);
	if (r == 0 && write)
		r = say(db, connect_one(db, &db->look), e);
	else if (r == 0)
		db->look = db->db;
	if (r == 0)
		r = say(db,
			code(db->look, sqlite3_prepare_v2(db->look, get_map, -1,
							  &db->get, NULL)),
			e);
	if (r == 0)
		*out = STEAL(db);
	work_db_close(db);
	return r;
}

/* ---- running ---- */

static sqlite3_stmt *use(struct work_db *db, enum stmt which, int *rc)
{
	if (db->s[which] == NULL)
		*rc = sqlite3_prepare_v3(db->db, sql[which], -1,
					 SQLITE_PREPARE_PERSISTENT,
					 &db->s[which], NULL);
	return db->s[which];
}

static int run(struct work_db *db, enum stmt which)
{
	int rc = SQLITE_OK;
	sqlite3_stmt *s = use(db, which, &rc);

	if (s == NULL)
		return code(db->db, rc);
	rc = sqlite3_step(s);
	sqlite3_reset(s);
	return code(db->db, rc);
}

int work_db_each(struct work_db *db, enum work_table t,
		 int (*fn)(void *ctx, uint64_t id, struct bytes cell),
		 void *ctx)
{
	static const enum stmt which[WORK_TABLES] = {EACH_NODE, EACH_MAP,
						     EACH_HEAD};
	int rc = SQLITE_OK, r = 0;
	sqlite3_stmt *s = use(db, which[t], &rc);

	if (s == NULL)
		return code(db->db, rc);
	while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW)
		r = fn(ctx, (uint64_t)sqlite3_column_int64(s, 0),
		       bytes_of(sqlite3_column_blob(s, 1),
				(size_t)sqlite3_column_bytes(s, 1)));
	if (r == 0)
		r = code(db->db, rc);
	sqlite3_reset(s);
	return r;
}

int work_db_get(struct work_db *db, enum work_table t, uint64_t id,
		struct buf *b)
{
	int rc, r;

	if (t != WORK_MAP)
		return -EINVAL;
	pthread_mutex_lock(&db->looking);
	sqlite3_bind_int64(db->get, 1, (sqlite3_int64)id);
	rc = sqlite3_step(db->get);
	if (rc == SQLITE_ROW)
		r = buf_put(b, sqlite3_column_blob(db->get, 0),
			    (size_t)sqlite3_column_bytes(db->get, 0));
	else
		r = rc == SQLITE_DONE ? -ENOENT : code(db->look, rc);
	sqlite3_reset(db->get);
	pthread_mutex_unlock(&db->looking);
	return r;
}

static int apply_one(struct work_db *db, const struct work_batch *b,
		     const struct work_op *op)
{
	static const enum stmt puts[WORK_TABLES] = {PUT_NODE, PUT_MAP,
						    PUT_HEAD};
	enum stmt del = op->table == WORK_NODE ? DEL_NODE : DEL_MAP;
	int rc = SQLITE_OK;
	sqlite3_stmt *s = use(db, op->n == 0 ? del : puts[op->table], &rc);

	if (s == NULL)
		return code(db->db, rc);
	rc = sqlite3_bind_int64(s, 1, (sqlite3_int64)op->id);
	if (rc == SQLITE_OK && op->n > 0)
		rc = sqlite3_bind_blob64(s, 2, b->cells.p + op->off, op->n,
					 SQLITE_STATIC);
	if (rc == SQLITE_OK && op->hashed)
		rc = sqlite3_bind_blob(s, 3, op->hash, WORK_HASH,
				       SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return code(db->db, rc);
}

/* Deletions first, also of every node that is then put: two names may have been
 * exchanged, and a hash stands in one row only. */
static int apply_all(struct work_db *db, const struct work_batch *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->nops; i++) {
		struct work_op op = b->ops[i];

		if (op.n != 0 && op.table != WORK_NODE)
			continue;
		op.n = 0;
		op.hashed = false;
		r = apply_one(db, b, &op);
	}
	for (size_t i = 0; r == 0 && i < b->nops; i++)
		if (b->ops[i].n != 0)
			r = apply_one(db, b, &b->ops[i]);
	return r;
}

int work_db_apply(struct work_db *db, const struct work_batch *b)
{
	int r = run(db, BEGIN);

	if (r != 0)
		return r;
	r = apply_all(db, b);
	if (r == 0)
		r = run(db, COMMIT);
	if (r != 0 && sqlite3_get_autocommit(db->db) == 0 &&
	    run(db, ROLLBACK) != 0)
		r = -EIO;
	return r;
}

int work_db_freeze(struct work_db *db)
{
	return code(db->db, sqlite3_exec(db->db, "BEGIN", NULL, NULL, NULL));
}

int work_db_check(struct work_db *db, void (*bad)(void *ctx, const char *words),
		  void *ctx)
{
	int rc = SQLITE_OK;
	sqlite3_stmt *s = use(db, CHECK, &rc);
	char words[300];

	if (s == NULL)
		return code(db->db, rc);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		const char *t = (const char *)sqlite3_column_text(s, 0);

		if (t != NULL && strcmp(t, "ok") == 0)
			continue;
		snprintf(words, sizeof(words), "%.250s", t == NULL ? "" : t);
		bad(ctx, words);
	}
	sqlite3_reset(s);
	return code(db->db, rc);
}
