/* What is stored beside what is shown, piece by piece: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_PAIRS_H
#define DESK_PAIRS_H

#include "fs/desk/desk.h"

/* The next bytes on both sides; equal where nothing was done to them. Either
 * may be empty: what is taken out, what is put in. Long ones come in parts. */
struct pair {
	struct bytes was, is;
};

/**
 * pairs_of(d, nr, each, ctx, e): all of the file behind node nr, in the order
 * of the source; was and is put together are what is stored and what is shown.
 * Of fields that change places what was there is taken out and what comes
 * there is put in. -ENOTSUP with words: it is no text; -ENOKEY erased; what
 * each returned.
 */
int pairs_of(struct desk *d, uint32_t nr,
	     int (*each)(void *ctx, const struct pair *p), void *ctx,
	     struct err *e) MUST_CHECK NONNULL(1, 3);

/** pairs_stored(d, nr, b): append DATASET/PATH of the file behind node nr. */
int pairs_stored(const struct desk *d, uint32_t nr, struct buf *b) MUST_CHECK;

#endif
