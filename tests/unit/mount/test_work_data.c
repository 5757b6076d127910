/* The work area against a model: contents, reopening, killed on the way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "tests/unit/mount/work_fix.h"

static void test_model(void **state)
{
	struct area *a = *state;
	struct model m = {.there = {false}};
	uint64_t seed = 20261128;

	for (unsigned i = 0; i < 6000; i++) {
		(void)model_step(&m, a->w, &seed);
		if (i % 500 == 499)
			assert_true(model_same(&m, a->w));
		if (i % 1500 == 1499) {
			area_close(a);
			area_open(a);
			assert_true(model_same(&m, a->w));
		}
	}
	model_free(&m);
}

/* What was not synced is gone, all of it, when the process just goes. */
static void test_sparse(void **state)
{
	struct area *a = *state;
	uint64_t id = area_make(a, "sparse", S_IFREG | 0644);
	const uint64_t far = 3ull << 40;
	uint8_t p[3] = {9, 9, 9};
	struct stat st;

	assert_int_equal(work_write(a->w, id, far, "x", 1), 1);
	area_close(a);
	area_open(a);
	id = area_id(a, "sparse");
	assert_int_equal(work_getattr(a->w, id, &st), 0);
	assert_int_equal(st.st_size, far + 1);
	assert_int_equal(st.st_blocks, 8);
	assert_int_equal(work_read(a->w, id, far - 1, p, 3), 2);
	assert_memory_equal(p, "\0x", 2);
	assert_int_equal(work_read(a->w, id, 12345, p, 3), 3);
	assert_memory_equal(p, "\0\0\0", 3);
	assert_int_equal(work_write(a->w, id, UINT64_MAX / 2, "x", 1), -EFBIG);
}

static void test_next_data(void **state)
{
	struct area *a = *state;
	const uint64_t chunk = 256 * 1024, far = (uint64_t)1 << 41;
	uint64_t id = area_make(a, "holes", S_IFREG | 0644);
	const struct work_set grow = {.what = WORK_SET_SIZE, .size = 2 * far};
	uint64_t steps = 0, off = 0;
	struct stat st;

	assert_int_equal(work_next_data(a->w, id, 0), 0);
	assert_int_equal(work_next_data(a->w, id + 1, 7), 7);
	assert_int_equal(work_write(a->w, id, far + 5, "x", 1), 1);
	assert_int_equal(work_write(a->w, id, 3 * chunk + 5, "x", 1), 1);
	assert_int_equal(work_setattr(a->w, NULL, id, &grow, &st), 0);
	assert_int_equal(work_next_data(a->w, id, 0), 3 * chunk);
	assert_int_equal(work_next_data(a->w, id, 3 * chunk + 9),
			 3 * chunk + 9);
	assert_int_equal(work_next_data(a->w, id, 4 * chunk), far);
	assert_int_equal(work_next_data(a->w, id, far + chunk), 2 * far);
	assert_int_equal(work_next_data(a->w, id, 2 * far), 2 * far);
	/* who goes from data to data sees two chunks, not millions */
	while ((off = work_next_data(a->w, id, off)) < 2 * far) {
		off += chunk;
		assert_true(++steps <= 2);
	}
	assert_int_equal(steps, 2);
}

static void test_append(void **state)
{
	struct area *a = *state;
	uint64_t id = area_make(a, "log", S_IFREG | 0644);
	struct buf b CLEANUP(buf_free) = {0};

	for (unsigned i = 0; i < 3000; i++) {
		assert_int_equal(
			work_write(a->w, id, WORK_APPEND, "12345678", 8), 8);
		if (i % 1000 == 0)
			assert_int_equal(work_sync(a->w), 0);
	}
	area_get(a, "log", &b);
	assert_int_equal(b.n, 24000);
	for (size_t i = 0; i < b.n; i += 8)
		assert_memory_equal(b.p + i, "12345678", 8);
}

static void test_quota(void **state)
{
	struct area *a = *state;
	struct buf block CLEANUP(buf_free) = {0};
	struct statvfs v;
	uint64_t id, off = 0, left;

	area_close(a);
	a->quota = 1 << 20;
	area_open(a);
	id = area_make(a, "big", S_IFREG | 0644);
	fixture_bytes(&block, 1, 65536);
	while (work_write(a->w, id, off, block.p, block.n) == 65536)
		off += 65536;
	assert_int_equal(off, 15 * 65536);
	assert_int_equal(work_write(a->w, id, off, block.p, block.n), -EDQUOT);
	work_statfs(a->w, &v);
	assert_int_equal(v.f_blocks, 256);
	left = v.f_bfree;
	/* what is there can be written over, what is left can be taken */
	assert_int_equal(work_write(a->w, id, 0, block.p, block.n), 65536);
	assert_int_equal(work_write(a->w, id, off, block.p, left * 4096),
			 left * 4096);
	assert_int_equal(work_write(a->w, id, off + left * 4096, "x", 1),
			 -EDQUOT);
	area_close(a);
	area_open(a);
	work_statfs(a->w, &v);
	assert_int_equal(v.f_bfree, 0);
	assert_int_equal(work_unlink(a->w, NULL, WORK_ROOT, S("big")), 0);
	work_statfs(a->w, &v);
	assert_int_equal(v.f_bfree, 255);
}

static void test_digest(void **state)
{
	struct area *a = *state;
	uint8_t one[WORK_DIGEST], two[WORK_DIGEST];
	struct buf b CLEANUP(buf_free) = {0};
	uint64_t x = area_make(a, "x", S_IFREG | 0644);
	uint64_t y = area_make(a, "y", S_IFREG | 0644);

	fixture_bytes(&b, 3, 600000);
	memset(b.p + 100000, 0, 300000);
	assert_int_equal(work_write(a->w, x, 0, b.p, b.n), b.n);
	assert_int_equal(work_sync(a->w), 0);
	/* the same bytes, the zeros never written */
	assert_int_equal(work_write(a->w, y, 400000, b.p + 400000, 200000),
			 200000);
	assert_int_equal(work_write(a->w, y, 0, b.p, 100000), 100000);
	assert_int_equal(work_digest(a->w, x, one), 0);
	assert_int_equal(work_digest(a->w, y, two), 0);
	assert_memory_equal(one, two, WORK_DIGEST);
	area_close(a);
	area_open(a);
	x = area_id(a, "x");
	assert_int_equal(work_digest(a->w, x, two), 0);
	assert_memory_equal(one, two, WORK_DIGEST);
	assert_int_equal(work_write(a->w, x, 599999, "!", 1), 1);
	assert_int_equal(work_digest(a->w, x, two), 0);
	assert_memory_not_equal(one, two, WORK_DIGEST);
}

/* The map of a file stands in rows, which go when its name goes: what is open
 * is read all the same, and freeing it harms nothing. */
static void test_unlinked_unread(void **state)
{
	struct area *a = *state;
	uint64_t id = area_make(a, "big", S_IFREG | 0644);
	const uint64_t far = 1 << 20; /* in a chunk that nobody has looked at */
	struct stat st;
	uint8_t p[4];

	assert_int_equal(work_write(a->w, id, 0, "near", 4), 4);
	assert_int_equal(work_write(a->w, id, far, "away", 4), 4);
	area_close(a);
	area_open(a);
	assert_int_equal(work_lookup(a->w, NULL, WORK_ROOT, S("big"), &st), 0);
	assert_int_equal(work_hold(a->w, NULL, st.st_ino, O_RDONLY), 0);
	assert_int_equal(work_unlink(a->w, NULL, WORK_ROOT, S("big")), 0);
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(work_read(a->w, st.st_ino, far, p, 4), 4);
	assert_memory_equal(p, "away", 4);
	work_release(a->w, st.st_ino);
	work_forget(a->w, st.st_ino, 1);
	area_put(a, "next", "still writable");
}

/* An open file that lost its name, over commits, while it is written to. */
static void test_unlinked(void **state)
{
	struct area *a = *state;
	uint64_t id = area_make(a, "t", S_IFREG | 0644);
	struct buf b CLEANUP(buf_free) = {0}, got CLEANUP(buf_free) = {0};
	struct statvfs v;
	struct stat st;

	assert_int_equal(work_write(a->w, id, 0, "small", 5), 5);
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(work_hold(a->w, NULL, id, O_RDWR), 0);
	assert_int_equal(work_unlink(a->w, NULL, WORK_ROOT, S("t")), 0);
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(work_getattr(a->w, id, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	fixture_bytes(&b, 4, 500000);
	assert_int_equal(work_write(a->w, id, 5, b.p, b.n), b.n);
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(buf_reserve(&got, b.n + 5), 0);
	assert_int_equal(work_read(a->w, id, 0, got.p, b.n + 5), b.n + 5);
	assert_memory_equal(got.p, "small", 5);
	assert_memory_equal(got.p + 5, b.p, b.n);
	work_release(a->w, id);
	assert_int_equal(work_getattr(a->w, id, &st), -ENOENT);
	work_statfs(a->w, &v);
	assert_int_equal(v.f_blocks - v.f_bfree, 1);
}

/* ---- crashed ---- */

static int run_sh(const char *cmd)
{
	pid_t pid = fork();
	int st = -1;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &st, 0);
	return st;
}

static void copy_store(struct area *a, char to[80])
{
	char cmd[300];

	snprintf(to, 80, "%s/copy", a->f->dir);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'; cp -a '%s' '%s'", to,
		 a->f->store, to);
	assert_int_equal(run_sh(cmd), 0);
}

/* A copy of the disk while much is written, none of it committed, is the state
 * before: what it names was not written over. */
static void test_image(void **state)
{
	struct area *a = *state, image = {.quota = a->quota};
	const size_t n = 40u << 20; /* more than memory holds */
	struct buf old CLEANUP(buf_free) = {0}, b CLEANUP(buf_free) = {0};
	uint64_t id = area_make(a, "big", S_IFREG | 0600);
	struct fixture f = *a->f;

	fixture_bytes(&old, 1, n);
	assert_int_equal(work_write(a->w, id, 0, old.p, n), n);
	assert_int_equal(work_sync(a->w), 0);
	for (unsigned round = 0; round < 2; round++) {
		buf_clear(&b);
		fixture_bytes(&b, 2 + round, n);
		for (size_t off = 0; off < n; off += 1 << 20)
			assert_int_equal(
				work_write(a->w, id, off, b.p + off, 1 << 20),
				1 << 20);
	}
	copy_store(a, f.store);
	image.f = &f;
	image.s = fixture_writer(&f);
	area_open(&image);
	buf_clear(&b);
	area_get(&image, "big", &b);
	assert_int_equal(b.n, n);
	assert_memory_equal(b.p, old.p, n);
	area_close(&image);
	store_close(image.s);
}

/* ---- killed ---- */

struct victim {
	char store[80];
	uint8_t key[KEY_LEN];
	uint64_t seed;
	int say;
};

/* Says how many operations are done, and which of them a sync covers. */
static void *run(struct victim *v, unsigned commit_ms)
{
	struct keypool *pool = NULL;
	struct store_cred cred = {0};
	struct store *s = NULL;
	struct work *w = NULL;
	struct work_want want = {.project = "p",
				 .annotator = "alice",
				 .quota = 64u << 20,
				 .commit_ms = commit_ms};
	struct model m = {.there = {false}};
	uint64_t done[2] = {0, 0};

	if (keypool_new(&pool, NULL) != 0)
		_exit(3);
	cred.key = key_import(pool, v->key);
	if (store_open(v->store, pool, &cred, &s, NULL) != 0 ||
	    store_lock(s, NULL) != 0)
		_exit(4);
	want.store = s;
	if (work_open(&want, &w, NULL) != 0)
		_exit(5);
	for (;;) {
		if (model_step(&m, w, &v->seed) == 1)
			done[1] = done[0] + 1;
		done[0]++;
		if (write(v->say, done, sizeof(done)) != sizeof(done))
			_exit(0);
	}
}

/* The last thing it said before it was killed, after at least n operations. */
static void listen_and_kill(pid_t pid, int fd, uint64_t n, uint64_t done[2])
{
	uint64_t now[2];
	bool killed = false;

	while (fd_read_full(fd, now, sizeof(now)) == sizeof(now)) {
		memcpy(done, now, sizeof(now));
		if (now[0] >= n && !killed) {
			kill(pid, SIGKILL);
			killed = true;
		}
	}
	waitpid(pid, NULL, 0);
}

/* The area is what it was between two operations, none of them before the last
 * sync that returned. */
static void check_survivor(struct area *a, uint64_t seed,
			   const uint64_t done[2])
{
	struct model m = {.there = {false}};
	bool found = false;

	area_open(a);
	for (uint64_t k = 0; !found && k <= done[0] + 1; k++) {
		if (k >= done[1])
			found = model_same(&m, a->w);
		if (!found)
			(void)model_step(&m, NULL, &seed);
	}
	if (!found)
		fail_msg("the area is no state between %llu and %llu",
			 (unsigned long long)done[1],
			 (unsigned long long)done[0]);
	model_free(&m);
}

static void test_killed(void **state)
{
	struct area *a = *state;
	uint64_t seed = 7;

	for (unsigned round = 0; round < 12; round++) {
		struct victim v = {.seed = fixture_next(&seed)};
		uint64_t done[2] = {0, 0}, start = v.seed;
		uint64_t n = 20 + fixture_next(&seed) % 700;
		int pipes[2];
		pid_t pid;

		if (a->w != NULL)
			area_close(a);
		store_close(a->s);
		a->s = NULL;
		fixture_teardown((void *[]){a->f});
		assert_int_equal(fixture_setup((void **)&a->f), 0);
		memcpy(v.store, a->f->store, sizeof(v.store));
		memcpy(v.key, key_raw(a->f->key), KEY_LEN);
		assert_int_equal(pipe(pipes), 0);
		v.say = pipes[1];
		pid = fork();
		if (pid == 0) {
			close(pipes[0]);
			run(&v, round % 2 == 0 ? 3 : UINT_MAX);
		}
		close(pipes[1]);
		listen_and_kill(pid, pipes[0], n, done);
		close(pipes[0]);
		assert_true(done[0] >= n);
		a->s = fixture_writer(a->f);
		check_survivor(a, start, done);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, area_setup, area_teardown)
	const struct CMUnitTest tests[] = {
		T(test_model),	   T(test_sparse),	    T(test_append),
		T(test_next_data), T(test_quota),	    T(test_digest),
		T(test_unlinked),  T(test_unlinked_unread), T(test_image),
		T(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
