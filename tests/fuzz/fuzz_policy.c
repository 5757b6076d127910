/* Fuzzes the policy loader, and asks what it accepts for a few answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"
#include "policy/policy.h"
#include "policy/policytest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Every answer that exists without a key must be safe to ask for. */
static void ask(const struct policy *p, const char *annotator)
{
	struct attribute attr = {bytes_str("language"), bytes_str("en")};
	struct index_summary sum = {
		.format = FORMAT_JSON, .attrs = &attr, .nattrs = 1};
	struct candidate c = {"calls", bytes_str("2026-07/1.json"), &sum};
	CLEANUP(buf_free) struct buf b = {0};
	struct seat *s = NULL;
	struct subject who;

	if (policy_subject(p, annotator, NULL, 0, &who, NULL) != 0 ||
	    policy_seat(&who, NULL, &s, NULL) != 0)
		return;
	if (seat_object(s, &c) == SEEN_NOTHING &&
	    seat_record(s, &c, &(struct record){0}))
		__builtin_trap();
	(void)seat_decision(s, &c);
	(void)policy_rule_line(s, &c);
	if (seat_grants(s, &b) != 0)
		__builtin_trap();
	policy_seat_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes text = bytes_of(data, n);
	struct policy_cases cases;
	struct policy *p = NULL;
	const char *const *names = NULL;
	struct err e;

	if (policytest_load(text, "f", &cases, &e) == 0)
		policytest_free(&cases);
	if (policy_load(text, "f", &p, &e) != 0)
		return 0;
	for (size_t i = policy_annotators(p, &names); i > 0; i--)
		ask(p, names[i - 1]);
	policy_free(p);
	return 0;
}
