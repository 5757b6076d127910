/* Many values searched at once: a tree of words, met at whole words only. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PROPAGATE_TREE_H
#define REDACT_PROPAGATE_TREE_H

#include "base/attr.h"
#include "base/bytes.h"

/* What must be seen where a value is found, for it to be one. */
enum care {
	CARE_NONE = 0,
	CARE_WORD,   /* an English word: "frank", but not "not frank" */
	CARE_NAME,   /* case or neighbours say that it is a name: "Will" */
	CARE_DIGITS, /* digits are glued to it: "grants7" */
};

#define LEAF_SEVERAL UINT32_MAX /* people share it */

/* What a value means where it is found. */
struct leaf {
	uint16_t type, rule;
	uint8_t score, care;
	bool own;	 /* of a person: the name that is known */
	bool user;	 /* with digits behind it it is a user's name */
	uint16_t place;	 /* which part of the person's name: ESC_PART's bits;
			    0: all of it */
	uint32_t person; /* 1 + whose name it is or comes from, in people;
			    LEAF_SEVERAL; 0: nobody's */
};

struct tree_edge {
	uint64_t key; /* of parent, separator and word; 0: empty */
	uint32_t child;
};

/*
 * Values as paths of words. Case, accents, blanks, points, commas, dashes,
 * quotes and round brackets between words do not count; other separators do. A
 * walk reads a word once and goes at most TREE_DEPTH words deep, so a scan is
 * linear.
 */
struct tree {
	struct tree_edge *edges;
	uint32_t nedges, mask;	   /* mask + 1 slots; 0: none yet */
	uint32_t *leaf_of;	   /* node -> 1 + leaf; 0: inner */
	uint32_t nnodes, capnodes; /* node 0 is the root */
	struct leaf *leaves;
	uint32_t nleaves, capleaves;
};

#define TREE_DEPTH 32 /* words of a value; longer ones are cut there */

/** propagate_tree_add(t, value, leaf): value is folded text. 1: new, 0: was
 * there (what needs less care stays, then the higher score; a word that comes
 * from several people is theirs together) or holds no word; -ENOMEM. */
int propagate_tree_add(struct tree *t, struct bytes value,
		       struct leaf leaf) MUST_CHECK NONNULL_ALL;

/** propagate_tree_get(t, value, out): the longest value that the folded text
 * begins with, and where it ends; out->user may have digits behind it. 1; 0:
 * none; -ENOMEM. */
struct tree_found {
	struct leaf *leaf;
	uint32_t end;
	bool digits; /* they stand behind it */
};
int propagate_tree_get(const struct tree *t, struct bytes value,
		       struct tree_found *out) MUST_CHECK;

/** propagate_tree_scan(t, text, hit, ctx, steps): the longest value at every
 * word of the folded text, left to right, without overlaps; one with digits
 * behind it is a USERNAME. Stops when hit returns non-zero, with that. *steps
 * counts bytes looked at. -ENOMEM. */
int propagate_tree_scan(const struct tree *t, struct bytes text,
			int (*hit)(void *ctx, uint32_t start, uint32_t end,
				   const struct leaf *leaf),
			void *ctx, uint64_t *steps) MUST_CHECK;

/** propagate_tree_reset(t): no values, memory kept. propagate_tree_free(t). */
void propagate_tree_reset(struct tree *t) NONNULL_ALL;
void propagate_tree_free(struct tree *t) NONNULL_ALL;

/** propagate_tree_word(text, i, start, end): the first word at or after i;
 * false: none. A CJK character is a word of its own. */
bool propagate_tree_word(struct bytes text, uint32_t i, uint32_t *start,
			 uint32_t *end);

#endif
