/* A seat's inside, shared by decide, digest and grants. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_SEAT_H
#define POLICY_SEAT_H

#include "policy/rules.h"

struct seat {
	struct subject subject;
	const struct policy *policy;
	const struct role *role;
	const struct task *task; /* NULL: none */
	const struct key *assign;
	bool possible; /* something may be dealt to the subject */
};

/* What a see rule says of an object before its records are known. */
enum answer {
	ANSWER_NO = 0,
	ANSWER_MAYBE,
	ANSWER_YES
};

/**
 * seat_names_object(s, see, c): the rule's files name the object.
 * seat_where(see, c): its where, by the object's attributes alone.
 */
bool seat_names_object(const struct see *see, const struct candidate *c);
enum answer seat_where(const struct see *see, const struct candidate *c);

#endif
