/* The INIT reply is patched when, and only when, the kernel offered it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/fuse.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fs/mount/init.h"

struct ask {
	struct fuse_in_header h;
	struct fuse_init_in i;
};

static struct ask ask(uint32_t opcode, uint32_t flags, uint32_t flags2)
{
	struct ask a = {.h = {.opcode = opcode, .unique = 9},
			.i = {.major = 7,
			      .minor = 45,
			      .flags = flags,
			      .flags2 = flags2}};

	return a;
}

/* What becomes of a reply after this request. */
static struct fuse_init_out reply(const struct ask *a, size_t n,
				  uint64_t unique, int error)
{
	struct init_state s = {0};
	struct fuse_out_header h = {.unique = unique, .error = error};
	struct fuse_init_out out = {.major = 7, .minor = 38, .flags = 1};

	init_look(&s, a, n);
	init_patch(&s, &h, &out, sizeof(out));
	return out;
}

static void test_offered(void **state)
{
	struct ask a = ask(FUSE_INIT, FUSE_INIT_EXT, 0x5fd);
	struct fuse_init_out out = reply(&a, sizeof(a), 9, 0);

	(void)state;
	assert_int_equal(out.flags, 1 | FUSE_INIT_EXT);
	assert_int_equal(out.flags2, 1 << 4);
}

static void same(struct fuse_init_out out)
{
	assert_int_equal(out.flags, 1);
	assert_int_equal(out.flags2, 0);
}

static void test_not_offered(void **state)
{
	struct ask a = ask(FUSE_INIT, FUSE_INIT_EXT, 0x5ed);

	(void)state;
	same(reply(&a, sizeof(a), 9, 0));
	a = ask(FUSE_INIT, 0, 0x5fd); /* flags2 does not count then */
	same(reply(&a, sizeof(a), 9, 0));
	a = ask(FUSE_LOOKUP, FUSE_INIT_EXT, 0x5fd);
	same(reply(&a, sizeof(a), 9, 0));
	a = ask(FUSE_INIT, FUSE_INIT_EXT, 0x5fd); /* an old, short INIT */
	same(reply(&a, sizeof(a.h) + 16, 9, 0));
	same(reply(&a, 10, 9, 0));
	same(reply(&a, sizeof(a), 8, 0)); /* the reply to another */
	same(reply(&a, sizeof(a), 9, -5));
}

static void test_once(void **state)
{
	struct init_state s = {0};
	struct ask a = ask(FUSE_INIT, FUSE_INIT_EXT, 0x5fd);
	struct fuse_out_header h = {.unique = 9};
	struct fuse_init_out out = {.major = 7};

	(void)state;
	init_look(&s, &a, sizeof(a));
	init_patch(&s, &h, &out, 24); /* not an init_out */
	assert_int_equal(out.flags2, 0);
	init_patch(&s, &h, &out, sizeof(out));
	assert_int_equal(out.flags2, 1 << 4);
	memset(&out, 0, sizeof(out));
	out.major = 7;
	init_patch(&s, &h, &out, sizeof(out));
	assert_int_equal(out.flags2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offered),
		cmocka_unit_test(test_not_offered),
		cmocka_unit_test(test_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
