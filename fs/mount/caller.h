/* Does a request come from inside the session? A guard, and an alarm. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_CALLER_H
#define MOUNT_CALLER_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/bytes.h"

#define CALLER_SLOTS 256u /* a power of two */

/* Zero means no. */
enum caller {
	CALLER_FOREIGN = 0,
	CALLER_UNSEEN,	/* no descriptor or memory to look with: no answer */
	CALLER_UNKNOWN, /* /proc does not show the session to us: no answer */
	CALLER_INSIDE,
};

/*
 * A process is inside when the chain of its parents reaches the session's pid
 * 1: all in a pid namespace descend from it, whatever they do, while who enters
 * from outside (nsenter, /proc/PID/root, a debugger reading a mapping) does
 * not. A yes is remembered for a second or two, so that most requests cost one
 * look at a slot. It is an alarm and no wall: who enters, forks and lets the
 * parent end becomes a child of pid 1.
 */
struct callers {
	pid_t init;   /* as this process numbers it; 0: nobody descends */
	bool anybody; /* is inside */
	bool blind;   /* /proc does not show init */
	_Atomic uint64_t yes[CALLER_SLOTS]; /* pid << 32 | second */
	_Atomic uint64_t no[CALLER_SLOTS];  /* those already told of */
	_Atomic uint64_t untold;	    /* refusals since the last event */
};

/** callers_start(c, init, anybody): what mount_want says of both. Nothing is
 * held: it needs no end. */
void callers_start(struct callers *c, pid_t init, bool anybody);

/** callers_ask(c, pid): safe from several threads. A zeroed c knows nobody. */
enum caller callers_ask(struct callers *c, pid_t pid);

struct mount;

/**
 * caller_admits(m, fd, in): in is a request as it was read from fd, the FUSE
 * descriptor. False: it came from outside, was answered with EACCES, and a
 * DENIED event with op "caller" says so (once a second for one process); where
 * nobody could look it is answered with ENFILE and is no event. What
 * the kernel asks in nobody's name is admitted: it carries no data out.
 */
bool caller_admits(struct mount *m, int fd, struct bytes in);

/**
 * caller_rest(m): at the end: an event for refusals that none has told of.
 */
void caller_rest(struct mount *m);

#endif
