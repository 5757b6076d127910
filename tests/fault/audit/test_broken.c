/* Disks that fail at one call: the log dies, says so, and comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same small life of a log is run once per call it makes to the disk, with
 * just that call failing. Afterwards, on a disk that works: everything that
 * was acknowledged stands, and the verifier passes. While it runs: after a
 * failed write or sync nothing is acknowledged any more, though the disk works
 * again.
 */
#include <pthread.h>

#include "fs/audit/io.h"
#include "tests/unit/audit/room.h"

enum call {
	ANY,
	WRITE,
	SYNC,
	ALLOC,
	RENAME,
	MKDIR,
	OPEN
};

/* Fails call number `at` of the kind (ANY: of all) with err. */
struct faulty {
	struct audit_io io;
	pthread_mutex_t lock;
	enum call kind;
	uint64_t at, seen;
	int err;
	bool hit, sticky;
};

static int fault(struct faulty *f, enum call c)
{
	int rc = 0;

	pthread_mutex_lock(&f->lock);
	if (f->kind == ANY || f->kind == c) {
		f->seen++;
		if (f->at != 0 &&
		    (f->seen == f->at || (f->sticky && f->seen > f->at))) {
			f->hit = true;
			rc = f->err;
		}
	}
	pthread_mutex_unlock(&f->lock);
	return rc;
}

static int f_open(void *ctx, int dir, const char *path, int flags, mode_t mode)
{
	int rc = fault(ctx, OPEN);

	return rc != 0 ? rc : io_kernel()->open(NULL, dir, path, flags, mode);
}

static int f_write(void *ctx, int fd, struct bytes b, uint64_t off)
{
	int rc = fault(ctx, WRITE);

	if (rc == 0)
		return io_kernel()->write(NULL, fd, b, off);
	/* Half of it arrives. */
	(void)!pwrite(fd, b.p, b.n / 2, (off_t)off);
	return rc;
}

/* Nothing here is cut, so nothing need be synced for real. */
static int f_sync(void *ctx, int fd, bool data_only)
{
	(void)fd;
	(void)data_only;
	return fault(ctx, SYNC);
}

static int f_alloc(void *ctx, int fd, uint64_t size)
{
	int rc = fault(ctx, ALLOC);

	return rc != 0 ? rc : io_kernel()->trunc(NULL, fd, size);
}

static int f_trunc(void *ctx, int fd, uint64_t size)
{
	int rc = fault(ctx, ALLOC);

	return rc != 0 ? rc : io_kernel()->trunc(NULL, fd, size);
}

static int f_rename(void *ctx, int dir, const char *from, const char *to)
{
	int rc = fault(ctx, RENAME);

	return rc != 0 ? rc : io_kernel()->rename(NULL, dir, from, to);
}

static int f_mkdir(void *ctx, int dir, const char *path, mode_t mode)
{
	int rc = fault(ctx, MKDIR);

	return rc != 0 ? rc : io_kernel()->mkdir(NULL, dir, path, mode);
}

static void faulty_new(struct faulty *f, enum call kind, uint64_t at, int err)
{
	*f = (struct faulty){.kind = kind, .at = at, .err = err};
	pthread_mutex_init(&f->lock, NULL);
	f->io = *io_kernel();
	f->io.ctx = f;
	f->io.open = f_open;
	f->io.write = f_write;
	f->io.map = NULL; /* there is no call in it to break */
	f->io.sync = f_sync;
	f->io.alloc = f_alloc;
	f->io.trunc = f_trunc;
	f->io.rename = f_rename;
	f->io.mkdir = f_mkdir;
	f->io.segment = (size_t)16 * 1024;
	/* The threads stay out of it: calls come in one order. */
	f->io.sync_ms = f->io.integrate_ms = f->io.heartbeat_ms = 3600000;
}

#define LIFE 150

/* Acknowledged numbers of one life. */
struct life {
	uint64_t seq[LIFE];
	size_t n, durable;
	bool died;
	struct err why; /* it did not even begin */
};

static void append_some(struct audit *a, struct audit_dek *d, struct life *l)
{
	for (uint64_t i = 0; i < LIFE; i++) {
		struct event e = room_event(i);
		uint64_t seq;
		int rc = audit_append(a, d, &e, &seq);

		if (l->died && audit_dead(a) != 0)
			assert_int_equal(rc, -EIO);
		if (rc != 0) {
			l->died = true;
			continue;
		}
		l->seq[l->n++] = seq;
		if (i % 10 == 9 && audit_durable(a, seq) == 0)
			l->durable = l->n;
		else if (i % 10 == 9)
			l->died = true;
		if (i == LIFE / 2 && audit_checkpoint(a) != 0)
			l->died = true;
	}
}

/* Opens, writes, closes; whatever fails, it must not crash or lie. */
static void live(struct room *r, struct life *l)
{
	struct audit_dek *d = NULL;
	struct audit *a = NULL;
	struct err e = {0};
	int rc = audit_create(&r->c, &e);

	l->n = l->durable = 0;
	if (rc == 0 || rc == -EEXIST)
		rc = audit_open(&r->c, &a, &e);
	if (rc != 0) {
		l->died = true;
		l->why = e;
		return;
	}
	if (audit_dek_new(a, &d, NULL) == 0)
		append_some(a, d, l);
	else if (audit_dead(a) != 0)
		assert_int_equal(audit_append(a, NULL,
					      &(struct event){.kind = EV_OPEN},
					      NULL),
				 -EIO);
	audit_dek_free(d);
	rc = audit_close(a);
	if (l->n < LIFE)
		assert_true(rc != 0 || !l->died || l->n > 0);
}

static void check(struct room *r, const struct life *l)
{
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	struct audit_entry en;
	size_t at = 0;

	assert_int_equal(
		audit_reader_open(r->log, r->pool, r->secret, &rd, NULL), 0);
	while (audit_reader_next(rd, &en, NULL) == 1) {
		if (at < l->n && en.seq == l->seq[at] && en.opened &&
		    en.event.kind == EV_READ)
			at++;
	}
	assert_int_equal(at, l->n);
}

/* One life with one fault, then a good one; false: the fault was not met. */
static bool one(enum call kind, uint64_t at, int err)
{
	CLEANUP(room_free) struct room r;
	struct life l = {.n = 0}, good = {.n = 0};
	struct faulty f, ok;

	room_new(&r);
	faulty_new(&f, kind, at, err);
	r.c.io = &f.io;
	live(&r, &l);
	faulty_new(&ok, ANY, 0, 0);
	r.c.io = &ok.io;
	live(&r, &good);
	if (good.n != LIFE)
		fail_msg("after call %d: %s: %s", (int)at, good.why.place,
			 good.why.text);
	assert_false(good.died);
	check(&r, &good);
	/* Written, and the process went on: the page cache has it. */
	check(&r, &l);
	room_good(&r);
	return f.hit;
}

static void every_call(void **state)
{
	uint64_t n = 1;

	(void)state;
	while (one(ANY, n, -EIO))
		n++;
	print_message("%d calls, each failed once\n", (int)n - 1);
	assert_true(n > 200);
}

static void every_write_full(void **state)
{
	uint64_t n = 1;

	(void)state;
	while (one(WRITE, n, -ENOSPC))
		n++;
	assert_true(n > 100);
}

/* No room for a segment: refused, nothing begun, and on when there is room. */
static void full_disk_between_frames(void **state)
{
	CLEANUP(room_free) struct room r;
	struct faulty f, ok;
	uint64_t refused = 0;
	struct audit *a;
	int rc = 0;

	(void)state;
	room_new(&r);
	faulty_new(&ok, ANY, 0, 0);
	r.c.io = &ok.io;
	room_create(&r);
	faulty_new(&f, ALLOC, 3, -ENOSPC);
	f.sticky = true;
	r.c.io = &f.io;
	a = room_open(&r);
	for (uint64_t i = 0; i < 1000 && rc == 0; i++) {
		struct event e = room_event(i);

		rc = audit_append(a, NULL, &e, NULL);
		refused += rc != 0;
	}
	assert_int_equal(rc, -ENOSPC);
	assert_int_equal(audit_dead(a), 0);
	f.at = 0; /* somebody made room */
	assert_true(room_append(a, NULL, 1) > 0);
	assert_int_equal(refused, 1);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

/* A sync that failed once is never believed again. */
static void failed_sync(void **state)
{
	CLEANUP(room_free) struct room r;
	struct event e = room_event(1);
	struct faulty f;
	struct audit *a;
	uint64_t seq;

	(void)state;
	room_new(&r);
	faulty_new(&f, SYNC, 0, -EIO);
	r.c.io = &f.io;
	room_create(&r);
	a = room_open(&r);
	seq = room_append(a, NULL, 0);
	f.at = f.seen + 1;
	assert_int_equal(audit_durable(a, seq), -EIO);
	assert_false(audit_is_durable(a, seq));
	assert_int_equal(audit_durable(a, seq), -EIO);
	assert_int_equal(audit_dead(a), -EIO);
	assert_int_equal(audit_append(a, NULL, &e, NULL), -EIO);
	assert_int_equal(audit_checkpoint(a), -EIO);
	assert_int_equal(audit_close(a), -EIO);
	a = room_open(&r);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call),
		cmocka_unit_test(every_write_full),
		cmocka_unit_test(full_disk_between_frames),
		cmocka_unit_test(failed_sync),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
