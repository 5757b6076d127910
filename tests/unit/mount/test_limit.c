/* Limits through the real kernel: EDQUOT, and few words in the log. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tag.h"
#include "tests/unit/mount/serve_fix.h"

static _Atomic int64_t the_time = 1800000000;

static int64_t now(void)
{
	return the_time;
}

/* The mount anew, with a meter of these limits for somebody new. */
static void with(struct fix *f, const struct limits *l, struct meters **ms)
{
	static struct fixture *store;
	static struct store *s;
	static char who[8] = "a";
	struct meter_want w = {.project = "p",
			       .annotator = who,
			       .limits = l,
			       .objects = 7 + FAKE_MANY};
	void *p = NULL;

	if (store == NULL) {
		assert_int_equal(fixture_setup(&p), 0);
		store = p;
		s = fixture_writer(store);
	}
	who[0]++;
	*ms = meters_new(s, now);
	assert_int_equal(meter_open(*ms, &w, &f->meter, NULL), 0);
	serve_down(f);
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

static void without(struct fix *f, struct meters *ms)
{
	struct meter *t = f->meter;

	serve_down(f);
	f->meter = NULL;
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
	meter_close(t);
	meters_free(ms);
}

static void denied(struct fix *f, const char *rule, const char *path)
{
	struct fake_event ev;

	assert_true(fake_audit_last(f->audit, EV_DENIED, &ev));
	assert_true(bytes_is(ev.ev.v[EF_OP].b, "limit"));
	assert_memory_equal(ev.bytes[EF_RULE], rule, strlen(rule));
	assert_memory_equal(ev.bytes[EF_PATH], path, strlen(path));
	assert_int_equal((int64_t)ev.ev.v[EF_RESULT].u, -EDQUOT);
}

static void test_bytes(void **state)
{
	const struct limits l = {.bytes_per_day = 10000};
	struct fix *f = *state;
	struct meters *ms;
	struct fake_event ev;
	static uint8_t b[20000];
	uint8_t tag[TAG_LEN];
	int fd;

	with(f, &l, &ms);
	fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
	assert_int_equal(pread(fd, b, 7000, 0), 7000);
	/* cut to what is left; the event says what went, tag and all */
	assert_int_equal(pread(fd, b, 7000, 5), 3000);
	serve_check(1, 5, b, 3000);
	assert_true(fake_audit_last(f->audit, EV_READ, &ev));
	assert_int_equal(ev.ev.v[EF_ASKED].u, 7000);
	assert_int_equal(ev.ev.v[EF_RESULT].u, 3000);
	tag_once(tag, desk_cipher(f->desk), audit_dek_replay(f->dek),
		 ev.ev.v[EF_COUNTER].u, bytes_of(b, 3000));
	assert_memory_equal(tag, ev.bytes[EF_TAG], TAG_LEN);
	assert_int_equal(fake_audit_count(f->audit, EV_DENIED), 0);
	/* then nothing, and many refusals are few events */
	for (int i = 0; i < 100; i++) {
		b[0] = 0;
		assert_int_equal(pread(fd, b, 1, 0), -1);
		assert_int_equal(errno, EDQUOT);
		assert_int_equal(b[0], 0);
	}
	assert_int_equal(fake_audit_count(f->audit, EV_READ), 2);
	assert_in_range(fake_audit_count(f->audit, EV_DENIED), 1, 20);
	denied(f, "bytes_per_day", "big.txt");
	/* names, TASK.md and what is opened already cost nothing */
	assert_int_equal(serve_sh(f, "cat TASK.md && ls -l data/many"), 0);
	the_time += 86400 + 7200;
	assert_int_equal(pread(fd, b, 7000, 0), 7000);
	close(fd);
	without(f, ms);
}

/* What was made ahead is cut as well, and its tag is of what went; no counter
 * stands for two reads. */
static void test_stream(void **state)
{
	const struct limits l = {.bytes_per_day = 40 * 65536 + 1000};
	struct fix *f = *state;
	struct meters *ms;
	struct fake_event ev;
	static uint8_t b[65536];
	uint64_t off = 0, counters[41];
	uint8_t tag[TAG_LEN];
	int fd;

	with(f, &l, &ms);
	fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
	for (unsigned i = 0; i < 41; i++) {
		ssize_t got = pread(fd, b, sizeof(b), (off_t)off);

		assert_int_equal(got, i < 40 ? 65536 : 1000);
		serve_check(1, off, b, (size_t)got);
		assert_int_equal(fake_audit_count(f->audit, EV_READ), i + 1);
		assert_true(fake_audit_last(f->audit, EV_READ, &ev));
		assert_int_equal(ev.ev.v[EF_RESULT].u, got);
		counters[i] = ev.ev.v[EF_COUNTER].u;
		for (unsigned k = 0; k < i; k++)
			assert_true(counters[k] != counters[i]);
		tag_once(tag, desk_cipher(f->desk), audit_dek_replay(f->dek),
			 counters[i], bytes_of(b, (size_t)got));
		assert_memory_equal(tag, ev.bytes[EF_TAG], TAG_LEN);
		off += (uint64_t)got;
		usleep(1000);
	}
	assert_int_equal(pread(fd, b, sizeof(b), (off_t)off), -1);
	assert_int_equal(errno, EDQUOT);
	close(fd);
	without(f, ms);
}

/* cat shows what there is, then fails: ten lines are ten lines. */
static void test_records(void **state)
{
	const struct limits l = {.records_per_hour = 10};
	struct fix *f = *state;
	struct meters *ms;

	with(f, &l, &ms);
	assert_int_equal(
		serve_sh(f, "cat data/big.txt >/tmp/$$.l 2>/tmp/$$.e; r=$?; "
			    "n=$(wc -c </tmp/$$.l); rm /tmp/$$.l /tmp/$$.e; "
			    "test $r = 1 && test $n = 610"),
		0);
	denied(f, "records_per_hour", "big.txt");
	assert_int_equal(serve_sh(f, "head -c 610 data/big.txt | tail -n 2"),
			 0);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json 2>/dev/null"), 1);
	without(f, ms);
}

static void test_opens(void **state)
{
	const struct limits l = {.opens_per_minute = 3};
	struct fix *f = *state;
	struct meters *ms;

	with(f, &l, &ms);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json data/calls/2.json "
				     "data/many/0301 >/dev/null"),
			 0);
	assert_int_equal(open(serve_at(f, "data/many/0302"), O_RDONLY), -1);
	assert_int_equal(errno, EDQUOT);
	denied(f, "opens_per_minute", "many/0302");
	assert_int_equal(fake_audit_count(f->audit, EV_OPEN), 3);
	assert_int_equal(serve_sh(f, "cat TASK.md"), 0);
	the_time += 65;
	assert_int_equal(serve_sh(f, "cat data/many/0302 >/dev/null"), 0);
	without(f, ms);
}

/* What was refused since the log was last told is told at the end. */
static void test_rest(void **state)
{
	const struct limits l = {.opens_per_minute = 1};
	struct fix *f = *state;
	struct meters *ms;
	struct mount_counts n;

	with(f, &l, &ms);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json >/dev/null"), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(open(serve_at(f, "data/many/0302"), O_RDONLY),
				 -1);
	mount_count(f->m, &n);
	assert_int_equal(n.denials, 5);
	assert_true(fake_audit_denials(f->audit) < 5);
	without(f, ms);
	assert_int_equal(fake_audit_denials(f->audit), 5);
}

/* What a mapping touches is read as well; no page is cut. */
static void test_mapped(void **state)
{
	const struct limits l = {.bytes_per_day = 6000};
	static const int how[] = {MAP_PRIVATE, MAP_SHARED};
	struct fix *f = *state;
	struct meters *ms;

	for (size_t i = 0; i < 2; i++) {
		struct fake_event ev;
		pid_t pid;
		int st;

		with(f, &l, &ms);
		pid = fork();
		if (pid == 0) {
			int fd = open(serve_at(f, "data/big.txt"), O_RDONLY);
			const volatile uint8_t *p =
				mmap(NULL, FAKE_BIG, PROT_READ, how[i], fd, 0);

			if (p == MAP_FAILED)
				_exit(errno == ENODEV ? 77 : 1);
			signal(SIGBUS, SIG_DFL);
			if (p[100] != fake_byte(1, 100))
				_exit(2);
			_exit(p[1000000] + 3); /* a second page: no */
		}
		waitpid(pid, &st, 0);
		if (!WIFEXITED(st) || WEXITSTATUS(st) != 77) {
			assert_true(WIFSIGNALED(st));
			assert_int_equal(WTERMSIG(st), SIGBUS);
			denied(f, "bytes_per_day", "big.txt");
			assert_true(fake_audit_last(f->audit, EV_READ, &ev));
			assert_true(bytes_is(ev.ev.v[EF_VIA].b, "cache"));
			assert_int_equal(ev.ev.v[EF_RESULT].u, 4096);
		}
		without(f, ms);
		fake_audit_clear(f->audit);
	}
}

static void test_sweep(void **state)
{
	const struct limits none = {0};
	struct fix *f = *state;
	struct meters *ms;
	struct fake_event ev;

	with(f, &none, &ms);
	assert_int_equal(serve_sh(f, "cat data/many/0[0-4]* >/dev/null"), 0);
	assert_int_equal(fake_audit_count(f->audit, EV_ALERT), 0);
	fake_audit_fail(f->audit, true, false);
	for (int i = 500; i < 505; i++) {
		char name[32];

		snprintf(name, sizeof(name), "data/many/%04d", i);
		assert_int_equal(open(serve_at(f, name), O_RDONLY), -1);
		assert_int_equal(errno, EIO);
	}
	fake_audit_fail(f->audit, false, false);
	assert_int_equal(serve_sh(f, "cat data/many/* >/dev/null"), 0);
	assert_int_equal(fake_audit_count(f->audit, EV_ALERT), 1);
	assert_true(fake_audit_last(f->audit, EV_ALERT, &ev));
	assert_true(bytes_is(ev.ev.v[EF_OP].b, "sweep"));
	assert_int_equal(ev.ev.v[EF_COUNT].u, 504);
	assert_int_equal(ev.ev.v[EF_SESSION].u, 77);
	without(f, ms);
}

/* A request makes a session busy; silence is counted in seconds. */
static void test_idle(void **state)
{
	struct fix *f = *state;

	assert_int_equal(serve_sh(f, "cat data/calls/1.json >/dev/null"), 0);
	assert_true(mount_idle(f->m) < 60);
	for (int i = 0; i < 60000 && mount_idle(f->m) < 2; i++)
		usleep(1000);
	assert_true(mount_idle(f->m) >= 2);
	assert_int_equal(serve_sh(f, "cat data/calls/1.json >/dev/null"), 0);
	assert_true(mount_idle(f->m) < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_bytes, serve_clear),
		cmocka_unit_test_setup(test_stream, serve_clear),
		cmocka_unit_test_setup(test_records, serve_clear),
		cmocka_unit_test_setup(test_opens, serve_clear),
		cmocka_unit_test_setup(test_rest, serve_clear),
		cmocka_unit_test_setup(test_mapped, serve_clear),
		cmocka_unit_test_setup(test_sweep, serve_clear),
		cmocka_unit_test_setup(test_idle, serve_clear),
	};

	return serve_main(tests, sizeof(tests) / sizeof(tests[0]));
}
