/* A store made, filled, listed, read, opened again; wrong keys; the lock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "base/sign.h"
#include "tests/unit/store/fixture.h"

static void test_init_twice(void **state)
{
	struct fixture *f = *state;
	struct store_init i = {
		.dir = f->store, .pool = f->pool, .cred = &f->cred};

	assert_int_equal(store_init(&i, &f->e), -EEXIST);
	assert_non_null(strstr(f->e.text, "choose another"));
	i.dir = f->dir; /* it holds "store" */
	assert_int_equal(store_init(&i, &f->e), -ENOTEMPTY);
}

static void test_init_after_crash(void **state)
{
	struct fixture *f = *state;
	struct store_init i = {
		.dir = f->store, .pool = f->pool, .cred = &f->cred};
	int fd = open(f->store, O_RDONLY | O_DIRECTORY);

	/* What a crash right before store.yaml leaves, made by hand. */
	assert_int_equal(unlinkat(fd, "store.yaml", 0), 0);
	assert_int_equal(store_init(&i, &f->e), -ENOTEMPTY);
	assert_int_equal(file_replace(fd, ".init", 0600, S("")), 0);
	assert_int_equal(store_init(&i, &f->e), 0);
	assert_int_equal(faccessat(fd, ".init", F_OK, 0), -1);
	fd_close(&fd);
	store_close(fixture_open(f));
}

/* Adds what a log would, or fails as a full disk would; fits finish. */
struct finish {
	int rc;
	unsigned calls;
};

static int finish(void *ctx, struct store *s, struct err *e)
{
	struct finish *want = ctx;
	CLEANUP(buf_free) struct buf path = {0};

	want->calls++;
	assert_int_equal(store_lock(s, e), 0);
	assert_int_equal(buf_printf(&path, "%s/log/tile/0/000.p", store_dir(s)),
			 0);
	assert_int_equal(dir_make(AT_FDCWD, buf_str(&path), 0700), 0);
	assert_int_equal(buf_printf(&path, "/1"), 0);
	assert_int_equal(file_create(AT_FDCWD, buf_str(&path), 0600, S("tile")),
			 0);
	return want->rc == 0 ? 0 : err_set(e, want->rc, "log", "no log");
}

/* An init that did not come to its end is no store, and can be done again. */
static void test_init_cut_off(void **state)
{
	struct fixture *f = *state;
	struct finish want = {.rc = -ENOSPC};
	struct store_init i = {.pool = f->pool,
			       .cred = &f->cred,
			       .finish = finish,
			       .ctx = &want};
	struct store *s;

	snprintf(f->store, sizeof(f->store), "%s/new", f->dir);
	i.dir = f->store;
	assert_int_equal(store_stands(i.dir, &f->e), -ENOENT);
	assert_int_equal(store_init(&i, &f->e), -ENOSPC);
	for (int k = 0; k < 2; k++) {
		assert_int_equal(k == 0 ? store_stands(i.dir, &f->e)
					: store_open(i.dir, f->pool, &f->cred,
						     &s, &f->e),
				 -ENOENT);
		assert_non_null(strstr(f->e.text, "carrel init"));
	}
	want.rc = 0; /* the log of before must be gone: files are made once */
	assert_int_equal(store_init(&i, &f->e), 0);
	assert_int_equal(want.calls, 2);
	assert_int_equal(store_stands(i.dir, &f->e), 0);
	store_close(fixture_open(f));
	assert_int_equal(store_init(&i, &f->e), -EEXIST);
}

/* A mark beside data is a mistake, not a reason to lose it. */
static void test_init_keeps_packs(void **state)
{
	struct fixture *f = *state;
	struct store_init i = {
		.dir = f->store, .pool = f->pool, .cred = &f->cred};
	int fd = open(f->store, O_RDONLY | O_DIRECTORY);

	assert_int_equal(file_create(fd, ".init", 0600, S("")), 0);
	assert_int_equal(file_create(fd, "packs/x", 0600, S("")), 0);
	assert_int_equal(store_init(&i, &f->e), -ENOTEMPTY);
	assert_int_equal(unlinkat(fd, ".init", 0), 0);
	fd_close(&fd);
	store_close(fixture_open(f));
}

/* Init refuses a directory with one file of somebody's: nothing there goes. */
static void refuses_beside(struct fixture *f, const char *mark,
			   const char *name)
{
	struct store_init i = {
		.dir = f->store, .pool = f->pool, .cred = &f->cred};
	CLEANUP(buf_free) struct buf up = {0};
	const char *slash = strrchr(name, '/');
	int fd;

	assert_int_equal(dir_make(AT_FDCWD, f->store, 0700), 0);
	fd = open(f->store, O_RDONLY | O_DIRECTORY);
	assert_int_equal(file_create(fd, ".init", 0600, bytes_str(mark)), 0);
	assert_int_equal(file_create(fd, "lock", 0600, S("")), 0);
	if (slash != NULL) {
		assert_int_equal(
			buf_putb(&up, bytes_of(name, (size_t)(slash - name))),
			0);
		assert_int_equal(dir_make(fd, buf_str(&up), 0700), 0);
	}
	assert_int_equal(file_create(fd, name, 0600, S("mine")), 0);
	assert_int_equal(store_init(&i, &f->e), -ENOTEMPTY);
	assert_int_equal(faccessat(fd, name, F_OK, 0), 0);
	assert_int_equal(faccessat(fd, "lock", F_OK, 0), 0);
	fd_close(&fd);
}

/* The mark is a name that others may use as well. */
static void test_init_spares_others(void **state)
{
	static const char *const names[] = {"notes",
					    "log/app.log",
					    "lockfile.txt",
					    "store.yaml.bak",
					    "catalog.db.old",
					    ".tmp-mine",
					    ".tmp-0123456789abcdef0",
					    "log/.state/wal-mine",
					    "log/keys/mine",
					    "log/objects/policy/x",
					    "log/tile/0/000.p/1.mine",
					    "packs/x",
					    "work/x",
					    "log/checkpoint/x"};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(f->store, sizeof(f->store), "%s/n%zu", f->dir, i);
		refuses_beside(f, "", names[i]);
	}
	snprintf(f->store, sizeof(f->store), "%s/full", f->dir);
	refuses_beside(f, "not empty", "catalog.db");
}

/* Nor is a folder or a symlink of that name the mark. */
static void test_init_mark_is_a_file(void **state)
{
	struct fixture *f = *state;
	struct store_init i = {.pool = f->pool, .cred = &f->cred};

	snprintf(f->store, sizeof(f->store), "%s/dir", f->dir);
	i.dir = f->store;
	assert_int_equal(mkdir(f->store, 0700), 0);
	snprintf(f->store, sizeof(f->store), "%s/dir/.init", f->dir);
	assert_int_equal(mkdir(f->store, 0700), 0);
	snprintf(f->store, sizeof(f->store), "%s/dir", f->dir);
	assert_int_equal(store_init(&i, &f->e), -ENOTEMPTY);
	snprintf(f->store, sizeof(f->store), "%s/dir/.init", f->dir);
	assert_int_equal(rmdir(f->store), 0);
	assert_int_equal(symlink("nowhere", f->store), 0);
	snprintf(f->store, sizeof(f->store), "%s/dir", f->dir);
	assert_int_equal(store_init(&i, &f->e), -ENOTEMPTY);
}

static void test_facts(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_open(f);
	char id[2 * STORE_ID + 1];
	uint8_t pub[32];
	size_t n;

	hex_encode(id, bytes_of(store_id(s), STORE_ID));
	assert_string_equal(store_origin(s), id);
	assert_string_equal(store_dir(s), f->store);
	assert_int_equal(store_owner_uid(s), 1234);
	assert_ptr_equal(store_pool(s), f->pool);
	assert_true(aead_available(store_cipher(s)));
	assert_non_null(store_log_seed(s));
	assert_non_null(store_audit_secret(s));
	box_public(store_audit_secret(s), pub);
	assert_memory_equal(store_recipients(s, &n)[0], pub, 32);
	assert_int_equal(n, 1);
	store_close(s);
}

static void test_auditors_and_imported_key(void **state)
{
	struct fixture *f = *state;
	uint8_t auditors[2][32] = {{1, 2, 3}, {4, 5, 6}};
	struct store_init i = {.pool = f->pool,
			       .cred = &f->cred,
			       .cipher = AEAD_XCHACHA20POLY1305,
			       .sign = f->key,
			       .origin = "example.org/log",
			       .auditors = (const uint8_t(*)[32])auditors,
			       .nauditors = 2};
	struct store *s;
	size_t n;

	snprintf(f->store, sizeof(f->store), "%s/second", f->dir);
	i.dir = f->store;
	assert_int_equal(store_init(&i, &f->e), 0);
	s = fixture_open(f);
	assert_int_equal(store_cipher(s), AEAD_XCHACHA20POLY1305);
	assert_string_equal(store_origin(s), "example.org/log");
	assert_true(key_eq(store_log_seed(s), f->key));
	assert_null(store_audit_secret(s));
	assert_memory_equal(store_recipients(s, &n)[1], auditors[1], 32);
	assert_int_equal(n, 2);
	assert_true(fixture_ingest(store_lock(s, NULL) == 0 ? s : NULL, "x", 4,
				   9, false) == 1);
	fixture_check(s, "x", 1, 4, 9);
	store_close(s);
}

static void test_wrong_key(void **state)
{
	struct fixture *f = *state;
	struct key *other = key_random(f->pool);
	struct store_cred cred = {.key = other};
	struct store_cred pass = {.passphrase = S("correct horse")};
	struct store *s;

	assert_int_equal(store_open(f->store, f->pool, &cred, &s, &f->e),
			 -ENOKEY);
	assert_non_null(strstr(f->e.text, "wrong key file"));
	assert_null(s);
	assert_int_equal(store_open(f->store, f->pool, &pass, &s, &f->e),
			 -ENOKEY);
	assert_non_null(strstr(f->e.text, "no slot for a passphrase"));
	assert_int_equal(store_open(f->dir, f->pool, &f->cred, &s, &f->e),
			 -ENOENT);
	assert_int_equal(store_open("/nowhere", f->pool, &f->cred, &s, &f->e),
			 -ENOENT);
	key_free(other);
}

static void test_passphrase(void **state)
{
	struct fixture *f = *state;
	struct store_cred pass = {.passphrase = S("correct horse")};
	struct store_cred wrong = {.passphrase = S("correct house")};
	struct store_init i = {.pool = f->pool,
			       .cred = &pass,
			       .argon_ops = 1,
			       .argon_kib = 64};
	struct store *s;
	char dir[96];

	snprintf(dir, sizeof(dir), "%s/pass", f->dir);
	i.dir = dir;
	assert_int_equal(store_init(&i, &f->e), 0);
	assert_int_equal(store_open(dir, f->pool, &wrong, &s, &f->e), -ENOKEY);
	assert_non_null(strstr(f->e.text, "wrong passphrase"));
	assert_int_equal(store_open(dir, f->pool, &pass, &s, &f->e), 0);
	store_close(s);
}

static void test_lock(void **state)
{
	struct fixture *f = *state;
	struct store *a = fixture_writer(f), *b = fixture_open(f);
	struct store_ingest *i;
	char pid[32];

	assert_int_equal(store_lock(a, &f->e), 0);
	assert_int_equal(store_lock(b, &f->e), -EBUSY);
	snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	assert_non_null(strstr(f->e.text, pid));
	assert_int_equal(store_ingest_begin(b, "d", S(""), &i, &f->e), -EROFS);
	assert_int_equal(store_cell_put(b, "policy", S("p"), S("v")), -EROFS);
	assert_int_equal(store_cell_del(b, "policy", S("p")), -EROFS);
	assert_int_equal(store_cells_begin(b), -EROFS);
	store_close(a);
	assert_int_equal(store_lock(b, &f->e), 0);
	store_close(b);
}

static void test_project_keys(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_open(f);
	struct key *a, *b, *c, *d;

	assert_int_equal(store_project_key(s, "p", "standin", &a, &f->e),
			 -EROFS);
	assert_int_equal(store_lock(s, &f->e), 0);
	assert_int_equal(store_project_key(s, "p", "standin", &a, &f->e), 0);
	assert_int_equal(store_project_key(s, "p", "assign", &b, &f->e), 0);
	assert_int_equal(store_project_key(s, "q", "standin", &c, &f->e), 0);
	assert_false(key_eq(a, b));
	assert_false(key_eq(a, c));
	store_close(s);
	s = fixture_open(f);
	assert_int_equal(store_project_key(s, "p", "standin", &d, &f->e), 0);
	assert_true(key_eq(a, d));
	key_free(a), key_free(b), key_free(c), key_free(d);
	store_close(s);
}

static void test_ingest_and_reopen(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);

	assert_int_equal(fixture_ingest(s, "calls", 40, 7, false), 1);
	fixture_check(s, "calls", 0, 40, 7);
	store_close(s);
	s = fixture_open(f);
	fixture_check(s, "calls", 0, 40, 7);
	fixture_check(s, "calls", 1, 40, 7);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_init_twice),
		T(test_init_after_crash),
		T(test_init_cut_off),
		T(test_init_keeps_packs),
		T(test_init_spares_others),
		T(test_init_mark_is_a_file),
		T(test_facts),
		T(test_auditors_and_imported_key),
		T(test_wrong_key),
		T(test_passphrase),
		T(test_lock),
		T(test_project_keys),
		T(test_ingest_and_reopen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
