/* What this machine gives a session: checks for people, one fact each. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_MACHINE_H
#define SESSION_MACHINE_H

#include "fs/session/facts.h"

enum machine_state {
	MACHINE_MISSING = 0, /* no session can be made */
	MACHINE_WARN,	     /* sessions work; one thing is weaker or refused */
	MACHINE_OK,
};

struct machine_check {
	const char *name;
	enum machine_state state;
	char seen[200];	  /* what was found */
	char advice[320]; /* what to change; empty when ok */
};

/** machine_checks(): how many there are. */
size_t machine_checks(void);

/**
 * machine_check(i, f, out): carry number i out, with the facts of
 * facts_gather. Some try the thing itself, in a child that then ends.
 */
void machine_check(size_t i, const struct facts *f,
		   struct machine_check *out) NONNULL_ALL;

/** machine_state_name(s): "missing", "warn", "ok". */
const char *machine_state_name(enum machine_state s);

/**
 * machine_userns(proc, code, b): append why user namespaces are refused with
 * this errno and what to change, as far as the files of proc (an open /proc)
 * tell. -ENOMEM.
 */
int machine_userns(int proc, int code, struct buf *b) MUST_CHECK NONNULL_ALL;

/**
 * machine_host(name, f, c): the checks that only look at facts and sysctls;
 * false: name is none of them.
 */
bool machine_host(const char *name, const struct facts *f,
		  struct machine_check *c) NONNULL_ALL;

/**
 * machine_say(c, state, advice, seen, ...): fill a check in.
 */
void machine_say(struct machine_check *c, enum machine_state state,
		 const char *advice, const char *seen, ...) PRINTF(4, 5);

#endif
