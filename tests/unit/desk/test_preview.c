/* Preview: files as the mount would show them, nothing outside the folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/desk/preview.h"
#include "tests/unit/desk/fixture.h"

#define T(s)                                        \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

#define POLICY(names)                                           \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"     \
	"datasets: [calls]\nroles:\n  r:\n    see: [ { files: " \
	"\"calls/a/**\", records: all } ]\n    names: " names   \
	"\nannotators:\n  alice: { role: r }\n"

static const struct fixture_file files[] = {
	{"a/b/1.txt", T("Maria Lopez"), false, NULL},
	{"a/2.txt", T("two"), false, NULL},
	{"secret.txt", T("three"), false, NULL},
};

static int out_dir(struct fixture *f)
{
	char path[100];
	int fd;

	snprintf(path, sizeof(path), "%s/out", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	return fd;
}

static struct desk *desk_of(struct fixture *f, const char *policy)
{
	fixture_publish(f, "calls", files, ARRAY_LEN(files));
	fixture_policy(f, policy, "alice");
	return fixture_desk(f);
}

static void expect(int fd, const char *path, const char *want)
{
	struct buf CLEANUP(buf_free) b = {0};
	struct stat st;

	assert_int_equal(file_read(fd, path, 1000, &b), 0);
	assert_string_equal(buf_str(&b), want);
	assert_int_equal(fstatat(fd, path, &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_everything(void **state)
{
	struct desk *CLEANUP(desk_closep) d = desk_of(*state, POLICY("keep"));
	int CLEANUP(fd_close) fd = out_dir(*state);
	uint64_t n = 0;
	struct err e = {0};

	assert_int_equal(preview_write(d, bytes_str(""), fd, NULL, &n, &e), 0);
	assert_int_equal(n, 2);
	expect(fd, "calls/a/b/1.txt", "[PERSON_1]");
	expect(fd, "calls/a/2.txt", "two");
	assert_int_not_equal(faccessat(fd, "calls/secret.txt", F_OK, 0), 0);
	/* never over what stands there */
	assert_int_equal(preview_write(d, bytes_str(""), fd, NULL, &n, &e),
			 -EEXIST);
}

static void test_one_path(void **state)
{
	struct desk *CLEANUP(desk_closep) d = desk_of(*state, POLICY("keep"));
	int CLEANUP(fd_close) fd = out_dir(*state);
	uint64_t n = 0;
	struct err e = {0};

	assert_int_equal(
		preview_write(d, bytes_str("calls/a/b"), fd, NULL, &n, &e), 0);
	assert_int_equal(n, 1);
	expect(fd, "calls/a/b/1.txt", "[PERSON_1]");
	assert_int_not_equal(faccessat(fd, "calls/a/2.txt", F_OK, 0), 0);
	assert_int_equal(preview_write(d, bytes_str("calls/secret.txt"), fd,
				       NULL, &n, &e),
			 -ENOENT);
	assert_int_equal(e.code, -ENOENT);
}

static void test_no_way_out(void **state)
{
	static const struct fixture_file evil[] = {
		{"a/../../up.txt", T("up"), false, NULL}};
	struct fixture *f = *state;
	struct desk *CLEANUP(desk_closep) d = NULL;
	int CLEANUP(fd_close) fd = out_dir(f);
	uint64_t n = 0;
	struct err e = {0};

	fixture_publish(f, "calls", evil, 1);
	fixture_policy(f, POLICY("keep"), "alice");
	d = fixture_desk(f);
	assert_int_not_equal(preview_write(d, bytes_str(""), fd, NULL, &n, &e),
			     0);
	assert_int_equal(n, 0);
	assert_int_not_equal(faccessat(fd, "../up.txt", F_OK, 0), 0);
	assert_int_not_equal(faccessat(fd, "up.txt", F_OK, 0), 0);
}

static void test_links_are_not_followed(void **state)
{
	struct desk *CLEANUP(desk_closep) d = desk_of(*state, POLICY("keep"));
	int CLEANUP(fd_close) fd = out_dir(*state);
	uint64_t n = 0;
	struct err e = {0};

	assert_int_equal(symlinkat("..", fd, "calls"), 0);
	assert_int_not_equal(preview_write(d, bytes_str(""), fd, NULL, &n, &e),
			     0);
	assert_int_equal(n, 0);
	assert_int_not_equal(faccessat(fd, "../a", F_OK, 0), 0);
}

static void test_read_by_either_path(void **state)
{
	struct desk *CLEANUP(desk_closep) d = desk_of(*state, POLICY("number"));
	struct buf CLEANUP(buf_free) b = {0};
	struct err e = {0};

	assert_int_equal(
		preview_read(d, bytes_str("calls/d01/000001.txt"), &b, &e), 0);
	assert_int_equal(preview_read(d, bytes_str("calls/a/b/1.txt"), &b, &e),
			 0);
	assert_string_equal(buf_str(&b), "two[PERSON_1]");
	assert_int_equal(preview_read(d, bytes_str("calls/secret.txt"), &b, &e),
			 -ENOENT);
	assert_int_equal(preview_read(d, bytes_str("calls"), &b, &e), -EISDIR);
}

#define PREVIEW_TEST(t) \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PREVIEW_TEST(test_everything),
		PREVIEW_TEST(test_one_path),
		PREVIEW_TEST(test_no_way_out),
		PREVIEW_TEST(test_links_are_not_followed),
		PREVIEW_TEST(test_read_by_either_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
