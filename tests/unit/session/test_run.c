/* Confined sessions from start to end, over a gateway without a store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "fs/session/confine.h"
#include "fs/session/run.h"
#include "tests/unit/mount/fake.h"
#include "tests/unit/session/fake_gateway.h"
#include "tests/unit/session/run_fix.h"

static void test_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(code_of("exit 0"), 0);
	assert_int_equal(code_of("exit 7"), 7);
	assert_int_equal(code_of("kill -9 $$"), 128 + 9);
	assert_int_equal(code_of("exec /nonexistent"), 127);
}

static int code_of_name(const char *name)
{
	char *argv[] = {(char *)(uintptr_t)name, NULL};
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct run_want w = {.host = fake_gateway_host(g),
			     .argv = argv,
			     .no_terminal = true};
	struct err e = {0};
	int status = 0;

	assert_int_equal(run_session(&w, &status, &e), 0);
	fake_gateway_free(g);
	return status;
}

static void test_no_such_command(void **state)
{
	(void)state;
	assert_int_equal(code_of_name("no-such-command"), 127);
}

/* By the PATH that the session has, which is more than libc's own. */
static void test_command_by_path(void **state)
{
	(void)state;
	if (access("/usr/sbin/nologin", X_OK) != 0)
		skip();
	assert_int_equal(code_of_name("nologin"), 1);
}

/* Writes to the view are answered by the gateway, and in its log. */
static void test_writes_reach_the_log(void **state)
{
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct fake_event ev;
	struct err e = {0};
	int status;

	(void)state;
	assert_int_equal(
		in_session(g, "echo a >data/empty", false, &status, &e), 0);
	assert_true(status != 0);
	assert_true(fake_audit_last(fake_gateway_audit(g), EV_DENIED, &ev));
	assert_int_equal((int64_t)ev.ev.v[EF_RESULT].u, -EROFS);
	fake_gateway_free(g);
}

static void test_streams_must_be_one_terminal(void **state)
{
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct err e = {0};
	int status, null = open("/dev/null", O_RDWR), was = dup(0);

	(void)state;
	dup2(null, 0);
	assert_int_equal(in_session(g, "true", true, &status, &e), -EINVAL);
	assert_non_null(strstr(e.text, "one terminal"));
	dup2(was, 0);
	close(was);
	close(null);
	fake_gateway_free(g);
}

static void test_refused_session(void **state)
{
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct err e = {0};
	int status;

	(void)state;
	fake_gateway_refuse(g, -EACCES);
	assert_int_equal(in_session(g, "exit 3", false, &status, &e), -EACCES);
	assert_string_equal(e.text, "refused by the test");
	assert_int_equal(fake_audit_count(fake_gateway_audit(g), EV_READ), 0);
	fake_gateway_free(g);
}

/* Steps of the confinement fail then, at one or another place. */
static void test_lost_gateway(void **state)
{
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct err e = {0};
	int status;

	(void)state;
	fake_gateway_lose(g);
	assert_int_equal(in_session(g, "exit 3", false, &status, &e), -EACCES);
	assert_string_equal(e.text,
			    "the session was ended: the gateway has gone");
	fake_gateway_free(g);
}

/* Sends a signal once the session has read something. */
struct sender {
	struct gateway *g;
	int signal;
};

static void *send_signal(void *arg)
{
	struct sender *s = arg;

	while (fake_audit_count(fake_gateway_audit(s->g), EV_READ) == 0)
		usleep(1000);
	kill(getpid(), s->signal);
	return NULL;
}

static void ended_by(int signal, const char *reason)
{
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct sender s = {g, signal};
	struct err e = {0};
	sigset_t all, was;
	pthread_t t;
	int status;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	assert_int_equal(pthread_create(&t, NULL, send_signal, &s), 0);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	assert_int_equal(in_session(g,
				    "trap '' HUP INT TERM; cat data/empty; "
				    "sleep 600 & wait",
				    false, &status, &e),
			 0);
	pthread_join(t, NULL);
	assert_int_equal(status, 128 + signal);
	assert_string_equal(fake_gateway_reason(g), reason);
	fake_gateway_free(g);
}

static void test_signals(void **state)
{
	(void)state;
	ended_by(SIGTERM, "signal");
	ended_by(SIGINT, "signal");
	ended_by(SIGHUP, "hangup");
}

/* Is there a process with this argument? Its number, or 0. */
static pid_t find_process(const char *arg)
{
	for (pid_t pid = 2; pid < 4194304; pid++) {
		struct buf b CLEANUP(buf_free) = {0};
		char path[64];

		if (kill(pid, 0) != 0 && errno == ESRCH)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
		if (file_read(AT_FDCWD, path, 65536, &b) == 0 && b.n > 0 &&
		    memmem(b.p, b.n, arg, strlen(arg) + 1) != NULL)
			return pid;
	}
	return 0;
}

/* kill -9 of the gateway takes every process of the session along. */
static void test_gateway_killed(void **state)
{
	struct err e = {0};
	char secs[32];
	char script[64];
	pid_t pid, inner = 0;
	int status;

	(void)state;
	snprintf(secs, sizeof(secs), "4711.%d", (int)getpid());
	snprintf(script, sizeof(script), "exec sleep %s", secs);
	pid = fork();
	if (pid == 0) {
		in_session(fake_gateway_new(bytes_str("x")), script, false,
			   &status, &e);
		_exit(0);
	}
	while (inner == 0 && waitpid(pid, &status, WNOHANG) == 0)
		inner = find_process(secs);
	assert_true(inner > 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < 60000 && kill(inner, 0) == 0; i++)
		usleep(1000);
	assert_int_equal(kill(inner, 0), -1);
	assert_int_equal(errno, ESRCH);
}

/* A child in a user namespace that allows no more of them: 0 as promised. */
static int where_namespaces_are_off(void)
{
	int fd, status = 0;
	char map[32];
	struct err e = {0};

	snprintf(map, sizeof(map), "0 %u 1", geteuid());
	if (unshare(CLONE_NEWUSER) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0)
		return 1;
	fd = open("/proc/self/uid_map", O_WRONLY);
	if (fd < 0 || fd_write_full(fd, bytes_str(map)) != 0)
		return 2;
	close(fd);
	fd = open("/proc/sys/user/max_user_namespaces", O_WRONLY);
	if (fd < 0 || fd_write_full(fd, bytes_str("0")) != 0)
		return 3;
	close(fd);
	if (in_session(fake_gateway_new(bytes_str("x")), "true", false, &status,
		       &e) != -ENOTSUP)
		return 4;
	return strstr(e.text, "user.max_user_namespaces") != NULL ? 0 : 5;
}

static void test_no_namespaces(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (THREAD_SANITIZER)
		skip(); /* its thread forbids a new user namespace */
	pid = fork();
	if (pid == 0)
		_exit(where_namespaces_are_off());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- with a terminal ---- */

struct terminal {
	int master;
	pid_t pid;
	struct buf screen;
	int code;
};

/* The child's side: the slave is its terminal; exits with the status. */
static _Noreturn void on_terminal(int slave, const char *script)
{
	struct gateway *g = fake_gateway_new(bytes_str("x"));
	struct termios before, after;
	struct err e = {0};
	int status = 99, r;

	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int i = 0; i < 3; i++)
		dup2(slave, i);
	tcgetattr(0, &before);
	r = in_session(g, script, true, &status, &e);
	tcgetattr(0, &after);
	if (r != 0)
		_exit(98);
	if (before.c_lflag != after.c_lflag ||
	    before.c_iflag != after.c_iflag || before.c_oflag != after.c_oflag)
		_exit(96);
	if (fake_gateway_tty_out(g) == 0)
		_exit(97);
	_exit(status);
}

/* Types text once the screen shows `when`; collects until the end. */
static void use_terminal(struct terminal *t, const char *script,
			 const char *when, struct bytes text)
{
	int slave, status = -1;
	bool typing = false;
	char name[64];

	*t = (struct terminal){.master = posix_openpt(O_RDWR | O_NOCTTY)};
	assert_true(t->master >= 0);
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	assert_int_equal(ptsname_r(t->master, name, sizeof(name)), 0);
	slave = open(name, O_RDWR | O_NOCTTY);
	t->pid = fork();
	if (t->pid == 0) {
		close(t->master);
		on_terminal(slave, script);
	}
	close(slave);
	fcntl(t->master, F_SETFL, O_RDWR | O_NONBLOCK);
	for (;;) {
		bool more = typing && text.n > 0;
		struct pollfd p = {
			.fd = t->master,
			.events = (short)(more ? POLLIN | POLLOUT : POLLIN)};
		uint8_t b[4096];
		ssize_t n;

		poll(&p, 1, 1000);
		n = read(t->master, b, sizeof(b));
		if (n > 0)
			assert_int_equal(buf_put(&t->screen, b, (size_t)n), 0);
		else if (n < 0 && errno != EAGAIN)
			break;
		typing = typing || strstr(buf_str(&t->screen), when) != NULL;
		if (typing && text.n > 0 && (p.revents & POLLOUT) != 0) {
			n = write(t->master, text.p, text.n);
			if (n > 0)
				text = bytes_sub(text, (size_t)n, text.n);
		}
	}
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	t->code = WEXITSTATUS(status);
	close(t->master);
}

static void test_terminal(void **state)
{
	struct terminal t;

	(void)state;
	use_terminal(&t,
		     "tty; printf '\\033]52;c;AAAA\\aready\\n'; read x; "
		     "echo \"got $x\"; exit 3",
		     "ready", bytes_str("word\r"));
	if (t.code != 3)
		fail_msg("exit %d: %s", t.code, buf_str(&t.screen));
	assert_non_null(strstr(buf_str(&t.screen), "/dev/pts/0"));
	assert_non_null(strstr(buf_str(&t.screen), "got word"));
	assert_null(strstr(buf_str(&t.screen), "]52"));
	buf_free(&t.screen);
}

/* A paste larger than every buffer on the way, echoed by the reader: neither
 * side may wait for the other. */
static void test_large_paste(void **state)
{
	struct buf paste CLEANUP(buf_free) = {0};
	struct terminal t;

	(void)state;
	for (int i = 0; i < 3000; i++)
		assert_int_equal(
			buf_printf(&paste,
				   "line %06d of what is pasted "
				   "...................................\r",
				   i),
			0);
	assert_int_equal(buf_puts(&paste, "end\r"), 0);
	use_terminal(&t,
		     "echo ready; while read x; do echo $x; "
		     "test \"$x\" = end && exit 4; done",
		     "ready", buf_bytes(&paste));
	assert_int_equal(t.code, 4);
	assert_non_null(strstr(buf_str(&t.screen), "line 002999"));
	buf_free(&t.screen);
}

/* ---- the table ---- */

static void test_explain(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct buf words CLEANUP(buf_free) = {0};
	struct json_out o;
	size_t n;
	const struct confine_step *s = confine_steps(&n);

	(void)state;
	assert_true(n >= 15);
	assert_int_equal(confine_words(&words), 0);
	for (const char *at = buf_str(&words); *at != '\0';
	     at = strchr(at, '\n') + 1)
		assert_true(strcspn(at, "\n") <= 100);
	json_open(&o, &b);
	confine_explain(&o);
	assert_int_equal(o.err, 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(strlen(s[i].reason) > 10);
		assert_non_null(strstr(buf_str(&b), s[i].name));
		assert_non_null(strstr(buf_str(&words), s[i].reason));
		assert_int_equal(s[i].where == AT_GATEWAY, s[i].fn == NULL);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(s[i].name, s[k].name);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_no_such_command),
		cmocka_unit_test(test_command_by_path),
		cmocka_unit_test(test_writes_reach_the_log),
		cmocka_unit_test(test_streams_must_be_one_terminal),
		cmocka_unit_test(test_refused_session),
		cmocka_unit_test(test_lost_gateway),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_gateway_killed),
		cmocka_unit_test(test_no_namespaces),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_large_paste),
		cmocka_unit_test(test_explain),
	};

	return run_main(argc, argv, tests, ARRAY_LEN(tests));
}
