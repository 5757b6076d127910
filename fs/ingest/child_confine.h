/* What a keyless child takes away from itself before its first job. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_CHILD_CONFINE_H
#define INGEST_CHILD_CONFINE_H

#include "base/err.h"

/**
 * child_confine(e): no new privileges, no core, bounded memory and
 * descriptors, no file system (Landlock where the kernel has it), and an allow
 * list of system calls: memory, the socket, reading what is open, clocks,
 * ending. Anything else kills the child. Cannot be undone.
 */
int child_confine(struct err *e) MUST_CHECK;

#endif
