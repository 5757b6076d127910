/* Each request is served once; a long one holds up nobody. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fs/mount/relay.h"

#define THREADS 4
#define MOST 20000

/* The requests are numbers in a pipe. */
struct fix {
	struct relay relay;
	int in, out;
	atomic_uint served[MOST];
	atomic_uint done;    /* in all */
	atomic_uint at_work; /* on a long one */
	atomic_uint ended;   /* threads */
	unsigned together;   /* a long one ends when so many are at work */
	pthread_t thread[THREADS];
};

static void pause_ms(long ms)
{
	struct timespec t = {0, ms * 1000000};

	nanosleep(&t, NULL);
}

/* 60 s, then the test fails. */
static bool comes(atomic_uint *what, unsigned n)
{
	for (int i = 0; i < 60000 && atomic_load(what) < n; i++)
		pause_ms(1);
	return atomic_load(what) >= n;
}

static void *serve(void *arg)
{
	struct fix *f = arg;
	unsigned nr;
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	while (relay_read(&f->relay, f->in, &nr, sizeof(nr)) == sizeof(nr)) {
		if (f->together > 0) {
			atomic_fetch_add(&f->at_work, 1);
			(void)comes(&f->at_work, f->together);
		}
		atomic_fetch_add(&f->served[nr], 1);
		atomic_fetch_add(&f->done, 1);
	}
	atomic_fetch_add(&f->ended, 1);
	return NULL;
}

static struct fix *begin(unsigned most, unsigned together)
{
	struct fix *f = mem_new(1, sizeof(*f));
	int p[2];

	assert_non_null(f);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	relay_init(&f->relay, NULL, NULL);
	if (most > 0)
		f->relay.most = most;
	f->in = p[0];
	f->out = p[1];
	f->together = together;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&f->thread[i], NULL, serve, f),
				 0);
	return f;
}

static void ask(struct fix *f, unsigned nr)
{
	assert_int_equal(write(f->out, &nr, sizeof(nr)), sizeof(nr));
}

static void end(struct fix *f)
{
	for (int i = 0; i < THREADS; i++)
		pthread_join(f->thread[i], NULL);
	relay_done(&f->relay);
	close(f->in);
	mem_free(f);
}

static void all_once(struct fix *f, unsigned n)
{
	assert_true(comes(&f->done, n));
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(atomic_load(&f->served[i]), 1);
}

/* One after the other, also after everybody went to sleep. */
static void test_in_turn(void **state)
{
	struct fix *f = begin(0, 0);

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		ask(f, i);
		assert_true(comes(&f->done, i + 1));
		if (i % 1000 == 999)
			pause_ms(50);
	}
	all_once(f, 3000);
	close(f->out); /* the end: read gives 0 */
	end(f);
}

/* More than one takes from a full pipe, and none is lost when they step back.
 */
static void test_backlog(void **state)
{
	struct fix *f = begin(3, 0);

	(void)state;
	for (unsigned i = 0; i < MOST; i++) {
		ask(f, i);
		if (i % 4096 == 0)
			pause_ms(2);
	}
	all_once(f, MOST);
	close(f->out);
	end(f);
}

/* The first is served when the fourth is: others take over meanwhile. */
static void test_long(void **state)
{
	struct fix *f = begin(0, THREADS);

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		ask(f, i);
	all_once(f, THREADS);
	close(f->out);
	end(f);
}

/* Who rests ends; who sleeps for a request is cancelled. */
static void test_stop(void **state)
{
	struct fix *f = begin(0, 0);

	(void)state;
	ask(f, 0);
	all_once(f, 1);
	relay_stop(&f->relay);
	assert_true(comes(&f->ended, THREADS - 1));
	for (int i = 0; i < THREADS; i++)
		pthread_cancel(f->thread[i]);
	close(f->out);
	end(f);
}

struct spare {
	atomic_uint left; /* things to do */
	atomic_uint inside, most;
	atomic_bool hold; /* a call takes until this is false */
};

static bool meanwhile(void *ctx)
{
	struct spare *s = ctx;
	bool any = atomic_load(&s->left) > 0;

	if (atomic_fetch_add(&s->inside, 1) + 1 > atomic_load(&s->most))
		atomic_store(&s->most, atomic_load(&s->inside));
	while (atomic_load(&s->hold))
		pause_ms(1);
	if (any)
		atomic_fetch_sub(&s->left, 1);
	atomic_fetch_sub(&s->inside, 1);
	return any;
}

/* While there is no request all there is to do is done, by one at a time, and a
 * request that comes while that takes long is served by another. */
static void test_meanwhile(void **state)
{
	static struct spare s;
	struct fix *f = begin(0, 0);
	unsigned n = 0;

	(void)state;
	s = (struct spare){.left = 100};
	if (f->relay.alone) { /* the asker's CPU is ours: see relay_init */
		close(f->out);
		end(f);
		skip();
	}
	pthread_mutex_lock(&f->relay.lock);
	f->relay.meanwhile = meanwhile;
	f->relay.ctx = &s;
	pthread_mutex_unlock(&f->relay.lock);
	ask(f, n++);
	for (unsigned i = 0; i < 60000 && atomic_load(&s.left) > 0; i++)
		pause_ms(1);
	assert_int_equal(atomic_load(&s.left), 0);
	for (unsigned i = 0; i < 20; i++) {
		atomic_store(&s.hold, true);
		while (atomic_load(&s.inside) == 0) {
			ask(f, n++);
			assert_true(comes(&f->done, n));
			pause_ms(1);
		}
		ask(f, n++);
		assert_true(comes(&f->done, n));
		atomic_store(&s.hold, false);
	}
	all_once(f, n);
	assert_int_equal(atomic_load(&s.most), 1);
	close(f->out);
	end(f);
}

/* An error that stays ends all; none hangs in the lock. */
static void test_error(void **state)
{
	struct fix *f = mem_new(1, sizeof(*f));
	unsigned nr;

	(void)state;
	assert_non_null(f);
	relay_init(&f->relay, NULL, NULL);
	assert_int_equal(relay_read(&f->relay, -1, &nr, sizeof(nr)), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(relay_read(&f->relay, -1, &nr, sizeof(nr)), -1);
	assert_int_equal(errno, ENODEV);
	relay_done(&f->relay);
	mem_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_turn),
					   cmocka_unit_test(test_backlog),
					   cmocka_unit_test(test_long),
					   cmocka_unit_test(test_stop),
					   cmocka_unit_test(test_meanwhile),
					   cmocka_unit_test(test_error)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
