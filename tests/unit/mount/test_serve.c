/* Reading through the real kernel, over a desk and a log in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/tag.h"
#include "tests/unit/mount/serve_fix.h"

static void test_tree(void **state)
{
	struct fix *f = *state;
	struct stat st;
	DIR *d;
	struct dirent *de;
	unsigned n = 0;
	uint64_t last = 0;

	assert_int_equal(stat(serve_at(f, "data/big.txt"), &st), 0);
	assert_int_equal(st.st_size, FAKE_BIG);
	assert_int_equal(st.st_mode, S_IFREG | 0444);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_blksize, 1 << 20);
	assert_int_equal(st.st_uid, getuid());
	assert_int_equal(st.st_mtim.tv_nsec, 123456789);
	assert_int_equal(st.st_ctim.tv_sec, st.st_mtim.tv_sec);
	assert_int_equal(st.st_atim.tv_sec, st.st_mtim.tv_sec);
	assert_int_equal(stat(serve_at(f, "data"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0555);
	assert_int_equal(stat(serve_at(f, "TASK.md"), &st), 0);
	assert_int_equal(st.st_size, strlen(SERVE_TASK));
	assert_int_equal(stat(serve_at(f, "data/none"), &st), -1);
	assert_int_equal(errno, ENOENT);
	d = opendir(serve_at(f, "data/many"));
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

	assert_int_equal(serve_sh(f, "test $(ls data/calls | wc -l) = 2"), 0);
	assert_true(fake_audit_last(f->audit, EV_READDIR, &ev));
	assert_int_equal(ev.ev.v[EF_SESSION].u, 77);
	assert_true(bytes_is(ev.ev.v[EF_PATH].b, "calls"));
	assert_int_equal(ev.ev.v[EF_COUNT].u, 4);
	assert_int_equal(ev.ev.v[EF_DIGEST].b.n, 32);
	/* cached by the kernel: a second listing asks nobody */
	n = fake_audit_count(f->audit, EV_READDIR);
	assert_int_equal(serve_sh(f, "ls data/calls >/dev/null"), 0);
	assert_int_equal(fake_audit_count(f->audit, EV_READDIR), n);
	for (uint64_t i = 1; fake_audit_nth(f->audit, i, &ev); i++)
		sum += ev.ev.kind == EV_READDIR ? ev.ev.v[EF_COUNT].u : 0;
	assert_true(sum >= 4);
}

/* The kernel forgets the attributes of what was read; one listing of the folder
 * tells them all, and then it has the names once more. */
static void test_worn(void **state)
{
	struct fix *f = *state;
	struct stat st;
	unsigned asked;
	size_t n;

	assert_int_equal(serve_sh(f, "cat data/calls/* >/dev/null"), 0);
	n = fake_audit_count(f->audit, EV_READDIR);
	/* RELEASE comes after close(2) has returned */
	for (int i = 0; i < 500 && fake_audit_count(f->audit, EV_CLOSE) < 2;
	     i++)
		usleep(10000);
	assert_int_equal(serve_sh(f, "ls -U data/calls >/dev/null"), 0);
	assert_true(fake_audit_count(f->audit, EV_READDIR) > n);
	n = fake_audit_count(f->audit, EV_READDIR);
	asked = fake_desk_sizes();
	assert_int_equal(stat(serve_at(f, "data/calls/1.json"), &st), 0);
	assert_int_equal(stat(serve_at(f, "data/calls/2.json"), &st), 0);
	assert_int_equal(fake_desk_sizes(), asked);
	assert_int_equal(serve_sh(f, "ls -U data/calls >/dev/null"), 0);
	assert_int_equal(fake_audit_count(f->audit, EV_READDIR), n);
}

static void test_read_events(void **state)
{
	struct fix *f = *state;
	struct fake_event ev, op;
	uint8_t p[1000], tag[TAG_LEN];
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fake_audit_synced(f->audit), 0);
	assert_int_equal(pread(fd, p, sizeof(p), 12345), sizeof(p));
	serve_check(1, 12345, p, sizeof(p));
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	assert_true(fake_audit_last(f->audit, EV_OPEN, &op));
	assert_int_equal(ev.ev.v[EF_REF].u, op.ev.seq);
	assert_int_equal(ev.ev.v[EF_OFFSET].u, 12345);
	assert_int_equal(ev.ev.v[EF_ASKED].u, sizeof(p));
	assert_int_equal(ev.ev.v[EF_RESULT].u, sizeof(p));
	assert_true(bytes_is(ev.ev.v[EF_VIA].b, "read"));
	tag_once(tag, desk_cipher(f->desk), audit_dek_replay(f->dek),
		 ev.ev.v[EF_COUNTER].u, bytes_of(p, sizeof(p)));
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
	assert_int_equal(
		serve_sh(f, "for i in 1 2 3 4; do cat data/many/* >/dev/null & "
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
	int fd;

	assert_int_equal(
		serve_sh(f, "dd if=data/big.txt bs=64k count=3 of=/dev/null"
			    " 2>/dev/null"),
		0);
	for (int i = 0; i < 60000; i++) { /* RELEASE comes after close(2) */
		if (fake_audit_last(f->audit, EV_CLOSE, &ev))
			break;
		usleep(1000);
	}
	assert_true(fake_audit_last(f->audit, EV_CLOSE, &ev));
	assert_int_equal(ev.ev.v[EF_READS].u, 3);
	assert_int_equal(ev.ev.v[EF_BYTES].u, 3 * 65536);
	/* The heartbeat's number follows opens and closes. */
	for (int i = 0; i < 60000 && fake_audit_handles(f->audit) != 0; i++)
		usleep(1000);
	assert_int_equal(fake_audit_handles(f->audit), 0);
	fd = open(serve_at(f, "data/big.txt"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fake_audit_handles(f->audit), 1);
	close(fd);
}

static void test_task_is_logged(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;

	assert_int_equal(serve_sh(f, "grep -q Read TASK.md"), 0);
	assert_true(fake_audit_last(f->audit, EV_OPEN, &ev));
	assert_true(bytes_is(ev.ev.v[EF_PATH].b, "TASK.md"));
	assert_int_equal(ev.ev.v[EF_OBJECT].b.n, 0);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
}

static void test_mapping(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
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
	serve_check(1, 0, p, FAKE_BIG);
	munmap(p, FAKE_BIG);
	close(fd);
}

static void test_sendfile(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	int fd = open(serve_at(f, "data/calls/1.json"), O_RDONLY), p[2];
	uint8_t b[200];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(sendfile(p[1], fd, NULL, sizeof(b)), 105);
	assert_int_equal(read(p[0], b, sizeof(b)), 105);
	serve_check(5, 0, b, 105);
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
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
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
		serve_check(1, off, b, (size_t)got);
	}
	close(fd);
	assert_int_equal(serve_sh(f, "test $(wc -c <data/big.txt) = 5242883"),
			 0);
	assert_int_equal(serve_sh(f,
				  "cp data/big.txt /tmp/$$.h && cmp /tmp/$$.h "
				  "data/big.txt && rm /tmp/$$.h"),
			 0);
}

static void test_odds(void **state)
{
	struct fix *f = *state;
	struct statvfs v;
	char b[64];

	assert_int_equal(statvfs(serve_at(f, "data"), &v), 0);
	assert_int_equal(v.f_namemax, 255);
	assert_int_equal(v.f_files, 0);
	assert_int_equal(readlink(serve_at(f, "data/empty"), b, sizeof(b)), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(getxattr(serve_at(f, "data/empty"), "user.a", b, 10),
			 -1);
	assert_int_equal(errno, ENODATA);
	assert_int_equal(listxattr(serve_at(f, "data/empty"), b, sizeof(b)), 0);
	assert_int_equal(listxattr(serve_at(f, "data/empty"), NULL, 0), 0);
	assert_int_equal(open(serve_at(f, "data/empty/x"), O_RDONLY), -1);
	assert_int_equal(errno, ENOTDIR);
}

static void test_programs(void **state)
{
	struct fix *f = *state;

	assert_int_equal(
		serve_sh(f, "test $(grep -r a data | wc -l) -gt 80000"), 0);
	assert_int_equal(serve_sh(f, "tar cf - data 2>/dev/null | tar tf - | "
				     "grep -q data/many/0999"),
			 0);
	assert_int_equal(
		serve_sh(f, "tail -c 10 data/big.txt | wc -c | grep -qx 10"),
		0);
	assert_int_equal(serve_sh(f, "! touch data/x 2>/dev/null"), 0);
	if (serve_sh(f, "command -v python3 >/dev/null") != 0)
		return;
	assert_int_equal(
		serve_sh(f,
			 "python3 -c 'import mmap\n"
			 "f=open(\"data/big.txt\",\"rb\")\n"
			 "m=mmap.mmap(f.fileno(),0,access=mmap.ACCESS_READ)\n"
			 "assert m[:]==open(\"data/big.txt\",\"rb\").read()'"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_tree, serve_clear),
		cmocka_unit_test_setup(test_listing_logged, serve_clear),
		cmocka_unit_test_setup(test_read_events, serve_clear),
		cmocka_unit_test_setup(test_counters_differ, serve_clear),
		cmocka_unit_test_setup(test_close_counts, serve_clear),
		cmocka_unit_test_setup(test_task_is_logged, serve_clear),
		cmocka_unit_test_setup(test_mapping, serve_clear),
		cmocka_unit_test_setup(test_sendfile, serve_clear),
		cmocka_unit_test_setup(test_reads_agree, serve_clear),
		cmocka_unit_test_setup(test_odds, serve_clear),
		cmocka_unit_test_setup(test_worn, serve_clear),
		cmocka_unit_test_setup(test_programs, serve_clear),
	};

	return serve_main(tests, sizeof(tests) / sizeof(tests[0]));
}
