/* A work area that is read while its session goes on, ends, begins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/mount/work_in.h"
#include "tests/unit/mount/work_fix.h"

#define SIZE (1u << 20)

/* Other bytes each time, so each commit takes new slots. */
static void write_big(struct area *a, uint64_t seed)
{
	struct buf b CLEANUP(buf_free) = {0};

	fixture_bytes(&b, seed, SIZE);
	assert_int_equal(work_write(a->w, area_id(a, "big"), 0, b.p, b.n), b.n);
	assert_int_equal(work_sync(a->w), 0);
}

static void make_big(struct area *a)
{
	(void)area_make(a, "big", S_IFREG | 0600);
	write_big(a, 1);
}

static struct work *look(struct area *a)
{
	struct work_want want = {.store = a->s,
				 .project = "p",
				 .annotator = "alice",
				 .readonly = true};
	struct work *w = NULL;

	assert_int_equal(work_open(&want, &w, &a->f->e), 0);
	return w;
}

static ssize_t read_big(struct work *w)
{
	static uint8_t p[SIZE];
	struct stat st;

	assert_int_equal(work_find(w, S("big"), &st), 0);
	return work_read(w, st.st_ino, 0, p, SIZE);
}

static int digest_big(struct work *w)
{
	uint8_t out[WORK_DIGEST];
	struct stat st;

	assert_int_equal(work_find(w, S("big"), &st), 0);
	return work_digest(w, st.st_ino, out);
}

static int export_to(struct area *a, struct work *w, const char *name)
{
	uint64_t files = 0;
	char dir[100];
	int fd, r;

	snprintf(dir, sizeof(dir), "%s/%s", a->f->dir, name);
	assert_int_equal(mkdir(dir, 0700), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = work_export(w, bytes_of(NULL, 0), fd, &files, &a->f->e);
	close(fd);
	return r;
}

/* One flipped bit in a slot of big: the file has no other blocks. */
static void damage(struct area *a)
{
	char dir[200], path[220];
	uint8_t c;
	int fd;

	area_dir(a, dir);
	snprintf(path, sizeof(path), "%s/blocks", dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	for (off_t at = 100; pread(fd, &c, 1, at) == 1; at += WORK_BLOCK) {
		c ^= 1;
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
	}
	close(fd);
}

static void test_read(void **state)
{
	struct area *a = *state;
	struct work *w;

	make_big(a);
	w = look(a);
	write_big(a, 2);
	assert_int_equal(read_big(w), SIZE); /* one commit frees, no more */
	write_big(a, 3);
	assert_int_equal(read_big(w), -EBUSY);
	assert_int_equal(digest_big(w), -EBUSY);
	work_closep(&w);
	w = look(a);
	assert_int_equal(read_big(w), SIZE);
	damage(a);
	assert_int_equal(read_big(w), -EUCLEAN);
	assert_int_equal(digest_big(w), -EUCLEAN);
	work_closep(&w);
}

/* The session ends while the owner reads: no lock says so any more. */
static void test_ended(void **state)
{
	struct area *a = *state;
	struct work *w;

	make_big(a);
	w = look(a);
	assert_int_equal(work_unlink(a->w, NULL, WORK_ROOT, S("big")), 0);
	area_close(a); /* and the block file is trimmed */
	assert_int_equal(export_to(a, w, "out"), -EBUSY);
	assert_non_null(strstr(a->f->e.text, "meanwhile"));
	work_closep(&w);
}

/* ---- with threads ---- */

struct beside {
	struct area *a;
	struct work *w;
	atomic_int stop;
};

static void *write_often(void *arg)
{
	struct beside *b = arg;

	for (uint64_t i = 2; !atomic_load(&b->stop); i++)
		write_big(b->a, i);
	return NULL;
}

static void count(void *ctx, const char *words)
{
	(void)words;
	++*(unsigned *)ctx;
}

static void test_fsck(void **state)
{
	struct beside b = {.a = *state};
	struct work_fsck out;
	pthread_t t;
	unsigned told = 0;

	make_big(b.a);
	assert_int_equal(pthread_create(&t, NULL, write_often, &b), 0);
	for (unsigned i = 0; i < 40; i++) {
		int r = work_fsck(b.a->s, true, count, &told, &out, NULL);

		assert_true(r == 0 || r == -EBUSY);
		assert_int_equal(out.bad, 0);
		assert_int_equal(out.busy, r == 0 ? 0 : 1);
		assert_int_equal(out.files, 1);
	}
	atomic_store(&b.stop, 1);
	pthread_join(t, NULL);
	told = 0;
	assert_int_equal(work_fsck(b.a->s, true, count, &told, &out, NULL), 0);
	assert_int_equal(told, 0);
}

/* Another file is written to all the time, the damaged one is not. */
static void *write_other(void *arg)
{
	struct beside *b = arg;
	uint64_t id = area_id(b->a, "other");

	while (!atomic_load(&b->stop)) {
		assert_int_equal(work_write(b->a->w, id, WORK_APPEND, "x", 1),
				 1);
		assert_int_equal(work_sync(b->a->w), 0);
		usleep(20000);
	}
	return NULL;
}

/* Damage is told once and as damage, also beside a session. */
static void test_fsck_bad(void **state)
{
	struct beside b = {.a = *state};
	struct work_fsck out;
	pthread_t t;
	unsigned told = 0, found = 0;

	make_big(b.a);
	area_put(b.a, "other", "");
	damage(b.a);
	assert_int_equal(pthread_create(&t, NULL, write_other, &b), 0);
	for (unsigned i = 0; i < 20; i++, told = 0) {
		int r = work_fsck(b.a->s, true, count, &told, &out, NULL);

		assert_true(r == -EUCLEAN || r == -EBUSY);
		assert_int_equal(told, 1);
		assert_int_equal(out.bad + out.busy, 1);
		found += r == -EUCLEAN;
	}
	assert_true(found > 0);
	atomic_store(&b.stop, 1);
	pthread_join(t, NULL);
}

static void *export_often(void *arg)
{
	struct beside *b = arg;
	char name[20];

	for (unsigned i = 0; !atomic_load(&b->stop); i++) {
		snprintf(name, sizeof(name), "out%u", i);
		assert_int_equal(export_to(b->a, b->w, name), -EUCLEAN);
	}
	return NULL;
}

/* Whoever only reads takes no lock, not even to find out: a session that
 * begins at that moment would be refused. */
static void test_begin(void **state)
{
	struct beside b = {.a = *state};
	struct area *a = b.a;
	pthread_t t;

	make_big(a);
	damage(a);
	b.w = look(a);
	assert_int_equal(pthread_create(&t, NULL, export_often, &b), 0);
	for (unsigned i = 0; i < 200; i++) {
		area_close(a);
		assert_int_equal(area_try(a), 0);
	}
	atomic_store(&b.stop, 1);
	pthread_join(t, NULL);
	work_closep(&b.w);
}

/* A small file whose block lies in a slot moves into the row with the next
 * commit: whoever reads the slot without the lock must notice. */
static void test_moved_in(void **state)
{
	struct area *a = *state;
	struct work_set cut = {.what = WORK_SET_SIZE, .size = WORK_BLOCK};
	struct buf b CLEANUP(buf_free) = {0};
	struct work_chunk *c = NULL;
	struct work_node *n;
	struct stat st;
	uint64_t before, id;

	id = area_make(a, "small", S_IFREG | 0600);
	fixture_bytes(&b, 1, 3 * WORK_BLOCK);
	assert_int_equal(work_write(a->w, id, 0, b.p, b.n), b.n);
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(work_hold(a->w, NULL, id, O_RDWR), 0);
	assert_int_equal(work_setattr(a->w, NULL, id, &cut, &st), 0);
	n = work_node_get(a->w, id);
	assert_non_null(n);
	assert_int_equal(work_chunk_get(a->w, n, 0, false, &c), 0);
	assert_true(c->b[0].slot != 0 && c->b[0].slot != WORK_INLINE);
	before = c->state;
	assert_int_equal(work_sync(a->w), 0);
	assert_int_equal(work_chunk_get(a->w, n, 0, false, &c), 0);
	assert_int_equal(c->b[0].slot, WORK_INLINE);
	assert_int_not_equal(c->state, before);
	work_release(a->w, id);
}

/* An area's first commit finds no room: each limit fails as a full disk does,
 * until one is wide enough. */
static void test_full(void **state)
{
	struct area *a = *state;
	struct work_want want = {.store = a->s,
				 .project = "p",
				 .annotator = "bob",
				 .commit_ms = UINT_MAX};
	struct rlimit was, lim;
	struct work *w = NULL;
	unsigned failed = 0;
	int r = -1;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (rlim_t max = 4096; r != 0 && max < 1 << 20; max += 4096) {
		lim = (struct rlimit){max, was.rlim_max};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
		r = work_open(&want, &w, &a->f->e);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		if (r == 0)
			break;
		failed++;
		assert_int_equal(r, -ENOSPC);
	}
	assert_int_equal(r, 0);
	assert_true(failed > 0);
	assert_int_equal(work_close(w), 0);
}

/* A child that was forked for something else holds all descriptors until it
 * has closed them. */
static void test_forked(void **state)
{
	struct area *a = *state;
	int gate[2], r;
	uint8_t c;
	pid_t pid;

	assert_int_equal(pipe(gate), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(gate[1]);
		_exit(read(gate[0], &c, 1) == 0 ? 0 : 1);
	}
	area_close(a);
	r = area_try(a);
	close(gate[0]);
	close(gate[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_ended, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_fsck, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_fsck_bad, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_begin, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_forked, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_moved_in, area_setup,
						area_teardown),
		cmocka_unit_test_setup_teardown(test_full, area_setup,
						area_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
