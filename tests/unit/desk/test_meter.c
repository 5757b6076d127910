/* Limits: exact, and of all sessions together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/desk/meter_fix.h"

/* ---- limits ---- */

static void test_no_limit(void **state)
{
	struct counting *p = *state;
	const struct limits none = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct meter *t = meter_seat(p, "alice", &none);

	assert_int_equal(meter_at(p, t, 0, p->all.n), p->all.n);
	assert_int_equal(meter_at(p, t, 0, p->all.n), p->all.n);
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
	struct counting *p = *state;
	const struct limits l = {.records_per_hour = 10};
	struct meter *t = meter_seat(p, "alice", &l);
	enum meter_kind which;
	ssize_t got = meter_at(p, t, 0, p->all.n);
	size_t ten = meter_line(p, 10);

	assert_true(got == (ssize_t)ten || got == (ssize_t)ten - 1);
	assert_int_equal(meter_records(t), 10);
	assert_int_equal(meter_used(t, METER_RECORDS), 10);
	assert_int_equal(meter_read(t, p->s, ten + 5, 100, false, &which),
			 -EDQUOT);
	assert_int_equal(which, METER_RECORDS);
	assert_int_equal(meter_at(p, t, 3, ten - 10), ten - 10);
	meter_time += 3600;
	assert_int_equal(meter_at(p, t, ten + 5, 100), -EDQUOT);
	meter_time += 300;
	assert_int_equal(meter_used(t, METER_RECORDS), 0);
	assert_true(meter_at(p, t, ten + 5, 100) > 0);
	got = meter_at(p, t, 0, p->all.n);
	assert_in_range(got, meter_line(p, 20) - 1, meter_line(p, 20));
	assert_int_equal(meter_records(t), 20);
	meter_close(t);
}

/* All of it or nothing, where a part would be taken for the end: what is not
 * shown is not counted either. */
static void test_whole(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.records_per_hour = 10};
	struct meter *t = meter_seat(p, "alice", &l);
	size_t twelve = meter_line(p, 12);
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
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 100000};
	struct meter *t = meter_seat(p, "alice", &l);
	enum meter_kind which;

	for (unsigned i = 0; i < 14; i++)
		assert_int_equal(meter_at(p, t, 0, 7000), 7000);
	assert_int_equal(meter_used(t, METER_BYTES), 98000);
	assert_int_equal(meter_read(t, p->s, 0, 7000, true, &which), -EDQUOT);
	assert_int_equal(which, METER_BYTES);
	assert_int_equal(meter_at(p, t, 0, 7000), 2000);
	assert_int_equal(meter_at(p, t, 0, 1), -EDQUOT);
	meter_time += 86400;
	assert_int_equal(meter_at(p, t, 0, 1), -EDQUOT);
	meter_time += 7200;
	assert_int_equal(meter_at(p, t, 0, 7000), 7000);
	meter_close(t);
}

static void test_opens(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.opens_per_minute = 3};
	struct meter *t = meter_seat(p, "alice", &l);
	uint32_t swept;

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(meter_file(t, 0, &swept), 0);
	assert_int_equal(meter_file(t, 0, &swept), -EDQUOT);
	meter_time += 59;
	assert_int_equal(meter_file(t, 0, &swept), -EDQUOT);
	meter_time += 6;
	assert_int_equal(meter_file(t, 0, &swept), 0);
	meter_close(t);
}

/* What bytes the records' limit cut off are not counted as delivered. */
static void test_both(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 1u << 30,
				 .records_per_hour = 4};
	struct meter *t = meter_seat(p, "alice", &l);
	ssize_t got = meter_at(p, t, 0, 1u << 20);

	assert_in_range(got, meter_line(p, 4) - 1, meter_line(p, 4));
	assert_int_equal(meter_at(p, t, meter_line(p, 4) + 3, 1000), -EDQUOT);
	assert_int_equal(meter_used(t, METER_BYTES), got);
	meter_close(t);
}

/* ---- whose ---- */

static void test_shared(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 640000};
	struct meter *a = meter_seat(p, "alice", &l);
	struct meter *b = meter_seat(p, "alice", &l);
	struct meter *c = meter_seat(p, "bob", &l);
	uint64_t sum = 0;
	ssize_t got;

	/* Both hold credit; whoever asks last gets the last byte. */
	for (unsigned i = 0; i < 300; i++) {
		got = meter_at(p, i % 3 == 0 ? a : b, 0, 3001);
		sum += got > 0 ? (uint64_t)got : 0;
	}
	assert_int_equal(sum, 640000);
	assert_int_equal(meter_used(b, METER_BYTES), 640000);
	assert_int_equal(meter_at(p, c, 0, 3001), 3001);
	meter_close(a);
	meter_close(b);
	a = meter_seat(p, "alice", &l); /* a new session is no new day */
	assert_int_equal(meter_at(p, a, 0, 1), -EDQUOT);
	meter_close(a);
	meter_close(c);
}

/* What one session only reserved is there for the other. */
static void test_called_in(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 640000};
	struct meter *a = meter_seat(p, "alice", &l);
	struct meter *b = meter_seat(p, "alice", &l);

	assert_int_equal(meter_at(p, a, 0, 10), 10);
	assert_int_equal(meter_used(b, METER_BYTES), 10);
	assert_int_equal(meter_at(p, b, 0, 639990), 639990);
	assert_int_equal(meter_at(p, a, 0, 10), -EDQUOT);
	meter_close(a);
	meter_close(b);
}

/* What was reserved yesterday counts when it is shown. */
static void test_old_credit(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 640000};
	struct meter *a = meter_seat(p, "alice", &l);

	assert_int_equal(meter_at(p, a, 0, 10), 10);
	meter_time += 86400 + 7200;
	assert_int_equal(meter_at(p, a, 0, 20), 20);
	assert_int_equal(meter_used(a, METER_BYTES), 20);
	meter_time += 7200;
	assert_int_equal(meter_at(p, a, 0, 30), 30);
	assert_int_equal(meter_used(a, METER_BYTES), 50);
	meter_time += 86400;
	assert_int_equal(meter_used(a, METER_BYTES), 30);
	meter_close(a);
}

/* Each session is held to its own role. */
static void test_other_limit(void **state)
{
	struct counting *p = *state;
	const struct limits few = {.bytes_per_day = 1000};
	const struct limits more = {.bytes_per_day = 5000};
	struct meter *a = meter_seat(p, "alice", &few);
	struct meter *b = meter_seat(p, "alice", &more);

	assert_int_equal(meter_at(p, b, 0, 3000), 3000);
	assert_int_equal(meter_at(p, a, 0, 1), -EDQUOT);
	assert_int_equal(meter_at(p, b, 0, 3000), 2000);
	meter_close(a);
	meter_close(b);
}

struct crowd {
	struct counting *p;
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
			meter_at(c->p, c->t, fixture_next(&seed) % 1000000, n);

		if (got > 0)
			atomic_fetch_add(&c->sum, (uint64_t)got);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 3000000,
				 .records_per_hour = 1000000};
	struct crowd c[2] = {{p, meter_seat(p, "alice", &l), 0},
			     {p, meter_seat(p, "alice", &l), 0}};
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
#define T(name) cmocka_unit_test_setup_teardown(name, meter_up, meter_down)
		T(test_no_limit),    T(test_records),	T(test_bytes),
		T(test_opens),	     T(test_called_in), T(test_old_credit),
		T(test_both),	     T(test_whole),	T(test_shared),
		T(test_other_limit), T(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
