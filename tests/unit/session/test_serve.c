/* The gateway's loop: who comes, who is shown out, when it ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/session/call.h"
#include "fs/session/inplace.h"
#include "fs/session/serve.h"
#include "tests/unit/session/new_gateway.h"

struct place {
	void *f;
	struct store *s;
	struct gateway *g;
	struct inplace *in;
	struct call first; /* the one it is there for */
};

static int open_place(void **state)
{
	struct place *p = mem_new(1, sizeof(*p));
	struct err e = {0};
	int r;

	if (p == NULL || fixture_setup(&p->f) != 0)
		return -1;
	*state = p;
	p->s = fixture_open(p->f);
	p->g = new_gateway(p->s);
	r = inplace_start(p->g, &p->in, &e);
	p->first = (struct call){.sock = r, .policy = -1};
	if (r < 0 || call_begin(&p->first, "test", &e) != 0)
		fail_msg("%s: %s", e.place, e.text);
	return 0;
}

static int close_place(void **state)
{
	struct place *p = *state;
	int r = p->in == NULL ? 0 : inplace_end(p->in, true, NULL);

	call_close(&p->first);
	r = gateway_close(p->g) != 0 ? -1 : r;
	store_close(p->s);
	fixture_teardown(&p->f);
	mem_free(p);
	return r;
}

/* ---- coming ---- */

static int knock(const struct place *p)
{
	int sock = door_connect(store_dir(p->s), DOOR_SESSION, NULL);

	assert_true(sock >= 0);
	return sock;
}

/* Whether its socket's end has come; waits for it where it must. */
static bool is_over(int sock, int ms)
{
	struct pollfd p = {.fd = sock};

	return poll(&p, 1, ms) == 1 && (p.revents & POLLHUP) != 0;
}

static void test_greeting(void **state)
{
	struct place *p = *state;
	struct call c CLEANUP(call_close) = {.sock = -1, .policy = -1};
	struct call d CLEANUP(call_close) = {.sock = -1, .policy = -1};
	struct err e = {0};

	assert_int_equal(call_session(store_dir(p->s), "test", &c, &e), 0);
	assert_int_equal(
		call_ask(&c, &(struct wire){.op = WIRE_STATUS}, NULL, 0, &e),
		-EACCES);
	assert_true(is_over(c.sock, -1));
	assert_int_equal(call_ask(&p->first, &(struct wire){.op = WIRE_STATUS},
				  NULL, 0, &e),
			 0);
	assert_true(wire_getb(&p->first.in.msg, WF_TEXT).n > 0);
	/* The fixture's owner is another uid, whatever the proof. */
	assert_int_equal(call_owner(p->s, "test", &d, &e), -EACCES);
}

static void test_version(void **state)
{
	struct place *p = *state;
	struct call c CLEANUP(call_close) = {.sock = knock(p), .policy = -1};
	struct wire w = {.op = WIRE_HELLO};
	struct err e = {0};

	wire_uint(&w, WF_VERSION, WIRE_VERSION + 1);
	assert_int_equal(call_ask(&c, &w, NULL, 0, &e), -EPROTONOSUPPORT);
	assert_non_null(strstr(e.text, "carrel session end --gateway"));
	assert_true(is_over(c.sock, -1));
}

static void test_no_greeting(void **state)
{
	struct place *p = *state;
	struct call c CLEANUP(call_close) = {.sock = knock(p), .policy = -1};
	struct err e = {0};

	assert_int_equal(send(c.sock, "\xff", 1, MSG_NOSIGNAL), 1);
	assert_int_equal(wire_recv(c.sock, &c.in), 0);
	assert_int_equal(wire_error(&c.in.msg, &e), -EPROTO);
	assert_true(is_over(c.sock, -1));
}

/* A crowd shows out its own; who was there before from another process and
 * has not said anything either stays. */
static void test_crowd(void **state)
{
	struct place *p = *state;
	int socks[200], over = 0, mine[2];
	pid_t pid;
	uint8_t byte = 0;

	assert_int_equal(pipe(mine), 0);
	pid = fork();
	if (pid == 0) { /* one quiet visitor; says at its end what it saw */
		int s = door_connect(store_dir(p->s), DOOR_SESSION, NULL);

		(void)!write(mine[1], &byte, 1);
		byte = is_over(s, 1500);
		(void)!write(mine[1], &byte, 1);
		_exit(0);
	}
	assert_int_equal(read(mine[0], &byte, 1), 1);
	for (size_t i = 0; i < ARRAY_LEN(socks); i++)
		socks[i] = knock(p);
	assert_int_equal(read(mine[0], &byte, 1), 1);
	assert_int_equal(byte, 0);
	for (unsigned n = 0; n < 300 && over < 200 - 48; n++) {
		over = 0;
		for (size_t i = 0; i < ARRAY_LEN(socks); i++)
			over += is_over(socks[i], 0);
		usleep(100000); /* a busy machine takes its time */
	}
	assert_in_range(over, 200 - 48, 200 - 40);
	for (size_t i = 0; i < ARRAY_LEN(socks); i++)
		close(socks[i]);
	assert_int_equal(call_ask(&p->first, &(struct wire){.op = WIRE_STATUS},
				  NULL, 0, NULL),
			 0);
	close(mine[0]);
	close(mine[1]);
}

/* ---- ending ---- */

/* With the last it is there for, and the doors go. */
static void test_ends_with_the_last(void **state)
{
	struct place *p = *state;
	int sock = knock(p);

	call_close(&p->first);
	fd_close(&sock);
	assert_int_equal(inplace_end(p->in, false, NULL), 0);
	p->in = NULL;
	assert_int_equal(door_connect(store_dir(p->s), DOOR_SESSION, NULL),
			 -ECONNREFUSED);
}

/* Told to, whoever stands there, and though an answer waits to be read. */
static void test_ends_when_told(void **state)
{
	struct place *p = *state;
	struct wire w = {.op = WIRE_STATUS};
	int sock = knock(p);
	struct buf b CLEANUP(buf_free) = {0};

	assert_int_equal(wire_put(&w, &b), 0);
	while (send(p->first.sock, b.p, b.n, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		continue;
	assert_int_equal(inplace_end(p->in, true, NULL), 0);
	p->in = NULL;
	assert_true(is_over(sock, -1));
	fd_close(&sock);
}

static void test_stop(void **state)
{
	struct place *p = *state;
	struct wire w = {.op = WIRE_STOP};

	assert_int_equal(call_ask(&p->first, &w, NULL, 0, NULL), 0);
	assert_true(p->first.last);
	p->first.last = false; /* it is this process that keeps the socket */
	assert_int_equal(inplace_end(p->in, false, NULL), 0);
	p->in = NULL;
}

/* Who started it hears why there are no doors. */
static void test_no_doors(void **state)
{
	struct place *p = *state;
	struct call c CLEANUP(call_close) = {.sock = -1, .policy = -1};
	struct err e = {0};
	char path[160];

	call_close(&p->first);
	assert_int_equal(inplace_end(p->in, true, NULL), 0);
	snprintf(path, sizeof(path), "%s/gateway", store_dir(p->s));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/tmp", path), 0);
	c.sock = inplace_start(p->g, &p->in, &e);
	assert_true(c.sock >= 0);
	assert_true(call_begin(&c, "test", &e) < 0);
	if (strstr(e.text, "the gateway's directory") == NULL)
		fail_msg("%s", e.text);
	assert_true(inplace_end(p->in, false, &e) < 0);
	p->in = NULL;
	assert_int_equal(unlink(path), 0);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, open_place, close_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_greeting),
		T(test_version),
		T(test_no_greeting),
		T(test_crowd),
		T(test_ends_with_the_last),
		T(test_ends_when_told),
		T(test_stop),
		T(test_no_doors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
