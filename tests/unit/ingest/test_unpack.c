/* Children that unpack: what they say is counted, and lies are refused. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary is its own child, and a bad one: how it behaves says the second
 * letter of the file that is to be unpacked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/ingest/child.h"
#include "fs/ingest/unpack.h"

/* ---- the child ---- */

static int say(struct child_wire *w, enum child_frame type, const char *text)
{
	return child_wire_put(w, type, bytes_str(text), -1);
}

static int flood(struct child_wire *w)
{
	static const uint8_t zero[1 << 20];
	int r = say(w, CHILD_MEMBER, "a");

	while (r == 0)
		r = child_wire_put(w, CHILD_DATA, bytes_of(zero, sizeof(zero)),
				   -1);
	return r;
}

static int misbehave(struct child_wire *w, char how)
{
	switch (how) {
	case 'd': /* dies */
		_exit(1);
	case 'b': /* bytes of no member */
		return say(w, CHILD_DATA, "x");
	case 'l': /* leaves what has not begun */
		return say(w, CHILD_LEFT, "x");
	case 'k': /* a frame nobody knows */
		return say(w, (enum child_frame)99, "");
	case 't': /* a torn one */
		return fd_write_full(w->sock, bytes_of("\0\0\1\0\x22xx", 7)) ==
				       0
			       ? -1
			       : -2;
	case 'm': /* members without end */
		for (int r = 0; r == 0;)
			r = say(w, CHILD_MEMBER, "a");
		return -1;
	case 'f': /* bytes without end */
		return flood(w);
	default: /* two members, one of them left */
		return say(w, CHILD_MEMBER, "a") == 0 &&
				       say(w, CHILD_DATA, "one") == 0 &&
				       say(w, CHILD_LEFT, "not well") == 0 &&
				       say(w, CHILD_MEMBER, "../b") == 0 &&
				       say(w, CHILD_DATA, "tw") == 0 &&
				       say(w, CHILD_DATA, "o") == 0
			       ? say(w, CHILD_DONE, "")
			       : -1;
	}
}

static int bad_child(void)
{
	struct child_wire w = {.sock = CHILD_FD, .fd = -1, .timeout_ms = -1};
	enum child_frame type = CHILD_NONE;
	uint8_t text[2] = {0};
	int r = 0;

	while (r == 0 && child_wire_get(&w, &type) == 1) {
		if (type == CHILD_UNPACKER)
			r = say(&w, CHILD_DONE, "");
		else if (type == CHILD_UNPACK &&
			 fd_pread_full(w.fd, text, 2, 0) == 2)
			r = misbehave(&w, (char)text[1]);
	}
	return r == 0 ? 0 : 1;
}

/* ---- the tests ---- */

struct seen {
	unsigned members, left;
	char names[64];
};

static int on_member(void *ctx, struct bytes name, const char *words,
		     uint64_t at, uint64_t size)
{
	struct seen *s = ctx;

	s->members += words == NULL;
	s->left += words != NULL;
	if (words == NULL && strlen(s->names) + name.n < sizeof(s->names) - 40)
		snprintf(s->names + strlen(s->names), 40, "%.*s %u+%u,",
			 (int)name.n, (const char *)name.p, (unsigned)at,
			 (unsigned)size);
	return 0;
}

static int ask(enum codec codec, const char *text, unpack_member *member,
	       struct seen *seen, struct err *e)
{
	struct child_pool *p = NULL;
	struct unpack_out out = {.fd = -1};
	int fd = fd_memory(bytes_str(text)), r;

	assert_true(fd >= 0);
	*e = (struct err){0};
	assert_int_equal(child_pool_new(1, &p, e), 0);
	child_pool_unpacks(p);
	r = unpack_file(p, codec, fd, member, seen, &out, e);
	assert_true(r == 0 ? out.fd >= 0 : out.fd < 0);
	/* The next child that gets it cannot change it. */
	if (r == 0)
		assert_true(fcntl(out.fd, F_GET_SEALS) & F_SEAL_WRITE);
	fd_close(&out.fd);
	fd_close(&fd);
	child_pool_free(p);
	return r;
}

static void refused(char how, const char *words)
{
	char text[] = "? file";
	struct seen seen = {0};
	struct err e;

	text[1] = how;
	if (ask(CODEC_ARCHIVE, text, on_member, &seen, &e) != -EPROTO ||
	    strstr(e.text, words) == NULL)
		fail_msg("%c: %d %s", how, e.code, e.text);
}

static void test_lies(void **state)
{
	(void)state;
	for (const char *how = "dblkt"; *how != '\0'; how++)
		refused(*how, "failed");
	refused('f', "200 times");
	refused('m', "100000 files");
}

static void test_members(void **state)
{
	struct seen seen = {0};
	struct err e;

	(void)state;
	assert_int_equal(ask(CODEC_ARCHIVE, "?honest", on_member, &seen, &e),
			 0);
	assert_int_equal(seen.members, 1);
	assert_int_equal(seen.left, 1);
	assert_string_equal(seen.names, "../b 3+3,");
	/* One file has no members. */
	assert_int_equal(ask(CODEC_GZIP, "?honest", NULL, NULL, &e), -EPROTO);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_members),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return bad_child();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
