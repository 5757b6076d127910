/* Flags through the real kernel: hidden at once, durable, and few. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/desk/flags.h"
#include "fs/store/flag.h"
#include "tests/unit/mount/serve_fix.h"

#define ATTR "user.carrel.flag"
#define B(text) bytes_str(text)

static void *fixture;
static struct store *the_one;

static struct store *the_store(void)
{
	if (the_one == NULL) {
		assert_int_equal(fixture_setup(&fixture), 0);
		the_one = fixture_writer(fixture);
	}
	return the_one;
}

/* The mount anew, of this annotator. */
static void as(struct fix *f, const char *who, struct meters **ms)
{
	static const struct limits l = {.flags_per_hour = 6};
	struct meter_want w = {.project = "p",
			       .annotator = who,
			       .limits = &l,
			       .objects = 7 + FAKE_MANY};

	*ms = meters_new(the_store(), NULL);
	assert_int_equal(meter_open(*ms, &w, &f->meter, NULL), 0);
	assert_int_equal(
		flags_open(the_store(), f->desk, "p", who, &f->flags, NULL), 0);
	serve_down(f);
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

static void no_more(struct fix *f, struct meters *ms)
{
	struct meter *t = f->meter;
	struct flags *x = f->flags;

	serve_down(f);
	f->meter = NULL;
	f->flags = NULL;
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
	meter_close(t);
	meters_free(ms);
	flags_close(x);
}

static int flag(struct fix *f, const char *path, const char *words)
{
	return setxattr(serve_at(f, path), ATTR, words, strlen(words), 0) == 0
		       ? 0
		       : errno;
}

struct tally {
	unsigned n;
	uint64_t id;
};

static int count(void *ctx, const struct store_flag *x)
{
	struct tally *s = ctx;

	s->n++;
	if (bytes_is(x->words, "Maria Lopez")) {
		s->id = x->id;
		assert_true(bytes_is(x->annotator, "anna"));
		assert_true(bytes_is(x->project, "p"));
		assert_true(bytes_is(x->dataset, "d"));
		assert_true(bytes_is(x->path, "1.json"));
		assert_true(bytes_is(x->shown, "calls/1.json"));
		assert_int_equal(x->state, FLAG_OPEN);
		assert_true(x->at > 0);
	}
	return 0;
}

static int denied(struct fix *f)
{
	struct fake_event ev;

	assert_true(fake_audit_last(f->audit, EV_DENIED, &ev));
	assert_memory_equal(ev.bytes[EF_OP], "flagged", 7);
	return (int)(int64_t)ev.ev.v[EF_RESULT].u;
}

static void test_hidden(void **state)
{
	struct fix *f = *state;
	struct meters *ms;
	struct fake_event ev;
	struct tally seen = {0};
	uint8_t b[64];
	int fd;

	as(f, "anna", &ms);
	fd = open(serve_at(f, "data/calls/1.json"), O_RDONLY);
	assert_int_equal(pread(fd, b, 8, 0), 8);
	assert_int_equal(flag(f, "data/calls/1.json", "Maria Lopez"), 0);
	/* in the log, durable, with the words */
	assert_true(fake_audit_last(f->audit, EV_FLAG, &ev));
	assert_memory_equal(ev.bytes[EF_REASON], "Maria Lopez", 11);
	assert_memory_equal(ev.bytes[EF_PATH], "calls/1.json", 12);
	assert_true(fake_audit_synced(f->audit) > 0);
	/* what is open, too */
	assert_int_equal(pread(fd, b, 8, 0), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(denied(f), -EACCES);
	assert_int_equal(open(serve_at(f, "data/calls/1.json"), O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	close(fd);
	/* nothing else, and nothing of names */
	assert_int_equal(serve_sh(f, "cat data/calls/2.json >/dev/null && "
				     "ls -l data/calls | grep -q 1.json && "
				     "! cat data/calls/1.json 2>/dev/null"),
			 0);
	no_more(f, ms);
	assert_int_equal(store_flag_each(the_store(), count, &seen), 0);
	assert_int_equal(seen.n, 1);
	assert_true(seen.id > 0);
	/* the next session; not another's */
	as(f, "anna", &ms);
	assert_int_equal(open(serve_at(f, "data/calls/1.json"), O_RDONLY), -1);
	no_more(f, ms);
	as(f, "bob", &ms);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json >/dev/null"), 0);
	no_more(f, ms);
}

static void state(uint64_t id, enum flag_state to)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct store_flag x;

	assert_int_equal(store_flag_get(the_store(), id, &b, &x), 0);
	x.state = to;
	assert_int_equal(store_flag_put(the_store(), &x), 0);
}

/* Rejected, it is seen again, in the session that flagged it, too; accepted
 * only by one that begins later. */
static void test_decided(void **state_)
{
	struct fix *f = *state_;
	struct meters *ms;
	struct tally seen = {0};

	as(f, "anna", &ms);
	assert_int_equal(store_flag_each(the_store(), count, &seen), 0);
	state(seen.id, FLAG_TAKEN);
	usleep(1100000);
	assert_int_equal(open(serve_at(f, "data/calls/1.json"), O_RDONLY), -1);
	state(seen.id, FLAG_REFUSED);
	usleep(1100000);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json >/dev/null"), 0);
	no_more(f, ms);
	state(seen.id, FLAG_TAKING);
	as(f, "anna", &ms);
	assert_int_equal(open(serve_at(f, "data/calls/1.json"), O_RDONLY), -1);
	no_more(f, ms);
	state(seen.id, FLAG_TAKEN);
	as(f, "anna", &ms);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json >/dev/null"), 0);
	no_more(f, ms);
}

/* Pages that are mapped go, and do not come back. */
static void test_pages(void **state_)
{
	struct fix *f = *state_;
	struct meters *ms;
	uint8_t in[1];
	void *p;
	int fd;

	as(f, "clara", &ms);
	fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
	p = mmap(NULL, 1u << 20, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED && errno == ENODEV) {
		close(fd);
		no_more(f, ms);
		skip(); /* before Linux 6.6 */
	}
	serve_check(1, 0, p, 100);
	assert_int_equal(mincore(p, 4096, in), 0);
	assert_int_equal(in[0] & 1, 1);
	assert_int_equal(flag(f, "data/big.txt", "a b"), 0);
	assert_int_equal(mincore(p, 4096, in), 0);
	assert_int_equal(in[0] & 1, 0);
	munmap(p, 1u << 20);
	close(fd);
	no_more(f, ms);
}

static void test_hostile(void **state_)
{
	struct fix *f = *state_;
	struct meters *ms;
	static char huge[60000];

	as(f, "dora", &ms);
	memset(huge, 'x', sizeof(huge) - 1);
	assert_int_equal(flag(f, "data/calls/1.json", huge), E2BIG);
	assert_int_equal(flag(f, "data/calls/1.json", ""), EINVAL);
	assert_int_equal(flag(f, "data/calls/1.json", " .,"), EINVAL);
	assert_int_equal(flag(f, "data/calls/1.json", "a\nb"), EINVAL);
	assert_int_equal(flag(f, "data/calls/1.json", "\xff\xfe"), EINVAL);
	assert_int_equal(flag(f, "data/empty", "Maria"), EINVAL);
	assert_int_equal(flag(f, "data/empty", "3-2"), EINVAL);
	assert_int_equal(flag(f, "data/calls", "Maria"), EISDIR);
	assert_int_equal(flag(f, "", "Maria"), EISDIR);
	assert_int_equal(flag(f, "TASK.md", "Maria"), EPERM);
	assert_int_equal(flag(f, "data/none", "Maria"), ENOENT);
	assert_int_equal(setxattr(serve_at(f, "data/calls/1.json"),
				  "user.carrel.flagg", "x", 1, 0),
			 -1);
	assert_int_equal(errno, EROFS);
	assert_int_equal(fake_audit_count(f->audit, EV_FLAG), 0);
	/* none of these cost anything; six are what there is */
	assert_int_equal(flag(f, "data/empty", "0.5-3"), 0);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(flag(f, "data/many/0001", "Maria"), 0);
	assert_int_equal(flag(f, "data/many/0002", "Maria"), EDQUOT);
	assert_int_equal(serve_sh(f, "cat data/many/0002 >/dev/null"), 0);
	no_more(f, ms);
	/* the owner's own mount takes none */
	assert_int_equal(flag(f, "data/many/0003", "Maria"), EROFS);
}

/* Not in the log, or not on disk: not flagged, says the answer. */
static void test_fails(void **state_)
{
	struct fix *f = *state_;
	struct meters *ms;
	struct tally before = {0}, after = {0};

	as(f, "erna", &ms);
	assert_int_equal(store_flag_each(the_store(), count, &before), 0);
	fake_audit_fail(f->audit, true, false);
	assert_int_equal(flag(f, "data/many/0004", "Maria"), EIO);
	fake_audit_fail(f->audit, false, true);
	assert_int_equal(flag(f, "data/many/0004", "Maria"), EIO);
	fake_audit_fail(f->audit, false, false);
	assert_int_equal(store_flag_each(the_store(), count, &after), 0);
	assert_int_equal(before.n, after.n);
	no_more(f, ms);
}

/* What could not be sealed stays hidden: the store does not know of it. */
static void test_unsealed(void **state_)
{
	struct fix *f = *state_;
	struct meters *ms;
	uint32_t nr;

	as(f, "fred", &ms);
	nr = desk_stored(f->desk, B("d/1.json"));
	assert_false(flags_hide(f->flags, nr));
	mem_fail_after(1);
	assert_int_equal(flags_add(f->flags, nr, 77777, 1, B("Maria")),
			 -ENOMEM);
	mem_fail_after(0);
	assert_true(flags_hide(f->flags, nr));
	assert_true(flags_again(f->flags, nr));
	assert_true(flags_hide(f->flags, nr));
	assert_int_equal(open(serve_at(f, "data/calls/1.json"), O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	no_more(f, ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_hidden, serve_clear),
		cmocka_unit_test_setup(test_decided, serve_clear),
		cmocka_unit_test_setup(test_pages, serve_clear),
		cmocka_unit_test_setup(test_hostile, serve_clear),
		cmocka_unit_test_setup(test_fails, serve_clear),
		cmocka_unit_test_setup(test_unsealed, serve_clear),
	};

	int r = serve_main(tests, ARRAY_LEN(tests));

	store_close(the_one);
	if (fixture != NULL)
		(void)!fixture_teardown(&fixture);
	return r;
}
