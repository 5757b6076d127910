/* Running scripts in sessions over a gateway without a store. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SESSION_RUN_FIX_H
#define UNIT_SESSION_RUN_FIX_H

#include "tests/unit/session/fake_gateway.h"

/** in_session(g, script, tty, status, e): one script for /bin/sh in one
 * session; what run_session returned. */
int in_session(struct gateway *g, const char *script, bool tty, int *status,
	       struct err *e);

/** code_of(script): its exit code, in a session whose data/empty says
 * "canary"; fails where that session cannot be made. */
int code_of(const char *script);

struct CMUnitTest;
/** run_main(argc, argv, tests, n): the tests, or the launcher where this
 * program was started as one; 77 without /dev/fuse. */
int run_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n);

#endif
