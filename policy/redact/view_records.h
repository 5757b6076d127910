/* Which records the bytes of a block's view belong to. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_VIEW_RECORDS_H
#define REDACT_VIEW_RECORDS_H

#include "policy/redact/view.h"

/** view_records_room(in, b): room for the starts of in's visible records.
 * -ENOMEM. */
int view_records_room(const struct view_in *in,
		      struct view_block *b) MUST_CHECK NONNULL_ALL;

/** view_records_add(b, begins): the next visible record goes on the end of the
 * view; begins: in this block. Nothing where there is no room, as in a block
 * that is only measured. */
void view_records_add(struct view_block *b, bool begins) NONNULL_ALL;

#endif
