/* Who is inside a session, and that others get nothing from its mount. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "fs/mount/caller.h"
#include "tests/unit/mount/serve_fix.h"

/*
 * The tree of a session: INIT, which adopts as pid 1 does; a child of it; an
 * orphan, whose parent has ended. They wait until the test ends them.
 */
struct tree {
	pid_t init, child, orphan, thread;
};

/* Also where a test fails, nobody stays. */
static _Noreturn void wait_forever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* What a process says of itself: which it is, and its number. */
enum who {
	SAID_CHILD = 0,
	SAID_ORPHAN,
	SAID_THREAD,
};
struct said {
	enum who who;
	pid_t pid;
};

static void say(int out, enum who who, pid_t pid)
{
	struct said s = {.who = who, .pid = pid};

	(void)!write(out, &s, sizeof(s));
}

static void *wait_thread(void *arg)
{
	say(*(int *)arg, SAID_THREAD, (pid_t)syscall(SYS_gettid));
	wait_forever();
}

/* The orphan's own number, once its parent has ended. */
static void make_orphan(int out)
{
	pid_t middle = fork();

	if (middle == 0) {
		pid_t parent = getpid();

		if (fork() != 0)
			_exit(0);
		while (getppid() == parent)
			usleep(1000);
		say(out, SAID_ORPHAN, getpid());
		wait_forever();
	}
	waitpid(middle, NULL, 0);
}

static _Noreturn void be_init(int out)
{
	pthread_t t;
	pid_t child;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* A name that a careless reader of stat would stumble over. */
	prctl(PR_SET_NAME, "x) S 1 (");
	child = fork();
	if (child == 0) {
		say(out, SAID_CHILD, getpid());
		pthread_create(&t, NULL, wait_thread, &out);
		wait_forever();
	}
	make_orphan(out);
	wait_forever();
}

/* This program anew: a child that was forked off threads must not allocate,
 * as somebody may have held the lock of the allocator, and INIT's do. */
static _Noreturn void exec_init(int out)
{
	char fd[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(fd, sizeof(fd), "%d", out);
	execl("/proc/self/exe", "tree", fd, (char *)NULL);
	_exit(127);
}

static void tree_up(struct tree *t)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	t->init = fork();
	if (t->init == 0)
		exec_init(p[1]);
	close(p[1]);
	for (int i = 0; i < 3; i++) {
		struct said s;

		assert_int_equal(read(p[0], &s, sizeof(s)), sizeof(s));
		*(s.who == SAID_CHILD	 ? &t->child
		  : s.who == SAID_ORPHAN ? &t->orphan
					 : &t->thread) = s.pid;
	}
	close(p[0]);
}

static void tree_down(struct tree *t)
{
	kill(t->child, SIGKILL);
	kill(t->orphan, SIGKILL);
	kill(t->init, SIGKILL);
	waitpid(t->init, NULL, 0);
}

static void test_who_is_inside(void **state)
{
	static struct callers c;
	struct tree t;

	(void)state;
	tree_up(&t);
	callers_start(&c, t.init, false);
	assert_false(c.blind);
	for (int i = 0; i < 2; i++) { /* asked, then remembered */
		assert_int_equal(callers_ask(&c, t.init), CALLER_INSIDE);
		assert_int_equal(callers_ask(&c, t.child), CALLER_INSIDE);
		assert_int_equal(callers_ask(&c, t.orphan), CALLER_INSIDE);
		assert_int_equal(callers_ask(&c, t.thread), CALLER_INSIDE);
	}
	assert_int_equal(callers_ask(&c, getpid()), CALLER_FOREIGN);
	assert_int_equal(callers_ask(&c, getppid()), CALLER_FOREIGN);
	assert_int_equal(callers_ask(&c, 1), CALLER_FOREIGN);
	assert_int_equal(callers_ask(&c, 0), CALLER_FOREIGN);
	tree_down(&t);
}

/* What was a yes is asked for again after a while: numbers come back. */
static void test_not_for_ever(void **state)
{
	static struct callers c;
	struct tree t;
	enum caller got = CALLER_INSIDE;

	(void)state;
	tree_up(&t);
	callers_start(&c, t.init, false);
	assert_int_equal(callers_ask(&c, t.child), CALLER_INSIDE);
	tree_down(&t);
	for (int i = 0; i < 600 && got == CALLER_INSIDE; i++) {
		usleep(10000);
		got = callers_ask(&c, t.child);
	}
	assert_int_equal(got, CALLER_FOREIGN);
}

static void test_nobody_and_anybody(void **state)
{
	static struct callers c;

	(void)state;
	/* Zeroed, started with nothing: nobody is inside. */
	assert_int_equal(callers_ask(&c, getpid()), CALLER_FOREIGN);
	callers_start(&c, 0, false);
	assert_int_equal(callers_ask(&c, getpid()), CALLER_FOREIGN);
	assert_int_equal(callers_ask(&c, 1), CALLER_FOREIGN);
	assert_int_equal(callers_ask(&c, 0), CALLER_FOREIGN);
	callers_start(&c, 0, true);
	assert_int_equal(callers_ask(&c, getpid()), CALLER_INSIDE);
}

/* Without a descriptor to look with: no answer, and no word of strangers. */
static void test_unseen(void **state)
{
	static struct callers c;
	struct rlimit was, none;
	struct tree t;
	enum caller got;

	(void)state;
	tree_up(&t);
	callers_start(&c, t.init, false);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = was;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	got = callers_ask(&c, t.child);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_int_equal(got, CALLER_UNSEEN);
	assert_int_equal(callers_ask(&c, t.child), CALLER_INSIDE);
	tree_down(&t);
}

/* A /proc that hides the session cannot answer; nobody is still nobody. */
static void test_blind(void **state)
{
	static struct callers c;

	(void)state;
	callers_start(&c, 0x3fffffff, false); /* no such process */
	assert_true(c.blind);
	assert_int_equal(callers_ask(&c, getpid()), CALLER_UNKNOWN);
	assert_int_equal(callers_ask(&c, 0), CALLER_FOREIGN);
}

/* ---- at a mount ---- */

/* A session whose pid 1 is a child that does as it is told. */
struct door {
	struct fix *f;
	pid_t init;
	int in, out;
};

static _Noreturn void read_when_told(struct fix *f, int in, int out)
{
	char c, b[16];

	while (read(in, &c, 1) == 1) {
		int fd = open(serve_at(f, "data/calls/1.json"), O_RDONLY);

		c = fd >= 0 && read(fd, b, sizeof(b)) == sizeof(b) ? 'y' : 'n';
		close(fd);
		(void)!write(out, &c, 1);
	}
	_exit(0);
}

static void door_up(struct door *d, struct fix *f)
{
	int in[2], out[2];

	*d = (struct door){.f = f};
	serve_down(f);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	d->init = fork();
	if (d->init == 0) {
		close(in[1]);
		read_when_told(f, in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	d->in = in[1];
	d->out = out[0];
	f->init = d->init;
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

static char inside_reads(struct door *d)
{
	char c = '?';

	assert_int_equal(write(d->in, "r", 1), 1);
	assert_int_equal(read(d->out, &c, 1), 1);
	return c;
}

static void door_down(struct door *d)
{
	close(d->in);
	close(d->out);
	waitpid(d->init, NULL, 0);
	serve_down(d->f);
	d->f->init = 0;
	assert_int_equal(serve_up(d->f, DURABLE_OPEN), 0);
}

/* From outside: no file, no name, no attribute; and the log says who. */
static void test_outside_gets_nothing(void **state)
{
	struct fix *f = *state;
	struct fake_event ev;
	struct stat st;
	struct door d;

	door_up(&d, f);
	assert_int_equal(inside_reads(&d), 'y');
	assert_false(fake_audit_last(f->audit, EV_DENIED, &ev));
	assert_int_equal(open(serve_at(f, "data/calls/2.json"), O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(open(serve_at(f, "data"), O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(stat(serve_at(f, "data/many/0001"), &st), -1);
	assert_true(fake_audit_last(f->audit, EV_DENIED, &ev));
	assert_true(bytes_is(ev.ev.v[EF_OP].b, "caller"));
	assert_int_equal(ev.ev.v[EF_PID].u, getpid());
	assert_int_equal(ev.ev.v[EF_UID].u, getuid());
	assert_int_equal((int64_t)ev.ev.v[EF_RESULT].u, -EACCES);
	assert_int_equal(inside_reads(&d), 'y');
	door_down(&d);
}

/* Many refusals are few events: a stranger cannot fill the disk. */
static void test_one_alarm(void **state)
{
	struct fix *f = *state;
	struct mount_counts c;
	struct door d;
	size_t n;

	door_up(&d, f);
	for (int i = 0; i < 500; i++)
		assert_int_equal(access(serve_at(f, "data"), R_OK), -1);
	n = fake_audit_count(f->audit, EV_DENIED);
	if (n < 1 || n > 100)
		fail_msg("%zu events", n);
	mount_count(f->m, &c);
	assert_true(c.denials >= 500);
	door_down(&d);
	assert_int_equal(fake_audit_denials(f->audit), c.denials);
}

/* A log that cannot take the alarm opens no door. */
static void test_alarm_fails(void **state)
{
	struct fix *f = *state;
	struct door d;

	door_up(&d, f);
	fake_audit_fail(f->audit, true, false);
	assert_int_equal(access(serve_at(f, "data"), R_OK), -1);
	assert_int_equal(errno, EACCES);
	fake_audit_fail(f->audit, false, false);
	door_down(&d);
}

/* The connection ends with the last that holds the mount, not before. */
static void test_gone(void **state)
{
	struct fix *f = *state;
	int dir = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(dir >= 0);
	assert_int_equal(mount_gone(f->m, 0), -EBUSY);
	assert_int_equal(umount2(f->dir, MNT_DETACH), 0);
	assert_int_equal(mount_gone(f->m, 50), -EBUSY);
	close(dir);
	assert_int_equal(mount_gone(f->m, 5000), 0);
	serve_down(f);
	assert_int_equal(serve_up(f, DURABLE_OPEN), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_inside),
		cmocka_unit_test(test_not_for_ever),
		cmocka_unit_test(test_nobody_and_anybody),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_blind),
		cmocka_unit_test_setup(test_outside_gets_nothing, serve_clear),
		cmocka_unit_test_setup(test_one_alarm, serve_clear),
		cmocka_unit_test_setup(test_alarm_fails, serve_clear),
		cmocka_unit_test_setup(test_gone, serve_clear),
	};

	if (argc > 1 && strcmp(argv[0], "tree") == 0)
		be_init(atoi(argv[1]));
	return serve_main(tests, ARRAY_LEN(tests));
}
