/* What a session's room looks like from inside, and who guards it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "tests/unit/mount/fake.h"
#include "tests/unit/session/run_fix.h"

/* What the room looks like; each line is one promise. */
static void test_the_room(void **state)
{
	(void)state;
	assert_int_equal(code_of("test \"$(cat data/empty)\" = canary"), 0);
	assert_int_equal(code_of("test $PWD = /carrel"), 0);
	assert_int_equal(code_of("test $(id -u) != 0"), 0);
	if (!THREAD_SANITIZER) /* its own thread takes the number */
		assert_int_equal(code_of("test $$ = 2"), 0);
	assert_int_equal(code_of("grep -q 'CapBnd:.0000000000000000' "
				 "/proc/self/status"),
			 0);
	assert_int_equal(code_of("grep -q 'Seccomp:.2' /proc/self/status"), 0);
	assert_int_equal(code_of("grep -q 'NoNewPrivs:.1' /proc/self/status"),
			 0);
	assert_int_equal(code_of("grep -q 'SigIgn:.0000000000000000' "
				 "/proc/self/status && "
				 "grep -q 'SigBlk:.0000000000000000' "
				 "/proc/self/status"),
			 0);
	assert_int_equal(code_of("! touch /x /usr/x /etc/x /dev/x /carrel/x "
				 "/proc/sys/kernel/core_pattern 2>/dev/null "
				 "&& ! test -e /x"),
			 0);
	assert_int_equal(code_of("echo a >/tmp/a && echo a >$HOME/a && "
				 "echo a >/run/a && echo a >/dev/shm/a"),
			 0);
	assert_int_equal(code_of("! test -e /sys && ! test -e /root && "
				 "test $(ls /home) = annotator"),
			 0);
	assert_int_equal(code_of("env | cut -d= -f1 | sort | tr '\\n' ' ' | "
				 "grep -qx 'CARREL_TASK HOME LANG PATH PWD "
				 "SHELL TERM USER XDG_RUNTIME_DIR '"),
			 0);
	/* What the gateway gave, not what was asked for: here nothing. */
	assert_int_equal(code_of("test \"$CARREL_TASK\" = batch-07"), 0);
	assert_int_equal(code_of("test $(ls /proc/self/fd | wc -l) = 4"), 0);
	assert_int_equal(code_of("test $(hostname) = carrel"), 0);
	/* ulimit counts blocks: 0 and 1 byte would look the same. */
	assert_int_equal(code_of("grep -q '^Max core file size  *1  *1  *' "
				 "/proc/self/limits"),
			 0);
	assert_int_equal(code_of("! ulimit -c 0 2>/dev/null"), 0);
	assert_int_equal(code_of("kill -0 1 2>/dev/null; test $? != 0"), 0);
	assert_int_equal(code_of("mkfifo /carrel/data/f 2>/dev/null; "
				 "! test -e /carrel/data/f"),
			 0);
}

/* Scratch is bounded, private, and where programs look for it. */
static void test_scratch(void **state)
{
	(void)state;
	assert_int_equal(code_of("for d in /tmp /var/tmp /dev/shm /run $HOME; "
				 "do test $(stat -f -c %T $d) = tmpfs && "
				 "test $(df -Pk $d | tail -1 | awk '{print "
				 "$2}') -le 1048576 && test $(df -Pi $d | tail "
				 "-1 | awk '{print $2}') -le 262144 || exit 1; "
				 "done"),
			 0);
	assert_int_equal(code_of("test $(stat -c %a $XDG_RUNTIME_DIR) = 700 && "
				 "test -O $XDG_RUNTIME_DIR && "
				 "echo a >$XDG_RUNTIME_DIR/a"),
			 0);
	/* This desk has no work area: no folder pretends to be one. */
	assert_int_equal(code_of("test -z \"$(ls -A $HOME)\""), 0);
}

/* No call makes a file with the bits, whatever the call. */
static void test_setuid_bits(void **state)
{
	(void)state;
	assert_int_equal(code_of("cd /tmp && : >a && chmod 755 a && "
				 "! chmod 4755 a 2>/dev/null && "
				 "! chmod g+s a 2>/dev/null && "
				 "test $(stat -c %a a) = 755"),
			 0);
	assert_int_equal(
		code_of("python3 -c 'import os, sys\n"
			"def no(f, *a):\n"
			"    try: f(*a)\n"
			"    except PermissionError: return\n"
			"    sys.exit(1)\n"
			"w = os.O_CREAT | os.O_WRONLY\n"
			"no(os.open, \"/tmp/b\", w, 0o4755)\n"
			"no(os.open, \"/tmp/b\", w, 0o2755)\n"
			"no(os.open, \"/tmp\", os.O_TMPFILE | os.O_RDWR, "
			"0o4700)\n"
			"os.open(\"/tmp/b\", w, 0o755)\n"
			"os.open(\"/tmp\", os.O_TMPFILE | os.O_RDWR, 0o700)"
			"\n'"),
		0);
}

static uint64_t status_field(pid_t pid, const char *field, int base)
{
	struct buf b CLEANUP(buf_free) = {0};
	char path[64];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read(AT_FDCWD, path, 65536, &b) != 0)
		return UINT64_MAX;
	at = strstr(buf_str(&b), field);
	return at == NULL ? UINT64_MAX
			  : strtoull(at + strlen(field), NULL, base);
}

/* The one child of a process; 0: none. */
static pid_t child_of(pid_t parent)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while (found == 0 && (e = readdir(d)) != NULL) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid > 1 &&
		    status_field(pid, "\nPPid:", 10) == (uint64_t)parent)
			found = pid;
	}
	closedir(d);
	return found;
}

struct keepers {
	struct gateway *g;
	uint64_t caps[2], nnp[2];
	uid_t owner[2]; /* of /proc/PID/mem: root's where memory is not shown */
};

/* While the command runs: what its launcher and its pid 1 still hold. */
static void *look_at_keepers(void *arg)
{
	struct keepers *k = arg;
	pid_t pid = getpid();

	while (fake_audit_count(fake_gateway_audit(k->g), EV_READ) == 0)
		usleep(1000);
	for (int i = 0; i < 2; i++) {
		struct stat st = {0};
		char path[64];

		pid = child_of(pid);
		k->caps[i] = status_field(pid, "\nCapPrm:", 16) |
			     status_field(pid, "\nCapBnd:", 16);
		k->nnp[i] = status_field(pid, "\nNoNewPrivs:", 10);
		snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
		k->owner[i] = stat(path, &st) == 0 ? st.st_uid : (uid_t)-1;
	}
	kill(getpid(), SIGTERM);
	return NULL;
}

static void test_keepers(void **state)
{
	struct keepers k = {.g = fake_gateway_new(bytes_str("x"))};
	struct err e = {0};
	sigset_t all, was;
	pthread_t t;
	int status;

	(void)state;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	assert_int_equal(pthread_create(&t, NULL, look_at_keepers, &k), 0);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	assert_int_equal(in_session(k.g, "cat data/empty; exec sleep 600",
				    false, &status, &e),
			 0);
	pthread_join(t, NULL);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(k.caps[i], 0);
		assert_int_equal(k.nnp[i], 1);
		assert_int_equal(k.owner[i], 0);
	}
	fake_gateway_free(k.g);
}

/* Somebody outside with the same uid, by the path that /proc offers. */
struct visitor {
	struct gateway *g;
	int opened, code;
};

static void *visit(void *arg)
{
	struct visitor *v = arg;
	char path[96];
	pid_t pid = getpid();

	while (fake_audit_count(fake_gateway_audit(v->g), EV_READ) == 0)
		usleep(1000);
	for (int i = 0; i < 3; i++) /* launcher, pid 1, the command */
		pid = child_of(pid);
	snprintf(path, sizeof(path), "/proc/%d/root/carrel/data/empty",
		 (int)pid);
	v->opened = open(path, O_RDONLY | O_CLOEXEC);
	v->code = errno;
	kill(getpid(), SIGTERM);
	return NULL;
}

/* Refused, and in the log; what runs inside reads on. */
static void test_visitor(void **state)
{
	struct visitor v = {.g = fake_gateway_new(bytes_str("x"))};
	struct fake_event ev;
	struct err e = {0};
	sigset_t all, was;
	pthread_t t;
	int status;

	(void)state;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	assert_int_equal(pthread_create(&t, NULL, visit, &v), 0);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	assert_int_equal(in_session(v.g,
				    "while cat data/empty; do sleep 0.01; "
				    "done; exit 9",
				    false, &status, &e),
			 0);
	pthread_join(t, NULL);
	assert_int_equal(status, 128 + SIGTERM);
	assert_int_equal(v.opened, -1);
	assert_int_equal(v.code, EACCES);
	assert_true(fake_audit_last(fake_gateway_audit(v.g), EV_DENIED, &ev));
	assert_true(bytes_is(ev.ev.v[EF_OP].b, "caller"));
	assert_int_equal(ev.ev.v[EF_PID].u > 1, 1);
	fake_gateway_free(v.g);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_room),
		cmocka_unit_test(test_scratch),
		cmocka_unit_test(test_setuid_bits),
		cmocka_unit_test(test_keepers),
		cmocka_unit_test(test_visitor),
	};

	return run_main(argc, argv, tests, ARRAY_LEN(tests));
}
