/* Archives in a run: opened again where memory is short, changed meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/ingest/house.h"

/* A member of a tar file, as POSIX has it. */
static void tar_put(struct buf *b, const char *name, const char *text)
{
	char h[512] = "", pad[512] = "";
	size_t n = strlen(text);
	unsigned sum = 8 * ' ';

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0644U);
	snprintf(h + 124, 12, "%011o", (unsigned)n);
	memcpy(h + 257, "ustar\00000", 8);
	h[156] = '0';
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (uint8_t)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	assert_int_equal(buf_put(b, h, sizeof(h)), 0);
	assert_int_equal(buf_put(b, text, n), 0);
	assert_int_equal(buf_put(b, pad, (512 - n % 512) % 512), 0);
}

static void write_tar(struct house *h, const char *path, const char *text)
{
	CLEANUP(buf_free) struct buf b = {0};
	static const uint8_t end[1024];

	tar_put(&b, "1.txt", text);
	tar_put(&b, "2.txt", "mail ann@example.org\n");
	assert_int_equal(buf_put(&b, end, sizeof(end)), 0);
	house_write(h, path, buf_bytes(&b));
}

static void holds(struct house *h, const char *path, const char *text)
{
	struct house_object o;

	assert_int_equal(house_open(h, path, &o), 0);
	assert_int_equal(o.head.denied, DENIAL_NONE);
	assert_true(bytes_is(buf_bytes(&o.data), text));
	house_close(&o);
}

/* One archive after the other has the room of one: each is opened twice. */
static void test_short(void **state)
{
	struct house *h = *state;
	struct ingest_want w = {.jobs = 1, .held = 1};

	write_tar(h, "a.tar", "one\n");
	write_tar(h, "b/c.tar", "two\n");
	house_write(h, "z.txt", bytes_str("plain\n"));
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.files, 5);
	assert_int_equal(h->sum.left, 0);
	holds(h, "a/1.txt", "one\n");
	holds(h, "a/2.txt", "mail ann@example.org\n");
	holds(h, "b/c/1.txt", "two\n");
	holds(h, "z.txt", "plain\n");
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.skipped, 5);
}

/* When the first files are done, the second archive becomes another. */
static int change(void *ctx, uint64_t done, uint64_t total, uint64_t items)
{
	struct house *h = ctx;

	(void)done, (void)total;
	if (items == 2)
		write_tar(h, "b.tar", "else\n");
	return 0;
}

static void test_changed(void **state)
{
	struct house *h = *state;
	const struct progress p = {change, h};
	struct ingest_want w = {.jobs = 1, .held = 1, .progress = &p};
	struct house_object o;

	write_tar(h, "a.tar", "one\n");
	write_tar(h, "b.tar", "two\n");
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.files, 2);
	assert_int_equal(h->sum.left, 2);
	assert_true(house_said(h, "b/1.txt", "changed while it was read"));
	assert_true(house_said(h, "b/2.txt", "changed while it was read"));
	holds(h, "a/1.txt", "one\n");
	assert_int_equal(house_open(h, "b/1.txt", &o), -ENOENT);
}

/* What is no archive is left, and nothing of it is there. */
static void test_broken(void **state)
{
	struct house *h = *state;
	struct ingest_want w = {.jobs = 1};
	struct house_object o;

	house_write(h, "a.zip", bytes_str("PK\3\4 and so on"));
	house_write(h, "z.txt", bytes_str("plain\n"));
	assert_int_equal(house_ingest(h, &w), 0);
	assert_int_equal(h->sum.files, 1);
	assert_int_equal(h->sum.left, 1);
	assert_true(house_said(h, "a.zip", "damaged"));
	assert_int_equal(house_open(h, "a.zip", &o), -ENOENT);
	house_remove(h, "z.txt");
	assert_int_equal(house_ingest(h, &w), -ENOENT);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_short, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_changed, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_broken, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
