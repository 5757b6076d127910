/* Writing to a store from an owner's command, whoever is its gateway. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_HOLD_H
#define SESSION_HOLD_H

#include "fs/session/gateway.h"

/*
 * Where no gateway runs, the command is it for as long as it works: it holds
 * the lock and the log. Where one runs, the right to write is borrowed at its
 * owner door and the log's entries are written by it.
 */
struct hold;

/**
 * hold_reach(s, tool, own, c, e): be the store's gateway (*own), or have a
 * proven connection to the one that runs (c). One that is just going is waited
 * for, ten seconds at most. -EBUSY: the lock is held by what is no gateway.
 */
struct call;
int hold_reach(struct store *s, const char *tool, struct gateway **own,
	       struct call *c, struct err *e) MUST_CHECK;

/**
 * hold_open(s, tool, out, e): the store may be written from now on. -EBUSY: the
 * lock is held by what is no gateway, or another command has borrowed.
 */
int hold_open(struct store *s, const char *tool, struct hold **out,
	      struct err *e) MUST_CHECK;

/** hold_log(h, ev): append an owner's event, durable on return; fits the
 * callbacks of rooms below. */
int hold_log(void *h, struct event *ev) MUST_CHECK;

/** hold_apply(h, text, name, ended, e): put a policy in force; *ended: how many
 * sessions were asked to end. */
int hold_apply(struct hold *h, struct bytes text, const char *name,
	       uint64_t *ended, struct err *e) MUST_CHECK;

/** hold_reroot(h, e): a gateway that runs takes the new root key; fits
 * store_rotate. */
int hold_reroot(void *h, struct err *e) MUST_CHECK;

/** hold_clear(h, e): every session there is has ended: they hold keys that are
 * about to be destroyed. -EBUSY: one does not. hold_clear_project: those of one
 * project. */
int hold_clear(void *h, struct err *e) MUST_CHECK;
int hold_clear_project(struct hold *h, const char *project,
		       struct err *e) MUST_CHECK;

/** hold_close(h, r, e): give it back; r is what the work came to and wins over
 * a failure of closing. NULL is fine. */
int hold_close(struct hold *h, int r, struct err *e);

#endif
