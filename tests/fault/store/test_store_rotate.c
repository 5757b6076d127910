/* kill -9 of rotations at random points, beside a gateway that goes on. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent is the gateway: it holds the lock and makes keys of projects all
 * the time. A child has borrowed the right to write and rotates until it is
 * killed. Whenever it asks, the parent crosses. Then the parent closes, opens
 * anew with the same key file (which ends what was cut off) and checks that
 * every project has the key it had, that every object reads, and that fsck
 * finds nothing. CARREL_KILLS says how often (default 60).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/store/root.h"
#include "tests/unit/store/fixture.h"

#define PROJECTS 400 /* at most this many are made */

static unsigned kills(void)
{
	const char *s = getenv("CARREL_KILLS");
	long n = s == NULL ? 60 : strtol(s, NULL, 10);

	return n < 1 ? 1 : (unsigned)n;
}

/* ---- the child ---- */

static int ask(void *ctx, struct err *e)
{
	int *sock = ctx;
	char c = 'r';

	(void)e;
	if (write(*sock, &c, 1) != 1 || read(*sock, &c, 1) != 1)
		_exit(5);
	return c == 'y' ? 0 : -EIO;
}

static void child(const char *dir, const uint8_t raw[KEY_LEN], int sock)
{
	struct store_cred cred = {0};
	struct store_rotate r = {
		.creds = &cred, .ncreds = 1, .tell = ask, .ctx = &sock};
	struct keypool *pool;
	struct store *s;
	char go;

	/* SQLite must not be open across a fork: the parent opens later. */
	if (read(sock, &go, 1) != 1 || keypool_new(&pool, NULL) != 0)
		_exit(2);
	cred.key = key_import(pool, raw);
	if (cred.key == NULL || store_open(dir, pool, &cred, &s, NULL) != 0)
		_exit(3);
	store_lent(s, -1);
	for (;;) {
		char c = 'd';

		if (store_rotate(s, &r, NULL) != 0)
			_exit(4);
		if (write(sock, &c, 1) != 1)
			_exit(5);
	}
}

/* ---- the gateway ---- */

struct made {
	unsigned n;
	uint8_t key[PROJECTS][KEY_LEN];
};

static void name_of(char out[16], unsigned i)
{
	snprintf(out, 16, "p%u", i);
}

static struct key *project(struct fixture *f, struct store *s, unsigned i)
{
	struct key *k = NULL;
	char name[16];

	name_of(name, i);
	if (store_project_key(s, name, "standin", &k, &f->e) != 0)
		fail_msg("project %u: %s", i, f->e.text);
	return k;
}

static void make_one(struct fixture *f, struct store *s, struct made *m)
{
	struct key *k;

	if (m->n == PROJECTS)
		return;
	k = project(f, s, m->n);
	memcpy(m->key[m->n++], key_raw(k), KEY_LEN);
	key_free(k);
}

static void bad(void *ctx, const char *words)
{
	(void)ctx;
	print_message("fsck: %s\n", words);
}

static void check_all(struct fixture *f, struct store *s, const struct made *m)
{
	struct store_fsck out;

	for (unsigned i = 0; i < m->n; i++) {
		struct key *k = project(f, s, i);

		assert_memory_equal(key_raw(k), m->key[i], KEY_LEN);
		key_free(k);
	}
	fixture_check(s, "d", 1, 4, 1);
	if (store_fsck(s, true, NULL, bad, NULL, &out, &f->e) != 0)
		fail_msg("fsck: %s", f->e.text);
}

/* Serve the child for so many of its messages; the last is not answered where
 * it asks for one. */
static void serve(struct fixture *f, struct store *s, struct made *m, int sock,
		  uint64_t steps)
{
	for (uint64_t i = 0; i < steps; i++) {
		char c;

		make_one(f, s, m);
		assert_int_equal(read(sock, &c, 1), 1);
		if (c == 'r' && i + 1 < steps) {
			assert_int_equal(store_root_current(s), 0);
			assert_int_equal(write(sock, "y", 1), 1);
		}
	}
}

static void pause_us(uint64_t us)
{
	struct timespec t = {.tv_nsec = (long)us * 1000};

	nanosleep(&t, NULL);
}

static void one_kill(struct fixture *f, struct made *m, uint64_t *seed)
{
	struct store *s;
	uint8_t raw[KEY_LEN];
	int pair[2], status;
	pid_t pid;

	memcpy(raw, key_raw(f->key), KEY_LEN);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(pair[0]);
		child(f->store, raw, pair[1]);
	}
	close(pair[1]);
	s = fixture_writer(f);
	assert_int_equal(write(pair[0], "g", 1), 1);
	serve(f, s, m, pair[0], fixture_next(seed) % 5);
	pause_us(fixture_next(seed) % 8000);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status)); /* it never failed itself */
	close(pair[0]);
	make_one(f, s, m); /* with whichever root it has */
	check_all(f, s, m);
	store_close(s);
}

static void test_kill_rotate(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	struct made m = {.n = 0};
	struct key *first = key_import(f->pool, key_raw(s->root));
	uint64_t seed = 815;

	assert_int_equal(fixture_ingest(s, "d", 4, 1, false), 1);
	store_close(s);
	for (unsigned k = kills(); k > 0; k--) {
		one_kill(f, &m, &seed);
		s = fixture_writer(f);
		check_all(f, s, &m);
		store_close(s);
	}
	s = fixture_writer(f);
	assert_false(key_eq(first, s->root)); /* some came to an end */
	store_close(s);
	key_free(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kill_rotate, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
