/* Which records were shown with their fields exchanged: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_SWAPS_H
#define DESK_SWAPS_H

#include "base/json.h"
#include "fs/desk/desk.h"
#include "policy/redact/view.h"

/**
 * swaps_put(o, in, r, any): "swapped": [[path, with] ...], the pairs of fields
 * that change places in record r as in shows it; *any: there is one. -ENOMEM,
 * -ENOKEY.
 */
int swaps_put(struct json_out *o, const struct view_in *in,
	      const struct record *r, bool *any) MUST_CHECK NONNULL_ALL;

/**
 * swaps_write(d, line, ctx, e): one line of JSON for each record that the desk
 * shows exchanged: its path in the view, its stored path, its id, the pairs.
 * With it labels are put back to the answers they were given for. What line
 * returns other than 0 ends it.
 */
int swaps_write(struct desk *d, int (*line)(void *ctx, struct bytes json),
		void *ctx, struct err *e) MUST_CHECK NONNULL(1, 2);

#endif
