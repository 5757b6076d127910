/* The proxy between the outer terminal and the session's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_PTY_H
#define SESSION_PTY_H

#include "base/err.h"
#include "fs/session/ptyfilter.h"

/* Zero-initialise; pty_end gives the terminal back as it was. */
struct pty {
	int master;
	bool raw;
	void *saved; /* struct termios */
	struct ptyfilter filter;
	uint64_t out;	  /* bytes the session wrote to its terminal */
	struct buf in;	  /* typed, and not yet taken by the session */
	struct buf shown; /* filtered, and not yet taken by the outer one */
	int outer;	  /* where that goes; does not block, where it can */
};

/**
 * pty_check(e): standard input, output and error are one terminal; -EINVAL.
 */
int pty_check(struct err *e) MUST_CHECK;

/**
 * pty_start(p, master, e): take the master over, size it like the outer
 * terminal, and put that one into raw mode. pty_resize(p): after SIGWINCH.
 */
int pty_start(struct pty *p, int master, struct err *e) MUST_CHECK;
void pty_resize(struct pty *p);

/**
 * pty_input(p): take what was typed. pty_move(p, events): move what the master
 * is ready for (POLLIN: filtered to the outer terminal, POLLOUT: what was
 * typed). 0 more may come, 1 that side is at its end, negative errno. Neither
 * waits for the session: one that does not read must not stop what it writes;
 * nor for the outer terminal: one that does not read must not hold up a signal.
 */
int pty_input(struct pty *p) MUST_CHECK;
int pty_move(struct pty *p, int events) MUST_CHECK;

/** pty_waiting(p): typed bytes are still to be taken; type no more. */
bool pty_waiting(const struct pty *p);

/**
 * pty_held(p): the outer terminal has not taken all it was given; move no more
 * until pty_flush(p) has, which is due when p->outer is writable.
 */
bool pty_held(const struct pty *p);
int pty_flush(struct pty *p) MUST_CHECK;

/** pty_say(p, words): a line of our own on the outer terminal. -ENOMEM. */
int pty_say(struct pty *p, const char *words) MUST_CHECK;

/** pty_end(p): the outer terminal as it was, the master closed. */
void pty_end(struct pty *p);

#endif
