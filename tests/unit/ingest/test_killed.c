/* Ingest killed at any moment: the old version stands, the next run ends it. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of its own opens the store and the log and ingests; it is killed
 * with SIGKILL after a seeded number of microseconds. After each kill the store
 * opens, the version that is current is whole, and the run is tried again; at
 * the end every file is there, byte for byte.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/unit/ingest/house.h"

#define FILES 120
#define KILLS 25

static void file_of(int i, unsigned version, char path[32], struct buf *b)
{
	snprintf(path, 32, "%d/%03d.jsonl", i % 5, i);
	buf_clear(b);
	for (int k = 0; k < 40; k++)
		assert_int_equal(
			buf_printf(b,
				   "{\"v\":%u,\"t\":\"so x%d@mail.example, "
				   "please\"}\n",
				   version, i * 40 + k),
			0);
}

static void write_all(struct house *h, unsigned version)
{
	CLEANUP(buf_free) struct buf b = {0};
	char path[32];

	for (int i = 0; i < FILES; i++) {
		file_of(i, version, path, &b);
		house_write(h, path, buf_bytes(&b));
	}
}

/* Every object of the current version is one whole version of its file. */
static bool version_whole(struct house *h, unsigned version)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct house_object o;
	char path[32];

	for (int i = 0; i < FILES; i++) {
		bool same;

		file_of(i, version, path, &b);
		assert_int_equal(house_open(h, path, &o), 0);
		same = bytes_eq(buf_bytes(&o.data), buf_bytes(&b));
		house_close(&o);
		if (!same)
			return false;
	}
	return true;
}

static void log_config(struct house *h, char dir[160], struct audit_config *c)
{
	snprintf(dir, 160, "%s/log", h->f->dir);
	*c = (struct audit_config){.dir = dir,
				   .origin = "ingest.test",
				   .pool = h->f->pool,
				   .sign = store_log_seed(h->s),
				   .tool = "test"};
	c->recipients = store_recipients(h->s, &c->nrecipients);
}

static void open_house(struct house *h)
{
	struct audit_config c;
	char dir[160];

	h->s = fixture_writer(h->f);
	log_config(h, dir, &c);
	if (audit_open(&c, &h->log, &h->e) != 0)
		fail_msg("log: %s: %s", h->e.place, h->e.text);
}

static void close_house(struct house *h)
{
	assert_int_equal(audit_close(h->log), 0);
	h->log = NULL;
	store_close(h->s);
	h->s = NULL;
}

/* In another process, since it dies: the key travels by a pipe, as a key pool
 * does not outlive a fork. */
static int run_elsewhere(const char *self, struct house *h, useconds_t us)
{
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], key_raw(h->f->key), KEY_LEN), KEY_LEN);
	close(fds[1]);
	pid = fork();
	if (pid == 0) {
		dup2(fds[0], 0);
		execl("/proc/self/exe", self, "run", h->f->dir, NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	close(fds[0]);
	if (us != 0) {
		usleep(us);
		kill(pid, SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* What that process does. */
static int run_here(const char *dir)
{
	struct fixture f = {0};
	struct house h = {.f = &f};
	struct ingest_want w = {.jobs = 2};
	uint8_t raw[KEY_LEN];
	struct err e;

	snprintf(f.dir, sizeof(f.dir), "%s", dir);
	snprintf(f.store, sizeof(f.store), "%s/store", dir);
	snprintf(h.src, sizeof(h.src), "%s/src", dir);
	if (read(0, raw, KEY_LEN) != KEY_LEN || keypool_new(&f.pool, &e) != 0)
		return 2;
	f.key = key_import(f.pool, raw);
	f.cred.key = f.key;
	open_house(&h);
	if (house_ingest(&h, &w) != 0)
		return 1;
	close_house(&h);
	key_free(f.key);
	keypool_free(f.pool);
	return 0;
}

static void test_killed(void **state)
{
	struct house *h = *state;
	uint64_t seed = 42;
	bool was_new = false;

	write_all(h, 1);
	house_takes(h, NULL);
	write_all(h, 2);
	close_house(h);
	for (int i = 0; i < KILLS; i++) {
		int rc = run_elsewhere(
			"test", h,
			(useconds_t)(1000 + fixture_next(&seed) % 150000));

		assert_true(rc == -SIGKILL || rc == 0);
		h->s = fixture_open(h->f);
		/* Old or new, never between; and never back. */
		if (!version_whole(h, was_new ? 2 : 1)) {
			assert_false(was_new);
			assert_true(version_whole(h, 2));
			was_new = true;
		}
		store_close(h->s);
		h->s = NULL;
	}
	assert_int_equal(run_elsewhere("test", h, 0), 0);
	open_house(h);
	assert_true(version_whole(h, 2));
	assert_int_equal(house_objects(h), FILES);
	house_takes(h, NULL);
	assert_int_equal(h->sum.skipped, FILES);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	if (argc > 2 && strcmp(argv[1], "run") == 0)
		return run_here(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
