/* A gateway in this very process, beside the command that needs it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_INPLACE_H
#define SESSION_INPLACE_H

#include "fs/session/gateway.h"

struct inplace;

/**
 * inplace_start(g, out, e): serve g's doors in a thread; the descriptor of a
 * connection that needs no proof (call_begin). For a command that stays, such
 * as `carrel mount`; others may join meanwhile.
 */
int inplace_start(struct gateway *g, struct inplace **out,
		  struct err *e) MUST_CHECK;

/** inplace_end(i, now): wait until nobody is left, or with now, or at SIGTERM,
 * SIGINT or SIGHUP (blocked by the caller), end whoever is. Frees i. */
int inplace_end(struct inplace *i, bool now, struct err *e);

#endif
