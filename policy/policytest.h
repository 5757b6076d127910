/* Tests of a policy, written beside it: X.test.yaml. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_POLICYTEST_H
#define POLICY_POLICYTEST_H

#include "policy/policy.h"

/* One case: as, task, and file or text, with hides, shows or denied. */
struct policy_case {
	const char *as, *task;
	const char *file; /* view or stored path: DATASET/PATH */
	const char *text; /* rendered as a text object of its own */
	const char *const *hides, *const *shows;
	size_t nhides, nshows;
	bool denied;
	uint32_t line;
};
struct policy_cases {
	struct policy_case *v;
	size_t n;
	struct arena *arena;
};
/** policytest_load(text, name, out, e): strict like policies. */
int policytest_load(struct bytes text, const char *name,
		    struct policy_cases *out, struct err *e) MUST_CHECK;
void policytest_free(struct policy_cases *c);
/** policytest_check(c, shown, ok, why): shown NULL: the file is not visible.
 * *ok, else why says which words leaked or are missing. */
int policytest_check(const struct policy_case *c, const struct bytes *shown,
		     bool *ok, struct buf *why) MUST_CHECK;

#endif
