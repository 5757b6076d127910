/* What a session's terminal may say to the outer one: an allow list. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_PTYFILTER_H
#define SESSION_PTYFILTER_H

#include "base/buf.h"

/*
 * The outer terminal acts on what it is sent: OSC 52 writes its clipboard,
 * CSI i prints, DCS and OSC 1337 write files, requests make it type answers.
 * Passed are: text (valid UTF-8 but C1), BEL BS HT LF VT FF CR SO SI, cursor
 * and colour sequences (ECMA-48 CSI with a listed final), a few two-byte
 * escapes and character sets. Everything else is dropped; a byte that is no
 * UTF-8 becomes '?'. State lives across calls: sequences may be cut anywhere.
 * The outer terminal must be a UTF-8 one; ESC % that would make it another is
 * dropped, else the second byte of a character could be a control to it.
 */
struct ptyfilter {
	uint8_t state;
	uint8_t need;	 /* bytes of a UTF-8 character still to come */
	uint8_t seq[64]; /* what is held back until it is known */
	size_t n;
	bool toolong;
};

/**
 * ptyfilter_put(f, in, out): append what of `in` may pass; -ENOMEM. A zeroed
 * filter is at its start.
 */
int ptyfilter_put(struct ptyfilter *f, struct bytes in,
		  struct buf *out) MUST_CHECK NONNULL_ALL;

#endif
