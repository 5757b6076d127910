/* Power cuts and kills at random points: nothing acknowledged is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each round runs a log on a disk that stops at a random call, makes what the
 * disk (power cut) or the page cache (kill) is left with, and starts again from
 * there, a few times over, so that recovery is cut as well; or first the
 * process is killed, another goes on, and then the power goes, taking what
 * neither has synced. Then, on a disk that works: the log opens; every event
 * that was acknowledged durable, or written before a process that is killed or
 * found by the one that goes on, stands at its number; the verifier passes,
 * also with the last checkpoint anybody can have seen before the cut.
 *
 * argv[1]: rounds (default 300).
 */
#include <sys/prctl.h>

#include "base/mem.h"
#include "tests/fault/audit/disk.h"
#include "tests/unit/audit/room.h"

#define MOST 4000

static int rounds = 300;

/* What was promised: mark[i] is the EF_OFFSET that entry i must have. */
struct promise {
	uint64_t seq[MOST], mark[MOST];
	size_t n, durable; /* all of them; those that a power cut must leave */
	struct buf note;   /* the last checkpoint seen */
	uint64_t marks;
};

/* What the disk was left with takes the place of what the process saw. */
static void put_back(const char *dir, const char *after)
{
	room_remove(dir);
	assert_int_equal(rename(after, dir), 0);
}

static void promise_add(struct promise *p, uint64_t seq, uint64_t mark)
{
	assert_true(p->n < MOST);
	p->seq[p->n] = seq;
	p->mark[p->n++] = mark;
}

/* Append until the power goes or enough is written. */
static void work(struct disk *d, struct audit *a, struct promise *p)
{
	struct audit_dek *dek = NULL;
	size_t n = (size_t)disk_random(d, 500);

	p->durable = p->n; /* what stood at the start is not lost any more */

	for (size_t i = 0; i < n; i++) {
		struct event e = room_event(++p->marks);
		uint64_t dice = disk_random(d, 100), seq;

		if (dice == 0 && dek == NULL &&
		    audit_dek_new(a, &dek, NULL) != 0)
			break;
		if (dice == 1 && audit_checkpoint(a) != 0)
			break;
		if (audit_append(a, dek, &e, &seq) != 0)
			break;
		promise_add(p, seq, p->marks);
		if (dice < 20 && audit_durable(a, seq) == 0)
			p->durable = p->n; /* and all before it */
	}
	audit_dek_free(dek);
}

static void see_checkpoint(struct room *r, struct promise *p)
{
	char path[128];

	buf_clear(&p->note);
	(void)snprintf(path, sizeof(path), "%s/checkpoint", r->log);
	/* None yet, where even the first was not written. */
	if (file_read(AT_FDCWD, path, 65536, &p->note) != 0)
		buf_clear(&p->note);
}

static void speed_up(struct disk *d)
{
	d->io.segment = (size_t)16 * 1024;
	d->io.sync_ms = 1;
	d->io.integrate_ms = 2;
}

/* One life of the process; false: there is no log yet. */
static bool live(struct room *r, struct disk *d, struct promise *p)
{
	struct audit *a = NULL;
	struct err e = {0};
	int rc = audit_create(&r->c, &e);

	if (rc != 0 && rc != -EEXIST && !d->cut)
		fail_msg("create: %d %s: %s", rc, e.place, e.text);
	if (d->cut)
		return false;
	rc = audit_open(&r->c, &a, &e);
	if (rc != 0 && !d->cut)
		fail_msg("open: %d %s: %s", rc, e.place, e.text);
	if (rc == 0)
		work(d, a, p);
	rc = audit_close(a);
	if (rc != 0 && !d->cut)
		fail_msg("close: %d", rc);
	return true;
}

static void check_promises(struct room *r, const struct promise *p)
{
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	struct audit_entry en;
	struct err e = {0};
	size_t at = 0;
	int rc;

	assert_int_equal(audit_reader_open(r->log, r->pool, r->secret, &rd, &e),
			 0);
	while ((rc = audit_reader_next(rd, &en, &e)) == 1) {
		if (at == p->n || en.seq != p->seq[at])
			continue;
		if (!en.opened || en.event.kind != EV_READ ||
		    event_get(&en.event, EF_OFFSET) != p->mark[at])
			fail_msg("entry %llu is not what was promised",
				 (unsigned long long)en.seq);
		at++;
	}
	if (rc != 0)
		fail_msg("read: %d %s: %s", rc, e.place, e.text);
	if (at != p->n)
		fail_msg("promised entry %llu is lost",
			 (unsigned long long)p->seq[at]);
}

static void check(struct room *r, const struct promise *p)
{
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct err e = {0};
	int rc;

	check_promises(r, p);
	rc = room_verify(r, buf_bytes(&p->note), &v, &e);
	if (rc != 0)
		fail_msg("verify: %d %s: %s", rc, e.place, e.text);
}

/* A life that ends by itself, on a disk that works. */
static void last_life(struct room *r, struct promise *p, uint64_t seed)
{
	struct disk *d = disk_new(r->dir, seed);

	speed_up(d);
	r->c.io = &d->io;
	assert_true(live(r, d, p));
	disk_free(d);
	check(r, p);
}

/* What ends a process, and whether the machine goes with it. */
enum end {
	KILL,
	CUT,
	KILL_THEN_CUT, /* a second process goes on from the page cache */
};

static void run_and_stop(struct room *r, struct disk *d, struct promise *p)
{
	d->cut = false;
	d->cut_at =
		d->ops + 1 + disk_random(d, disk_random(d, 2) == 0 ? 80 : 700);
	(void)live(r, d, p);
	see_checkpoint(r, p);
}

static void crash_once(struct room *r, struct promise *p, uint64_t seed,
		       enum end end)
{
	struct disk *d = disk_new(r->dir, seed);
	char after[96];

	speed_up(d);
	r->c.io = &d->io;
	if (end == KILL_THEN_CUT)
		run_and_stop(r, d, p);
	run_and_stop(r, d, p);
	if (end != KILL) {
		/* Of a machine only what was acknowledged durable counts. */
		p->n = p->durable;
		if (d->cut) {
			(void)snprintf(after, sizeof(after), "%s-after",
				       r->dir);
			assert_int_equal(mkdir(after, 0700), 0);
			disk_after(d, after);
			put_back(r->dir, after);
		}
	}
	disk_free(d);
}

static void one_round(uint64_t seed, enum end end)
{
	CLEANUP(room_free) struct room r;
	struct promise *p = mem_new(1, sizeof(*p));
	uint64_t crashes = 1 + seed % 3;

	assert_non_null(p);
	room_new(&r);
	/* Paths of descriptors are read from /proc. */
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
	for (uint64_t i = 0; i < crashes; i++)
		crash_once(&r, p, seed * 16 + i, end);
	last_life(&r, p, seed);
	buf_free(&p->note);
	mem_free(p);
}

static void power_cuts(void **state)
{
	(void)state;
	for (int i = 0; i < rounds; i++) {
		print_message("\rpower cut, seed %d ", i);
		one_round((uint64_t)i, CUT);
	}
	print_message("\n");
}

static void kills(void **state)
{
	(void)state;
	for (int i = 0; i < rounds / 3; i++) {
		print_message("\rkill, seed %d ", i);
		one_round(1000000 + (uint64_t)i, KILL);
	}
	print_message("\n");
}

static void kills_then_cuts(void **state)
{
	(void)state;
	for (int i = 0; i < rounds / 3; i++) {
		print_message("\rkill, then power cut, seed %d ", i);
		one_round(2000000 + (uint64_t)i, KILL_THEN_CUT);
	}
	print_message("\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power_cuts),
		cmocka_unit_test(kills),
		cmocka_unit_test(kills_then_cuts),
	};

	if (argc > 1)
		rounds = atoi(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
