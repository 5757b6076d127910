/* The doors of the recognizers: the runs of one record, in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

static int count(const struct recognizers *r, struct talk *d,
		 const struct run *runs, size_t n, struct hits *out,
		 uint64_t *steps)
{
	struct starts starts CLEANUP(starts_free);
	struct clauses clauses = {.base = 0};
	uint8_t tongue = 0;
	int rc = 0;

	starts.heap = NULL;
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct scan s = {.r = r,
				 .run = &runs[i],
				 .runs = runs,
				 .nruns = n,
				 .record_tongue = &tongue,
				 .nr = (uint32_t)i,
				 .starts = &starts,
				 .clauses = &clauses,
				 .out = out};

		rc = recognizer_run(&s, d);
		*steps += s.steps;
	}
	return rc;
}

int recognizer_count(const struct recognizers *r, const struct run *runs,
		     size_t n, struct hits *out, uint64_t *steps)
{
	struct talk d = {0};

	return count(r, &d, runs, n, out, steps);
}

int recognize_turns(const struct recognizers *r, struct talk *d,
		    const struct run *runs, size_t n, struct hits *out)
{
	uint64_t steps = 0;
	size_t from = out->n;
	int rc = count(r, d, runs, n, out, &steps);

	return rc == 0 && r->nexternal > 0
		       ? recognizer_external(r, runs, n, from, out)
		       : rc;
}

int recognize(const struct recognizers *r, const struct run *runs, size_t n,
	      struct hits *out)
{
	struct talk d = {0};

	return recognize_turns(r, &d, runs, n, out);
}
