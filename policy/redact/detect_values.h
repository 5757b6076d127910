/* Inside of detection: numbers of values, types and rules of one object. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_VALUES_H
#define REDACT_DETECT_VALUES_H

#include "policy/redact/detect.h"

struct detect_slot;

/*
 * Values are interned by a 64-bit keyed hash of type and canonical form, not by
 * their text, so that millions of them cost 24 bytes each. Two values of one
 * object that collide (a chance of 1 in 10^7 for a million values) share a
 * number, hence a stand-in; nothing is shown by that.
 */
struct detect_values {
	struct detect_slot *slots;
	uint32_t cap, n; /* cap: a power of two */
	/* Numbers of this object by the recognizers' numbers: 0 none, else
	 * 1 + number; names by number of this object. */
	uint16_t *type_nr, *rule_nr;
	struct bytes *types, *rules;
	uint32_t ntypes, nrules;
	/* Distinct values by type in the record `stamp`. */
	uint32_t *counts, *stamps;
};

/**
 * detect_values_open(v, r): no value yet; r outlives v. -ENOMEM;
 * detect_values_close is due in any case.
 */
int detect_values_open(struct detect_values *v,
		       const struct recognizers *r) MUST_CHECK;
/** detect_values_close(v): give back what v holds; zeroed is fine. */
void detect_values_close(struct detect_values *v);

/**
 * detect_values_span(v, r, hit, canon, record, s): fill in type, rule, value
 * and ord of s. Records come in ascending order.
 */
int detect_values_span(struct detect_values *v, const struct recognizers *r,
		       const struct hit *hit, struct bytes canon,
		       uint32_t record, struct span *s) MUST_CHECK;

#endif
