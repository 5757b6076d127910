/* The progress line: what it says, how often, and the callback. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/progress.h"

#define SECOND 1000000000u

/* A bar that has run for some seconds, drawing into a pipe. */
static void bar_open(struct progress_bar *b, int fds[2], int tty,
		     uint64_t seconds)
{
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	progress_bar_start(b, "ingest", "files");
	b->fd = fds[1];
	b->tty = tty;
	b->start_ns -= seconds * SECOND;
}

static const char *drawn(struct buf *b, int fds[2])
{
	char c;

	buf_clear(b);
	while (read(fds[0], &c, 1) == 1)
		assert_int_equal(buf_putc(b, c), 0);
	return buf_str(b);
}

static void draws(void **state)
{
	CLEANUP(buf_free) struct buf out = {0};
	struct progress_bar b;
	int fds[2];

	(void)state;
	bar_open(&b, fds, 0, 100);
	assert_int_equal(progress_bar_tick(&b, 500000000, 1000000000, 7), 0);
	assert_non_null(
		strstr(drawn(&out, fds),
		       "ingest   50 %  ETA 1:40  500 MB  5.0 MB/s  7 files\n"));
	/* Too soon for another line. */
	assert_int_equal(progress_bar_tick(&b, 500000001, 1000000000, 8), 0);
	assert_string_equal(drawn(&out, fds), "");
	b.last_ns -= (uint64_t)11 * SECOND;
	assert_int_equal(progress_bar_tick(&b, 1500, 0, 1), 0);
	assert_non_null(strstr(drawn(&out, fds),
			       "ingest  1.5 kB  0.0 MB/s  1 files\n"));
	progress_bar_end(&b);
	assert_string_equal(drawn(&out, fds), "");
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

static void draws_on_terminals(void **state)
{
	CLEANUP(buf_free) struct buf out = {0};
	struct progress_bar b;
	const char *s;
	int fds[2];

	(void)state;
	bar_open(&b, fds, 1, 1);
	progress_bar_end(&b);
	assert_string_equal(drawn(&out, fds), "");
	/* More done than there is: never above the whole. */
	assert_int_equal(progress_bar_tick(&b, 30, 20, 2), 0);
	s = drawn(&out, fds);
	assert_int_equal(s[0], '\r');
	assert_non_null(strstr(s, "100 %  ETA 0:00  30 B"));
	assert_null(strchr(s, '\n'));
	progress_bar_end(&b);
	assert_string_equal(drawn(&out, fds), "\r\033[K");
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

static void quiet_at_first(void **state)
{
	CLEANUP(buf_free) struct buf out = {0};
	struct progress_bar b;
	int fds[2];

	(void)state;
	bar_open(&b, fds, 0, 0);
	assert_int_equal(progress_bar_tick(&b, 0, 100, 0), 0);
	assert_string_equal(drawn(&out, fds), "");
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

/* No memory, no reader: the work goes on. */
static void never_stops_the_work(void **state)
{
	struct progress_bar b;
	int fds[2];

	(void)state;
	bar_open(&b, fds, 0, 100);
	mem_fail_after(1);
	assert_int_equal(progress_bar_tick(&b, 1, 2, 3), 0);
	mem_fail_after(0);
	b.last_ns = 0;
	b.fd = -1;
	assert_int_equal(progress_bar_tick(&b, 1, 2, 3), 0);
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

static int stop_at_two(void *ctx, uint64_t done, uint64_t total, uint64_t items)
{
	uint64_t *sum = ctx;

	*sum += done + total + items;
	return items >= 2 ? -ECANCELED : 0;
}

static void callback(void **state)
{
	uint64_t sum = 0;
	struct progress p = {stop_at_two, &sum}, none = {0};

	(void)state;
	assert_int_equal(progress_tick(NULL, 1, 2, 3), 0);
	assert_int_equal(progress_tick(&none, 1, 2, 3), 0);
	assert_int_equal(progress_tick(&p, 10, 20, 1), 0);
	assert_int_equal(progress_tick(&p, 10, 20, 2), -ECANCELED);
	assert_int_equal(sum, 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws),
		cmocka_unit_test(draws_on_terminals),
		cmocka_unit_test(quiet_at_first),
		cmocka_unit_test(never_stops_the_work),
		cmocka_unit_test(callback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
