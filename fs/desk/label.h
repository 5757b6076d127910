/* Visible names: what a stored name becomes under a policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_LABEL_H
#define DESK_LABEL_H

#include "base/arena.h"
#include "base/buf.h"
#include "policy/redact/filename.h"

struct label_in {
	enum names mode;
	const struct standin *standin; /* pseudonyms and suffixes */
	struct bytes path;	       /* DATASET/PATH down to it */
	struct bytes group;	       /* of a file; empty: the file alone */
	uint32_t rank; /* 1, 2 ... among the visible files, or folders,
			  of its folder, in stored order */
	bool folder;
	unsigned collides; /* with a sibling: keyed suffix, 1: of its group,
			      so that partners stay partners; 2: its own */
	bool searched;	   /* for values; false: nobody knows what is in it */
	struct filename_in stored; /* this component; spans are not looked at
				      unless it was searched */
};

/**
 * label_make(in, a, out): the visible name, allocated in a (or the stored name
 * itself), at most 255 bytes. A name that was not searched is never kept, it
 * becomes a number; nor is an extension that holds a value, or, where nobody
 * searched, one that programs do not know. -ENOKEY, -ENOMEM.
 */
int label_make(const struct label_in *in, struct arena *a,
	       struct bytes *out) MUST_CHECK NONNULL_ALL;

/**
 * label_ext(name): the extension with its dot: up to eight letters or digits;
 * empty where there is none (a longer one could say anything).
 */
struct bytes label_ext(struct bytes name);

#endif
