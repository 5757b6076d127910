/* The log as a whole: create, append, close, open again, read, verify. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/audit/core.h"
#include "tests/unit/audit/room.h"

/* Count entries, check numbers and that all open with the secret. */
static uint64_t read_all(struct room *r, const struct key *secret,
			 uint64_t *reads)
{
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	struct audit_entry en;
	struct err e = {0};
	uint64_t n = 0;
	int rc;

	assert_int_equal(audit_reader_open(r->log, r->pool, secret, &rd, &e),
			 0);
	while ((rc = audit_reader_next(rd, &en, &e)) == 1) {
		assert_int_equal(en.seq, n++);
		if (secret != NULL)
			assert_true(en.opened);
		else
			assert_true(en.opened == (en.dek == 0));
		if (en.opened && en.event.kind == EV_READ) {
			assert_int_equal(event_get(&en.event, EF_OFFSET),
					 *reads);
			assert_true(bytes_is(event_getb(&en.event, EF_PATH),
					     "calls/0007.json"));
			(*reads)++;
		}
	}
	if (rc != 0)
		fail_msg("read: %s: %s", e.place, e.text);
	return n;
}

static void round_trip(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_dek *d = NULL;
	struct audit *a;
	uint64_t reads = 0, seq = 0;

	(void)state;
	room_new(&r);
	room_create(&r);
	room_good(&r);
	a = room_open(&r);
	assert_int_equal(audit_dek_new(a, &d, NULL), 0);
	for (uint64_t i = 0; i < 700; i++)
		seq = room_append(a, i % 2 == 0 ? d : NULL, i);
	assert_int_equal(audit_durable(a, seq), 0);
	assert_true(audit_is_durable(a, seq));
	read_all(&r, r.secret, &reads); /* while it runs */
	assert_int_equal(reads, 700);
	audit_dek_free(d);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
	reads = 0;
	seq = read_all(&r, r.secret, &reads);
	assert_int_equal(reads, 700);
	reads = 0;
	assert_int_equal(read_all(&r, NULL, &reads), seq);
	assert_int_equal(reads, 0);
	a = room_open(&r);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

/* Cut off under its writer within the page that it writes to: the rest of the
 * page takes an entry, the file has none of it. */
static void cut_off(void **state)
{
	CLEANUP(room_free) struct room r;
	struct event e = room_event(1);
	struct audit *a;
	uint64_t seq;
	int rc;

	(void)state;
	room_new(&r);
	room_create(&r);
	a = room_open(&r);
	assert_int_equal(audit_append(a, NULL, &e, &seq), 0);
	assert_int_equal(audit_durable(a, seq), 0);
	assert_int_equal(ftruncate(a->wal.fd, (off_t)a->wal.off + 1), 0);
	rc = audit_append(a, NULL, &e, &seq);
	if (rc == 0) /* else the syncer has seen it */
		rc = audit_durable(a, seq);
	assert_int_equal(rc, -EIO);
	assert_int_equal(audit_dead(a), -EIO);
	(void)audit_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
