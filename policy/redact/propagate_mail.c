/* Names that addresses and users' names are made of, searched as names. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "crispin.tuttle@", "cminh730", "nolan_f": who has such an address is called
 * so. Each part of letters, as it stands and without the initial before it, is
 * searched, where it is no English word.
 */
#include "policy/redact/propagate_in.h"

#define LEAST 4 /* letters of a part */
#define MOST 24 /* of one */
#define ALONE 5 /* of one behind an initial that no list has */
#define PARTS 4 /* of an address */

/* Mostly no name: an office, an English word. */
static bool is_word_of(const struct propagate *p, struct bytes part)
{
	return propagate_roles(p, part, 0, (uint32_t)part.n) != 0 ||
	       p->r->tagger == NULL ||
	       (tagger_listed(p->r->tagger, part) & TAGGER_WORD) != 0;
}

static int put_part(struct propagate *p, struct bytes part, struct leaf leaf)
{
	const unsigned who = TAGGER_GIVEN | TAGGER_FAMILY | TAGGER_PROPER;
	struct bytes rest;
	int rc = 0;

	if (part.n < LEAST || part.n > MOST)
		return 0;
	if (!is_word_of(p, part))
		rc = propagate_put(p, part, leaf);
	rest = bytes_sub(part, 1, part.n - 1);
	if (rc != 0 || rest.n < LEAST || is_word_of(p, rest) ||
	    (tagger_listed(p->r->tagger, part) & who) != 0 ||
	    (rest.n < ALONE && (tagger_listed(p->r->tagger, rest) & who) == 0))
		return rc;
	return propagate_put(p, rest, leaf);
}

int propagate_mail(struct propagate *p, struct bytes text, struct leaf leaf)
{
	size_t end = 0;
	int rc = 0;

	if (text.n == 0 || memchr(text.p, ' ', text.n) != NULL)
		return 0; /* as it is spoken */
	leaf.type = ENTITY_PERSON;
	leaf.place = 0;
	for (unsigned n = 0; n < PARTS && rc == 0 && end < text.n; n++) {
		size_t start = end;

		while (end < text.n && is_alpha(text.p[end]))
			end++;
		rc = put_part(p, bytes_sub(text, start, end - start), leaf);
		while (end < text.n && is_digit(text.p[end]))
			end++;
		if (end == text.n || strchr("._-", text.p[end]) == NULL)
			break;
		end++;
	}
	return rc;
}
