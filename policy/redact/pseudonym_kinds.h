/* One maker of realistic stand-ins per entity type. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PSEUDONYM_KINDS_H
#define REDACT_PSEUDONYM_KINDS_H

#include "policy/redact/decision.h"

/*
 * make(in, turn, text): append the stand-in of try number turn, decoded; the
 * canonical form it would have is left in canon for comparing.
 */
struct pseudonym_kind {
	const char *type;
	bool shaped; /* looks at in->text */
	bool named;  /* taken from tables of real names */
	int (*make)(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon);
};

/** pseudonym_kinds_find(type): NULL where a type has none. */
const struct pseudonym_kind *pseudonym_kinds_find(struct bytes type);

#endif
