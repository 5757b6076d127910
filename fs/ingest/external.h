/* Asking external recognizers: texts in, spans out, as lines of JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_EXTERNAL_H
#define INGEST_EXTERNAL_H

#include "base/err.h"
#include "policy/redact/detect.h"

/*
 * Who has the texts is the keyless child: it alone reads files. It may open
 * nothing and start nothing, and stays so. Whoever starts the child (the
 * ingest, a `detect`) starts the owner's programs beside it, takes their rights
 * away (external_run.h), and gives the child the ends of three pipes each:
 * what it asks, what it is answered, what the program says on stderr. So the
 * holder of keys sees neither texts nor answers; the child, which holds
 * nothing, reads the answers as it reads files; and the program sees texts and
 * nothing else. When a question fails the child says why and fails the job, and
 * whoever started all of them ends all of them: a program that has lost its
 * place in the conversation is never asked again.
 */
struct external_pipes {
	int in, out, err; /* of the program: written here, read here, read */
};

/** external_nonblock(p): as external_new needs them. */
int external_nonblock(const struct external_pipes *p) MUST_CHECK;

struct external;

/**
 * external_new(d, r, pipes, out): pipes, one for each of d's external ones,
 * non-blocking, are taken over. From now on recognize() with r asks by way of
 * out, which outlives r's use; d is borrowed. -ENOMEM, and the pipes stay the
 * caller's.
 */
int external_new(const struct dataset_rules *d, struct recognizers *r,
		 const struct external_pipes *pipes,
		 struct external **out) MUST_CHECK;
void external_free(struct external *x);

/** external_begin(x): a group of files begins, and its total time. */
void external_begin(struct external *x);

/** external_why(x): the first failure, in words with the program's name and
 * the first line of its stderr; code 0: none. */
const struct err *external_why(const struct external *x);

#endif
