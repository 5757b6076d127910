/* Words to the operator: only tools and process mains call it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdio.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"

/**
 * diag_say(fmt): one line on stderr, "carrel: " before it. diag_err(e): the
 * error as "carrel: PLACE: TEXT". Both escape control characters (C0, C1,
 * DEL) so that stored names cannot move a terminal.
 */
void diag_say(const char *fmt, ...) PRINTF(1, 2);
void diag_err(const struct err *e) NONNULL_ALL;

/**
 * diag_safe(f, b, tty): write b to f; when tty, bytes that would act on a
 * terminal are shown as \xNN.
 */
void diag_safe(FILE *f, struct bytes b, bool tty) NONNULL_ALL;

/** diag_exit_code(code): the exit code of DESIGN section 10 for an errno. */
int diag_exit_code(int code);

#endif
