/* A work area in the hands of an enemy: what was not written is not read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "tests/unit/mount/work_fix.h"

/* Two large files, so that there are slots, and two small ones. */
static void fill(struct area *a)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint64_t id;

	fixture_bytes(&b, 5, 40960);
	id = area_make(a, "big", S_IFREG | 0600);
	assert_int_equal(work_write(a->w, id, 0, b.p, b.n), b.n);
	id = area_make(a, "other", S_IFREG | 0600);
	assert_int_equal(work_write(a->w, id, 0, b.p, b.n), b.n);
	area_put(a, "s", "small");
	area_put(a, "t", "other");
	area_close(a);
}

static void sql(struct area *a, const char *text)
{
	char dir[200], path[220];
	sqlite3 *db = NULL;
	char *words = NULL;

	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/tree.db", dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &words) != SQLITE_OK)
		fail_msg("%s: %s", text, words);
	sqlite3_close(db);
}

static int64_t number(struct area *a, const char *text)
{
	char dir[200], path[220];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t v;

	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/tree.db", dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return v;
}

static void refused(struct area *a, const char *what)
{
	int r = area_try(a);

	if (r != -EUCLEAN)
		fail_msg("%s: %d", what, r);
	assert_non_null(strstr(a->f->e.text, "work area"));
}

static void test_rows(void **state)
{
	static const char *const how[] = {
		"UPDATE node SET cell=(SELECT cell FROM node WHERE id=3) "
		"WHERE id=2",
		"UPDATE map SET cell=(SELECT max(cell) FROM map)",
		"DELETE FROM node WHERE id=5",
		"DELETE FROM map WHERE id=(SELECT max(id) FROM map)",
		"DELETE FROM map",
		"DELETE FROM head",
		"DELETE FROM head; DELETE FROM node; DELETE FROM map",
		"INSERT INTO node(id, cell) SELECT 99, cell FROM node "
		"WHERE id=2",
		"UPDATE node SET id=77 WHERE id=4",
		"INSERT INTO head(id, cell) SELECT 1, cell FROM head",
		"UPDATE head SET cell=substr(cell, 1, length(cell) - 1)",
		"UPDATE map SET cell=zeroblob(3)",
		"UPDATE node SET cell=(SELECT cell FROM head) WHERE id=1",
	};
	struct area *a = *state;
	char dir[200], cmd[900];

	fill(a);
	area_dir(a, dir);
	snprintf(cmd, sizeof(cmd), "%s/tree.db", dir);
	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		struct buf whole CLEANUP(buf_free) = {0};

		assert_int_equal(file_read(AT_FDCWD, cmd, 1 << 24, &whole), 0);
		sql(a, how[i]);
		refused(a, how[i]);
		assert_int_equal(
			file_replace(AT_FDCWD, cmd, 0600, buf_bytes(&whole)),
			0);
	}
	area_open(a); /* and as it was, it opens */
}

/* Where the whole tree is gone the area is damaged, not new and empty. */
static void test_tree_taken(void **state)
{
	struct area *a = *state;
	char dir[200], path[220], kept[220];
	int fd;

	fill(a);
	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/tree.db", dir);
	snprintf(kept, sizeof(kept), "%s/kept", dir);
	assert_int_equal(rename(path, kept), 0);
	assert_true(area_try(a) < 0);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	fd_close(&fd);
	refused(a, "an empty tree.db");
	assert_int_equal(rename(kept, path), 0);
	area_open(a);
}

/* One row put back to what it was before: sealed for its very place, and
 * refused all the same. */
static void test_rolled_back(void **state)
{
	static const char *const tables[] = {"node", "map"};
	struct area *a = *state;
	char text[300];

	fill(a);
	for (unsigned i = 0; i < 2; i++) {
		sql(a, "CREATE TABLE kept(id, cell)");
		snprintf(text, sizeof(text),
			 "INSERT INTO kept SELECT id, cell FROM %s", tables[i]);
		sql(a, text);
		area_open(a);
		assert_int_equal(
			work_write(a->w, area_id(a, "s"), 0, "SMALL", 5), 5);
		area_close(a);
		snprintf(text, sizeof(text),
			 "UPDATE %s SET cell=(SELECT cell FROM kept WHERE "
			 "kept.id=%s.id)",
			 tables[i], tables[i]);
		sql(a, "CREATE TABLE now(id, cell)");
		snprintf(text + 200, 100,
			 "INSERT INTO now SELECT id, cell FROM %s", tables[i]);
		sql(a, text + 200);
		sql(a, text);
		refused(a, tables[i]);
		snprintf(text, sizeof(text),
			 "UPDATE %s SET cell=(SELECT cell FROM now WHERE "
			 "now.id=%s.id)",
			 tables[i], tables[i]);
		sql(a, text);
		sql(a, "DROP TABLE kept; DROP TABLE now");
		area_open(a);
		area_close(a);
	}
}

static bool reads(struct area *a, const char *path)
{
	uint8_t p[40960];

	return work_read(a->w, area_id(a, path), 0, p, sizeof(p)) ==
	       (ssize_t)sizeof(p);
}

/* Blocks flipped, exchanged, put back; other files do not suffer. */
static void test_blocks(void **state)
{
	struct area *a = *state;
	struct buf old CLEANUP(buf_free) = {0};
	char dir[200], path[220];
	uint8_t p[4096];
	int fd;

	fill(a);
	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/blocks", dir);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 24, &old), 0);
	/* slots 1 ... 10 are of "big", 11 ... 20 of "other" */
	for (unsigned slot = 1; slot <= 10; slot += 3) {
		memcpy(p, old.p + slot * 4096, 4096);
		p[slot * 7] ^= 0x10;
		assert_int_equal(pwrite(fd, p, 4096, slot * 4096), 4096);
		area_open(a);
		assert_false(reads(a, "big"));
		assert_true(reads(a, "other"));
		area_close(a);
		/* another block of the same file, and of the other */
		for (unsigned from = slot + 1; from < 21; from += 9) {
			assert_int_equal(pwrite(fd, old.p + from * 4096, 4096,
						slot * 4096),
					 4096);
			area_open(a);
			assert_false(reads(a, "big"));
			area_close(a);
		}
		assert_int_equal(
			pwrite(fd, old.p + slot * 4096, 4096, slot * 4096),
			4096);
	}
	area_open(a);
	assert_true(reads(a, "big"));
	area_close(a);
	assert_int_equal(ftruncate(fd, 4096 * 5), 0);
	area_open(a);
	assert_false(reads(a, "big"));
	assert_false(reads(a, "other"));
	close(fd);
}

/* Old blocks into the place of new ones. */
static void test_old_block(void **state)
{
	struct area *a = *state;
	struct buf old CLEANUP(buf_free) = {0}, b CLEANUP(buf_free) = {0};
	char dir[200], path[220];
	int64_t rows;

	fill(a);
	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/blocks", dir);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 24, &old), 0);
	rows = number(a, "SELECT count(*) FROM map");
	area_open(a);
	fixture_bytes(&b, 6, 40960);
	for (unsigned i = 0; i < 3; i++) { /* until slots are used again */
		assert_int_equal(
			work_write(a->w, area_id(a, "big"), 0, b.p, b.n), b.n);
		assert_int_equal(work_sync(a->w), 0);
	}
	area_close(a);
	assert_int_equal(number(a, "SELECT count(*) FROM map"), rows);
	assert_int_equal(file_replace(AT_FDCWD, path, 0600, buf_bytes(&old)),
			 0);
	area_open(a);
	assert_false(reads(a, "big"));
}

static void told(void *ctx, const char *words)
{
	(void)words;
	++*(unsigned *)ctx;
}

static void test_fsck(void **state)
{
	struct area *a = *state;
	struct work_fsck out;
	unsigned n = 0;
	char dir[200], path[220];

	fill(a);
	assert_int_equal(work_fsck(a->s, true, told, &n, &out, NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(out.areas, 1);
	assert_int_equal(out.files, 4);
	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/blocks", dir);
	assert_int_equal(truncate(path, 4096 * 3), 0);
	assert_int_equal(work_fsck(a->s, false, told, &n, &out, NULL), 0);
	assert_int_equal(work_fsck(a->s, true, told, &n, &out, NULL), -EUCLEAN);
	assert_int_equal(n, 2);
	sql(a, "DELETE FROM head");
	assert_int_equal(work_fsck(a->s, false, told, &n, &out, NULL),
			 -EUCLEAN);
}

static int looked(struct area *a)
{
	struct work_want w = {.store = a->s,
			      .project = "p",
			      .annotator = "alice",
			      .readonly = true};
	struct work *got = NULL;
	int r = work_open(&w, &got, &a->f->e);

	work_closep(&got);
	return r;
}

/* What is named and not there is lost: it is neither empty nor new. */
static void test_lost(void **state)
{
	static const char *const parts[] = {"/tree.db", "/blocks", ""};
	struct area *a = *state;
	struct work_fsck out;
	char dir[200], path[220], aside[100];
	unsigned n = 0;

	fill(a);
	area_dir(a, dir);
	snprintf(aside, sizeof(aside), "%s/aside", a->f->dir);
	for (unsigned i = 0; i < ARRAY_LEN(parts); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, parts[i]);
		assert_int_equal(rename(path, aside), 0);
		assert_int_equal(looked(a), -EUCLEAN);
		assert_non_null(strstr(a->f->e.text, "lost"));
		assert_int_equal(area_try(a), -EUCLEAN);
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(work_fsck(a->s, false, told, &n, &out, NULL),
				 -EUCLEAN);
		assert_int_equal(rename(aside, path), 0);
		assert_int_equal(looked(a), 0);
	}
	area_open(a);
	assert_true(reads(a, "big"));
}

static void test_busy(void **state)
{
	struct area *a = *state;
	struct work *first = a->w, *look = NULL;
	struct work_want w = {.store = a->s,
			      .project = "p",
			      .annotator = "alice",
			      .readonly = true};

	area_put(a, "f", "seen");
	assert_int_equal(area_try(a), -EBUSY);
	a->w = first;
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(work_open(&w, &look, NULL), 0); /* looking is fine */
	assert_int_equal(work_unlink(look, NULL, WORK_ROOT, S("f")), -EROFS);
	work_closep(&look);
	w.annotator = "nobody";
	assert_int_equal(work_open(&w, &look, NULL), -ENOENT);
}

/* An open file lost its name, and the session went before it was closed. */
static void test_orphan(void **state)
{
	struct area *a = *state;
	struct buf b CLEANUP(buf_free) = {0};
	struct statvfs v;
	uint64_t id;

	fill(a);
	area_open(a);
	id = area_id(a, "big");
	assert_int_equal(work_hold(a->w, NULL, id, O_RDWR), 0);
	assert_int_equal(work_unlink(a->w, NULL, WORK_ROOT, S("big")), 0);
	fixture_bytes(&b, 9, 600000);
	assert_int_equal(work_write(a->w, id, 0, b.p, b.n), b.n);
	area_close(a);
	assert_int_equal(number(a, "SELECT count(*) FROM node"), 4);
	assert_int_equal(number(a, "SELECT count(*) FROM map"), 6);
	area_open(a);
	assert_true(reads(a, "other"));
	work_statfs(a->w, &v);
	assert_int_equal(v.f_blocks - v.f_bfree, 4 + 10 + 2);
	area_close(a);
	assert_int_equal(number(a, "SELECT count(*) FROM map"), 3);
	area_open(a);
}

/* Neither names nor contents nor attributes are on the disk. */
static const char canary[] = "canary-17-of-the-work-area";

static void look(void *ctx, const char *path)
{
	struct buf b CLEANUP(buf_free) = {0};

	assert_int_equal(file_read(AT_FDCWD, path, 1 << 26, &b), 0);
	++*(unsigned *)ctx;
	assert_null(memmem(b.p, b.n, canary, sizeof(canary) - 1));
}

static void test_sealed(void **state)
{
	struct area *a = *state;
	struct buf b CLEANUP(buf_free) = {0};
	unsigned files = 0;
	struct stat st;
	uint64_t id;

	for (unsigned i = 0; i < 4000; i++)
		assert_int_equal(buf_puts(&b, canary), 0);
	id = area_make(a, canary, S_IFREG | 0600);
	assert_int_equal(work_write(a->w, id, 0, b.p, b.n), b.n);
	assert_int_equal(
		work_xattr_set(a->w, id, S("user.x"), bytes_str(canary), 0), 0);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, S("l"), S_IFLNK,
				   bytes_str(canary), &st),
			 0);
	area_put(a, "small", canary);
	assert_int_equal(work_sync(a->w), 0);
	fixture_each_file(a->f->store, look, &files);
	area_close(a);
	fixture_each_file(a->f->store, look, &files);
	assert_true(files > 6);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, area_setup, area_teardown)
	const struct CMUnitTest tests[] = {
		T(test_rows),	T(test_tree_taken), T(test_rolled_back),
		T(test_blocks), T(test_old_block),  T(test_fsck),
		T(test_lost),	T(test_busy),	    T(test_sealed),
		T(test_orphan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
