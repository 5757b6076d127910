/* A file that went through detection, its index in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_DETECTED_H
#define PROPERTY_DETECTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/detect.h"
#include "policy/redact/view.h"

struct detected_cuts {
	struct cut *v;
	size_t n;
};

struct detected {
	struct bytes data;
	struct arena *arena;
	struct index_head head;
	struct index_block *blocks;
	uint32_t nblocks;
	/* All blocks as one, for the naive renderer. */
	struct record *records;
	struct span *spans;
	struct bytes *canons; /* by value number */
	size_t nrecords, nspans;
	bool denied;
};

/** detected_make(f, name, data): as ingest does it, records "$[*]", tables with
 * a header, and in bare.psv no cell quoted; data is borrowed. detected_free(f).
 */
void detected_make(struct detected *f, const char *name, struct bytes data);
void detected_free(struct detected *f);

/** detected_cuts_find(f, c): what a policy that takes out a, b and services
 * gives. detected_cuts_free(c). */
void detected_cuts_find(const struct detected *f, struct detected_cuts *c);
void detected_cuts_free(struct detected_cuts *c);

#endif
