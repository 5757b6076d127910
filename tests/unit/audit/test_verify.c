/* The verifier's own rules: epochs, keys, origins, verdicts, live logs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/audit/core.h"
#include "tests/unit/audit/room.h"

static struct audit_io quiet(void)
{
	struct audit_io io = *io_kernel();

	io.sync_ms = io.integrate_ms = io.heartbeat_ms = 3600000;
	return io;
}

/* Pitfall: an empty or absent log is not a good one. */
static void absent(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct err e = {0};

	(void)state;
	room_new(&r);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), -ENOENT);
	assert_int_equal(mkdir(r.log, 0700), 0);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), -ENOENT);
	assert_int_equal(
		audit_verify(r.log, &(struct audit_verify){0}, &v, NULL),
		-ENOENT);
}

static void verdict(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct audit_verify none = {0};
	struct audit_io io = quiet();
	struct audit_dek *d = NULL;
	struct err e = {0};
	struct audit *a;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	assert_int_equal(audit_dek_new(a, &d, NULL), 0);
	audit_dek_free(d);
	for (uint64_t i = 0; i < 10; i++)
		(void)room_append(a, NULL, i);
	/* It runs: what is not signed yet is counted, not judged. */
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), 0);
	assert_int_equal(v.size, 4);
	assert_int_equal(v.unsigned_, 11);
	assert_int_equal(v.epochs, 2);
	assert_string_equal(v.origin, ROOM_ORIGIN);
	assert_true(v.trusted);
	assert_true(v.bad == UINT64_MAX);
	audit_verdict_free(&v);
	core_free(a); /* killed: the session was never settled */
	assert_int_equal(audit_close(room_open(&r)), 0);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), 0);
	assert_int_equal(v.sessions, 1);
	assert_int_equal(v.unsettled, 1);
	assert_int_equal(v.unsigned_, 0);
	audit_verdict_free(&v);
	/* No key: all is checked, nothing is believed. */
	assert_int_equal(audit_verify(r.log, &none, &v, &e), -ENOKEY);
	assert_false(v.trusted);
	assert_true(v.size > 10);
	none.vkey = bytes_str("nonsense");
	audit_verdict_free(&v);
	assert_int_equal(audit_verify(r.log, &none, &v, &e), -EINVAL);
}

/* Pitfall: signature good, origin another: one key under two names. */
static void origin(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct err e = {0};

	(void)state;
	room_new(&r);
	r.c.origin = "carrel.test/elsewhere";
	room_create(&r);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), -EBADMSG);
	assert_string_equal(e.place, "checkpoint");
	assert_non_null(strstr(e.text, "elsewhere"));
}

static void rotate(struct audit *a)
{
	pthread_mutex_lock(&a->ilock);
	assert_int_equal(core_epoch_rotate(a), 0);
	pthread_mutex_unlock(&a->ilock);
}

static void drop(struct room *r, uint64_t size)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/checkpoints/%llu", r->log,
		       (unsigned long long)size);
	assert_int_equal(unlink(path), 0);
}

/* Epochs change; the old one's last checkpoint must be there. */
static void epochs(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct audit_io io = quiet();
	struct err e = {0};
	struct audit *a;
	uint64_t size;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	(void)room_append(a, NULL, 1);
	rotate(a);
	size = a->tree.next;
	for (uint64_t i = 0; i < 300; i++)
		(void)room_append(a, NULL, i);
	rotate(a);
	(void)room_append(a, NULL, 1);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), 0);
	assert_int_equal(v.epochs, 4);
	audit_verdict_free(&v);
	drop(&r, size);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "epoch 2"));
	assert_int_equal(v.bad, size - 1);
}

static void rewrite_note(struct room *r, size_t keep, int with_log_key)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf out = {0};
	char path[160];
	struct note n;

	(void)snprintf(path, sizeof(path), "%s/checkpoint", r->log);
	assert_int_equal(file_read(AT_FDCWD, path, 65536, &b), 0);
	assert_int_equal(note_parse(buf_bytes(&b), &n), 0);
	assert_int_equal(buf_putb(&out, n.text), 0);
	assert_int_equal(buf_putc(&out, '\n'), 0);
	for (size_t i = 0; i < n.nsigs; i++) {
		if ((keep >> i & 1) == 0)
			continue;
		assert_int_equal(buf_puts(&out, "\xE2\x80\x94 "), 0);
		assert_int_equal(buf_putb(&out, n.sigs[i].name), 0);
		assert_int_equal(buf_putc(&out, ' '), 0);
		assert_int_equal(buf_putb(&out, n.sigs[i].b64), 0);
		assert_int_equal(buf_putc(&out, '\n'), 0);
	}
	if (with_log_key)
		assert_int_equal(note_sign(&out, n.text,
					   bytes_str(ROOM_ORIGIN "/e1"),
					   r->pool, r->sign),
				 0);
	assert_int_equal(file_replace(AT_FDCWD, path, 0600, buf_bytes(&out)),
			 0);
}

/* Missing protection is failure: a checkpoint without its epoch's line. */
static void epoch_line(void **state)
{
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct err e = {0};

	(void)state;
	for (int own = 0; own < 2; own++) {
		CLEANUP(room_free) struct room r;

		room_new(&r);
		room_create(&r);
		assert_int_equal(audit_close(room_open(&r)), 0);
		rewrite_note(&r, 1, own);
		assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e),
				 -EBADMSG);
		assert_non_null(strstr(e.text, "epoch"));
		audit_verdict_free(&v);
		rewrite_note(&r, 0, 1); /* and none by the log's key */
		assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e),
				 -EBADMSG);
		audit_verdict_free(&v);
	}
}

static void prev(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(room_free) struct room other;
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	CLEANUP(audit_verdict_free) struct audit_verdict w = {0};
	struct err e = {0};

	(void)state;
	room_new(&r);
	room_create(&r);
	assert_int_equal(room_verify(&r, bytes_of(NULL, 0), &v, &e), 0);
	assert_int_equal(audit_close(room_open(&r)), 0);
	assert_int_equal(room_verify(&r, buf_bytes(&v.checkpoint), &w, &e), 0);
	assert_true(w.size > v.size);
	audit_verdict_free(&w);
	assert_int_equal(room_verify(&r, bytes_str("no note"), &w, &e),
			 -EINVAL);
	audit_verdict_free(&w);
	/* The same key and name, another history. */
	room_new(&other);
	room_create(&other);
	assert_int_equal(audit_close(room_open(&other)), 0);
	assert_int_equal(room_verify(&other, buf_bytes(&v.checkpoint), &w, &e),
			 -EBADMSG);
	assert_non_null(strstr(e.text, "rewritten"));
}

static int stop(void *ctx, uint64_t done, uint64_t total, uint64_t items)
{
	(void)ctx;
	assert_true(done <= total);
	assert_int_equal(done, items);
	return -ECANCELED;
}

/* Shredded keys: integrity still checks, the reader says why it is closed. */
static void shredded(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	CLEANUP(key_freep) struct key *replay = NULL;
	struct audit_dek *d = NULL;
	struct audit_entry en;
	struct audit *a;
	char keys[160];
	uint64_t seq;

	(void)state;
	room_new(&r);
	room_create(&r);
	a = room_open(&r);
	assert_int_equal(audit_dek_new(a, &d, NULL), 0);
	seq = room_append(a, d, 1);
	audit_dek_free(d);
	assert_int_equal(audit_close(a), 0);
	(void)snprintf(keys, sizeof(keys), "%s/keys", r.log);
	room_remove(keys);
	room_good(&r);
	assert_int_equal(audit_reader_open(r.log, r.pool, r.secret, &rd, NULL),
			 0);
	assert_int_equal(audit_reader_seek(rd, seq), 0);
	assert_int_equal(audit_reader_next(rd, &en, NULL), 1);
	assert_false(en.opened);
	assert_string_equal(en.closed, "shredded");
	assert_int_equal(audit_reader_replay_key(rd, en.dek, &replay), -ESTALE);
	assert_int_equal(audit_reader_replay_key(rd, 0, &replay), -EBADMSG);
}

static void progress(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	const struct progress p = {stop, NULL};
	struct audit_verify o = {.progress = &p};
	struct audit_io io = quiet();
	struct audit *a;

	(void)state;
	room_new(&r);
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	for (uint64_t i = 0; i < 70000; i++)
		(void)room_append(a, NULL, i);
	assert_int_equal(audit_close(a), 0);
	o.vkey = buf_bytes(&r.vkey);
	assert_int_equal(audit_verify(r.log, &o, &v, NULL), -ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent),     cmocka_unit_test(verdict),
		cmocka_unit_test(origin),     cmocka_unit_test(epochs),
		cmocka_unit_test(epoch_line), cmocka_unit_test(prev),
		cmocka_unit_test(shredded),   cmocka_unit_test(progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
