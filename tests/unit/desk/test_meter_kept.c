/* Counters after a kill, in a bad catalog, and where none can be written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include <pthread.h>
#include <unistd.h>

#include "fs/desk/meter_in.h"
#include "fs/store/inner.h"
#include "tests/unit/desk/meter_fix.h"

/* Meters that are never closed, over and over: the catalog alone remembers. It
 * may say a step too much, never too little. */
static void test_killed(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 640000,
				 .records_per_hour = 640};
	struct meters *dead[60];
	struct meter *t[60];
	uint64_t shown = 0, seed = 9;
	size_t n = 0;

	while (n < ARRAY_LEN(dead) && shown < 600000) {
		ssize_t got = 1;

		dead[n] = meters_new(p->f->store, meter_noon);
		assert_int_equal(meter_try(p, dead[n], "alice", &l, &t[n]), 0);
		assert_true(meter_used(t[n], METER_BYTES) >= shown);
		assert_true(meter_used(t[n], METER_BYTES) <=
			    shown + n * (640000 / 64));
		for (unsigned i = 0; i < 6 && got > 0; i++) {
			got = meter_at(p, t[n], fixture_next(&seed) % 1000,
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

/* Reads in another thread until it may not go on. */
struct taking {
	struct counting *p;
	struct meter *t;
	atomic_bool done;
};

static void *take_all(void *arg)
{
	struct taking *k = arg;

	(void)!meter_at(k->p, k->t, 0, 1000);
	atomic_store(&k->done, true);
	return NULL;
}

/* Who asks what was used does not wait for who writes to the catalog. */
static void test_asking_waits_for_nothing(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 1000,
				 .records_per_hour = 1000};
	struct taking k = {.p = p, .t = meter_seat(p, "dora", &l)};
	pthread_t thread;

	assert_int_equal(meter_at(p, k.t, 0, 10), 10);
	assert_int_equal(catalog_begin(p->f->store->catalog), 0);
	assert_int_equal(pthread_create(&thread, NULL, take_all, &k), 0);
	while (pthread_mutex_trylock(&k.t->of->lock) == 0) {
		pthread_mutex_unlock(&k.t->of->lock);
		usleep(100);
	}
	assert_int_equal(meter_used(k.t, METER_BYTES), 10);
	assert_true(meter_records(k.t) > 0);
	assert_false(meter_swept(k.t));
	assert_false(atomic_load(&k.done));
	assert_int_equal(catalog_end(p->f->store->catalog, 0), 0);
	pthread_join(thread, NULL);
	meter_close(k.t);
}

static void test_hostile_cell(void **state)
{
	static const uint8_t bad[][8] = {
		{0}, {0x80}, {0x84, 2}, {0x84, 1, 0x80}, {0x9f}, {0xff, 0xff}};
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 1000};
	struct bytes name = bytes_of("harbor\0alice", 12);
	struct buf good CLEANUP(buf_free) = {0};
	struct meter *t = meter_seat(p, "alice", &l);

	assert_int_equal(meter_at(p, t, 0, 10), 10);
	meter_close(t);
	assert_int_equal(store_cell_get(p->f->store, "meter", name, &good), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(store_cell_put(p->f->store, "meter", name,
						bytes_of(bad[i], 8)),
				 0);
		assert_int_equal(meter_try(p, p->ms, "alice", &l, &t),
				 -EUCLEAN);
		assert_non_null(strstr(p->f->e.text, "nothing is shown"));
	}
	for (size_t n = 0; n < good.n; n++) {
		assert_int_equal(store_cell_put(p->f->store, "meter", name,
						bytes_of(good.p, n)),
				 0);
		assert_int_equal(meter_try(p, p->ms, "alice", &l, &t),
				 -EUCLEAN);
	}
	assert_int_equal(
		store_cell_put(p->f->store, "meter", name, buf_bytes(&good)),
		0);
	t = meter_seat(p, "alice", &l);
	assert_int_equal(meter_used(t, METER_BYTES), 10);
	meter_close(t);
}

/* A counter of before flags were counted goes on. */
static void test_older_cell(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 1000, .flags_per_hour = 2};
	struct bytes name = bytes_of("harbor\0otto", 11);
	struct buf b CLEANUP(buf_free) = {0};
	struct window none = {0};
	struct meter *t = meter_seat(p, "otto", &l);
	size_t window;

	assert_int_equal(meter_at(p, t, 0, 10), 10);
	meter_close(t);
	assert_int_equal(window_put(&b, &none), 0);
	window = b.n; /* the last one is as short */
	buf_clear(&b);
	assert_int_equal(store_cell_get(p->f->store, "meter", name, &b), 0);
	assert_int_equal(b.p[0], 0x85);
	b.p[0] = 0x84;
	assert_int_equal(store_cell_put(p->f->store, "meter", name,
					bytes_of(b.p, b.n - window)),
			 0);
	t = meter_seat(p, "otto", &l);
	assert_int_equal(meter_used(t, METER_BYTES), 10);
	assert_int_equal(meter_flag(t), 0);
	assert_int_equal(meter_flag(t), 0);
	assert_int_equal(meter_flag(t), -EDQUOT);
	meter_close(t);
	t = meter_seat(p, "otto", &l);
	assert_int_equal(meter_flag(t), -EDQUOT);
	assert_int_equal(meter_used(t, METER_FLAGS), 2);
	meter_close(t);
}

/* A counter that cannot be written shows nothing. */
static void test_unwritable(void **state)
{
	struct counting *p = *state;
	const struct limits l = {.bytes_per_day = 1000};
	struct store *s = NULL;
	struct store_cred cred = {.key = p->f->key};
	struct meters *ms;
	struct meter *t;

	assert_int_equal(store_open(p->f->path, p->f->pool, &cred, &s, NULL),
			 0);
	ms = meters_new(s, meter_noon); /* without the lock */
	assert_int_equal(meter_try(p, ms, "alice", &l, &t), 0);
	assert_int_equal(meter_at(p, t, 0, 10), -EROFS);
	assert_int_equal(meter_used(t, METER_BYTES), 0);
	meter_close(t);
	meters_free(ms);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, meter_up, meter_down)
		T(test_killed),	      T(test_asking_waits_for_nothing),
		T(test_hostile_cell), T(test_older_cell),
		T(test_unwritable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
