/* The root key, which another process may have changed meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_ROOT_H
#define STORE_ROOT_H

#include "fs/store/inner.h"

/** root_current(s): s has the root that wraps the catalog's keys now; crosses
 * the bridge of a rotation where it has not. -ESTALE: the root was changed and
 * the way to it is gone. Within a write transaction it stays true until its
 * end. */
int root_current(struct store *s) MUST_CHECK;

/** root_wrap(s, b, ad, key): append key wrapped under the root; in a write
 * transaction, after root_current. root_unwrap(s, ad, wrapped, out): caller
 * frees; -EBADMSG also where the root was changed since wrapped was read. */
int root_wrap(struct store *s, struct buf *b, const struct ad *ad,
	      const struct key *key) MUST_CHECK;
int root_unwrap(struct store *s, const struct ad *ad, struct bytes wrapped,
		struct key **out) MUST_CHECK;

/** root_key(s, read, ctx, ad, out): read appends a wrapped key's row, which is
 * unwrapped, and both once more where the root was changed between; the code
 * of read, -EBADMSG, -ESTALE; -ENOKEY where the row is empty. */
int root_key(struct store *s, int (*read)(void *ctx, struct buf *wrapped),
	     void *ctx, const struct ad *ad, struct key **out) MUST_CHECK;

/** root_begin(s): a write transaction with the current root; ends with
 * catalog_end. */
int root_begin(struct store *s) MUST_CHECK;

/** root_swap(s, next): the root is *next from now on; takes it over. */
void root_swap(struct store *s, struct key **next);

#define ROOT_CELL "rotation" /* the store.yaml to come */

/** root_pending(s, text): append the store.yaml to come of a rotation that has
 * not ended; -ENOENT. root_finish(s, text, tell, ctx, e): put it in place, let
 * tell make others cross (NULL: nobody else has the root), remove the bridge.
 */
int root_pending(struct store *s, struct buf *text) MUST_CHECK;
int root_finish(struct store *s, struct bytes text,
		int (*tell)(void *ctx, struct err *e), void *ctx,
		struct err *e) MUST_CHECK;

/** root_settle(s, tell, ctx, e): a rotation that was cut off is brought to its
 * end, as root_finish. */
int root_settle(struct store *s, int (*tell)(void *ctx, struct err *e),
		void *ctx, struct err *e) MUST_CHECK;

/** root_words(s, rc, e): as catalog_words, -ESTALE too. */
int root_words(struct store *s, int rc, struct err *e);

#endif
