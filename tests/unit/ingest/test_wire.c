/* Frames: what is sent arrives; what is no frame is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "fs/ingest/child_wire.h"

struct pair {
	struct child_wire a, b;
};

static int open_pair(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	int s[2];

	if (p == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, s) != 0)
		return -1;
	p->a = (struct child_wire){.sock = s[0], .fd = -1, .timeout_ms = 200};
	p->b = (struct child_wire){.sock = s[1], .fd = -1, .timeout_ms = 200};
	*state = p;
	return 0;
}

static int close_pair(void **state)
{
	struct pair *p = *state;

	child_wire_close(&p->a);
	child_wire_close(&p->b);
	free(p);
	return 0;
}

static void test_frames(void **state)
{
	struct pair *p = *state;
	enum child_frame t;

	assert_int_equal(
		child_wire_put(&p->a, CHILD_GROUPS, bytes_str("hello"), -1), 0);
	assert_int_equal(
		child_wire_put(&p->a, CHILD_DONE, bytes_of(NULL, 0), -1), 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(t, CHILD_GROUPS);
	assert_true(bytes_is(buf_bytes(&p->b.in), "hello"));
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(t, CHILD_DONE);
	assert_int_equal(p->b.in.n, 0);
}

static void test_descriptors(void **state)
{
	struct pair *p = *state;
	int fd CLEANUP(fd_close) = open("/dev/null", O_RDONLY);
	struct stat x, y;
	enum child_frame t;

	assert_int_equal(child_wire_put(&p->a, CHILD_FILE, bytes_str("x"), fd),
			 0);
	assert_int_equal(child_wire_put(&p->a, CHILD_FILE, bytes_str("y"), -1),
			 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_true(p->b.fd >= 0);
	assert_int_equal(fstat(fd, &x), 0);
	assert_int_equal(fstat(p->b.fd, &y), 0);
	assert_int_equal(x.st_ino, y.st_ino);
	/* The next frame has none, and the old one is closed. */
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(p->b.fd, -1);
}

/* Frames that wait go with the next that does not, in order, the descriptor
 * with its own; a reader that may read ahead loses none of them. */
static void test_waiting(void **state)
{
	struct pair *p = *state;
	int fd CLEANUP(fd_close) = open("/dev/null", O_RDONLY);
	enum child_frame t;
	char c;

	assert_int_equal(
		child_wire_add(&p->a, CHILD_GROUPS, bytes_str("first"), -1), 0);
	assert_int_equal(recv(p->b.sock, &c, 1, MSG_DONTWAIT | MSG_PEEK), -1);
	assert_int_equal(child_wire_add(&p->a, CHILD_FILE, bytes_str("x"), fd),
			 0);
	assert_int_equal(
		child_wire_put(&p->a, CHILD_DETECT, bytes_of(NULL, 0), -1), 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(p->b.fd, -1);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(t, CHILD_FILE);
	assert_true(p->b.fd >= 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(t, CHILD_DETECT);
	assert_int_equal(p->b.fd, -1);
	p->b.ahead = true;
	for (int i = 0; i < 30000; i++) { /* more than may wait */
		assert_int_equal(child_wire_add(&p->a, CHILD_HEAD,
						bytes_of(&i, sizeof(i)), -1),
				 0);
		if (i % 10000 == 9999)
			assert_int_equal(child_wire_put(&p->a, CHILD_DONE,
							bytes_of(NULL, 0), -1),
					 0);
		for (int k = i - 9999; i % 10000 == 9999 && k <= i; k++) {
			assert_int_equal(child_wire_get(&p->b, &t), 1);
			assert_memory_equal(p->b.in.p, &k, sizeof(k));
		}
		if (i % 10000 == 9999)
			assert_int_equal(child_wire_get(&p->b, &t), 1);
	}
	assert_int_equal(t, CHILD_DONE);
	assert_int_equal(p->b.at, p->b.early.n);
}

struct big {
	struct child_wire *wire;
	struct buf text;
};

static void *send_big(void *arg)
{
	struct big *big = arg;

	return child_wire_put(big->wire, CHILD_BLOCK, buf_bytes(&big->text),
			      -1) == 0
		       ? NULL
		       : arg;
}

/* Made before it is waited for: who waits does not do so for long. */
static void test_big(void **state)
{
	struct pair *p = *state;
	struct big big = {.wire = &p->a};
	enum child_frame t;
	pthread_t thread;
	void *failed;
	int got;

	for (int i = 0; i < 1 << 20; i++)
		assert_int_equal(buf_puts(&big.text, "0123456"), 0);
	assert_int_equal(pthread_create(&thread, NULL, send_big, &big), 0);
	got = child_wire_get(&p->b, &t);
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_int_equal(got, 1);
	assert_null(failed);
	assert_int_equal(p->b.in.n, 7 << 20);
	assert_memory_equal(p->b.in.p + p->b.in.n - 7, "0123456", 7);
	buf_free(&big.text);
}

static void test_ends(void **state)
{
	struct pair *p = *state;
	enum child_frame t;

	assert_int_equal(child_wire_get(&p->b, &t), -ETIMEDOUT);
	assert_int_equal(fd_write_full(p->a.sock, bytes_of("\0\0\0\5\x22x", 6)),
			 0);
	assert_int_equal(child_wire_get(&p->b, &t), -ETIMEDOUT); /* torn */
	fd_close(&p->a.sock);
	assert_int_equal(child_wire_get(&p->b, &t), 0);
}

static void test_too_large(void **state)
{
	struct pair *p = *state;
	enum child_frame t;

	assert_int_equal(
		fd_write_full(p->a.sock, bytes_of("\xFF\xFF\xFF\xFF\x22", 5)),
		0);
	assert_int_equal(child_wire_get(&p->b, &t), -EPROTO);
}

static void test_errors(void **state)
{
	struct pair *p = *state;
	struct err sent = {-EACCES, "m.yaml:3:1", "no such key"}, got;
	enum child_frame t;

	assert_int_equal(child_wire_fail(&p->a, &sent), 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(t, CHILD_ERROR);
	assert_int_equal(child_wire_error(&p->b, &got), -EACCES);
	assert_string_equal(got.place, "m.yaml:3:1");
	assert_string_equal(got.text, "no such key");
	/* A code that is none, and bytes that are no CBOR. */
	sent.code = 7;
	assert_int_equal(child_wire_fail(&p->a, &sent), 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(child_wire_error(&p->b, &got), -EIO);
	assert_int_equal(child_wire_put(&p->a, CHILD_ERROR, bytes_str("?"), -1),
			 0);
	assert_int_equal(child_wire_get(&p->b, &t), 1);
	assert_int_equal(child_wire_error(&p->b, &got), -EPROTO);
}

/* A whole file, small ones and large ones, around the edge between them. */
static void test_files(void **state)
{
	static const size_t size[] = {
		0, 1, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1};
	uint8_t *want = malloc((1 << 20) + 1);
	struct pair *p = *state;
	struct bytes got;
	enum child_frame t;

	assert_non_null(want);
	for (size_t i = 0; i <= 1 << 20; i++)
		want[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(child_wire_map(&p->b, &got), -EPROTO);
	for (size_t i = 0; i < ARRAY_LEN(size); i++) {
		int fd CLEANUP(fd_close) = fd_memory_new();
		struct bytes in = bytes_of(want, size[i]);

		assert_int_equal(fd_write_full(fd, in), 0);
		assert_int_equal(
			child_wire_put(&p->a, CHILD_FILE, bytes_str("x"), fd),
			0);
		assert_int_equal(child_wire_get(&p->b, &t), 1);
		assert_int_equal(child_wire_map(&p->b, &got), 0);
		assert_int_equal(p->b.fd, -1);
		assert_true(bytes_eq(got, in));
		child_wire_unmap(&got);
		child_wire_unmap(&got);
		assert_int_equal(got.n, 0);
	}
	free(want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_descriptors, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_waiting, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_big, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_ends, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_too_large, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_errors, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(test_files, open_pair,
						close_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
