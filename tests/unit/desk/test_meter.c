/* Limits: exact, of all sessions together, there again after a kill. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/mem.h"
#include "fs/desk/meter.h"
#include "tests/unit/desk/fixture.h"

#define POLICY                                                                \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"                   \
	"datasets: [calls]\nroles:\n  r:\n    see: [ { files: \"calls/**\", " \
	"records: all } ]\n    redact: { PERSON: pseudonym }\n"               \
	"    names: keep\nannotators:\n  alice: { role: r }\n"
#define NOON 1800000000

static int64_t the_time;

static int64_t now(void)
{
	return the_time;
}

/* A data set of lines, seen through a desk; who reads has a meter. */
struct place {
	struct fixture *f;
	struct desk *d;
	struct meters *ms;
	struct shown *s;
	struct buf all; /* the view */
};

static int up(void **state)
{
	struct place *p = mem_new(1, sizeof(*p));
	struct fixture_file file = {.path = "l.jsonl", .lines = true};
	struct buf CLEANUP(buf_free) b = {0};
	void *f = NULL;

	if (p == NULL || fixture_setup(&f) != 0)
		return -1;
	p->f = f;
	*state = p;
	the_time = NOON;
	fixture_lines(&b, 3, 6000, 500); /* some three blocks */
	file.data = buf_bytes(&b);
	fixture_publish(p->f, "calls", &file, 1);
	fixture_policy(p->f, POLICY, "alice");
	p->d = fixture_desk(p->f);
	p->ms = meters_new(p->f->store, now);
	fixture_read(p->d, "calls/l.jsonl", &p->all);
	return shown_open(p->d, desk_walk(p->d, bytes_str("calls/l.jsonl")),
			  &p->s, NULL);
}

static int down(void **state)
{
	struct place *p = *state;
	void *f = p->f;

	shown_close(p->s);
	meters_free(p->ms);
	desk_close(p->d);
	buf_free(&p->all);
	mem_free(p);
	return fixture_teardown(&f);
}

static int try(struct place *p, struct meters *ms, const char *who,
	       const struct limits *l, struct meter **out)
{
	const struct meter_want w = {.project = "harbor",
				     .annotator = who,
				     .limits = l,
				     .objects = desk_objects(p->d)};

	return meter_open(ms, &w, out, &p->f->e);
}

static struct meter *take_seat(struct place *p, const char *who,
			       const struct limits *l)
{
	struct meter *t = NULL;

	if (try(p, p->ms, who, l, &t) != 0)
		fail_msg("%s", p->f->e.text);
	return t;
}

static ssize_t read_at(struct place *p, struct meter *t, uint64_t off, size_t n)
{
	enum meter_kind which;

	return meter_read(t, p->s, off, n, false, &which);
}

/* Where line number k begins in the view. */
static size_t line(const struct place *p, size_t k)
{
	size_t at = 0;

	while (k-- > 0)
		at = (size_t)((uint8_t *)memchr(p->all.p + at, '\n',
						p->all.n - at) -
			      p->all.p) +
		     1;
	return at;
}

/* ---- limits ---- */

static void test_no_limit(void **state)
{
	struct place *p = *state;
	const struct limits none = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct meter *t = take_seat(p, "alice", &none);

	assert_int_equal(read_at(p, t, 0, p->all.n), p->all.n);
	assert_int_equal(read_at(p, t, 0, p->all.n), p->all.n);
	assert_true(meter_records(t) > 4000);
	assert_int_equal(meter_used(t, METER_BYTES), 0);
	meter_close(t);
	/* Nothing to count, nothing in the catalog. */
	assert_int_equal(store_cell_get(p->f->store, "meter",
					bytes_of("harbor\0alice", 12), &b),
			 -ENOENT);
}

/* Ten of a file of thousands are ten: the read is cut, the next refused; what
 * was shown may be read again; an hour later there are ten more. */
static void test_records(void **state)
{
	struct place *p = *state;
	const struct limits l = {.records_per_hour = 10};
	struct meter *t = take_seat(p, "alice", &l);
	enum meter_kind which;
	ssize_t got = read_at(p, t, 0, p->all.n);
	size_t ten = line(p, 10);

	assert_true(got == (ssize_t)ten || got == (ssize_t)ten - 1);
	assert_int_equal(meter_records(t), 10);
	assert_int_equal(meter_used(t, METER_RECORDS), 10);
	assert_int_equal(meter_read(t, p->s, ten + 5, 100, false, &which),
			 -EDQUOT);
	assert_int_equal(which, METER_RECORDS);
	assert_int_equal(read_at(p, t, 3, ten - 10), ten - 10);
	the_time += 3600;
	assert_int_equal(read_at(p, t, ten + 5, 100), -EDQUOT);
	the_time += 300;
	assert_int_equal(meter_used(t, METER_RECORDS), 0);
	assert_true(read_at(p, t, ten + 5, 100) > 0);
	got = read_at(p, t, 0, p->all.n);
	assert_in_range(got, line(p, 20) - 1, line(p, 20));
	assert_int_equal(meter_records(t), 20);
	meter_close(t);
}

/* All of it or nothing, where a part would be taken for the end: what is not
 * shown is not counted either. */
static void test_whole(void **state)
{
	struct place *p = *state;
	const struct limits l = {.records_per_hour = 10};
	struct meter *t = take_seat(p, "alice", &l);
	size_t twelve = line(p, 12);
	enum meter_kind which;

	assert_int_equal(meter_read(t, p->s, 0, twelve, true, &which), -EDQUOT);
	assert_int_equal(which, METER_RECORDS);
	assert_int_equal(meter_used(t, METER_RECORDS), 0);
	assert_int_equal(meter_records(t), 0);
	assert_int_equal(meter_read(t, p->s, 0, 100, true, &which), 100);
	meter_close(t);
}

/* Each delivery counts, also of the same bytes; to the byte. */
static void test_bytes(void **state)
{
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 100000};
	struct meter *t = take_seat(p, "alice", &l);
	enum meter_kind which;

	for (unsigned i = 0; i < 14; i++)
		assert_int_equal(read_at(p, t, 0, 7000), 7000);
	assert_int_equal(meter_used(t, METER_BYTES), 98000);
	assert_int_equal(meter_read(t, p->s, 0, 7000, true, &which), -EDQUOT);
	assert_int_equal(which, METER_BYTES);
	assert_int_equal(read_at(p, t, 0, 7000), 2000);
	assert_int_equal(read_at(p, t, 0, 1), -EDQUOT);
	the_time += 86400;
	assert_int_equal(read_at(p, t, 0, 1), -EDQUOT);
	the_time += 7200;
	assert_int_equal(read_at(p, t, 0, 7000), 7000);
	meter_close(t);
}

static void test_opens(void **state)
{
	struct place *p = *state;
	const struct limits l = {.opens_per_minute = 3};
	struct meter *t = take_seat(p, "alice", &l);
	uint32_t swept;

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(meter_file(t, 0, &swept), 0);
	assert_int_equal(meter_file(t, 0, &swept), -EDQUOT);
	the_time += 59;
	assert_int_equal(meter_file(t, 0, &swept), -EDQUOT);
	the_time += 6;
	assert_int_equal(meter_file(t, 0, &swept), 0);
	meter_close(t);
}

/* What bytes the records' limit cut off are not counted as delivered. */
static void test_both(void **state)
{
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 1u << 30,
				 .records_per_hour = 4};
	struct meter *t = take_seat(p, "alice", &l);
	ssize_t got = read_at(p, t, 0, 1u << 20);

	assert_in_range(got, line(p, 4) - 1, line(p, 4));
	assert_int_equal(read_at(p, t, line(p, 4) + 3, 1000), -EDQUOT);
	assert_int_equal(meter_used(t, METER_BYTES), got);
	meter_close(t);
}

/* ---- whose ---- */

static void test_shared(void **state)
{
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 640000};
	struct meter *a = take_seat(p, "alice", &l);
	struct meter *b = take_seat(p, "alice", &l);
	struct meter *c = take_seat(p, "bob", &l);
	uint64_t sum = 0;
	ssize_t got;

	/* Both hold credit; whoever asks last gets the last byte. */
	for (unsigned i = 0; i < 300; i++) {
		got = read_at(p, i % 3 == 0 ? a : b, 0, 3001);
		sum += got > 0 ? (uint64_t)got : 0;
	}
	assert_int_equal(sum, 640000);
	assert_int_equal(meter_used(b, METER_BYTES), 640000);
	assert_int_equal(read_at(p, c, 0, 3001), 3001);
	meter_close(a);
	meter_close(b);
	a = take_seat(p, "alice", &l); /* a new session is no new day */
	assert_int_equal(read_at(p, a, 0, 1), -EDQUOT);
	meter_close(a);
	meter_close(c);
}

/* Each session is held to its own role. */
static void test_other_limit(void **state)
{
	struct place *p = *state;
	const struct limits few = {.bytes_per_day = 1000};
	const struct limits more = {.bytes_per_day = 5000};
	struct meter *a = take_seat(p, "alice", &few);
	struct meter *b = take_seat(p, "alice", &more);

	assert_int_equal(read_at(p, b, 0, 3000), 3000);
	assert_int_equal(read_at(p, a, 0, 1), -EDQUOT);
	assert_int_equal(read_at(p, b, 0, 3000), 2000);
	meter_close(a);
	meter_close(b);
}

/* Meters that are never closed, over and over: the catalog alone remembers. It
 * may say a step too much, never too little. */
static void test_killed(void **state)
{
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 640000,
				 .records_per_hour = 640};
	struct meters *dead[60];
	struct meter *t[60];
	uint64_t shown = 0, seed = 9;
	size_t n = 0;

	while (n < ARRAY_LEN(dead) && shown < 600000) {
		ssize_t got = 1;

		dead[n] = meters_new(p->f->store, now);
		assert_int_equal(try(p, dead[n], "alice", &l, &t[n]), 0);
		assert_true(meter_used(t[n], METER_BYTES) >= shown);
		assert_true(meter_used(t[n], METER_BYTES) <=
			    shown + n * (640000 / 64));
		for (unsigned i = 0; i < 6 && got > 0; i++) {
			got = read_at(p, t[n], fixture_next(&seed) % 1000,
				      3000);
			shown += got > 0 ? (uint64_t)got : 0;
		}
		assert_true(shown <= 640000);
		n++;
		if (got < 0)
			break;
	}
	assert_true(n > 10);
	assert_true(shown + n * (640000 / 64) >= 600000);
	while (n-- > 0) {
		meter_close(t[n]);
		meters_free(dead[n]);
	}
}

static void test_hostile_cell(void **state)
{
	static const uint8_t bad[][8] = {
		{0}, {0x80}, {0x84, 2}, {0x84, 1, 0x80}, {0x9f}, {0xff, 0xff}};
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 1000};
	struct bytes name = bytes_of("harbor\0alice", 12);
	struct buf good CLEANUP(buf_free) = {0};
	struct meter *t = take_seat(p, "alice", &l);

	assert_int_equal(read_at(p, t, 0, 10), 10);
	meter_close(t);
	assert_int_equal(store_cell_get(p->f->store, "meter", name, &good), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(store_cell_put(p->f->store, "meter", name,
						bytes_of(bad[i], 8)),
				 0);
		assert_int_equal(try(p, p->ms, "alice", &l, &t), -EUCLEAN);
		assert_non_null(strstr(p->f->e.text, "nothing is shown"));
	}
	for (size_t n = 0; n < good.n; n++) {
		assert_int_equal(store_cell_put(p->f->store, "meter", name,
						bytes_of(good.p, n)),
				 0);
		assert_int_equal(try(p, p->ms, "alice", &l, &t), -EUCLEAN);
	}
	assert_int_equal(
		store_cell_put(p->f->store, "meter", name, buf_bytes(&good)),
		0);
	t = take_seat(p, "alice", &l);
	assert_int_equal(meter_used(t, METER_BYTES), 10);
	meter_close(t);
}

/* A counter that cannot be written shows nothing. */
static void test_unwritable(void **state)
{
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 1000};
	struct store *s = NULL;
	struct store_cred cred = {.key = p->f->key};
	struct meters *ms;
	struct meter *t;

	assert_int_equal(store_open(p->f->path, p->f->pool, &cred, &s, NULL),
			 0);
	ms = meters_new(s, now); /* without the lock */
	assert_int_equal(try(p, ms, "alice", &l, &t), 0);
	assert_int_equal(read_at(p, t, 0, 10), -EROFS);
	assert_int_equal(meter_used(t, METER_BYTES), 0);
	meter_close(t);
	meters_free(ms);
	store_close(s);
}

struct crowd {
	struct place *p;
	struct meter *t;
	atomic_ullong sum;
};

static void *read_much(void *arg)
{
	struct crowd *c = arg;
	uint64_t seed = (uintptr_t)&seed;

	for (unsigned i = 0; i < 3000; i++) {
		size_t n = 1 + fixture_next(&seed) % 700;
		ssize_t got =
			read_at(c->p, c->t, fixture_next(&seed) % 1000000, n);

		if (got > 0)
			atomic_fetch_add(&c->sum, (uint64_t)got);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct place *p = *state;
	const struct limits l = {.bytes_per_day = 3000000,
				 .records_per_hour = 1000000};
	struct crowd c[2] = {{p, take_seat(p, "alice", &l), 0},
			     {p, take_seat(p, "alice", &l), 0}};
	pthread_t th[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&th[i], NULL, read_much, &c[i % 2]), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(th[i], NULL);
	assert_int_equal(c[0].sum + c[1].sum, 3000000);
	assert_int_equal(meter_records(c[0].t) + meter_records(c[1].t),
			 meter_used(c[0].t, METER_RECORDS));
	meter_close(c[0].t);
	meter_close(c[1].t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
		T(test_no_limit),     T(test_records),	   T(test_bytes),
		T(test_opens),	      T(test_both),	   T(test_whole),
		T(test_shared),	      T(test_other_limit), T(test_killed),
		T(test_hostile_cell), T(test_unwritable),  T(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
