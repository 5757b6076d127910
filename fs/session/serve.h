/* The gateway's loop: who comes to its doors, and when it ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_SERVE_H
#define SESSION_SERVE_H

#include "fs/session/gateway.h"

struct serve_want {
	struct gateway *gateway;
	int starter;  /* a connection of the owner's own, proven already, taken
			 over; -1: none */
	int stop;     /* readable: end now; -1: signals only */
	bool linger;  /* serve on when nobody is left (carrel serve) */
	bool signals; /* SIGTERM, SIGINT and SIGHUP, blocked, end it */
	void (*ready)(void *ctx); /* the doors are open; NULL: nobody asks */
	void *ctx;
};

/**
 * serve(w, e): open the doors, serve whoever comes, each connection in a
 * thread of its own, until told to end, or without linger until the last has
 * gone. Then no session is left. The gateway is not closed.
 */
int serve(const struct serve_want *w, struct err *e) MUST_CHECK;

#endif
