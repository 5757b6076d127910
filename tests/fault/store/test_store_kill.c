/* kill -9 of a writer at random points: the store opens, nothing is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child ingests version after version of one data set; the content of
 * version v follows from v alone. It is killed after a random while. The
 * parent then opens the store, checks that every version that is published is
 * whole, that fsck finds no damage (orphans are allowed), and lets the next
 * child go on. CARREL_KILLS says how often (default 60).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"

#define OBJECTS 12

static unsigned kills(void)
{
	const char *s = getenv("CARREL_KILLS");
	long n = s == NULL ? 60 : strtol(s, NULL, 10);

	return n < 1 ? 1 : (unsigned)n;
}

/* A child has no keys of its parent: it brings the raw one. */
static struct store *child_open(const char *dir, const uint8_t raw[KEY_LEN])
{
	struct store_cred cred = {0};
	struct keypool *pool;
	struct store *s;

	if (keypool_new(&pool, NULL) != 0)
		_exit(2);
	cred.key = key_import(pool, raw);
	if (cred.key == NULL || store_open(dir, pool, &cred, &s, NULL) != 0 ||
	    store_lock(s, NULL) != 0)
		_exit(3);
	return s;
}

/* Assertions would return into the parent's test: children only exit. */
static void child_ingest(struct store *s, uint64_t version)
{
	struct store_ingest *i;
	struct store_writer *w;
	struct buf b = {0};
	uint8_t stamp[32], root[32];
	uint64_t got;
	char path[32];
	bool bad;

	bad = store_ingest_begin(s, "d", S("info"), &i, NULL) != 0 ||
	      store_writer_new(i, &w) != 0;
	for (size_t k = 0; !bad && k < OBJECTS; k++) {
		fixture_numbered(k, version, path, &b);
		fixture_stamp(stamp, buf_bytes(&b));
		if (!store_ingest_has(i, bytes_str(path), stamp, NULL))
			bad = fixture_put(w, path, buf_bytes(&b)) != 0;
		if (!bad && k % 4 == 3) /* a pack every few objects */
			bad = store_writer_close(w, NULL) != 0 ||
			      store_writer_new(i, &w) != 0;
	}
	bad = bad || store_writer_close(w, NULL) != 0 ||
	      store_ingest_publish(i, false, &got, root, NULL) != 0 ||
	      got != version;
	if (bad)
		_exit(4);
	store_ingest_free(i);
	buf_free(&b);
}

/* Writes a byte to told after each version. */
static void child_run(const char *dir, const uint8_t raw[KEY_LEN], int told)
{
	struct store *s = child_open(dir, raw);
	struct store_dataset d;
	uint64_t v = 1;

	if (store_dataset_get(s, "d", 0, &d, NULL) == 0) {
		v = d.version + 1;
		store_dataset_free(&d);
	}
	for (;; v++) {
		child_ingest(s, v);
		(void)!write(told, "v", 1);
	}
}

static void pause_us(uint64_t us)
{
	struct timespec t = {.tv_nsec = (long)us * 1000};

	nanosleep(&t, NULL);
}

/* The newest version, all versions since *known checked. */
static void check(struct fixture *f, uint64_t *known)
{
	struct store *s = fixture_open(f);
	struct store_dataset d;
	struct store_fsck out;
	uint64_t newest = 0;

	if (store_dataset_get(s, "d", 0, &d, NULL) == 0) {
		newest = d.version;
		store_dataset_free(&d);
	}
	assert_true(newest >= *known);
	for (uint64_t v = *known == 0 ? 1 : *known; v <= newest; v++)
		fixture_check(s, "d", v, OBJECTS, v);
	*known = newest;
	if (store_fsck(s, true, NULL, NULL, NULL, &out, &f->e) != 0)
		fail_msg("fsck after version %u: %s", (unsigned)newest,
			 f->e.text);
	store_close(s);
}

static void test_kill_ingest(void **state)
{
	struct fixture *f = *state;
	uint8_t raw[KEY_LEN];
	uint64_t seed = 4711, known = 0;

	memcpy(raw, key_raw(f->key), KEY_LEN);
	for (unsigned k = kills(); k > 0; k--) {
		int status, told[2];
		pid_t pid;
		char v;

		assert_int_equal(pipe(told), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			child_run(f->store, raw, told[1]);
		close(told[1]);
		/* However slow it is here, some come to a version. */
		if (k % 8 == 1)
			assert_int_equal(read(told[0], &v, 1), 1);
		pause_us(fixture_next(&seed) % 60000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status)); /* it never failed itself */
		close(told[0]);
		check(f, &known);
	}
	assert_true(known > 0);
}

static void child_init(const char *dir, const uint8_t raw[KEY_LEN])
{
	struct store_cred cred = {0};
	struct store_init i = {.dir = dir, .cred = &cred};

	if (keypool_new(&i.pool, NULL) != 0)
		_exit(2);
	cred.key = key_import(i.pool, raw);
	_exit(store_init(&i, NULL) == 0 ? 0 : 3);
}

static void test_kill_init(void **state)
{
	struct fixture *f = *state;
	struct store_init i = {.pool = f->pool, .cred = &f->cred};
	uint8_t raw[KEY_LEN];
	uint64_t seed = 99;

	memcpy(raw, key_raw(f->key), KEY_LEN);
	for (unsigned k = kills(); k > 0; k--) {
		int rc;
		pid_t pid;

		snprintf(f->store, sizeof(f->store), "%s/i%u", f->dir, k);
		i.dir = f->store;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			child_init(f->store, raw);
		pause_us(fixture_next(&seed) % 15000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		rc = store_init(&i, &f->e);
		if (rc != 0 && rc != -EEXIST)
			fail_msg("init again: %s: %s", f->e.place, f->e.text);
		store_close(fixture_writer(f));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kill_ingest, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_kill_init, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
