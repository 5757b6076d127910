/* What is made before it is asked for: the same bytes, logged all the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fs/mount/ahead.h"
#include "fs/mount/handle.h"
#include "tests/unit/mount/serve_fix.h"

#define BIG 1u /* node of big.txt */
#define MOST (1u << 20)
#define START (128u << 10) /* bytes in order before a stream */

static const struct key *key;
static atomic_ullong counter = 1;

static struct handle *open_big(struct fix *f, struct handle_list *l)
{
	struct shown *s = NULL;
	struct handle *h;

	assert_int_equal(shown_open(f->desk, BIG, &s, NULL), 0);
	h = handle_new(l, FAKE_BASE + BIG, s, bytes_of(NULL, 0));
	assert_non_null(h);
	return h;
}

/* One READ: true where its bytes were there. */
static bool take(struct ahead *a, struct handle *h, uint64_t off, size_t n)
{
	const struct ahead_read *r = ahead_take(a, h, off, n);
	static uint64_t last;
	uint8_t tag[TAG_LEN];

	if (r == NULL)
		return false;
	assert_int_equal(r->data.n, n < FAKE_BIG - off ? n : FAKE_BIG - off);
	serve_check(BIG, off, r->data.p, r->data.n);
	tag_once(tag, AEAD_AES256GCM, key, r->counter, r->data);
	assert_memory_equal(tag, r->tag, TAG_LEN);
	assert_true(r->counter > last); /* never the same again */
	last = r->counter;
	ahead_give(a, r);
	return true;
}

static struct ahead *new_ahead(struct fix *f)
{
	struct ahead *a;

	key = audit_dek_replay(f->dek);
	a = ahead_new(AEAD_AES256GCM, key, &counter);
	assert_non_null(a);
	return a;
}

/* One reader. */
struct one {
	struct ahead *a;
	struct handle_list *l;
	struct handle *h;
};

static struct one begin(struct fix *f)
{
	static struct handle_list l;

	handle_init(&l);
	return (struct one){new_ahead(f), &l, open_big(f, &l)};
}

static void end(struct one *o)
{
	ahead_drop(o->a, o->h);
	handle_free(o->l, o->h);
	handle_done(o->l);
	ahead_free(o->a);
}

/* The whole file in order, with time after each READ: how many READs found
 * their bytes. */
static unsigned pass(struct ahead *a, struct handle *h, size_t n)
{
	unsigned hits = 0;

	for (uint64_t off = 0; off < FAKE_BIG; off += n) {
		hits += take(a, h, off, n);
		if (ahead_make(a))
			assert_false(ahead_make(a)); /* once */
	}
	return hits;
}

/* All READs but those that a stream begins with. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = {4096,   16384,  65536, 98304,
				       131072, 300001, MOST};
	struct fix *f = *state;
	struct ahead *a = new_ahead(f);
	struct handle_list l;

	handle_init(&l);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct handle *h = open_big(f, &l);
		size_t n = sizes[i], all = (FAKE_BIG + n - 1) / n;
		size_t first = 1 + (START + n - 1) / n;

		assert_int_equal(pass(a, h, n), all > first ? all - first : 0);
		assert_false(ahead_make(a)); /* nothing is behind its end */
		ahead_drop(a, h);
		assert_false(ahead_make(a));
		handle_free(&l, h);
	}
	handle_done(&l);
	ahead_free(a);
	ahead_free(NULL);
}

/* Without time nothing is made. */
static void test_no_time(void **state)
{
	struct one o = begin(*state);

	for (uint64_t off = 0; off < FAKE_BIG; off += 65536)
		assert_false(take(o.a, o.h, off, 65536));
	end(&o);
}

/* Two that take turns are no stream; nor is who jumps. */
static void test_no_stream(void **state)
{
	struct fix *f = *state;
	struct ahead *a = new_ahead(f);
	struct handle *h[2];
	struct handle_list l;

	handle_init(&l);
	h[0] = open_big(f, &l);
	h[1] = open_big(f, &l);
	for (uint64_t off = 0; off < FAKE_BIG; off += 65536) {
		assert_false(take(a, h[0], off, 65536));
		assert_false(ahead_make(a));
		assert_false(take(a, h[1], off, 65536));
		assert_false(ahead_make(a));
	}
	for (uint64_t off = 0; off < FAKE_BIG; off += 65537) {
		assert_false(take(a, h[0], off, 65536));
		assert_false(ahead_make(a));
	}
	for (int i = 0; i < 2; i++) {
		ahead_drop(a, h[i]);
		handle_free(&l, h[i]);
	}
	handle_done(&l);
	ahead_free(a);
}

/* Other READs than that for which bytes lie ready: they are not for these. */
static void test_others(void **state)
{
	static const struct {
		uint64_t off;
		size_t n;
	} other[] = {{0, 65536}, {65536 * 4, 65535}, {65536 * 5, 65536}};
	struct one o = begin(*state);

	for (size_t i = 0; i < 3; i++) {
		for (uint64_t off = 0; off < 65536u * 4; off += 65536)
			assert_false(take(o.a, o.h, off, 65536));
		assert_true(ahead_make(o.a));
		assert_false(take(o.a, o.h, other[i].off, other[i].n));
		assert_false(ahead_make(o.a));
	}
	end(&o);
}

struct maker {
	struct ahead *a;
	atomic_bool stop;
};

static void *make(void *arg)
{
	struct maker *m = arg;

	while (!atomic_load(&m->stop))
		if (!ahead_make(m->a))
			sched_yield();
	return NULL;
}

/* It is closed, or another is read, while its bytes are being made by another
 * thread. */
static void test_dropped(void **state)
{
	struct fix *f = *state;
	struct ahead *a = new_ahead(f);
	struct maker m = {.a = a};
	struct handle_list l;
	pthread_t thread;

	handle_init(&l);
	assert_int_equal(pthread_create(&thread, NULL, make, &m), 0);
	for (unsigned i = 0; i < 200; i++) {
		struct handle *h = open_big(f, &l), *o = open_big(f, &l);
		uint64_t off = 0;

		for (; off < 65536u * (2 + i % 20); off += 65536)
			(void)take(a, h, off, 65536);
		if (i % 3 == 0)
			(void)take(a, o, 0, 65536);
		usleep(i % 7 * 100);
		if (i % 5 == 0)
			ahead_rest(a);
		ahead_drop(a, h);
		handle_free(&l, h);
		(void)take(a, o, 65536, 65536);
		if (i % 4 == 0)
			ahead_rest(a);
		ahead_drop(a, o);
		handle_free(&l, o);
	}
	atomic_store(&m.stop, true);
	pthread_join(thread, NULL);
	handle_done(&l);
	ahead_free(a);
}

/* Who stops reading leaves nothing behind in memory. */
static void test_rest(void **state)
{
	struct one o = begin(*state);

	for (unsigned i = 0; i < 5; i++) {
		uint64_t off = 0;

		for (; off < 65536u * 4; off += 65536)
			assert_false(take(o.a, o.h, off, 65536));
		assert_true(ahead_make(o.a));
		ahead_rest(o.a); /* it was read */
		assert_true(take(o.a, o.h, off, 65536));
		assert_true(ahead_make(o.a));
		ahead_rest(o.a);
		ahead_rest(o.a);
		assert_false(ahead_make(o.a));
		assert_false(take(o.a, o.h, off + 65536, 65536));
	}
	end(&o);
}

/* It is closed while its last answer is on its way, and another is read: what
 * was shown is wiped once it went. */
static void test_closed(void **state)
{
	struct one o = begin(*state);
	struct handle *next = open_big(*state, o.l);
	const struct ahead_read *r;
	uint64_t off = 0;

	for (; off < 65536u * 4; off += 65536)
		assert_false(take(o.a, o.h, off, 65536));
	assert_true(ahead_make(o.a));
	r = ahead_take(o.a, o.h, off, 65536);
	assert_non_null(r);
	ahead_drop(o.a, o.h);
	assert_false(take(o.a, next, 0, 65536));
	serve_check(BIG, off, r->data.p, r->data.n); /* still whole */
	ahead_give(o.a, r);
	for (size_t i = 0; i < r->data.n; i++)
		assert_int_equal(r->data.p[i], 0);
	ahead_drop(o.a, next);
	handle_free(o.l, next);
	end(&o);
}

/* What cannot be made is not there; the READ finds out by itself. */
static void test_failing(void **state)
{
	struct fix *f = *state;
	struct one o = begin(f);

	fake_desk_fail(f->desk, true);
	assert_int_equal(pass(o.a, o.h, 131072), 0);
	fake_desk_fail(f->desk, false);
	assert_true(pass(o.a, o.h, 131072) > 0);
	end(&o);
	mem_fail_after(1);
	assert_null(ahead_new(AEAD_AES256GCM, key, &counter));
	mem_fail_after(0);
}

/* Through the kernel: each READ is an event before its bytes go, and where the
 * log takes none nothing goes, whatever lies ready. */
static void test_logged(void **state)
{
	struct fix *f = *state;
	uint8_t *b = malloc(65536);
	uint64_t off = 0;
	struct fake_event ev;
	int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);

	assert_true(fd >= 0);
	for (unsigned i = 1; i <= 60; i++, off += 65536) {
		assert_int_equal(pread(fd, b, 65536, (off_t)off), 65536);
		serve_check(BIG, off, b, 65536);
		assert_int_equal(fake_audit_count(f->audit, EV_READ), i);
		assert_true(fake_audit_last(f->audit, EV_READ, &ev));
		assert_int_equal(ev.ev.v[EF_OFFSET].u, off);
		assert_int_equal(ev.ev.v[EF_RESULT].u, 65536);
		assert_int_equal(ev.ev.v[EF_TAG].b.n, 16);
		usleep(500);
	}
	fake_audit_fail(f->audit, true, false);
	for (unsigned i = 0; i < 4; i++, off += 65536) {
		assert_int_equal(pread(fd, b, 65536, (off_t)off), -1);
		assert_int_equal(errno, EIO);
	}
	fake_audit_fail(f->audit, false, false);
	close(fd);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_sizes, serve_clear),
		cmocka_unit_test_setup(test_no_time, serve_clear),
		cmocka_unit_test_setup(test_no_stream, serve_clear),
		cmocka_unit_test_setup(test_others, serve_clear),
		cmocka_unit_test_setup(test_dropped, serve_clear),
		cmocka_unit_test_setup(test_rest, serve_clear),
		cmocka_unit_test_setup(test_closed, serve_clear),
		cmocka_unit_test_setup(test_failing, serve_clear),
		cmocka_unit_test_setup(test_logged, serve_clear),
	};

	return serve_main(tests, sizeof(tests) / sizeof(tests[0]));
}
