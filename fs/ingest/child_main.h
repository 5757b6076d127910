/* Inside a keyless child: the jobs it serves. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_CHILD_MAIN_H
#define INGEST_CHILD_MAIN_H

#include "fs/ingest/child_wire.h"

/**
 * child_fields(w, job): serve one CHILD_FIELDS frame; its answers and DONE or
 * ERROR are sent here. Non-zero only when the socket failed.
 */
int child_fields(struct child_wire *w, struct bytes job) MUST_CHECK;

#endif
