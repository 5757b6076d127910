/* Questions for a part of an address: "which unit", "cross street". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

#define ASKS_LONG 200
#define REQUEST_LONG 40

#define BIT(c) (1u << ((c) - 'a'))

/* The second letters of words that say a number, and of those that ask for a
 * part of an address, by the first. */
static const uint32_t numbers[26] = {
	['e' - 'a'] = BIT('i') | BIT('l'),
	['f' - 'a'] = BIT('o') | BIT('i'),
	['n' - 'a'] = BIT('i'),
	['o' - 'a'] = BIT('n'),
	['s' - 'a'] = BIT('i') | BIT('e'),
	['t' - 'a'] = BIT('w') | BIT('e') | BIT('h'),
};
static const uint32_t questions[26] = {
	['a' - 'a'] = BIT('p') | BIT('d'),
	['c' - 'a'] = BIT('o') | BIT('r'),
	['d' - 'a'] = BIT('r') | BIT('e'),
	['e' - 'a'] = BIT('i'),
	['f' - 'a'] = BIT('i') | BIT('l'),
	['g' - 'a'] = BIT('o'),
	['i' - 'a'] = BIT('n'),
	['m' - 'a'] = BIT('e'),
	['p' - 'a'] = BIT('r') | BIT('a') | BIT('i'),
	['s' - 'a'] = BIT('u'),
	['t' - 'a'] = BIT('e'),
	['u' - 'a'] = BIT('n'),
	['w' - 'a'] = BIT('h'),
};

/* The word [i, end) begins like one of them: most do not. */
static bool may(const struct scan *s, uint32_t i, uint32_t end,
		const uint32_t begins[26])
{
	uint8_t a = (uint8_t)((s->t[i] | 0x20) - 'a'), b;

	if (a >= 26 || begins[a] == 0 || end - i < 2)
		return false;
	b = (uint8_t)((s->t[i + 1] | 0x20) - 'a');
	return b < 26 && (begins[a] >> b & 1) != 0 &&
	       (end - i != 3 || (b != 'h' - 'a' && a != 'f' - 'a'));
}

bool abode_may_say(const struct scan *s, uint32_t i, uint32_t end)
{
	return may(s, i, end, numbers);
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
	for (uint32_t i = 0, end; i < s->n; i = end) {
		for (end = i; end < s->n && is_word(s->t[end]);)
			end++;
		end += end == i;
		if (!may(s, i, end, questions))
			continue;
		is = abode_is(s, i, end, &value);
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
