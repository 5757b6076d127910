/* Opens the catalog, hardens it, and runs its transactions. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One SQLite file in WAL mode with synchronous=FULL: a transaction that
 * returned is on disk, one that was cut off never was. secure_delete zeroes
 * what is deleted. Temporary tables stay in memory, so that no other file ever
 * appears. The file may have been written by an enemy: the connection is
 * defensive, trusts no schema and checks cells; what the rows say is
 * authenticated above, by the cells' seals and the signed manifest roots.
 *
 * One connection behind one recursive mutex. Reads take microseconds, writes
 * come in batches of at most 50 ms, so waiting is short; other processes may
 * read meanwhile.
 *
 * What a thief can count here: data sets, versions, objects, cells per kind
 * (kinds are hashes), and the rough lengths of cells. Ids are keyed hashes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/store/catalog_stmt.h"

#define SCHEMA_ID "1130459729" /* "Carr" less a bit: application_id */
#define SCHEMA_VERSION "1"
#define BUSY_MS 10000

static const char schema[] =
	"PRAGMA application_id=" SCHEMA_ID ";"
	"PRAGMA user_version=" SCHEMA_VERSION ";"
	"CREATE TABLE key(kind INTEGER NOT NULL, ref BLOB NOT NULL,"
	" wrapped BLOB NOT NULL, PRIMARY KEY(kind, ref)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE cell(kind BLOB NOT NULL, name BLOB NOT NULL,"
	" value BLOB NOT NULL, PRIMARY KEY(kind, name)) STRICT;"
	"CREATE TABLE dataset(id BLOB NOT NULL PRIMARY KEY,"
	" newest INTEGER NOT NULL, key BLOB NOT NULL, cell BLOB NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE version(dataset BLOB NOT NULL, version INTEGER NOT NULL,"
	" cell BLOB NOT NULL, PRIMARY KEY(dataset, version))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE entry(dataset BLOB NOT NULL, id BLOB NOT NULL,"
	" first INTEGER NOT NULL, last INTEGER NOT NULL,"
	" version INTEGER NOT NULL, spanset INTEGER NOT NULL,"
	" leaf BLOB NOT NULL, cell BLOB NOT NULL,"
	" PRIMARY KEY(dataset, id, first)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX closed ON entry(dataset, last)"
	" WHERE last < 9223372036854775807;"
	"CREATE TABLE content(id BLOB NOT NULL, version INTEGER NOT NULL,"
	" dataset BLOB NOT NULL, key BLOB NOT NULL, cell BLOB NOT NULL,"
	" PRIMARY KEY(id, version)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE spans(id BLOB NOT NULL, version INTEGER NOT NULL,"
	" spanset INTEGER NOT NULL, cell BLOB NOT NULL,"
	" PRIMARY KEY(id, version, spanset)) STRICT, WITHOUT ROWID;";

/* The journal is brought home each 8000 pages (32 MiB): an ingest changes a
 * page many times before. */
static const char settings[] = "PRAGMA journal_mode=WAL;"
			       "PRAGMA synchronous=FULL;"
			       "PRAGMA secure_delete=ON;"
			       "PRAGMA temp_store=MEMORY;"
			       "PRAGMA trusted_schema=OFF;"
			       "PRAGMA cell_size_check=ON;"
			       "PRAGMA mmap_size=0;"
			       "PRAGMA cache_size=-8000;"
			       "PRAGMA wal_autocheckpoint=8000;";

int catalog_words(struct catalog *c, int code, struct err *e)
{
	const char *words =
		code == -EUCLEAN ? "is damaged, or is none" : strerror(-code);
	const char *next = "try again";

	if (code == 0)
		return 0;
	if (code == -EUCLEAN)
		next = "run `carrel fsck`, then restore the store from a "
		       "backup";
	else if (code == -ENOSPC || code == -EDQUOT)
		next = "free disk space and run the command again; what was "
		       "committed stays";
	else if (code == -EBUSY)
		next = "another process holds it; try again in a moment";
	else if (code == -EROFS)
		next = "reading, too, needs its journal: make the store "
		       "writable for you, or copy it";
	return err_set(e, code == -EROFS ? -EACCES : code, c->path,
		       "catalog: %s; %s", words, next);
}

void catalog_close(struct catalog *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < STMT_COUNT; i++)
		sqlite3_finalize(c->stmt[i]);
	sqlite3_close(c->db);
	pthread_mutex_destroy(&c->lock);
	mem_free(c->path);
	mem_free(c);
}

static struct catalog *catalog_new(const char *dir)
{
	struct catalog *c = mem_new(1, sizeof(*c));
	pthread_mutexattr_t a;
	struct buf path = {0};

	if (c == NULL)
		return NULL;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&c->lock, &a);
	pthread_mutexattr_destroy(&a);
	if (buf_printf(&path, "%s/" CATALOG_FILE, dir) == 0)
		c->path = mem_dup(path.p, path.n);
	buf_free(&path);
	if (c->path == NULL) {
		catalog_close(c);
		return NULL;
	}
	return c;
}

static int exec(struct catalog *c, const char *text)
{
	return catalog_stmt_code(c->db,
				 sqlite3_exec(c->db, text, NULL, NULL, NULL));
}

static int file_open(struct catalog *c)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(c->path, &c->db, flags, NULL);

	if (c->db == NULL)
		return -ENOMEM;
	if (rc != SQLITE_OK)
		return catalog_stmt_code(c->db, rc);
	sqlite3_busy_timeout(c->db, BUSY_MS);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return exec(c, settings);
}

/* One number that a pragma answers; UINT64_MAX where it fails. */
static uint64_t pragma(struct catalog *c, const char *text)
{
	sqlite3_stmt *s = NULL;
	uint64_t v = UINT64_MAX;

	if (sqlite3_prepare_v2(c->db, text, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		v = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static int check_kind(struct catalog *c, struct err *e)
{
	if (pragma(c, "PRAGMA application_id") != strtoull(SCHEMA_ID, NULL, 10))
		return err_set(e, -EUCLEAN, c->path,
			       "this is not a store's catalog; restore it from "
			       "a backup");
	if (pragma(c, "PRAGMA user_version") != 1)
		return err_set(e, -ENOTSUP, c->path,
			       "the catalog's format is not known to this "
			       "carrel; use a newer one");
	return 0;
}

int catalog_create(const char *dir, struct err *e)
{
	CLEANUP(catalog_closep) struct catalog *c = catalog_new(dir);
	int rc;

	if (c == NULL)
		return err_nomem(e);
	CLEANUP(fd_close)
	int fd = open(c->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, c->path, "cannot make the catalog");
	rc = file_open(c);
	if (rc == 0)
		rc = exec(c, "BEGIN IMMEDIATE");
	if (rc == 0)
		rc = exec(c, schema);
	if (rc == 0)
		rc = exec(c, "COMMIT");
	return catalog_words(c, rc, e);
}

int catalog_open(const char *dir, struct catalog **out, struct err *e)
{
	CLEANUP(catalog_closep) struct catalog *c = catalog_new(dir);
	int rc;

	*out = NULL;
	if (c == NULL)
		return err_nomem(e);
	if (access(c->path, F_OK) != 0)
		return err_set(e, -EUCLEAN, c->path,
			       "the catalog is missing; restore the store from "
			       "a backup");
	rc = catalog_words(c, file_open(c), e);
	if (rc == 0)
		rc = check_kind(c, e);
	if (rc == 0)
		*out = STEAL(c);
	return rc;
}

static int run(struct catalog *c, enum catalog_stmt which)
{
	CLEANUP(catalog_stmt_done) struct use u = catalog_stmt_use(c, which);

	return catalog_stmt_run(&u);
}

int catalog_begin(struct catalog *c)
{
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	if (c->depth == 0)
		rc = run(c, STMT_BEGIN);
	if (rc == 0)
		c->depth++;
	else
		pthread_mutex_unlock(&c->lock);
	return rc;
}

/* Inner failures undo the whole; the outer end then finds no transaction. */
int catalog_end(struct catalog *c, int rc)
{
	if (--c->depth == 0 || rc != 0) {
		if (sqlite3_get_autocommit(c->db) != 0)
			rc = rc == 0 ? -EIO : rc; /* undone already */
		else if (rc == 0)
			rc = run(c, STMT_COMMIT);
		if (rc != 0 && sqlite3_get_autocommit(c->db) == 0 &&
		    run(c, STMT_ROLLBACK) != 0 && rc == -EIO)
			rc = -EUCLEAN;
	}
	pthread_mutex_unlock(&c->lock);
	return rc;
}

int catalog_truncate(struct catalog *c)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_TRUNCATE);
	int rc = catalog_stmt_step(&u);

	if (rc == 1)
		rc = catalog_stmt_u64(&u, 0) == 0 ? 0 : -EBUSY;
	return rc;
}

int catalog_check(struct catalog *c, void (*bad)(void *ctx, const char *words),
		  void *ctx)
{
	CLEANUP(catalog_stmt_done)
	struct use u = catalog_stmt_use(c, STMT_CHECK);
	char words[300];
	int rc;

	while ((rc = catalog_stmt_step(&u)) == 1) {
		struct bytes b = catalog_stmt_col(&u, 0);

		if (bytes_is(b, "ok"))
			continue;
		snprintf(words, sizeof(words), "catalog.db: %.*s",
			 (int)(b.n < 250 ? b.n : 250), (const char *)b.p);
		bad(ctx, words);
	}
	return rc;
}
