/* Addresses and users' names that are made of a made-up person's name. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PSEUDONYM_USER_H
#define REDACT_PSEUDONYM_USER_H

#include "policy/redact/decision.h"

/**
 * pseudonym_user_whose(in, out): append the canonical name of the person whose
 * address or user's name in->canon is: in->person, or the words of
 * "ada.norwood7@...". Nothing: of another type, or nobody knows. -ENOMEM.
 */
int pseudonym_user_whose(const struct transform_in *in,
			 struct buf *out) MUST_CHECK NONNULL_ALL;

/**
 * pseudonym_user_put(in, person, out): append such a name of the made-up person
 * ("mira dunfold"): "mdunfold4821", "mira.dunfold4821@example.org", joined as
 * in->canon is; the digits are its own. Needs a key. -ENOMEM.
 */
int pseudonym_user_put(const struct transform_in *in, struct bytes person,
		       struct buf *out) MUST_CHECK NONNULL_ALL;

#endif
