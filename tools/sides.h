/* Two texts side by side, or one above the other, for eyes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_SIDES_H
#define TOOLS_SIDES_H

#include <stdio.h>

#include "base/buf.h"

#define SIDES_NARROW 100 /* columns; below, one above the other */

/* Zero-initialise but for out, width and colour. */
struct sides {
	FILE *out;
	unsigned width; /* columns of a line */
	bool colour;	/* what differs is red and green */
	/* Lines that are not printed yet: text, and a byte of marks for each
	 * byte of it. */
	struct sides_text {
		struct buf text, marks;
	} was, is;
};

/** sides_open(out): width and colours as out, the terminal behind it, COLUMNS,
 * NO_COLOR and TERM have it. sides_free(s): wipes what is left. */
struct sides sides_open(FILE *out);
void sides_free(struct sides *s);

/**
 * sides_put(s, was, is): what comes next on both sides. Lines that end on both
 * with the same bytes stand beside each other. Control characters, and those
 * that turn the direction of writing, are shown as \xNN and \uNNNN. -ENOMEM,
 * -EIO. sides_end(s): the text is complete.
 */
int sides_put(struct sides *s, struct bytes was, struct bytes is) MUST_CHECK;
int sides_end(struct sides *s) MUST_CHECK;

#endif
