/* MB/s of patterns alone and with the tagger, over a file or made-up text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"

#define MADE_UP (32u << 20)

/* Lines as people and clerks write them, with few values in many words. */
static const char *const lines[] = {
	"I would like to make a reservation for two people at half past six.\n",
	"Sure, which city would you like to search in, and for which day?\n",
	"I'm looking for something cheap with good reviews near the station.\n",
	"There are %u options. The first one is rated 4.3 and costs $%u.\n",
	"Can you give me their phone number and the street address please?\n",
	"The phone number is 415-555-%04u and they are at %u Mission Street.\n",
	"Great, please book it for March 12th, my name is Priya Raghavan.\n",
	"Please confirm the following details before I complete the booking.\n",
	"Yes, that works well for me. What is the weather going to be like?\n",
	"It will be around 73 degrees with a small chance of rain later on.\n",
	("You can reach me at priya.r%u@example.org if anything should "
	 "change.\n"),
	"No, that is all I wanted to know today, thank you for your help!\n",
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int make_up(struct buf *b)
{
	uint32_t x = 1;

	while (b->n < MADE_UP) {
		char line[160];
		int n;

		x = x * 1664525u + 1013904223u;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		n = snprintf(line, sizeof(line),
			     lines[(x >> 16) % ARRAY_LEN(lines)], x % 9000 + 7,
			     x % 700 + 5);
#pragma GCC diagnostic pop
		if (buf_put(b, line, (size_t)n) != 0)
			return -1;
	}
	return 0;
}

static int load(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char part[65536];
	size_t n;
	int rc = 0;

	if (f == NULL)
		return -1;
	if (fseek(f, 0, SEEK_END) == 0)
		rc = buf_reserve(b, (size_t)ftell(f));
	rewind(f);
	while (rc == 0 && (n = fread(part, 1, sizeof(part), f)) > 0)
		rc = buf_put(b, part, n);
	fclose(f);
	return rc;
}

/* One run per line, as the text format makes them. */
static struct run *split(const struct buf *b, size_t *n)
{
	size_t count = 1, at = 0;
	struct run *runs;

	for (size_t i = 0; i < b->n; i++)
		count += b->p[i] == '\n';
	runs = mem_new(count, sizeof(*runs));
	for (*n = 0; runs != NULL && at < b->n; (*n)++) {
		const uint8_t *nl = memchr(b->p + at, '\n', b->n - at);
		size_t end = nl == NULL ? b->n : (size_t)(nl - b->p) + 1;

		runs[*n] = (struct run){.kind = RUN_TEXT,
					.text = bytes_of(b->p + at, end - at)};
		at = end;
	}
	return runs;
}

static void report(const char *what, size_t bytes, double t, size_t hits)
{
	printf("%-12s %8.1f MB/s  %zu spans in %.1f MB\n", what,
	       (double)bytes / 1e6 / t, hits, (double)bytes / 1e6);
}

static int patterns(struct recognizers *r, const struct run *runs, size_t n,
		    size_t bytes)
{
	struct tagger *tagger = r->tagger;
	struct hits h = {0};
	double t = seconds();
	int rc;

	r->tagger = NULL;
	rc = recognize(r, runs, n, &h);
	r->tagger = tagger;
	report("patterns", bytes, seconds() - t, h.n);
	hits_free(&h);
	return rc;
}

static int measure(struct recognizers *r, const struct buf *b)
{
	struct propagate *p;
	struct hits h = {0};
	size_t n;
	struct run *runs = split(b, &n);
	double t;

	if (runs == NULL || propagate_new(r, &p) != 0 ||
	    patterns(r, runs, n, b->n) != 0)
		return 1;
	t = seconds();
	if (recognize(r, runs, n, &h) != 0)
		return 1;
	report("with tagger", b->n, seconds() - t, h.n);
	for (size_t i = 0; i < h.n; i++)
		if (propagate_learn(p, h.v[i].type,
				    bytes_sub(runs[h.v[i].run].text,
					      h.v[i].start,
					      h.v[i].end - h.v[i].start),
				    h.v[i].score) != 0)
			return 1;
	t = seconds();
	if (propagate_find(p, runs, n, &h) != 0)
		return 1;
	report("propagate", b->n, seconds() - t, h.n);
	printf("%zu values known\n", propagate_count(p));
	hits_free(&h);
	propagate_free(p);
	mem_free(runs);
	return 0;
}

int main(int argc, char **argv)
{
	struct buf b = {0};
	struct recognizers *r;
	int rc = argc > 1 ? load(argv[1], &b) : make_up(&b);

	if (rc != 0 || recognizers_new(NULL, &r, NULL) != 0) {
		fprintf(stderr, "bench_detect: cannot read the text\n");
		return 1;
	}
	rc = measure(r, &b);
	recognizers_free(r);
	buf_free(&b);
	return rc;
}
