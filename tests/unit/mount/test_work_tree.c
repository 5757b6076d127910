/* Names and attributes of the work area, without a kernel. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/unit/mount/work_fix.h"

static int rename_to(struct area *a, const char *from, const char *to,
		     unsigned flags)
{
	struct work_place f = {WORK_ROOT, bytes_str(from)};
	struct work_place t = {WORK_ROOT, bytes_str(to)};

	return work_rename(a->w, NULL, f, t, flags);
}

static void test_rename(void **state)
{
	struct area *a = *state;
	struct buf b CLEANUP(buf_free) = {0};
	uint64_t dir = area_make(a, "d", S_IFDIR | 0755);
	struct work_place in = {dir, S("x")}, d = {WORK_ROOT, S("d")};

	area_put(a, "one", "1");
	area_put(a, "two", "2");
	assert_int_equal(rename_to(a, "one", "two", RENAME_NOREPLACE), -EEXIST);
	assert_int_equal(rename_to(a, "one", "no", RENAME_EXCHANGE), -ENOENT);
	assert_int_equal(rename_to(a, "one", "two", RENAME_EXCHANGE), 0);
	area_close(a); /* two rows that swap their hashes, in one commit */
	area_open(a);
	area_get(a, "one", &b);
	assert_memory_equal(b.p, "2", 1);
	assert_int_equal(rename_to(a, "one", "two", 0), 0);
	assert_int_equal(area_id(a, "one"), 0);
	buf_clear(&b);
	area_get(a, "two", &b);
	assert_memory_equal(b.p, "2", 1);
	dir = area_id(a, "d");
	in.dir = dir;
	assert_int_equal(work_rename(a->w, NULL, d, in, 0), -EINVAL);
	assert_int_equal(rename_to(a, "two", "d", 0), -EISDIR);
	assert_int_equal(rename_to(a, "d", "two", 0), -ENOTDIR);
	assert_int_equal(rename_to(a, "two", "two", 0), 0);
	assert_int_equal(rename_to(a, "no", "two", 0), -ENOENT);
	assert_int_equal(rename_to(a, "two", "..", 0), -EINVAL);
	assert_int_equal(rename_to(a, "two", "x", 16), -EINVAL);
	assert_int_equal(work_rename(a->w, NULL,
				     (struct work_place){WORK_ROOT, S("two")},
				     in, 0),
			 0);
	assert_int_equal(rename_to(a, "d", "e", 0), 0);
	assert_int_not_equal(area_id(a, "e/x"), 0);
	assert_int_equal(work_rmdir(a->w, NULL, WORK_ROOT, S("e")), -ENOTEMPTY);
}

static void test_make(void **state)
{
	struct area *a = *state;
	struct buf b CLEANUP(buf_free) = {0};
	char name[300];
	struct stat st;

	memset(name, 'n', sizeof(name));
	area_make(a, "f", S_IFREG | 0644);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, S("f"), S_IFREG,
				   bytes_of(NULL, 0), &st),
			 -EEXIST);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, bytes_of(name, 256),
				   S_IFREG, bytes_of(NULL, 0), &st),
			 -ENAMETOOLONG);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, bytes_of(name, 255),
				   S_IFREG, bytes_of(NULL, 0), &st),
			 0);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, S("s"),
				   S_IFREG | S_ISUID, bytes_of(NULL, 0), &st),
			 -EPERM);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, S("s"), S_IFIFO,
				   bytes_of(NULL, 0), &st),
			 -EPERM);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, S("a/b"), S_IFREG,
				   bytes_of(NULL, 0), &st),
			 -EINVAL);
	assert_int_equal(work_make(a->w, NULL, WORK_ROOT, S("l"), S_IFLNK,
				   S("to/nowhere"), &st),
			 0);
	assert_int_equal(st.st_size, 10);
	area_close(a);
	area_open(a);
	assert_int_equal(work_readlink(a->w, area_id(a, "l"), &b), 0);
	assert_true(bytes_is(buf_bytes(&b), "to/nowhere"));
}

/* As deep as may be, and no deeper: whoever walks the tree recurses. */
static void test_deep(void **state)
{
	struct area *a = *state;
	uint64_t dir = WORK_ROOT, top = 0;
	struct stat st;
	unsigned deep = 0;
	int r;

	while ((r = work_make(a->w, NULL, dir, S("d"), S_IFDIR | 0700,
			      bytes_of(NULL, 0), &st)) == 0) {
		work_forget(a->w, st.st_ino, 1);
		dir = st.st_ino;
		if (++deep == 1)
			top = dir;
		assert_true(deep < 100000);
	}
	assert_int_equal(r, -ENAMETOOLONG);
	assert_true(deep >= 60 && deep <= 64);
	area_make(a, "e", S_IFDIR | 0700);
	assert_int_equal(
		work_rename(a->w, NULL, (struct work_place){WORK_ROOT, S("d")},
			    (struct work_place){area_id(a, "e"), S("x")}, 0),
		-ENAMETOOLONG);
	assert_int_not_equal(top, 0);
	area_close(a);
	area_open(a);
	assert_int_equal(work_getattr(a->w, dir, &st), 0);
}

static void test_attributes(void **state)
{
	struct area *a = *state;
	struct buf b CLEANUP(buf_free) = {0};
	struct work_set s = {.what = WORK_SET_MODE | WORK_SET_MTIME |
				     WORK_SET_ATIME,
			     .mode = 0640,
			     .mtime = {-5, 7},
			     .atime = {1ll << 33, 999999999}};
	struct stat st;
	uint64_t id;

	area_put(a, "f", "text");
	id = area_id(a, "f");
	assert_int_equal(work_setattr(a->w, NULL, id, &s, &st), 0);
	assert_int_equal(work_xattr_set(a->w, id, S("user.a"), S("1"), 0), 0);
	assert_int_equal(work_xattr_set(a->w, id, S("user.b"), S(""), 0), 0);
	assert_int_equal(work_xattr_set(a->w, id, S("user.a"), S("22"), 0), 0);
	assert_int_equal(
		work_xattr_set(a->w, id, S("user.a"), S("3"), XATTR_CREATE),
		-EEXIST);
	assert_int_equal(work_xattr_set(a->w, id, S("security.x"), S("3"), 0),
			 -ENOTSUP);
	area_close(a);
	area_open(a);
	assert_int_equal(work_getattr(a->w, id, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(st.st_mtim.tv_sec, -5);
	assert_int_equal(st.st_mtim.tv_nsec, 7);
	assert_int_equal(st.st_atim.tv_sec, 1ll << 33);
	assert_int_equal(work_xattr_get(a->w, id, S("user.a"), &b), 0);
	assert_true(bytes_is(buf_bytes(&b), "22"));
	buf_clear(&b);
	assert_int_equal(work_xattr_list(a->w, id, &b), 0);
	assert_int_equal(b.n, 14);
	assert_int_equal(work_xattr_del(a->w, id, S("user.b")), 0);
	assert_int_equal(work_xattr_del(a->w, id, S("user.b")), -ENODATA);
	s = (struct work_set){.what = WORK_SET_MODE, .mode = 02755};
	assert_int_equal(work_setattr(a->w, NULL, id, &s, &st), -EPERM);
}

/* The bits bind whoever is not root. */
static void test_modes(void **state)
{
	struct area *a = *state;
	struct work_by user = {.root = false}, root = {.root = true};
	struct work_set s = {.what = WORK_SET_MODE, .mode = 0400};
	struct stat st;
	uint64_t id;

	area_put(a, "f", "text");
	id = area_id(a, "f");
	assert_int_equal(work_setattr(a->w, &user, id, &s, &st), 0);
	assert_int_equal(work_hold(a->w, &user, id, O_RDWR), -EACCES);
	assert_int_equal(work_hold(a->w, &user, id, O_RDONLY | O_TRUNC),
			 -EACCES);
	assert_int_equal(work_hold(a->w, &user, id, O_RDONLY), 0);
	assert_int_equal(work_hold(a->w, &root, id, O_RDWR), 0);
	assert_int_equal(work_access(a->w, &root, id, X_OK), -EACCES);
	work_release(a->w, id);
	work_release(a->w, id);
	area_make(a, "d", S_IFDIR | 0500);
	assert_int_equal(work_make(a->w, &user, area_id(a, "d"), S("x"),
				   S_IFREG, bytes_of(NULL, 0), &st),
			 -EACCES);
}

/* ---- the watcher ---- */

struct seen {
	int answer;
	unsigned n;
	enum work_change last;
	char path[64], to[64];
};

static int see(void *ctx, const struct work_by *by, const struct work_event *ev)
{
	struct seen *s = ctx;

	assert_non_null(by);
	s->n++;
	s->last = ev->change;
	snprintf(s->path, sizeof(s->path), "%.*s", (int)ev->path.n,
		 (const char *)ev->path.p);
	snprintf(s->to, sizeof(s->to), "%.*s", (int)ev->to.n,
		 (const char *)ev->to.p);
	return s->answer;
}

static void test_watch(void **state)
{
	struct area *a = *state;
	struct work_by by = {.root = true};
	struct seen s = {.answer = 0};
	struct work_set cut = {.what = WORK_SET_SIZE, .size = 1};
	struct work_place f = {WORK_ROOT, S("f")}, g = {0, S("g")};
	struct stat st;

	g.dir = area_make(a, "d", S_IFDIR | 0755);
	work_watch(a->w, see, &s);
	assert_int_equal(work_make(a->w, &by, WORK_ROOT, S("f"), S_IFREG,
				   bytes_of(NULL, 0), &st),
			 0);
	assert_int_equal(s.last, WORK_CREATE);
	assert_int_equal(work_make(a->w, &by, WORK_ROOT, S("f"), S_IFREG,
				   bytes_of(NULL, 0), &st),
			 -EEXIST);
	assert_int_equal(s.n, 1); /* what is refused is not told */
	assert_int_equal(work_rename(a->w, &by, f, g, 0), 0);
	assert_string_equal(s.path, "f");
	assert_string_equal(s.to, "d/g");
	s.answer = -EIO; /* and what is not told is not done */
	assert_int_equal(work_rename(a->w, &by, g, f, 0), -EIO);
	assert_int_equal(work_unlink(a->w, &by, g.dir, g.name), -EIO);
	assert_int_equal(work_setattr(a->w, &by, st.st_ino, &cut, &st), -EIO);
	assert_int_equal(work_make(a->w, &by, WORK_ROOT, S("x"), S_IFREG,
				   bytes_of(NULL, 0), &st),
			 -EIO);
	assert_int_equal(s.n, 6);
	assert_int_equal(area_id(a, "x"), 0);
	assert_int_not_equal(area_id(a, "d/g"), 0);
	area_close(a);
	area_open(a);
	assert_int_not_equal(area_id(a, "d/g"), 0);
}

/* ---- the end of a session ---- */

static int collect(void *ctx, const struct work_file *f)
{
	struct buf *b = ctx;

	assert_int_equal(buf_putb(b, f->path), 0);
	return buf_putc(b, ' ');
}

static void test_unnamed(void **state)
{
	struct area *a = *state;
	const char *const keep[] = {"*.json", "d/x.*"};
	struct buf b CLEANUP(buf_free) = {0};

	area_put(a, "old.txt", "1");
	area_put(a, "saved.txt", "1");
	area_put(a, "aside.txt", "1");
	area_close(a);
	area_open(a);
	area_make(a, "d", S_IFDIR | 0755);
	area_put(a, "d/a.json", "1");
	area_put(a, "d/x.wav", "1");
	area_put(a, "x.wav", "1");
	area_put(a, "d/b.txt", "1");
	/* What was saved once stays so: written to, moved away, replaced by
	 * another file or put aside and made again. */
	assert_int_equal(work_write(a->w, area_id(a, "old.txt"), 0, "2", 1), 1);
	assert_int_equal(rename_to(a, "aside.txt", "aside.bak", 0), 0);
	area_put(a, "aside.txt", "2");
	area_put(a, "tmp", "2");
	assert_int_equal(rename_to(a, "tmp", "saved.txt", 0), 0);
	assert_int_equal(work_unnamed(a->w, keep, 0, collect, &b), 0);
	assert_int_equal(b.n, 0);
	assert_int_equal(work_unnamed(a->w, keep, 2, collect, &b), 0);
	assert_true(bytes_is(buf_bytes(&b), "d/b.txt x.wav "));
	assert_int_equal(work_drop(a->w, S("d/b.txt")), 0);
	assert_int_equal(area_id(a, "d/b.txt"), 0);
	assert_int_equal(work_drop(a->w, S("d/b.txt")), -ENOENT);
	assert_int_equal(work_drop(a->w, S("d")), -EISDIR);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, area_setup, area_teardown)
	const struct CMUnitTest tests[] = {
		T(test_rename),	    T(test_make),  T(test_deep),
		T(test_attributes), T(test_modes), T(test_watch),
		T(test_unnamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
