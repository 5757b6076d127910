/* Recovery: torn tails, damage, and disks that went back in time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>

#include "fs/audit/core.h"
#include "tests/unit/audit/room.h"

/* No thread of the log may sync or sign in these tests. */
static struct audit_io quiet(void)
{
	struct audit_io io = *io_kernel();

	io.sync_ms = io.integrate_ms = io.heartbeat_ms = 3600000;
	return io;
}

/* Stop without a word, as a kill does. */
static void kill_log(struct audit *a)
{
	core_free(a);
}

/* The newest WAL segment that has frames. */
static void last_segment(struct room *r, char *out, size_t n)
{
	char best[WAL_NAME] = "", dir[128];
	struct dirent *en;
	uint64_t i;
	DIR *d;

	(void)snprintf(dir, sizeof(dir), "%s/.state", r->log);
	d = opendir(dir);
	while ((en = readdir(d)) != NULL) {
		if (wal_name_get(en->d_name, &i) == 0 &&
		    strcmp(en->d_name, best) > 0)
			(void)snprintf(best, sizeof(best), "%.23s", en->d_name);
	}
	closedir(d);
	assert_true(best[0] != '\0');
	(void)snprintf(out, n, "%s/.state/%s", r->log, best);
}

/* Offset and length of frame seq in that file. */
static uint64_t frame_at(const char *path, uint64_t seq, uint64_t *len)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct wal_header h;
	struct wal_frame f;
	uint64_t at = WAL_HEADER;

	assert_int_equal(file_read(AT_FDCWD, path, SIZE_MAX / 2, &b), 0);
	assert_int_equal(wal_header_get(buf_bytes(&b), &h), 1);
	for (;;) {
		assert_int_equal(
			wal_frame_get(bytes_sub(buf_bytes(&b), at, b.n), h.key,
				      &f),
			0);
		*len = f.n;
		if (f.seq == seq)
			return at;
		at += f.n;
	}
}

static void spoil(const char *path, uint64_t at, size_t n)
{
	static const char junk[64] = {[0 ... 63] = 0x5A};
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(n <= sizeof(junk));
	assert_true(pwrite(fd, junk, n, (off_t)at) == (ssize_t)n);
	fd_close(&fd);
}

/* The first RECOVERY of a log. */
struct found {
	char what[16];
	uint64_t seq, bytes, length;
};

static void note_first(struct found *f, const struct event *e)
{
	struct bytes what = event_getb(e, EF_KIND);

	f->seq = e->seq;
	f->bytes = event_get(e, EF_BYTES);
	f->length = event_get(e, EF_LENGTH);
	(void)snprintf(f->what, sizeof(f->what), "%.*s", (int)what.n,
		       (const char *)what.p);
}

/* The RECOVERY entries of a log: how many, and the first one. */
static unsigned recoveries(struct room *r, struct found *first, uint64_t *kept)
{
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	struct audit_entry en;
	unsigned n = 0;

	*kept = 0;
	assert_int_equal(
		audit_reader_open(r->log, r->pool, r->secret, &rd, NULL), 0);
	while (audit_reader_next(rd, &en, NULL) == 1) {
		size_t at = 0;
		struct bytes k, e;

		if (en.event.kind != EV_RECOVERY)
			continue;
		if (n++ == 0)
			note_first(first, &en.event);
		k = event_getb(&en.event, EF_KEPT);
		while (tile_entry(k, &at, &e) == 1)
			(*kept)++;
	}
	return n;
}

/* A killed process leaves all it wrote; nothing was torn. */
static void after_kill(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	struct found first;
	struct audit *a;
	uint64_t kept, seq = 0;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	for (uint64_t i = 0; i < 300; i++)
		seq = room_append(a, NULL, i);
	kill_log(a);
	a = room_open(&r);
	assert_true(room_append(a, NULL, 0) > seq);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(recoveries(&r, &first, &kept), 0);
	room_good(&r);
}

/* A torn last frame is cut and told; good frames behind a bad one are kept. */
static void torn(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	char path[160];
	struct found first;
	struct audit *a;
	uint64_t kept, seq = 0, at, len;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	for (uint64_t i = 0; i < 20; i++)
		seq = room_append(a, NULL, i);
	kill_log(a);
	last_segment(&r, path, sizeof(path));
	at = frame_at(path, seq - 4, &len);
	spoil(path, at + 4, 30);
	a = room_open(&r);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(recoveries(&r, &first, &kept), 2);
	assert_int_equal(kept, 4);
	assert_string_equal(first.what, "torn");
	assert_int_equal(first.seq, seq - 4);
	assert_int_equal(first.bytes, 5 * len);
	room_good(&r);
	/* Once and for all: the next start finds nothing to cut. */
	a = room_open(&r);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(recoveries(&r, &first, &kept), 2);
}

/* The same damage where later frames know it was synced: refused. */
static void damaged_below_synced(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	struct found first;
	struct err e = {0};
	char path[160];
	struct audit *a;
	uint64_t kept, seq = 0, at, len;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	for (uint64_t i = 0; i < 20; i++) {
		seq = room_append(a, NULL, i);
		if (i == 10)
			assert_int_equal(audit_durable(a, seq), 0);
	}
	kill_log(a);
	last_segment(&r, path, sizeof(path));
	at = frame_at(path, seq - 12, &len);
	spoil(path, at + 4, 30);
	assert_int_equal(audit_open(&r.c, &a, &e), -EUCLEAN);
	assert_non_null(strstr(e.text, "accept the loss"));
	r.c.accept_loss = true;
	assert_int_equal(audit_open(&r.c, &a, &e), 0);
	assert_int_equal(audit_close(a), 0);
	assert_true(recoveries(&r, &first, &kept) >= 1);
	assert_string_equal(first.what, "loss");
	assert_int_equal(first.length, 4);
	assert_int_equal(kept, 12);
	room_good(&r);
	r.c.accept_loss = false;
	a = room_open(&r);
	assert_int_equal(audit_close(a), 0);
}

/* Put a part of the older copy back into the log. */
static void put_old(struct room *r, const char *part)
{
	char from[160], to[160];

	(void)snprintf(from, sizeof(from), "%s/old/%s", r->dir, part);
	(void)snprintf(to, sizeof(to), "%s/%s", r->log, part);
	room_copy(from, to);
}

/* A log that lived a little longer after parts of it were copied away. */
static void two_ages(struct room *r, struct audit_io *io)
{
	struct audit *a;
	char old[80];

	room_new(r);
	r->c.io = io;
	room_create(r);
	a = room_open(r);
	for (uint64_t i = 0; i < 40; i++)
		(void)room_append(a, NULL, i);
	assert_int_equal(audit_close(a), 0);
	(void)snprintf(old, sizeof(old), "%s/old", r->dir);
	room_copy(r->log, old);
	a = room_open(r);
	for (uint64_t i = 0; i < 400; i++)
		(void)room_append(a, NULL, i);
	assert_int_equal(audit_close(a), 0);
}

static void back_in_time(void **state)
{
	static const struct {
		const char *part;
		int rc;
	} cases[] = {
		{".state", -ESTALE},
		{".state/signed", -ESTALE},
		{"tile", -ESTALE},
	};
	struct audit_io io = quiet();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(room_free) struct room r;
		struct audit *a = NULL;
		struct err e = {0};

		two_ages(&r, &io);
		put_old(&r, cases[i].part);
		assert_int_equal(audit_open(&r.c, &a, &e), cases[i].rc);
		assert_null(a);
		assert_non_null(strstr(e.text, "older"));
	}
}

/* The whole of it back: only a checkpoint kept elsewhere tells. */
static void all_back_in_time(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(buf_free) struct buf prev = {0};
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct audit_io io = quiet();
	struct err e = {0};
	char path[160];

	(void)state;
	two_ages(&r, &io);
	(void)snprintf(path, sizeof(path), "%s/checkpoint", r.log);
	assert_int_equal(file_read(AT_FDCWD, path, 65536, &prev), 0);
	(void)snprintf(path, sizeof(path), "%s/old", r.dir);
	room_copy(path, r.log);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), 0);
	audit_verdict_free(&v);
	assert_int_equal(room_verify(&r, buf_bytes(&prev), &v, &e), -EBADMSG);
}

static void damaged_tile(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	struct audit *a = NULL;
	struct err e = {0};
	char path[160], file[440];
	struct dirent *en;
	DIR *d;

	(void)state;
	two_ages(&r, &io);
	(void)snprintf(path, sizeof(path), "%s/tile/0/001.p", r.log);
	d = opendir(path);
	while ((en = readdir(d)) != NULL) {
		(void)snprintf(file, sizeof(file), "%s/%s", path, en->d_name);
		if (en->d_name[0] != '.')
			spoil(file, 9, 1);
	}
	closedir(d);
	assert_int_equal(audit_open(&r.c, &a, &e), -EUCLEAN);
}

/* Crash between `.state/signed` and the checkpoint: signed again, the same. */
static void signed_ahead(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(buf_free) struct buf prev = {0};
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct audit_io io = quiet();
	struct err e = {0};
	struct audit *a;
	char path[160];

	(void)state;
	two_ages(&r, &io);
	(void)snprintf(path, sizeof(path), "%s/checkpoint", r.log);
	assert_int_equal(file_read(AT_FDCWD, path, 65536, &prev), 0);
	put_old(&r, "checkpoint");
	a = room_open(&r);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(room_verify(&r, buf_bytes(&prev), &v, &e), 0);
}

static void other_key(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	struct audit *a = NULL;
	struct err e = {0};

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	key_free(r.sign);
	r.sign = key_random(r.pool);
	r.c.sign = r.sign;
	assert_int_equal(audit_open(&r.c, &a, &e), -EUCLEAN);
	r.c.origin = "carrel.test/other";
	assert_int_equal(audit_open(&r.c, &a, &e), -EUCLEAN);
}

/* Wrapped keys whose DEK event was lost are removed: a number comes again. */
static void stray_keys(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	struct audit *a;
	struct stat st;
	char path[200];

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	(void)snprintf(path, sizeof(path), "%s/keys/5000.0123456789abcdef",
		       r.log);
	assert_int_equal(file_replace(AT_FDCWD, path, 0600, bytes_str("x")), 0);
	a = room_open(&r);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(audit_close(a), 0);
}

/* Closed logs hold no more than they need; a hundred starts pile up nothing. */
static void many_starts(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = quiet();
	struct dirent *en;
	char dir[128];
	uint64_t bytes = 0;
	DIR *d;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	for (int i = 0; i < 100; i++) {
		struct audit *a = room_open(&r);

		if (i % 3 == 0)
			kill_log(a);
		else
			assert_int_equal(audit_close(a), 0);
	}
	assert_int_equal(audit_close(room_open(&r)), 0);
	(void)snprintf(dir, sizeof(dir), "%s/.state", r.log);
	d = opendir(dir);
	while ((en = readdir(d)) != NULL) {
		struct stat st;

		assert_int_equal(fstatat(dirfd(d), en->d_name, &st, 0), 0);
		if (S_ISREG(st.st_mode))
			bytes += (uint64_t)st.st_size;
	}
	closedir(d);
	assert_true(bytes < 200000);
	room_good(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_kill),
		cmocka_unit_test(torn),
		cmocka_unit_test(damaged_below_synced),
		cmocka_unit_test(back_in_time),
		cmocka_unit_test(all_back_in_time),
		cmocka_unit_test(damaged_tile),
		cmocka_unit_test(signed_ahead),
		cmocka_unit_test(other_key),
		cmocka_unit_test(stray_keys),
		cmocka_unit_test(many_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
