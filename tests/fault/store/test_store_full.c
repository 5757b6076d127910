/* A full disk and missing memory: an error in words, and nothing lost. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/unit/store/fixture.h"

#define OBJECTS 8
#define SEED 21

/* ---- no room: a limit on file sizes fails writes as a full disk does ---- */

static int put_small(struct store_ingest *i, unsigned n, struct err *e)
{
	struct store_writer *w;
	char path[32];
	int rc = store_writer_new(i, &w), closed;

	if (rc != 0)
		return rc;
	snprintf(path, sizeof(path), "small/%u", n);
	rc = fixture_put(w, path, bytes_str(path));
	closed = store_writer_close(w, e);
	return rc != 0 ? rc : closed;
}

static int put_large(struct store_ingest *i, struct err *e)
{
	struct store_writer *w;
	struct buf b = {0};
	int rc = store_writer_new(i, &w), closed;

	if (rc != 0)
		return rc;
	fixture_bytes(&b, 1, 3u << 20);
	rc = fixture_put(w, "large", buf_bytes(&b));
	buf_free(&b);
	closed = store_writer_close(w, e);
	return rc != 0 ? rc : closed;
}

/* Child: ingest until a write fails; 0 where it failed as it should. */
static int until_full(const char *dir, const uint8_t raw[KEY_LEN], bool large,
		      rlim_t limit)
{
	struct rlimit lim = {limit, limit};
	struct store_cred cred = {0};
	struct store_ingest *i;
	struct keypool *pool;
	struct store *s;
	struct err e = {0};
	int rc = 0;

	signal(SIGXFSZ, SIG_IGN);
	if (keypool_new(&pool, NULL) != 0)
		return 2;
	cred.key = key_import(pool, raw);
	if (store_open(dir, pool, &cred, &s, NULL) != 0 ||
	    store_lock(s, NULL) != 0 ||
	    store_ingest_begin(s, "d", S("new"), &i, NULL) != 0)
		return 3;
	if (setrlimit(RLIMIT_FSIZE, &lim) != 0)
		return 4;
	if (large)
		rc = put_large(i, &e);
	for (unsigned n = 0; rc == 0 && n < 5000; n++)
		rc = put_small(i, n, &e);
	if (rc != -ENOSPC)
		return 5;
	return strstr(e.text, "free disk space") != NULL ? 0 : 6;
}

static void full(struct fixture *f, bool large, rlim_t limit)
{
	struct store *s = fixture_writer(f);
	uint8_t raw[KEY_LEN];
	struct store_fsck out;
	int status;
	pid_t pid;

	assert_int_equal(fixture_ingest(s, "d", OBJECTS, SEED, false), 1);
	store_close(s);
	memcpy(raw, key_raw(f->key), KEY_LEN);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(until_full(f->store, raw, large, limit));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	s = fixture_writer(f);
	fixture_check(s, "d", 0, OBJECTS, SEED);
	assert_int_equal(store_fsck(s, true, NULL, NULL, NULL, &out, &f->e), 0);
	assert_int_equal(fixture_ingest(s, "d", OBJECTS, SEED + 1, false), 2);
	fixture_check(s, "d", 2, OBJECTS, SEED + 1);
	fixture_check(s, "d", 1, OBJECTS, SEED);
	store_close(s);
}

static void test_full_pack(void **state)
{
	full(*state, true, 1u << 20);
}

static void test_full_catalog(void **state)
{
	full(*state, false, 300u << 10);
}

/* ---- no memory: each allocation fails once ---- */

static int ingest_once(struct fixture *f, struct store *s)
{
	struct store_ingest *i;
	struct store_writer *w;
	uint64_t version;
	uint8_t root[32];
	int rc = store_ingest_begin(s, "m", S("info"), &i, &f->e);

	if (rc != 0)
		return rc;
	rc = store_writer_new(i, &w);
	if (rc == 0) {
		int close;

		rc = fixture_put(w, "a", S("content of a"));
		if (rc == 0)
			rc = fixture_put(w, "b", S("content of b"));
		close = store_writer_close(w, &f->e);
		rc = rc != 0 ? rc : close;
	}
	if (rc == 0)
		rc = store_ingest_publish(i, false, &version, root, &f->e);
	store_ingest_free(i);
	return rc;
}

static void test_memory_ingest(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct store_entry e;
	unsigned long n = 0;
	int rc;

	do {
		mem_fail_after(++n);
		rc = ingest_once(f, s);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
	} while (rc != 0);
	assert_true(n > 50);
	assert_int_equal(fixture_find(s, "m", 0, "a", &e), 0);
	fixture_same(s, &e, "a", S("content of a"));
	store_close(s);
}

static int nothing(void *ctx, const struct store_entry *e)
{
	struct store_entry *copy = ctx;

	*copy = *e;
	return 0;
}

static int read_once(struct fixture *f)
{
	struct store_entry e = {0};
	struct store_object *o = NULL;
	struct store *s = NULL;
	struct store_dataset d = {0};
	struct buf b = {0};
	int rc = store_open(f->store, f->pool, &f->cred, &s, &f->e);

	if (rc == 0)
		rc = store_dataset_get(s, "d", 0, &d, &f->e);
	if (rc == 0)
		rc = store_entries(s, &d, nothing, &e);
	if (rc == 0)
		rc = store_object_open(s, e.id, e.version, e.spanset, &o,
				       &f->e);
	if (rc == 0)
		rc = buf_reserve(&b, e.size);
	if (rc == 0)
		rc = store_object_read(o, 0, b.p, e.size);
	if (rc == 0)
		rc = store_object_blob(o, 0, &b);
	store_object_close(o);
	store_dataset_free(&d);
	store_close(s);
	buf_free(&b);
	return rc;
}

static void test_memory_read(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	unsigned long n = 0;
	int rc;

	fixture_ingest(s, "d", 3, 5, false);
	store_close(s);
	do {
		mem_fail_after(++n);
		rc = read_once(f);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
	} while (rc != 0);
	assert_true(n > 20);
}

/* The pool of keys is full: no key, no store, and words. */
static void test_pool_full(void **state)
{
	struct fixture *f = *state;
	struct key *all[20000];
	struct store *s;
	size_t n = 0;

	while (n < ARRAY_LEN(all) && (all[n] = key_random(f->pool)) != NULL)
		n++;
	assert_true(n < ARRAY_LEN(all));
	for (size_t left = 0; left < 12; left++) {
		int rc = store_open(f->store, f->pool, &f->cred, &s, &f->e);

		assert_true(rc == -ENOMEM || rc == 0);
		store_close(s);
		key_free(all[--n]);
	}
	while (n > 0)
		key_free(all[--n]);
	store_close(fixture_open(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		T(test_full_pack),   T(test_full_catalog),
		T(test_memory_read), T(test_memory_ingest),
		T(test_pool_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
