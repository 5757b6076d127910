/* The mount served to the real kernel, over a desk and a log in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "fs/mount/mount.h"
#include "tests/unit/mount/fake.h"

/* One mount for all tests; each starts with an empty log. */
struct fix {
	struct keypool *pool;
	struct desk *desk;
	struct audit *audit;
	struct audit_dek *dek;
	struct mount *m;
	char dir[64];
};

static const char task_text[] = "# Task\nRead what is here.\n";

static int up(struct fix *f, enum durability d)
{
	struct buf o CLEANUP(buf_free) = {0};
	struct mount_want w = {.desk = f->desk,
			       .audit = f->audit,
			       .dek = f->dek,
			       .session = 77,
			       .durability = d,
			       .uid = getuid(),
			       .gid = getgid(),
			       .task = bytes_str(task_text)};
	struct err e = {0};

	w.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (w.fd < 0)
		return -errno;
	if (mount_options(w.uid, w.gid, w.fd, &o) != 0)
		return -ENOMEM;
	if (mount("carrel", f->dir, "fuse", mount_flags(), buf_str(&o)) != 0)
		return -errno;
	return mount_start(&w, &f->m, &e);
}

static void down(struct fix *f)
{
	umount2(f->dir, MNT_DETACH);
	mount_stop(f->m);
	assert_int_equal(mount_join(f->m, NULL), 0);
	f->m = NULL;
}

static int setup(void **state)
{
	static struct fix f;

	snprintf(f.dir, sizeof(f.dir), "/tmp/carrel-mount-XXXXXX");
	*state = &f;
	if (mkdtemp(f.dir) == NULL || keypool_new(&f.pool, NULL) != 0)
		return -1;
	f.desk = fake_desk_new();
	f.audit = fake_audit_new();
	f.dek = fake_dek_new(f.pool);
	return up(&f, DURABLE_OPEN);
}

static int teardown(void **state)
{
	struct fix *f = *state;

	down(f);
	rmdir(f->dir);
	fake_dek_free(f->dek);
	fake_audit_free(f->audit);
	fake_desk_free(f->desk);
	keypool_free(f->pool);
	return 0;
}

static int clear(void **state)
{
	struct fix *f = *state;

	fake_audit_clear(f->audit);
	fake_desk_fail(f->desk, false);
	return 0;
}

static const char *at(struct fix *f, const char *path)
{
	static char b[4][256];
	static int i;

	i = (i + 1) % 4;
	snprintf(b[i], sizeof(b[i]), "%s/%s", f->dir, path);
	return b[i];
}

/* A command's exit code, its output compared by the shell itself. */
static int sh(struct fix *f, const char *script)
{
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		if (chdir(f->dir) == 0)
			execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(126);
	}
	waitpid(pid, &st, 0);
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

static void check_bytes(uint32_t nr, uint64_t off, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != fake_byte(nr, off + i))
			fail_msg("byte %zu differs", (size_t)off + i);
}

static void test_tree(void **state)
{
	struct fix *f = *state;
	struct stat st;
	DIR *d;
	struct dirent *de;
	unsigned n = 0;
	uint64_t last = 0;

	assert_int_equal(stat(at(f, "data/big.txt"), &st), 0);
	assert_int_equal(st.st_size, FAKE_BIG);
	assert_int_equal(st.st_mode, S_IFREG | 0444);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_blksize, 1 << 20);
	assert_int_equal(st.st_uid, getuid());
	assert_int_equal(st.st_mtim.tv_nsec, 123456789);
	assert_int_equal(st.st_ctim.tv_sec, st.st_mtim.tv_sec);
	assert_int_equal(st.st_atim.tv_sec, st.st_mtim.tv_sec);
	assert_int_equal(stat(at(f, "data"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0555);
	assert_int_equal(stat(at(f, "TASK.md"), &st), 0);
	assert_int_equal(st.st_size, sizeof(task_text) - 1);
	assert_int_equal(stat(at(f, "data/none"), &st), -1);
	assert_int_equal(errno, ENOENT);
	d = opendir(at(f, "data/many"));
	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		assert_true(de->d_ino > last);
		last = de->d_ino;
		assert_int_equal(atoi(de->d_name), n);
		n++;
	}
	closedir(d);
	assert_int_equal(n, FAKE_MANY);
}

/* Names leave only with an event that counts and digests them. */
static void test_listing_logged(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	uint64_t sum = 0;
	size_t n;

	assert_int_equal(sh(f, "test $(ls data/calls | wc -l) = 2"), 0);
	assert_true(fake_audit_last(f->audit, EV_READDIR, &ev));
	assert_int_equal(ev.ev.v[EF_SESSION].u, 77);
	assert_true(bytes_is(ev.ev.v[EF_PATH].b, "calls"));
	assert_int_equal(ev.ev.v[EF_COUNT].u, 4);
	assert_int_equal(ev.ev.v[EF_DIGEST].b.n, 32);
	/* cached by the kernel: a second listing asks nobody */
	n = fake_audit_count(f->audit, EV_READDIR);
	assert_int_equal(sh(f, "ls data/calls >/dev/null"), 0);
	assert_int_equal(fake_audit_count(f->audit, EV_READDIR), n);
	for (uint64_t i = 1; fake_audit_nth(f->audit, i, &ev); i++)
		sum += ev.ev.kind == EV_READDIR ? ev.ev.v[EF_COUNT].u : 0;
	assert_true(sum >= 4);
}

static void test_read_events(void **state)
{
	struct fix *f = *state;
	struct fake_event ev, op;
	uint8_t p[1000], tag[TAG_LEN];
	int fd = open(at(f, "data/big.txt"), O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fake_audit_synced(f->audit), 0);
	assert_int_equal(pread(fd, p, sizeof(p), 12345), sizeof(p));
	check_bytes(1, 12345, p, sizeof(p));
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	assert_true(fake_audit_last(f->audit, EV_OPEN, &op));
	assert_int_equal(ev.ev.v[EF_REF].u, op.ev.seq);
	assert_int_equal(ev.ev.v[EF_OFFSET].u, 12345);
	assert_int_equal(ev.ev.v[EF_ASKED].u, sizeof(p));
	assert_int_equal(ev.ev.v[EF_RESULT].u, sizeof(p));
	assert_true(bytes_is(ev.ev.v[EF_VIA].b, "read"));
	hash_onetime_tag(tag, audit_dek_replay(f->dek), ev.ev.v[EF_COUNTER].u,
			 bytes_of(p, sizeof(p)));
	assert_memory_equal(tag, ev.bytes[EF_TAG], TAG_LEN);
	/* open: the OPEN was durable before the first byte, READ need not */
	assert_int_equal(fake_audit_synced(f->audit), op.ev.seq);
	assert_true(bytes_is(op.ev.v[EF_PATH].b, "big.txt"));
	assert_int_equal(op.ev.v[EF_SIZE].u, FAKE_BIG);
	assert_int_equal(op.ev.v[EF_VERSION].u, 1);
	assert_int_equal(op.ev.v[EF_OBJECT].b.n, STORE_ID);
	assert_int_equal(op.ev.v[EF_RECIPE].b.n, 32);
	assert_int_equal(op.ev.v[EF_UID].u, getuid());
	assert_true(op.ev.v[EF_PID].u > 0);
	assert_true(op.ev.v[EF_EXE].b.n > 0);
	close(fd);
}

/* Counters are taken once each, whatever the threads do. */
static void test_counters_differ(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	static uint8_t seen[1 << 16];

	memset(seen, 0, sizeof(seen));
	assert_int_equal(sh(f,
			    "for i in 1 2 3 4; do cat data/many/* >/dev/null & "
			    "done; wait"),
			 0);
	for (uint64_t i = 1; fake_audit_nth(f->audit, i, &ev); i++) {
		uint64_t c = ev.ev.v[EF_COUNTER].u;

		if (ev.ev.kind != EV_READ)
			continue;
		assert_true(c < sizeof(seen));
		assert_int_equal(seen[c], 0);
		seen[c] = 1;
	}
	assert_true(fake_audit_count(f->audit, EV_OPEN) >= 4 * FAKE_MANY);
}

static void test_close_counts(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;

	assert_int_equal(sh(f, "dd if=data/big.txt bs=64k count=3 of=/dev/null"
			       " 2>/dev/null"),
			 0);
	for (int i = 0; i < 1000; i++) { /* RELEASE comes after close(2) */
		if (fake_audit_last(f->audit, EV_CLOSE, &ev))
			break;
		usleep(1000);
	}
	assert_true(fake_audit_last(f->audit, EV_CLOSE, &ev));
	assert_int_equal(ev.ev.v[EF_READS].u, 3);
	assert_int_equal(ev.ev.v[EF_BYTES].u, 3 * 65536);
}

static void test_task_is_logged(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;

	assert_int_equal(sh(f, "grep -q Read TASK.md"), 0);
	assert_true(fake_audit_last(f->audit, EV_OPEN, &ev));
	assert_true(bytes_is(ev.ev.v[EF_PATH].b, "TASK.md"));
	assert_int_equal(ev.ev.v[EF_OBJECT].b.n, 0);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
}

static void test_mapping(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	int fd = open(at(f, "data/big.txt"), O_RDONLY);
	uint8_t *p, c;
	size_t n;

	p = mmap(NULL, FAKE_BIG, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED && errno == ENODEV) {
		close(fd);
		skip(); /* a kernel before 6.6 */
	}
	assert_true(p != MAP_FAILED);
	n = fake_audit_count(f->audit, EV_READ);
	c = p[1000000];
	assert_int_equal(c, fake_byte(1, 1000000));
	/* one touched byte is one page in the log */
	assert_int_equal(fake_audit_count(f->audit, EV_READ), n + 1);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	assert_true(bytes_is(ev.ev.v[EF_VIA].b, "cache"));
	assert_int_equal(ev.ev.v[EF_ASKED].u, 4096);
	assert_int_equal(ev.ev.v[EF_OFFSET].u, 1000000 / 4096 * 4096);
	check_bytes(1, 0, p, FAKE_BIG);
	munmap(p, FAKE_BIG);
	close(fd);
}

static void test_sendfile(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	int fd = open(at(f, "data/calls/1.json"), O_RDONLY), p[2];
	uint8_t b[200];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(sendfile(p[1], fd, NULL, sizeof(b)), 105);
	assert_int_equal(read(p[0], b, sizeof(b)), 105);
	check_bytes(5, 0, b, 105);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	close(p[0]);
	close(p[1]);
	close(fd);
}

/* Whole reads, odd sizes and offsets: all are the same bytes. */
static void test_reads_agree(void **state)
{
	struct fix *f = *state;
	static uint8_t b[3 << 20];
	int fd = open(at(f, "data/big.txt"), O_RDONLY);
	uint64_t seed = 42;

	for (int i = 0; i < 200; i++) {
		uint64_t off, n;
		ssize_t got;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		off = (seed >> 33) % (FAKE_BIG + 5000);
		n = i % 10 == 0 ? sizeof(b) : (seed >> 20) % 9000;
		got = pread(fd, b, n, (off_t)off);
		assert_true(got >= 0);
		assert_int_equal(got, off >= FAKE_BIG	   ? 0
				      : n < FAKE_BIG - off ? n
							   : FAKE_BIG - off);
		check_bytes(1, off, b, (size_t)got);
	}
	close(fd);
	assert_int_equal(sh(f, "test $(wc -c <data/big.txt) = 5242883"), 0);
	assert_int_equal(sh(f, "cp data/big.txt /tmp/$$.h && cmp /tmp/$$.h "
			       "data/big.txt && rm /tmp/$$.h"),
			 0);
}

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
	refused(f, open(at(f, "data/new"), O_CREAT | O_WRONLY, 0600), "create");
	refused(f, truncate(file, 0), "truncate");
	refused(f, chmod(file, 0777), "setattr");
	refused(f, unlink(file), "unlink");
	refused(f, rename(file, at(f, "data/x")), "rename");
	refused(f, link(file, at(f, "data/x")), "link");
	refused(f, symlink("/etc/passwd", at(f, "data/x")), "symlink");
	refused(f, mkdir(at(f, "data/x"), 0700), "mkdir");
	refused(f, mkdir(at(f, "new"), 0700), "mkdir");
	refused(f, rmdir(at(f, "data/calls")), "rmdir");
	refused(f, mkfifo(at(f, "data/x"), 0600), "mknod");
	refused(f, setxattr(file, "user.a", "1", 1, 0), "setxattr");
	assert_int_equal(access(file, W_OK), -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(access(file, R_OK), 0);
	assert_int_equal(access(file, X_OK), -1);
	assert_int_equal(errno, EACCES);
}

static void test_odds(void **state)
{
	struct fix *f = *state;
	struct statvfs v;
	char b[64];

	assert_int_equal(statvfs(at(f, "data"), &v), 0);
	assert_int_equal(v.f_namemax, 255);
	assert_int_equal(v.f_files, 0);
	assert_int_equal(readlink(at(f, "data/empty"), b, sizeof(b)), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(getxattr(at(f, "data/empty"), "user.a", b, 10), -1);
	assert_int_equal(errno, ENODATA);
	assert_int_equal(listxattr(at(f, "data/empty"), b, sizeof(b)), 0);
	assert_int_equal(listxattr(at(f, "data/empty"), NULL, 0), 0);
	assert_int_equal(open(at(f, "data/empty/x"), O_RDONLY), -1);
	assert_int_equal(errno, ENOTDIR);
}

/* No event, no byte: every way the log can fail. */
static void test_fails_closed(void **state)
{
	struct fix *f = *state;
	uint8_t b[100] = {0};
	int fd = open(at(f, "data/big.txt"), O_RDONLY);

	fake_audit_fail(f->audit, true, false);
	assert_int_equal(read(fd, b, sizeof(b)), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(open(at(f, "data/calls/2.json"), O_RDONLY), -1);
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
	int fd = open(at(f, "data/big.txt"), O_RDONLY);

	fake_desk_fail(f->desk, true);
	assert_int_equal(read(fd, b, sizeof(b)), -1);
	assert_int_equal(errno, EIO);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	assert_int_equal((int64_t)ev.ev.v[EF_RESULT].u, -EIO);
	assert_int_equal(ev.ev.v[EF_TAG].b.n, 0);
	close(fd);
}

static void test_programs(void **state)
{
	struct fix *f = *state;

	assert_int_equal(sh(f, "test $(grep -r a data | wc -l) -gt 80000"), 0);
	assert_int_equal(sh(f, "tar cf - data 2>/dev/null | tar tf - | "
			       "grep -q data/many/0999"),
			 0);
	assert_int_equal(sh(f, "tail -c 10 data/big.txt | wc -c | grep -qx 10"),
			 0);
	assert_int_equal(sh(f, "! touch data/x 2>/dev/null"), 0);
	if (sh(f, "command -v python3 >/dev/null") != 0)
		return;
	assert_int_equal(
		sh(f, "python3 -c 'import mmap\n"
		      "f=open(\"data/big.txt\",\"rb\")\n"
		      "m=mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ)\n"
		      "assert m[:]==open(\"data/big.txt\",\"rb\").read()'"),
		0);
}

/* durability: read - the event of each reply is on disk before it. */
static void test_durable_read(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	uint8_t b[10];
	int fd;

	down(f);
	assert_int_equal(up(f, DURABLE_READ), 0);
	fd = open(at(f, "data/big.txt"), O_RDONLY);
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
	int fd = open(at(f, "data/big.txt"), O_RDONLY);

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
	assert_int_equal(up(f, DURABLE_OPEN), 0);
}

/* The loop ends by itself when the mount goes. */
static void test_unmounted(void **state)
{
	struct fix *f = *state;

	assert_int_equal(umount2(f->dir, MNT_DETACH), 0);
	assert_int_equal(mount_wait(f->m), 0);
	mount_stop(f->m);
	assert_int_equal(mount_join(f->m, NULL), 0);
	assert_int_equal(up(f, DURABLE_OPEN), 0);
}

static int write_file(const char *path, const char *text)
{
	int fd CLEANUP(fd_close) = open(path, O_WRONLY);

	return fd < 0 ? -errno : fd_write_full(fd, bytes_str(text));
}

/* An ordinary user becomes himself in a user namespace of his own. */
static int own_user(void)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof(uid), "%u %u 1", getuid(), getuid());
	snprintf(gid, sizeof(gid), "%u %u 1", getgid(), getgid());
	if (unshare(CLONE_NEWUSER) != 0)
		return -errno;
	if (write_file("/proc/self/setgroups", "deny") != 0 ||
	    write_file("/proc/self/uid_map", uid) != 0)
		return -EPERM;
	return write_file("/proc/self/gid_map", gid);
}

/* An own mount namespace: no trace stays, whoever runs this. */
static int private_mounts(void)
{
	if (getuid() != 0 && own_user() != 0)
		return -1;
	if (unshare(CLONE_NEWNS) != 0)
		return -1;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tree, clear),
		cmocka_unit_test_setup(test_listing_logged, clear),
		cmocka_unit_test_setup(test_read_events, clear),
		cmocka_unit_test_setup(test_counters_differ, clear),
		cmocka_unit_test_setup(test_close_counts, clear),
		cmocka_unit_test_setup(test_task_is_logged, clear),
		cmocka_unit_test_setup(test_mapping, clear),
		cmocka_unit_test_setup(test_sendfile, clear),
		cmocka_unit_test_setup(test_reads_agree, clear),
		cmocka_unit_test_setup(test_writes_refused, clear),
		cmocka_unit_test_setup(test_odds, clear),
		cmocka_unit_test_setup(test_fails_closed, clear),
		cmocka_unit_test_setup(test_damage_is_eio, clear),
		cmocka_unit_test_setup(test_programs, clear),
		cmocka_unit_test_setup(test_durable_read, clear),
		cmocka_unit_test_setup(test_stop, clear),
		cmocka_unit_test_setup(test_unmounted, clear),
	};

	if (access("/dev/fuse", R_OK | W_OK) != 0 || private_mounts() != 0) {
		printf("SKIP: no /dev/fuse, or no namespaces here\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
