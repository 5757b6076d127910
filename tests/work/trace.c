/* Telling what happened: the trace, the journal, the end of a failed run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

uint64_t below(struct world *w, uint64_t n)
{
	uint64_t z = w->rng += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return n == 0 ? 0 : (z ^ (z >> 31)) % n;
}

bool chance(struct world *w, uint64_t n)
{
	return below(w, n) == 0;
}

void trace(struct world *w, const char *format, ...)
{
	char *line = w->trace[w->traced++ % TRACE_LINES];
	int n = snprintf(line, TRACE_WIDTH, "%8ju ", (uintmax_t)w->op);
	va_list ap;

	va_start(ap, format);
	vsnprintf(line + n, TRACE_WIDTH - (size_t)n, format, ap);
	va_end(ap);
	if (w->o->verbose)
		fprintf(stderr, "%s\n", line);
}

static void print_trace(struct world *w)
{
	uint64_t from = w->traced > TRACE_LINES ? w->traced - TRACE_LINES : 0;

	fprintf(stderr, "the last operations:\n");
	for (uint64_t i = from; i < w->traced; i++)
		fprintf(stderr, "  %s\n", w->trace[i % TRACE_LINES]);
}

void world_fail(struct world *w, const char *format, ...)
{
	va_list ap;

	print_trace(w);
	fprintf(stderr,
		"exercise: seed %ju, operation %ju: ", (uintmax_t)w->o->seed,
		(uintmax_t)w->op);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	if (w->journal != NULL)
		fflush(w->journal);
	exit(1);
}

/* What calls say once nobody serves the file system any more. */
static bool is_death(int code)
{
	return code == ENOTCONN || code == ECONNABORTED || code == EIO;
}

bool happened(struct world *w, long r, const char *what)
{
	if (r >= 0)
		return true;
	if (w->journal == NULL || !is_death(errno))
		world_fail(w, "%s: %s", what, strerror(errno));
	if (!w->gone)
		journal(w, "?");
	w->gone = true;
	return true;
}

void refused(struct world *w, long r, int code, const char *what)
{
	if (r >= 0)
		world_fail(w, "%s: worked, wanted %s", what, strerror(code));
	if (errno == code)
		return;
	if (w->journal != NULL && is_death(errno))
		happened(w, r, what);
	else
		world_fail(w, "%s: %s, wanted %s", what, strerror(errno),
			   strerror(code));
}

void journal(struct world *w, const char *format, ...)
{
	va_list ap;

	if (w->journal == NULL)
		return;
	va_start(ap, format);
	vfprintf(w->journal, format, ap);
	va_end(ap);
	fputc('\n', w->journal);
}

void synced(struct world *w, const struct node *n)
{
	if (!w->gone)
		journal(w, "F %u", n->nr);
}

const char *hexed(const char *name, char out[513])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = strlen(name);

	for (size_t i = 0; i < n && i < 256; i++) {
		out[2 * i] = digits[(unsigned char)name[i] >> 4];
		out[2 * i + 1] = digits[(unsigned char)name[i] & 15];
	}
	out[2 * (n < 256 ? n : 256)] = '\0';
	return out;
}
