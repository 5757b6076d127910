/* Fuzzes the recognizers, custom patterns and propagation on any bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "policy/redact/recognizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Hits lie in their runs, ascend, and do not overlap. */
static void sound(const struct run *runs, const struct hits *h)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hit *a = &h->v[i];

		must(a->start < a->end && a->end <= runs[a->run].text.n);
		if (i > 0 && h->v[i - 1].run == a->run)
			must(h->v[i - 1].end <= a->start);
	}
}

static void learn(struct propagate *p, const struct recognizers *r,
		  const struct run *runs, const struct hits *h)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hit *a = &h->v[i];
		struct bytes text = bytes_sub(runs[a->run].text, a->start,
					      a->end - a->start);
		struct buf b CLEANUP(buf_free) = {0};

		must(canonical(recognizers_type(r, a->type), text, &b) == 0);
		must(propagate_learn(p, a->type, text, a->score) == 0);
	}
}

/* The first byte chooses the kind; a line feed parts runs, the first of them
 * is the key, and a pattern when it compiles. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes all = {data, size}, key = {0};
	struct run runs[8] = {{0}};
	static struct recognizers *r; /* made once: it is most of the time */
	struct propagate *p;
	struct pattern *pattern;
	struct hits h = {0};
	uint64_t steps = 0;
	size_t n = 0;

	if (r == NULL)
		must(recognizers_new(NULL, &r, NULL) == 0);
	if (size < 2)
		return 0;
	for (size_t at = 1; at < size && n < 8; n++) {
		const uint8_t *nl = memchr(data + at, '\n', size - at);
		size_t end = nl == NULL ? size : (size_t)(nl - data);

		runs[n].kind = (enum run_kind)(RUN_TEXT + (data[0] >> n) % 6);
		runs[n].text = bytes_sub(all, at, end - at);
		runs[n].key = key;
		runs[n].speaker = bytes_sub(all, n % 2, 1);
		key = runs[n].text;
		at = end + 1;
	}
	must(recognizer_count(r, runs, n, &h, &steps) == 0);
	must(steps <= 64 * (uint64_t)size + 4096);
	sound(runs, &h);
	must(propagate_new(r, &p) == 0);
	learn(p, r, runs, &h);
	must(propagate_find(p, runs, n, &h) == 0);
	sound(runs, &h);
	if (n > 0 && pattern_new(runs[0].text, &pattern, NULL) == 0)
		pattern_free(pattern);
	hits_free(&h);
	propagate_free(p);
	return 0;
}
