/* Inside of known values: what is learned of one, and of whom. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PROPAGATE_IN_H
#define REDACT_PROPAGATE_IN_H

#include "base/arena.h"
#include "policy/redact/propagate_digits.h"
#include "policy/redact/recognizer.h"

#define LEAST_LETTERS 3
#define LEAST_GLUED 6 /* letters of two names written as one word */
#define LEAST_USER 5  /* of a name and an initial */

/* A name of several words; folded text. */
struct known_person {
	struct bytes text;
	uint32_t is; /* 1 + who that is, where a fuller name is known; 0 */
};

struct propagate {
	const struct recognizers *r;
	struct tree words;
	struct digit_set digits;
	size_t count;
	bool names; /* searched in names of files */
	bool said;  /* some of them may be said digit by digit */
	struct arena *a;
	struct known_person *people;
	uint32_t npeople, cappeople;
};

/** propagate_roles(p, text, start, end): what the table of common words says
 * of a word; 0: it is none. propagate_month(p, text, start, end): it names one.
 */
unsigned propagate_roles(const struct propagate *p, struct bytes text,
			 uint32_t start, uint32_t end);
bool propagate_month(const struct propagate *p, struct bytes text,
		     uint32_t start, uint32_t end);

/** propagate_put(p, value, leaf): one more that is searched. -ENOMEM. */
int propagate_put(struct propagate *p, struct bytes value,
		  struct leaf leaf) MUST_CHECK;

/** propagate_person(p, value, leaf): a name (folded text) in all its forms.
 * -ENOMEM. */
int propagate_person(struct propagate *p, struct bytes value,
		     struct leaf leaf) MUST_CHECK;

/** propagate_mail(p, text, leaf): the names that an e-mail address or a user's
 * name is made of. -ENOMEM. */
int propagate_mail(struct propagate *p, struct bytes text,
		   struct leaf leaf) MUST_CHECK;

/** propagate_bare(value): a name without "Ms." or "hi" before it. */
struct bytes propagate_bare(struct bytes value);

/** propagate_is_other(text, start, end): with its accents the word is a
 * frequent one of Vietnamese that nobody is called by. */
bool propagate_is_other(struct bytes text, uint32_t start, uint32_t end);

/** propagate_is_word(p, text, start, end, place): an English word there, in
 * lower case, is one behind "the", "not" and the like; that is known for a
 * place, behind "you" and the like. */
bool propagate_is_word(const struct propagate *p, struct bytes text,
		       uint32_t start, uint32_t end, bool place);

/** propagate_is_name(p, run, text, start, end): what stands around the known
 * word [start, end) of the run's folded text, or how it is written, says that
 * it is a name here: "Ms. Grace", "I saw Will", but not "grace period". */
bool propagate_is_name(const struct propagate *p, const struct run *run,
		       struct bytes text, uint32_t start, uint32_t end);

#endif
