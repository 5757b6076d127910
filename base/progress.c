/* The drawing progress line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fdio.h"

#define TTY_EVERY (CLOCK_SECOND / 10)
#define LOG_EVERY ((uint64_t)10 * CLOCK_SECOND)

void progress_bar_start(struct progress_bar *b, const char *label,
			const char *unit)
{
	*b = (struct progress_bar){
		.label = label,
		.unit = unit,
		.start_ns = clock_ns(),
		.fd = STDERR_FILENO,
		.tty = isatty(STDERR_FILENO),
	};
}

/* "1.5 GB": three digits are enough to watch. */
static int put_size(struct buf *b, uint64_t n)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double v = (double)n;
	size_t u = 0;

	while (v >= 999.5 && u + 1 < ARRAY_LEN(units)) {
		v /= 1000;
		u++;
	}
	return buf_printf(b, u > 0 && v < 9.95 ? "%.1f %s" : "%.0f %s", v,
			  units[u]);
}

/* The share and the time left, where a total is known. */
static int put_share(struct buf *b, double seconds, uint64_t done,
		     uint64_t total)
{
	double left;
	uint64_t eta;

	if (done > total)
		done = total;
	left = done == 0 ? 0 : seconds * (double)(total - done) / (double)done;
	eta = (uint64_t)left;
	return buf_printf(b, "  %3u %%  ETA %u:%02u",
			  (unsigned)((double)done * 100 / (double)total),
			  (unsigned)(eta / 60), (unsigned)(eta % 60));
}

static int put_line(struct buf *b, const struct progress_bar *bar, uint64_t now,
		    const uint64_t at[3])
{
	double seconds = (double)(now - bar->start_ns) / CLOCK_SECOND;
	double rate = seconds > 0 ? (double)at[0] / seconds / 1e6 : 0;
	int rc = buf_printf(b, "%s%s", bar->tty ? "\r" : "", bar->label);

	if (rc == 0 && at[1] > 0)
		rc = put_share(b, seconds, at[0], at[1]);
	if (rc == 0)
		rc = buf_puts(b, "  ");
	if (rc == 0)
		rc = put_size(b, at[0]);
	if (rc == 0)
		rc = buf_printf(b, "  %.1f MB/s  %llu %s%s", rate,
				(unsigned long long)at[2], bar->unit,
				bar->tty ? "\033[K" : "\n");
	return rc;
}

int progress_bar_tick(void *bar, uint64_t done, uint64_t total, uint64_t items)
{
	struct progress_bar *b = bar;
	CLEANUP(buf_free) struct buf out = {0};
	uint64_t now = clock_ns();
	uint64_t last = b->last_ns == 0 ? b->start_ns : b->last_ns;
	const uint64_t at[3] = {done, total, items};

	if (now - last < (b->tty ? TTY_EVERY : LOG_EVERY))
		return 0;
	b->last_ns = now;
	/* A line that cannot be drawn stops no work. */
	if (put_line(&out, b, now, at) == 0)
		(void)!fd_write_full(b->fd, buf_bytes(&out));
	return 0;
}

void progress_bar_end(struct progress_bar *b)
{
	if (b->tty && b->last_ns != 0)
		(void)!fd_write_full(b->fd, bytes_str("\r\033[K"));
	b->last_ns = 0;
}
