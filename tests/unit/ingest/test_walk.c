/* Walking: which files, under which stored paths, and what is left out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/ingest/walk.h"

struct place {
	char dir[64];
	char said[1024]; /* "path: words" lines */
};

static void path_of(const struct place *p, const char *rel, char out[200])
{
	snprintf(out, 200, "%s/%s", p->dir, rel);
}

static void folder(const struct place *p, const char *rel)
{
	char full[200];

	path_of(p, rel, full);
	assert_int_equal(mkdir(full, 0700), 0);
}

static void file(const struct place *p, const char *rel, const char *text)
{
	char full[200];
	int fd CLEANUP(fd_close) = -1;

	path_of(p, rel, full);
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_full(fd, bytes_str(text)), 0);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	*state = p;
	snprintf(p->dir, sizeof(p->dir), "/tmp/walkXXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	folder(p, "d");
	folder(p, "d/b");
	folder(p, "e");
	file(p, "d/z.txt", "12345");
	file(p, "d/b/a.json", "[]");
	file(p, "d/b/\xFF name\n.txt", "");
	file(p, "e/x.txt", "x");
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct place *p = *state;

	nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(p);
	return 0;
}

static void complain(void *ctx, struct bytes path, const char *words)
{
	struct place *p = ctx;
	size_t n = strlen(p->said);

	snprintf(p->said + n, sizeof(p->said) - n, "%.*s: %s\n", (int)path.n,
		 (const char *)path.p, words);
}

static int walk(struct place *p, struct walk *w, const char *a, const char *b)
{
	char one[200], two[200];
	const char *paths[] = {one, two};
	struct err e = {0};

	path_of(p, a, one);
	if (b != NULL)
		path_of(p, b, two);
	*w = (struct walk){.complain = complain, .ctx = p};
	return walk_paths(w, paths, b == NULL ? 1 : 2, &e);
}

static void expect(struct walk *w, size_t n, const char *const *stored)
{
	assert_int_equal(w->n, n);
	for (size_t i = 0; i < n; i++)
		assert_true(bytes_is(w->v[i].stored, stored[i]));
	walk_free(w);
}

static void test_one_folder(void **state)
{
	const char *const want[] = {"b/a.json", "b/\xFF name\n.txt", "z.txt"};
	struct walk w;

	assert_int_equal(walk(*state, &w, "d", NULL), 0);
	assert_int_equal(w.bytes, 7);
	assert_int_equal(w.left, 0);
	expect(&w, 3, want);
	assert_int_equal(walk(*state, &w, "d/", NULL), 0);
	expect(&w, 3, want);
	assert_int_equal(walk(*state, &w, "d/b/..", NULL), 0);
	expect(&w, 3, want);
}

static void test_one_file(void **state)
{
	const char *const want[] = {"a.json"};
	struct walk w;

	assert_int_equal(walk(*state, &w, "d/b/a.json", NULL), 0);
	expect(&w, 1, want);
}

static void test_several(void **state)
{
	const char *const both[] = {"d/b/a.json", "d/b/\xFF name\n.txt",
				    "d/z.txt", "e/x.txt"};
	const char *const mixed[] = {"b/a.json", "b/\xFF name\n.txt", "z.txt"};
	struct walk w;

	assert_int_equal(walk(*state, &w, "e", "d"), 0);
	expect(&w, 4, both);
	assert_int_equal(walk(*state, &w, "d/z.txt", "d/b"), 0);
	expect(&w, 3, mixed);
}

static void test_twice(void **state)
{
	struct walk w;

	assert_int_equal(walk(*state, &w, "d", "d/b"), -EINVAL);
	walk_free(&w);
	assert_int_equal(walk(*state, &w, "d", "d"), -EINVAL);
	walk_free(&w);
	assert_int_equal(walk(*state, &w, "nothing", NULL), -ENOENT);
	walk_free(&w);
}

static void test_left_out(void **state)
{
	struct place *p = *state;
	char link[200], fifo[200], loop[200];
	struct walk w;

	path_of(p, "e/link", link);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	path_of(p, "e/loop", loop);
	assert_int_equal(symlink("..", loop), 0);
	path_of(p, "e/fifo", fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(walk(p, &w, "e", NULL), 0);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.left, 3);
	assert_non_null(strstr(p->said, "/e/link: a symbolic link"));
	assert_non_null(strstr(p->said, "/e/loop: a symbolic link"));
	assert_non_null(strstr(p->said, "/e/fifo: no regular file"));
	walk_free(&w);
}

static void test_empty(void **state)
{
	struct walk w;

	folder(*state, "none");
	assert_int_equal(walk(*state, &w, "none", NULL), 0);
	expect(&w, 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_folder, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_one_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several, setup, teardown),
		cmocka_unit_test_setup_teardown(test_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
