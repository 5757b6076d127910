/* Literals made earlier in the same block, for values that come again. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_VIEW_MEMO_H
#define REDACT_VIEW_MEMO_H

#include "policy/redact/decision.h"

#define VIEW_MEMO_SLOTS 128u
#define VIEW_MEMO_TEXT 96 /* longer texts are not kept */

/* Everything a tag or a keyed literal depends on within one block. */
struct view_memo_key {
	const struct transform *t;
	const uint8_t *record; /* its id, where the scope is a record */
	bool tag;
	uint32_t value; /* of a tag: its type */
	uint32_t ord;	/* of a tag */
	uint16_t esc;
	struct bytes text; /* as the transform saw it; empty: did not look */
};

/* Where a literal stands among those of the block. */
struct view_memo_lit {
	uint64_t from, n;
};

struct view_memo_slot {
	struct view_memo_key key; /* its text: at `text` of data */
	size_t text;
	struct view_memo_lit lit;
	bool used;
};

/* Zero-initialise; a slot is overwritten by the next that falls on it. */
struct view_memo {
	struct view_memo_slot *slots; /* VIEW_MEMO_SLOTS; NULL: none is used */
	struct buf data;	      /* texts, one after another */
};

/** view_memo_get(m, k, lit): what was put under an equal key. view_memo_put(m,
 * k, lit): -ENOMEM. */
bool view_memo_get(const struct view_memo *m, const struct view_memo_key *k,
		   struct view_memo_lit *lit) NONNULL_ALL;
int view_memo_put(struct view_memo *m, const struct view_memo_key *k,
		  struct view_memo_lit lit) MUST_CHECK NONNULL(1, 2);
void view_memo_free(struct view_memo *m) NONNULL_ALL;

#endif
