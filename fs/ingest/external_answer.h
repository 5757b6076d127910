/* One line that an external recognizer answers: read as hostile. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_EXTERNAL_ANSWER_H
#define INGEST_EXTERNAL_ANSWER_H

#include "policy/redact/detect.h"

/* What was asked. */
struct external_question {
	const struct recognizers *r;
	const struct external_rule *x;
	uint16_t rule;	   /* its number in r */
	uint64_t id;	   /* of the question */
	uint32_t run;	   /* which run the text is of */
	struct bytes text; /* UTF-8 */
};

/**
 * external_answer(q, line, out, why): the spans of one answer, without its line
 * end, as hits at the end of out, disjoint and sorted: the higher score wins;
 * those below the rule's minimal score are left out. Starts and ends are bytes
 * of the text in UTF-8. -EPROTO: *why says in words what is wrong, and out may
 * hold some of it; -ENOMEM.
 */
int external_answer(const struct external_question *q, struct bytes line,
		    struct hits *out, const char **why) MUST_CHECK NONNULL_ALL;

#endif
