/* Starting a gateway on demand, for a command of a key holder. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_START_H
#define SESSION_START_H

#include "fs/session/gateway.h"

struct start_want {
	/* Opens the store in the new process, which alone gets its keys; it may
	 * ask for a passphrase on the terminal. */
	int (*open)(void *ctx, struct store **out, struct err *e);
	/* Closes it again. */
	void (*close)(void *ctx);
	void *ctx;
	const char *tool;
};

/**
 * start_gateway(w, e): fork a process that opens the store, becomes its gateway
 * and ends with the last who uses it. The descriptor of a connection to it that
 * needs no proof, on which a greeting waits (call_begin); what goes wrong over
 * there is the answer to that greeting. Negative errno. The calling process has
 * one thread, no use for its other descriptors over there, and has not opened
 * the store.
 */
int start_gateway(const struct start_want *w, struct err *e) MUST_CHECK;

#endif
