/* Which words beside a value recognizers know: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_CUES_H
#define DESK_CUES_H

#include "base/json.h"
#include "fs/desk/lens.h"
#include "policy/redact/detect.h"

/**
 * cues_put(o, r, l, s, rec): a list of at most CUES words through o: those in
 * the last CUES_BACK bytes before the span s of l's object, and in CUES_ON
 * behind it, within its record, that r knows as context: "account", "name".
 * Nothing else of the text is told. -EBADMSG and such: it cannot be read.
 */
#define CUES 8
#define CUES_BACK 160
#define CUES_ON 32
int cues_put(struct json_out *o, const struct recognizers *r,
	     const struct lens *l, const struct span *s,
	     const struct record *rec) MUST_CHECK NONNULL_ALL;

#endif
