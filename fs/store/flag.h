/* Values that annotators say were missed: sealed cells of the catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FLAG_H
#define STORE_FLAG_H

#include "fs/store/store.h"

/* The numbers stand in the catalog: never renumber. */
enum flag_state {
	FLAG_OPEN = 0, /* its annotator does not see the file; so is the next */
	FLAG_TAKING,   /* the owner took it; no version has its spans yet */
	FLAG_TAKEN,    /* the newest version has them */
	FLAG_REFUSED,
	FLAG_STATES
};

/* What is borrowed lives as long as what it was read from. */
struct store_flag {
	uint64_t id; /* seq of its FLAG event */
	int64_t at;  /* ns since 1970 */
	enum flag_state state;
	uint8_t object[STORE_ID];
	struct bytes project, annotator;
	struct bytes dataset, path; /* as stored */
	struct bytes shown;	    /* the path it was flagged under */
	struct bytes words;
	struct bytes type; /* what the owner calls it; empty: not taken */
};

/** store_flag_hides(f): its annotator is not to see the file. */
static inline bool store_flag_hides(const struct store_flag *f)
{
	return f->state == FLAG_OPEN || f->state == FLAG_TAKING;
}

/** store_flag_state(state): "open", "taking", "accepted", "rejected". */
const char *store_flag_state(enum flag_state state);

/**
 * store_flag_put(s, f): durable on return; needs the lock. store_flag_get(s,
 * id, b, out): out borrows from b; -ENOENT. store_flag_del(s, id).
 */
int store_flag_put(struct store *s, const struct store_flag *f) MUST_CHECK;
int store_flag_get(struct store *s, uint64_t id, struct buf *b,
		   struct store_flag *out) MUST_CHECK;
int store_flag_del(struct store *s, uint64_t id) MUST_CHECK;

/** store_flag_each(s, fn, ctx): all, in no order; fn must not write to s. */
int store_flag_each(struct store *s,
		    int (*fn)(void *ctx, const struct store_flag *f),
		    void *ctx) MUST_CHECK;

#endif
