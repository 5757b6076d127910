/* Leases: what leaves is covered by something durable, at few waits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "fs/mount/lease.h"
#include "tests/unit/mount/serve_fix.h"

/* Opens number i of data/many and reads it; whether it could be read. */
static bool look(struct fix *f, unsigned i)
{
	char path[128], b[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/data/many/%04u", f->dir, i);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, b, sizeof(b));
	close(fd);
	return n >= 0;
}

/* A mount that has no walks yet. */
static int fresh(void **state)
{
	struct fix *f = *state;

	serve_down(f);
	fake_audit_clear(f->audit);
	return serve_up(f, DURABLE_OPEN);
}

static unsigned number_of(const struct event *ev)
{
	unsigned nr = 0;

	assert_int_equal(
		sscanf((const char *)ev->v[EF_PATH].b.p, "many/%4u", &nr), 1);
	return nr;
}

/*
 * After each reply, of which nothing else was on its way: its OPEN was waited
 * for, or a LEASE was that holds it and has no LEASE_END. Says what is missing.
 */
static bool is_covered(struct fix *f, unsigned nr)
{
	uint64_t synced = fake_audit_synced(f->audit), lease = 0, open = 0;
	struct fake_event ev;

	for (uint64_t i = 1; fake_audit_nth(f->audit, i, &ev); i++) {
		const struct event *e = &ev.ev;

		if (e->kind == EV_OPEN && number_of(e) == nr)
			open = i;
		if (e->kind == EV_LEASE && i <= synced &&
		    nr >= e->v[EF_INDEX].u &&
		    nr - e->v[EF_INDEX].u < e->v[EF_COUNT].u)
			lease = i;
		if (e->kind == EV_LEASE_END && e->v[EF_REF].u == lease)
			lease = 0;
	}
	return (open != 0 && open <= synced) || lease != 0;
}

/* Opening now and then says nothing of what was not opened. */
static void test_now_and_then(void **state)
{
	struct fix *f = *state;

	for (unsigned i = 10; i < 16; i++) {
		assert_true(look(f, i));
		assert_true(is_covered(f, i));
		usleep(110000);
	}
	assert_int_equal(fake_audit_count(f->audit, EV_LEASE), 0);
}

/* Blocks are aligned, at most LEASE_MAX, and lie within the folder. */
static void check_leases(struct fix *f)
{
	struct fake_event ev;

	for (uint64_t i = 1; fake_audit_nth(f->audit, i, &ev); i++) {
		uint64_t from = ev.ev.v[EF_INDEX].u, n = ev.ev.v[EF_COUNT].u;

		if (ev.ev.kind != EV_LEASE)
			continue;
		assert_true(bytes_is(ev.ev.v[EF_PATH].b, "many"));
		assert_in_range(n, 2, LEASE_MAX);
		assert_in_range(from + n, 2, FAKE_MANY);
		assert_true((n & (n - 1)) == 0 || from + n == FAKE_MANY);
		assert_true((n & (n - 1)) != 0 || from % n == 0);
	}
}

/* A walk: few waits. */
static void test_walk(void **state)
{
	struct fix *f = *state;

	for (unsigned i = 0; i < FAKE_MANY; i++) {
		assert_true(look(f, i));
		assert_true(is_covered(f, i));
	}
	check_leases(f);
	assert_in_range(fake_audit_count(f->audit, EV_LEASE), 1, 300);
}

/* The same where the order is none. */
static void test_shuffled(void **state)
{
	struct fix *f = *state;

	for (unsigned i = 0; i < FAKE_MANY; i++) {
		assert_true(look(f, i * 577 % FAKE_MANY));
		assert_true(is_covered(f, i * 577 % FAKE_MANY));
	}
	check_leases(f);
	assert_in_range(fake_audit_count(f->audit, EV_LEASE), 1, 300);
}

static uint64_t alive(struct fix *f)
{
	return fake_audit_count(f->audit, EV_LEASE) -
	       fake_audit_count(f->audit, EV_LEASE_END);
}

/* Who does nothing more has no lease open; reading on needs a new cover. */
static void test_rest(void **state)
{
	struct fix *f = *state;

	for (unsigned i = 0; i < 50; i++)
		assert_true(look(f, i));
	assert_true(alive(f) > 0);
	usleep(1100000);
	mount_rest(f->m);
	assert_int_equal(alive(f), 0);
	assert_true(look(f, 20));
	assert_true(is_covered(f, 20));
}

/* What the log cannot promise is not shown. */
static void test_no_promise(void **state)
{
	struct fix *f = *state;

	fake_audit_fail(f->audit, false, true);
	assert_false(look(f, 4)); /* alone */
	assert_false(look(f, 5)); /* or as one of many */
	assert_false(look(f, 600));
	fake_audit_fail(f->audit, false, false);
	assert_true(look(f, 5));
	assert_true(is_covered(f, 5));
}

struct walker {
	pthread_t t;
	struct fix *f;
	unsigned from, step;
	bool ok;
};

static void *walk(void *arg)
{
	struct walker *w = arg;

	w->ok = true;
	for (unsigned i = w->from; i < FAKE_MANY; i += w->step)
		w->ok = look(w->f, i) && w->ok;
	return NULL;
}

/* Four at once share the walk. What is synced when, a log in memory cannot
 * tell: the power cuts of tests/fault judge that. */
static void test_together(void **state)
{
	struct fix *f = *state;
	struct walker w[4];

	for (unsigned i = 0; i < 4; i++) {
		w[i] = (struct walker){.f = f, .from = i, .step = 4};
		assert_int_equal(pthread_create(&w[i].t, NULL, walk, &w[i]), 0);
	}
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(w[i].t, NULL);
		assert_true(w[i].ok);
	}
	assert_int_equal(fake_audit_count(f->audit, EV_OPEN), FAKE_MANY);
	check_leases(f);
	usleep(1100000);
	mount_rest(f->m);
	assert_int_equal(alive(f), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, fresh)
	const struct CMUnitTest tests[] = {
		T(test_now_and_then), T(test_walk),	  T(test_shuffled),
		T(test_rest),	      T(test_no_promise), T(test_together),
	};

	return serve_main(tests, ARRAY_LEN(tests));
}
