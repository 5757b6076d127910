/* Running an erasure on a house, and trying all that its keys open. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_ERASING_H
#define INGEST_ERASING_H

#include "fs/ingest/erase_in.h"
#include "fs/store/inner.h"
#include "tests/unit/ingest/house.h"

/* The person who is to go: what is looked for everywhere. */
#define NAME "Xaver Quintessa"
#define MAIL "xaver@quint.example"

/* What an erasure said. */
struct seen {
	unsigned events, cleared, found, whole, records;
	char last[64];
};

/** run(h, w, s, sum): erase_run, with what it tells counted in s. erased(h, w):
 * it must be 0, in order. sound(h): fsck finds nothing. */
int run(struct house *h, struct erase_want *w, struct seen *s,
	struct erase_sum *sum);
/** run_cut(h, w, clear, s, sum): with another way to end sessions. */
int run_cut(struct house *h, struct erase_want *w,
	    int (*clear)(void *ctx, struct err *e), struct seen *s,
	    struct erase_sum *sum);
void erased(struct house *h, struct erase_want *w);
void sound(struct house *h);

/** manifest(h, out): a manifest of records with ids; its path. */
void manifest(struct house *h, char out[300]);

/* What the keys in the store open. */
struct trying {
	struct house *h;
	unsigned cells, contents, keyless;
	bool hit; /* NAME or MAIL, or a part of them, in any case of letters */
};

struct ids {
	unsigned n;
	struct store_victim v[64];
	uint32_t spanset[64];
};

/** ids_all(h): every span set that has a row. try_all(h): open every cell,
 * entry, content and index blob. */
struct ids ids_all(struct house *h);
struct trying try_all(struct house *h);

#endif
