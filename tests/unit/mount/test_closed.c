/* What the mount refuses, and how it fails and ends: closed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "tests/unit/mount/serve_fix.h"

static void refused(struct fix *f, int r, const char *op)
{
	struct fake_event ev;

	assert_int_equal(r, -1);
	assert_int_equal(errno, EROFS);
	assert_true(fake_audit_last(f->audit, EV_DENIED, &ev));
	assert_true(bytes_is(ev.ev.v[EF_OP].b, op));
	assert_int_equal((int64_t)ev.ev.v[EF_RESULT].u, -EROFS);
}

static void test_writes_refused(void **state)
{
	struct fix *f = *state;
	char file[256];

	snprintf(file, sizeof(file), "%s/data/calls/1.json", f->dir);
	refused(f, open(file, O_WRONLY), "open");
	refused(f, open(file, O_RDWR), "open");
	refused(f, open(file, O_RDONLY | O_TRUNC), "open");
	refused(f, open(serve_at(f, "data/new"), O_CREAT | O_WRONLY, 0600),
		"create");
	refused(f, truncate(file, 0), "truncate");
	refused(f, chmod(file, 0777), "setattr");
	refused(f, unlink(file), "unlink");
	refused(f, rename(file, serve_at(f, "data/x")), "rename");
	refused(f, link(file, serve_at(f, "data/x")), "link");
	refused(f, symlink("/etc/passwd", serve_at(f, "data/x")), "symlink");
	refused(f, mkdir(serve_at(f, "data/x"), 0700), "mkdir");
	refused(f, mkdir(serve_at(f, "new"), 0700), "mkdir");
	refused(f, rmdir(serve_at(f, "data/calls")), "rmdir");
	refused(f, mkfifo(serve_at(f, "data/x"), 0600), "mknod");
	refused(f, setxattr(file, "user.a", "1", 1, 0), "setxattr");
	assert_int_equal(access(file, W_OK), -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(access(file, R_OK), 0);
	assert_int_equal(access(file, X_OK), -1);
	assert_int_equal(errno, EACCES);
}

/* No event, no byte: every way the log can fail. */
static void test_fails_closed(void **state)
{
	struct fix *f = *state;
	uint8_t b[100] = {0};
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);

	fake_audit_fail(f->audit, true, false);
	assert_int_equal(read(fd, b, sizeof(b)), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(open(serve_at(f, "data/calls/2.json"), O_RDONLY), -1);
	assert_int_equal(errno, EIO);
	fake_audit_fail(f->audit, false, true);
	assert_int_equal(read(fd, b, sizeof(b)), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(b[0], 0);
	fake_audit_fail(f->audit, false, false);
	assert_int_equal(read(fd, b, sizeof(b)), sizeof(b));
	close(fd);
}

static void test_damage_is_eio(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	uint8_t b[100];
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);

	fake_desk_fail(f->desk, true);
	assert_int_equal(read(fd, b, sizeof(b)), -1);
	assert_int_equal(errno, EIO);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	assert_int_equal((int64_t)ev.ev.v[EF_RESULT].u, -EIO);
	assert_int_equal(ev.ev.v[EF_TAG].b.n, 0);
	close(fd);
}

/* durability: read - the event of each reply is on disk before it. */
static void test_durable_read(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	uint8_t b[10];
	int fd;

	serve_down(f);
	assert_int_equal(serve_up(f, DURABLE_READ), 0);
	fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(read(fd, b, sizeof(b)), sizeof(b));
		assert_true(fake_audit_last(f->audit, EV_READ, &ev));
		assert_int_equal(fake_audit_synced(f->audit), ev.ev.seq);
	}
	close(fd);
}

/* After mount_stop nothing comes, and what was open is accounted for. */
static void test_stop(void **state)
{
	struct fix *f = *state;
	struct mount_counts c;
	struct fake_event op, ev;
	uint8_t b[10];
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);

	assert_int_equal(read(fd, b, sizeof(b)), sizeof(b));
	mount_stop(f->m);
	mount_stop(f->m);
	assert_int_equal(mount_join(f->m, &c), 0);
	assert_true(c.opens >= 1 && c.reads >= 1 && c.bytes >= 10);
	assert_true(fake_audit_last(f->audit, EV_OPEN, &op));
	assert_true(fake_audit_last(f->audit, EV_CLOSE, &ev));
	assert_int_equal(ev.ev.v[EF_REF].u, op.ev.seq);
	assert_int_equal(read(fd, b, sizeof(b)), -1);
	assert_true(errno == ENOTCONN || errno == ECONNABORTED);
	close(fd);
	umount2(f->dir, MNT_DETACH);
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

/* The loop ends by itself when the mount goes. */
static void test_unmounted(void **state)
{
	struct fix *f = *state;

	assert_int_equal(umount2(f->dir, MNT_DETACH), 0);
	assert_int_equal(mount_wait(f->m), 0);
	mount_stop(f->m);
	assert_int_equal(mount_join(f->m, NULL), 0);
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_writes_refused, serve_clear),
		cmocka_unit_test_setup(test_fails_closed, serve_clear),
		cmocka_unit_test_setup(test_damage_is_eio, serve_clear),
		cmocka_unit_test_setup(test_durable_read, serve_clear),
		cmocka_unit_test_setup(test_stop, serve_clear),
		cmocka_unit_test_setup(test_unmounted, serve_clear),
	};

	return serve_main(tests, sizeof(tests) / sizeof(tests[0]));
}
