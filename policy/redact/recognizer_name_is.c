/* Names behind that word: "my last name is", "Name:", "what's the name". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

/* The word before i, over one blank: where it begins; i: none. */
static uint32_t before(const struct scan *s, uint32_t i)
{
	uint32_t start = i;

	if (i == 0 || s->t[i - 1] != ' ')
		return i;
	for (start = i - 1;
	     start > 0 && i - start < 20 && is_word(s->t[start - 1]);)
		start--;
	return start == i - 1 ? i : start;
}

/* "my name", "first name", "customer's name", "Name:" but not "file name". */
static bool personal(const struct scan *s, uint32_t i, bool *strong)
{
	static const char *const mine[] = {
		"my",	  "first", "last", "full", "middle", "family",
		"given",  "her",   "his",  "your", "their",  "legal",
		"maiden", "s",	   "and",  "mein", "mi",     "tôi"};
	static const char *const some[] = {
		"the",	  "a",	   "caller",  "customer",   "patient",
		"client", "agent", "s",	      "whose",	    "is",
		"under",  "guest", "account", "cardholder", "contact",
		"ihr",	  "su",	   "mothers", "fathers",    "patients"};
	uint32_t start = before(s, i);

	*strong = name_said(s, i, "surname") != 0;
	if (start == i || *strong)
		return i == 0 || s->t[i - 1] != '_';
	*strong = name_said_any(s, start, mine, ARRAY_LEN(mine)) != 0;
	return *strong || name_said_any(s, start, some, ARRAY_LEN(some)) != 0;
}

/* Behind "name": "is", "'s", ":", "on the account is"; where the name begins,
 * or 0. */
static uint32_t copula(const struct scan *s, uint32_t i, bool *colon)
{
	static const char *const be[] = {"is", "was",	 "s", "ist",
					 "es", "lautet", "là"};
	static const char *const over[] = {
		"on",	  "the",   "my",   "this",    "account",     "card",
		"file",	  "here",  "for",  "booking", "reservation", "order",
		"policy", "under", "that", "tôi"};

	*colon = false;
	for (unsigned n = 0; n < 6; n++) {
		uint32_t at = name_blanks(s, i), end;
		uint8_t c = scan_at(s, at);

		if (c == ':' || c == '=') {
			*colon = true;
			return name_blanks(s, at + 1);
		}
		if (c == '\'')
			at++;
		end = name_said_any(s, at, be, ARRAY_LEN(be));
		if (end != 0)
			return name_blanks(s, end);
		end = name_said_any(s, at, over, ARRAY_LEN(over));
		if (end == 0)
			return 0;
		i = end;
	}
	return 0;
}

/* "The name is tadhgan", not "is misspelt". */
static void put_rare(struct scan *s, uint32_t at, bool strong)
{
	uint32_t end =
		recognizer_name_said(s, at, strong ? NAME_WORD : NAME_RARE);

	if (strong && !recognizer_name_stops(s, end))
		return;
	if (end != at && !name_verbal(s, at, name_word(s, at)))
		recognizer_hit(s, at, end, ENTITY_PERSON, RULE_PERSON_INTRO,
			       70);
}

/* "last name showers (yes, really)": any word that ends what is said. */
static bool is_plain(const struct scan *s, uint32_t i)
{
	static const char no[] =
		" please only first last full again too same changed required "
		"different wrong correct misspelled missing spelling field "
		"below above optional needed change legal maiden number "
		"username user email zip phone address order account ";
	uint32_t end = name_word(s, i);

	return end > i + 1 &&
	       (recognizer_name_stops(s, end) ||
		(scan_at(s, end) == ' ' && scan_at(s, end + 1) == '(')) &&
	       !name_one(s, i, end, no) && !name_verbal(s, i, end) &&
	       (recognizer_name_roles(s, i, end) &
		(ROLE_FUNCTION | ROLE_FOREIGN)) == 0;
}

/* "Last name Hill." */
static void cue_bare(struct scan *s, uint32_t end)
{
	uint32_t at = end + 1, stop;

	if (scan_at(s, end) != ' ' || at >= s->n)
		return;
	stop = recognizer_name_said(s, at, NAME_WORD);
	if (stop == at && is_plain(s, at))
		stop = name_word(s, at);
	else if (stop != at && !recognizer_name_fits(s, at, stop, 1))
		return;
	if (stop != at)
		recognizer_hit(s, at, stop, ENTITY_PERSON, RULE_PERSON_INTRO,
			       75);
}

/* "order id and a name?", "and the name": it is all that is asked for. */
static bool is_wanted(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char *const one[] = {"a", "the", "id", "email", "number"};

	return name_said_any(s, before(s, i), one, ARRAY_LEN(one)) != 0 &&
	       (recognizer_clause_over(s, end) ||
		name_over(s, end, " please and or ") != 0);
}

void recognizer_name_is(struct scan *s, uint32_t i, uint32_t end)
{
	static const char *const whose[] = {"what", "whose", "mothers",
					    "fathers"};
	bool strong, colon, mine = personal(s, i, &strong);
	uint32_t at = copula(s, end, &colon);

	if (name_said(s, before(s, i), "my") != 0)
		s->seen &= ~TOPIC_BIT(TOPIC_NAME); /* and asks for something */
	if (!strong && before(s, i) != i && !colon && !is_wanted(s, i, end) &&
	    name_said_any(s, before(s, i), whose, ARRAY_LEN(whose)) == 0 &&
	    name_said(s, name_blanks(s, end), "on") == 0)
		/* the name of a thing: an answer to it is no person's */
		s->seen &= ~TOPIC_BIT(TOPIC_NAME);
	if (!mine || name_said(s, name_blanks(s, end), "of") != 0)
		return;
	if (scan_at(s, at) == '"' && at != 0)
		at++;
	if (at == 0) {
		if (strong && name_said(s, before(s, i), "my") == 0)
			cue_bare(s, end);
		return;
	}
	if (!recognizer_name_put(s, at,
				 strong || colon ? TRUST_ANY : TRUST_STRONG,
				 RULE_PERSON_INTRO, strong ? 90 : 75))
		put_rare(s, at, strong);
}
