/* Files: whole transfers, atomic replacement and its failures, directories. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

struct place {
	char path[64];
	int fd;
};

static int place_make(void **state)
{
	struct place *p = mem_new(1, sizeof(*p));

	if (p == NULL)
		return -1;
	memcpy(p->path, "/tmp/test-fdio-XXXXXX", 22);
	if (mkdtemp(p->path) == NULL)
		return -1;
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = p;
	return p->fd < 0 ? -1 : 0;
}

/* Remove the tree below a directory, two levels being enough here. */
static void empty(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fdopendir(fd);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		int sub;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		sub = openat(dirfd, e->d_name,
			     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0)
			empty(sub);
		unlinkat(dirfd, e->d_name, sub >= 0 ? AT_REMOVEDIR : 0);
		fd_close(&sub);
	}
	closedir(d);
}

static int place_drop(void **state)
{
	struct place *p = *state;

	empty(p->fd);
	fd_close(&p->fd);
	rmdir(p->path);
	mem_free(p);
	return 0;
}

static size_t entries(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fdopendir(fd);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void assert_file(int dirfd, const char *path, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(file_read(dirfd, path, 1 << 20, &b), 0);
	assert_string_equal(buf_str(&b), want);
}

static void replaces(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(file_replace(p->fd, "f", 0600, S("one")), 0);
	assert_file(p->fd, "f", "one");
	assert_int_equal(file_replace(p->fd, "f", 0640, S("two")), 0);
	assert_file(p->fd, "f", "two");
	assert_int_equal(fstatat(p->fd, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(file_replace(p->fd, "f", 0600, S("")), 0);
	assert_file(p->fd, "f", "");
	assert_int_equal(dir_make(p->fd, "d", 0700), 0);
	assert_int_equal(file_replace(p->fd, "d/g", 0600, S("three")), 0);
	assert_file(p->fd, "d/g", "three");
	assert_int_equal(entries(p->fd), 2);
}

/* A link is replaced, never written through. */
static void replaces_links(void **state)
{
	struct place *p = *state;

	assert_int_equal(file_replace(p->fd, "target", 0600, S("old")), 0);
	assert_int_equal(symlinkat("target", p->fd, "link"), 0);
	assert_int_equal(file_replace(p->fd, "link", 0600, S("new")), 0);
	assert_file(p->fd, "target", "old");
	assert_file(p->fd, "link", "new");
}

/* Each failure leaves the old content and no temporary file. */
static void failed_replace_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct rlimit old, small = {0, 0};

	assert_int_equal(file_replace(p->fd, "f", 0600, S("old")), 0);
	assert_int_equal(dir_make(p->fd, "d", 0700), 0);
	assert_int_equal(file_replace(p->fd, "d/x", 0600, S("")), 0);
	/* rename over a full directory fails after the write */
	assert_int_equal(file_replace(p->fd, "d", 0600, S("new")), -EISDIR);
	assert_int_equal(file_replace(p->fd, "no/f", 0600, S("new")), -ENOENT);
	/* the write itself fails */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(file_replace(p->fd, "f", 0600, S("new")), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	mem_fail_after(1);
	assert_int_equal(file_replace(p->fd, "f", 0600, S("new")), -ENOMEM);
	mem_fail_after(0);
	assert_file(p->fd, "f", "old");
	assert_int_equal(entries(p->fd), 2);
}

static void creates_once(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(file_create(p->fd, "f", 0640, S("one")), 0);
	assert_int_equal(fstatat(p->fd, "f", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(file_create(p->fd, "f", 0600, S("two")), -EEXIST);
	assert_file(p->fd, "f", "one");
	assert_int_equal(symlinkat("nowhere", p->fd, "link"), 0);
	assert_int_equal(file_create(p->fd, "link", 0600, S("x")), -EEXIST);
	assert_int_equal(file_create(p->fd, "no/f", 0600, S("x")), -ENOENT);
	mem_fail_after(1);
	assert_int_equal(file_create(p->fd, "g", 0600, S("x")), -ENOMEM);
	mem_fail_after(0);
	assert_int_equal(entries(p->fd), 2);
}

static void syncs_parents(void **state)
{
	struct place *p = *state;

	assert_int_equal(dir_make(p->fd, "a/b", 0700), 0);
	assert_int_equal(dir_sync_parent(p->fd, "a"), 0);
	assert_int_equal(dir_sync_parent(p->fd, "a/b/"), 0);
	assert_int_equal(dir_sync_parent(p->fd, "a/new"), 0);
	/* the parent of the last name, with slashes behind it or not */
	assert_int_equal(dir_sync_parent(p->fd, "no//"), 0);
	assert_int_equal(dir_sync_parent(p->fd, "no/x"), -ENOENT);
	assert_int_equal(dir_sync_parent(AT_FDCWD, "/"), 0);
}

static void reads_whole(void **state)
{
	struct place *p = *state;
	CLEANUP(buf_free) struct buf want = {0};
	CLEANUP(buf_free) struct buf b = {0};
	uint64_t seed = 8;

	for (size_t i = 0; i < 300000; i++)
		assert_int_equal(buf_putc(&want, (int)(rnd(&seed) & 0xFF)), 0);
	assert_int_equal(file_replace(p->fd, "f", 0600, buf_bytes(&want)), 0);
	assert_int_equal(file_read(p->fd, "f", want.n, &b), 0);
	assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&want)));
	assert_int_equal(file_read(p->fd, "f", want.n - 1, &b), -EFBIG);
	assert_int_equal(b.n, want.n);
	assert_int_equal(file_read(p->fd, "none", 9, &b), -ENOENT);
	assert_int_equal(file_read(p->fd, ".", 9, &b), -EISDIR);
	mem_fail_after(1);
	assert_int_equal(file_read(p->fd, "f", want.n, &b), -ENOMEM);
	mem_fail_after(0);
}

/* /proc files say size 0: they are read to their end all the same. */
static void reads_sizeless(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf c = {0};

	(void)state;
	assert_int_equal(file_read(AT_FDCWD, "/proc/cpuinfo", 1 << 20, &b), 0);
	assert_true(b.n > 100);
	assert_int_equal(file_read(AT_FDCWD, "/proc/cpuinfo", 10, &c), -EFBIG);
	assert_int_equal(c.n, 0);
}

/* Too long is found late where no size is told: nothing stays appended. */
static void sizeless_too_long(void **state)
{
	static uint8_t data[200000];
	CLEANUP(buf_free) struct buf b = {0};
	char path[32];
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) > 0);
	assert_int_equal(fd_write_full(fds[1], bytes_of(data, sizeof(data))),
			 0);
	fd_close(&fds[1]);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	assert_int_equal(buf_puts(&b, "keep"), 0);
	assert_int_equal(file_read(AT_FDCWD, path, sizeof(data) - 1, &b),
			 -EFBIG);
	assert_bytes(buf_bytes(&b), "keep");
	fd_close(&fds[0]);
}

static void at_offsets(void **state)
{
	struct place *p = *state;
	char got[16] = {0};
	CLEANUP(fd_close)
	int fd = openat(p->fd, "f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(fd_pwrite_full(fd, S("world"), 6), 0);
	assert_int_equal(fd_pwrite_full(fd, S("hello "), 0), 0);
	assert_int_equal(fd_pread_full(fd, got, 5, 6), 5);
	assert_string_equal(got, "world");
	assert_int_equal(fd_pread_full(fd, got, 16, 6), 5);
	assert_int_equal(fd_pread_full(fd, got, 16, 99), 0);
	assert_int_equal(fd_read_full(fd, got, sizeof(got)), 11);
	assert_int_equal(fd_read_full(fd, got, sizeof(got)), 0);
	assert_int_equal(fd_pread_full(fd, got, 1, UINT64_MAX), -EOVERFLOW);
	assert_int_equal(fd_pread_full(fd, got, 2, INT64_MAX - 1), -EOVERFLOW);
	assert_int_equal(fd_pwrite_full(fd, S("xy"), INT64_MAX - 1),
			 -EOVERFLOW);
	assert_int_equal(fd_write_full(fd, S("!")), 0);
	assert_file(p->fd, "f", "hello world!");
}

static void bad_descriptors(void **state)
{
	char c;

	(void)state;
	assert_int_equal(fd_read_full(-1, &c, 1), -EBADF);
	assert_int_equal(fd_write_full(-1, S("x")), -EBADF);
	assert_int_equal(fd_pwrite_full(-1, S("x"), 0), -EBADF);
	assert_int_equal(dir_sync(-1), -EBADF);
	assert_int_equal(fd_write_full(-1, S("")), 0);
	int none = -1;
	fd_close(&none);
	assert_int_equal(none, -1);
}

static void *trickle(void *arg)
{
	int fd = *(int *)arg;
	struct timespec nap = {0, 2000000};

	for (int i = 0; i < 10; i++) {
		nanosleep(&nap, NULL);
		if (write(fd, "ab", 2) != 2)
			break;
	}
	close(fd);
	return NULL;
}

/* A pipe gives little at a time; the whole is gathered. */
static void gathers_parts(void **state)
{
	char got[64];
	pthread_t t;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&t, NULL, trickle, &fds[1]), 0);
	assert_int_equal(fd_read_full(fds[0], got, 15), 15);
	assert_memory_equal(got, "abababababababa", 15);
	assert_int_equal(fd_read_full(fds[0], got, sizeof(got)), 5);
	assert_int_equal(pthread_join(t, NULL), 0);
	fd_close(&fds[0]);
	assert_int_equal(fds[0], -1);
}

static void makes_directories(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(dir_make(p->fd, "a/b//c/", 0700), 0);
	assert_int_equal(dir_make(p->fd, "a/b/c", 0700), 0);
	assert_int_equal(fstatat(p->fd, "a/b/c", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(dir_make(p->fd, ".", 0700), 0);
	assert_int_equal(dir_make(p->fd, "/", 0700), 0);
	assert_int_equal(dir_make(AT_FDCWD, p->path, 0700), 0);
	assert_int_equal(file_replace(p->fd, "a/f", 0600, S("")), 0);
	assert_int_equal(dir_make(p->fd, "a/f", 0700), -ENOTDIR);
	assert_int_equal(dir_make(p->fd, "a/f/g", 0700), -ENOTDIR);
	assert_int_equal(dir_make(p->fd, "", 0700), -ENOENT);
	mem_fail_after(1);
	assert_int_equal(dir_make(p->fd, "z", 0700), -ENOMEM);
	mem_fail_after(0);
}

#define placed(f) cmocka_unit_test_setup_teardown(f, place_make, place_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(replaces),
		placed(replaces_links),
		placed(failed_replace_leaves_nothing),
		placed(creates_once),
		placed(syncs_parents),
		placed(reads_whole),
		cmocka_unit_test(reads_sizeless),
		cmocka_unit_test(sizeless_too_long),
		placed(at_offsets),
		cmocka_unit_test(bad_descriptors),
		cmocka_unit_test(gathers_parts),
		placed(makes_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
