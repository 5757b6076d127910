/* Questions for a part of an address: "which unit", "cross street". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

#define ASKS_LONG 200
#define REQUEST_LONG 40

bool abode_may_ask(const struct word *w)
{
	return (w->roles &
		(ABODE_ASKS | ABODE_WHERE | ABODE_COMES | ABODE_FIRST)) != 0;
}

/* "cross street", whose first word ends at i. */
static bool is_pair(const struct scan *s, uint32_t i)
{
	unsigned value;

	return scan_at(s, i) == ' ' &&
	       (abode_is(s, i + 1, recognizer_word_end(s, i + 1), &value) &
		ABODE_SECOND) != 0;
}

/* What the run asks for. */
uint64_t abode_asks(struct scan *s)
{
	const uint64_t address = TOPIC_BIT(TOPIC_ADDRESS);
	unsigned words = 0, is, value;

	if (s->n > ASKS_LONG || (!s->asks && s->n > REQUEST_LONG))
		return 0;
	for (size_t i = 0; (i = starts_next(s->starts, STARTS_ASK, i)) < s->n;
	     i++) {
		uint32_t end = (uint32_t)starts_over(s->starts, STARTS_WORD, i);

		is = abode_is(s, (uint32_t)i, end, &value);
		words |= is;
		if ((is & ABODE_FIRST) != 0 && is_pair(s, end))
			words |= ABODE_ASKS;
	}
	s->steps += s->n;
	if ((words & ABODE_ASKS) != 0)
		return address;
	return (words & ABODE_WHERE) != 0 && (words & ABODE_COMES) != 0
		       ? address | TOPIC_BIT(TOPIC_CITY)
		       : 0;
}
