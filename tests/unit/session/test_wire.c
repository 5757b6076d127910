/* Messages of a gateway's doors: one spelling of each, and nothing beside. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "fs/session/wire.h"

#define B(s) bytes_of(s, sizeof(s) - 1)

static void put(const struct wire *w, struct buf *b)
{
	buf_clear(b);
	assert_int_equal(wire_put(w, b), 0);
}

/* ---- there and back ---- */

/* Every field with a value of its own. */
static void fill(struct wire *w)
{
	static const enum wire_type types[WF_COUNT_] = {
#define X(n, name, type) [n] = (type),
		WIRE_FIELDS(X)
#undef X
	};

	for (unsigned i = 0; i < WF_COUNT_; i++) {
		enum wire_field f = (enum wire_field)i;

		if (types[i] == WT_UINT)
			wire_uint(w, f, (uint64_t)i << (i * 2));
		else if (types[i] == WT_INT)
			wire_int(w, f, -13);
		else if (types[i] == WT_BYTES)
			wire_bytes(w, f, B("\xff\0bytes"));
		else
			wire_text(w, f, "gr\xc3\xbc\xc3\x9f");
	}
}

static void same(const struct wire *a, const struct wire *b)
{
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->present, b->present);
	for (unsigned i = 0; i < WF_COUNT_; i++) {
		enum wire_field f = (enum wire_field)i;

		assert_int_equal(wire_get(a, f), wire_get(b, f));
		assert_true(bytes_eq(wire_getb(a, f), wire_getb(b, f)));
	}
}

static void test_round_trip(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct wire w = {.op = WIRE_RUN}, back;

	(void)state;
	fill(&w);
	put(&w, &b);
	assert_int_equal(wire_parse(buf_bytes(&b), &back), 0);
	same(&w, &back);
	assert_int_equal(wire_geti(&back, WF_CODE), -13);
	for (unsigned f = 0; f < WF_COUNT_; f++) { /* and each alone */
		struct wire one = {.op = WIRE_OK, .present = 1u << f};

		one.v[f] = w.v[f];
		put(&one, &b);
		assert_int_equal(wire_parse(buf_bytes(&b), &back), 0);
		same(&one, &back);
	}
}

static void test_absent(void **state)
{
	struct wire w = {.op = WIRE_HELLO};
	char text[8] = "old";

	(void)state;
	wire_text(&w, WF_TOOL, NULL);
	assert_false(wire_has(&w, WF_TOOL));
	assert_int_equal(wire_get(&w, WF_VERSION), 0);
	assert_int_equal(wire_getb(&w, WF_TOOL).n, 0);
	assert_int_equal(wire_copy(&w, WF_TOOL, text, sizeof(text)), 0);
	assert_string_equal(text, "");
}

/* ---- strictness ---- */

static void test_cut_anywhere(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct wire w = {.op = WIRE_RUN}, back;

	(void)state;
	fill(&w);
	put(&w, &b);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(wire_parse(bytes_of(b.p, n), &back), -EPROTO);
	assert_int_equal(buf_putc(&b, '\0'), 0);
	assert_int_equal(wire_parse(buf_bytes(&b), &back), -EPROTO);
}

static void test_refused(void **state)
{
	const struct {
		const char *why;
		struct bytes in;
	} bad[] = {
		{"nothing", {0}},
		{"no array", B("\x01")},
		{"an array of 1", B("\x81\x01")},
		{"an array of 3", B("\x83\x01\xa0\x00")},
		{"no map", B("\x82\x01\x80")},
		{"a negative op", B("\x82\x20\xa0")},
		{"an op too large", B("\x82\x18\x47\xa0")},
		{"a long op", B("\x82\x18\x01\xa0")},
		{"an endless map", B("\x82\x01\xbf\x00\x01\xff")},
		{"an unknown field", B("\x82\x01\xa1\x18\x19\x01")},
		{"a field of 2^32", B("\x82\x01\xa1\x1b\0\0\0\1\0\0\0\0\x01")},
		{"a field twice", B("\x82\x01\xa2\x00\x01\x00\x01")},
		{"fields that fall", B("\x82\x01\xa2\x01\x61x\x00\x01")},
		{"a text as number", B("\x82\x01\xa1\x00\x61x")},
		{"a negative number", B("\x82\x01\xa1\x00\x20")},
		{"bytes as text", B("\x82\x01\xa1\x01\x41x")},
		{"text as bytes", B("\x82\x01\xa1\x02\x61x")},
		{"no UTF-8", B("\x82\x01\xa1\x01\x61\xff")},
		{"null", B("\x82\x01\xa1\x01\xf6")},
		{"a nested map", B("\x82\x01\xa1\x01\xa0")},
		{"more than there is",
		 B("\x82\x01\xa1\x01\x7a\xff\xff\xff\xff")},
		{"more fields than there are", B("\x82\x01\xb8\x1a\x00\x01")},
		{"a tag", B("\xc0\x82\x01\xa0")},
		{"a float", B("\x82\x01\xa1\x00\xf9\x00\x00")},
	};
	struct wire w;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (wire_parse(bad[i].in, &w) != -EPROTO)
			fail_msg("taken: %s", bad[i].why);
	assert_int_equal(wire_parse(B("\x82\x01\xa0"), &w), 0);
}

static void test_texts(void **state)
{
	struct wire w = {.op = WIRE_RUN};
	char out[4];

	(void)state;
	wire_text(&w, WF_TASK, "abc");
	assert_int_equal(wire_copy(&w, WF_TASK, out, sizeof(out)), 0);
	assert_string_equal(out, "abc");
	wire_text(&w, WF_TASK, "abcd");
	assert_int_equal(wire_copy(&w, WF_TASK, out, sizeof(out)), -EPROTO);
	wire_bytes(&w, WF_TASK, B("a\0b"));
	assert_int_equal(wire_copy(&w, WF_TASK, out, sizeof(out)), -EPROTO);
}

static void test_largest(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct buf text CLEANUP(buf_free) = {0};
	struct wire w = {.op = WIRE_LOG}, back;
	const size_t around = 7; /* the heads */

	(void)state;
	assert_int_equal(buf_reserve(&text, WIRE_MAX), 0);
	memset(text.p, 'x', WIRE_MAX);
	wire_bytes(&w, WF_BODY, bytes_of(text.p, WIRE_MAX - around));
	put(&w, &b);
	assert_int_equal(b.n, WIRE_MAX);
	assert_int_equal(wire_parse(buf_bytes(&b), &back), 0);
	wire_bytes(&w, WF_BODY, bytes_of(text.p, WIRE_MAX - around + 1));
	assert_int_equal(wire_put(&w, &b), -EMSGSIZE);
}

/* ---- errors ---- */

static void test_errors(void **state)
{
	struct err e = {0}, back = {0};
	struct wire w;

	(void)state;
	err_set(&e, -EACCES, "place", "words %d", 7);
	wire_fail(&w, e.code, &e);
	assert_int_equal(wire_error(&w, &back), -EACCES);
	assert_string_equal(back.text, "words 7");
	assert_string_equal(back.place, "place");
	wire_fail(&w, -EIO, NULL);
	assert_int_equal(wire_error(&w, &back), -EIO);
	assert_string_equal(back.text, strerror(EIO));
}

/* No answer makes a success of a failure, or an errno of any number. */
static void test_errors_that_are_none(void **state)
{
	static const int64_t codes[] = {0, 1, -4096, INT64_MIN, INT64_MAX};
	struct wire w = {.op = WIRE_OK};
	struct err e = {0};

	(void)state;
	assert_int_equal(wire_error(&w, &e), -EPROTO);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		w = (struct wire){.op = WIRE_FAILED};
		wire_int(&w, WF_CODE, codes[i]);
		assert_int_equal(wire_error(&w, &e), -EPROTO);
	}
	w = (struct wire){.op = WIRE_FAILED};
	wire_int(&w, WF_CODE, -EIO);
	wire_bytes(&w, WF_PLACE, B("a\0b"));
	assert_int_equal(wire_error(&w, &e), -EPROTO);
}

/* ---- packets ---- */

static size_t open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static int pair_up(void **state)
{
	static int s[2];

	*state = s;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s);
}

static int pair_down(void **state)
{
	int *s = *state;

	fd_close(&s[0]);
	fd_close(&s[1]);
	return 0;
}

static void test_descriptors(void **state)
{
	const int *s = *state;
	struct wire_in in CLEANUP(wire_in_free) = {0};
	struct wire w = {.op = WIRE_RUN};
	int fds[16], mine;
	size_t before = open_fds();

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = s[0];
	assert_int_equal(wire_send(s[0], &w, fds, WIRE_FDS), 0);
	assert_int_equal(wire_recv(s[1], &in), 0);
	assert_int_equal(in.nfds, WIRE_FDS);
	mine = wire_take(&in, 1);
	assert_true(mine >= 0);
	assert_int_equal(wire_take(&in, 1), -1); /* once */
	assert_int_equal(wire_take(&in, WIRE_FDS), -1);
	/* The next gives the last one's back; too many are none. */
	assert_int_equal(wire_send(s[0], &w, fds, ARRAY_LEN(fds)), 0);
	assert_int_equal(wire_recv(s[1], &in), -EPROTO);
	wire_in_free(&in);
	fd_close(&mine);
	assert_int_equal(open_fds(), before);
}

static void test_packets(void **state)
{
	int *s = *state;
	struct wire_in in CLEANUP(wire_in_free) = {0};
	struct wire w = {.op = WIRE_HELLO};
	struct timeval soon = {.tv_usec = 1000};
	struct buf big CLEANUP(buf_free) = {0};

	wire_text(&w, WF_TOOL, "t");
	assert_int_equal(wire_send(s[0], &w, NULL, 0), 0);
	assert_int_equal(wire_recv(s[1], &in), 0);
	assert_int_equal(send(s[0], "\xff", 1, 0), 1);
	assert_int_equal(wire_recv(s[1], &in), -EPROTO);
	/* Nothing of the message before is left behind. */
	assert_int_equal(buf_reserve(&big, WIRE_MAX + 1), 0);
	memset(big.p, 0, WIRE_MAX + 1);
	assert_int_equal(send(s[0], big.p, WIRE_MAX + 1, 0), WIRE_MAX + 1);
	assert_int_equal(wire_recv(s[1], &in), -EPROTO);
	assert_false(wire_has(&in.msg, WF_TOOL));
	assert_int_equal(
		setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)),
		0);
	assert_int_equal(wire_recv(s[1], &in), -EAGAIN);
	fd_close(&s[0]);
	assert_int_equal(wire_recv(s[1], &in), -EPIPE);
	assert_int_equal(wire_send(s[1], &w, NULL, 0), -EPIPE);
}

/* Last words reach even one whose own were never heard. */
static void test_last_words(void **state)
{
	int *s = *state;
	struct wire_in in CLEANUP(wire_in_free) = {0};
	struct wire w = {.op = WIRE_HELLO};
	struct err e = {0};

	assert_int_equal(wire_send(s[0], &w, NULL, 0), 0);
	wire_fail(&w, -ENOKEY, NULL);
	assert_int_equal(wire_send(s[1], &w, NULL, 0), 0);
	fd_close(&s[1]);
	assert_int_equal(wire_recv(s[0], &in), 0);
	assert_int_equal(wire_error(&in.msg, &e), -ENOKEY);
	assert_int_equal(wire_recv(s[0], &in), -EPIPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_errors_that_are_none),
		cmocka_unit_test_setup_teardown(test_descriptors, pair_up,
						pair_down),
		cmocka_unit_test_setup_teardown(test_packets, pair_up,
						pair_down),
		cmocka_unit_test_setup_teardown(test_last_words, pair_up,
						pair_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
