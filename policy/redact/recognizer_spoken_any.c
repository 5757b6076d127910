/* Whether something in a text is said digit by digit, or spelled. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * It is asked of every text, and hardly any has such a thing: words are judged
 * by their first two letters and their length before a chain is looked for.
 */
#include "policy/redact/recognizer.h"

#define PAIR(a, b) [(a) - 'a' + 1][(b)]
#define N(n) 1u << (n)
#define UP(n) (0xffffu >> (n) << (n))
#define T(c) 1u << ((c) - 'a' + 1)
#define NO_THIRD 1u
const struct spoken_row recognizer_spoken_rows[32][32] = {
	PAIR('a', 3) = {N(4) | UP(7), N(4) | N(7) | N(8) | UP(11), T('h')},
	PAIR('b', 1) = {N(2) | N(5), N(2) | N(5),
			NO_THIRD | T('z') | T('a' - 1 + 27)},
	PAIR('c', 1) = {N(7), N(7), T('t')},
	PAIR('c', 5) = {N(4), N(4), T('r')},
	PAIR('c', 8) = {N(5), N(5), T('c')},
	PAIR('c', 9) = {N(4) | N(5) | N(6) | N(9), N(4) | N(5) | N(6) | N(9),
			T('e') | T('n')},
	PAIR('c', 21) = {N(6) | N(8) | N(13), N(6) | N(8) | N(13), T('a')},
	PAIR('d', 9) = {N(4) | N(9) | N(10), N(4) | N(9) | N(10), T('e')},
	PAIR('d', 15) = {N(3) | N(4) | N(6) | UP(9), N(3) | N(4) | N(6) | UP(9),
			 T('c') | T('p') | T('s') | T('u')},
	PAIR('d', 18) = {N(4) | UP(7), N(4) | N(7) | N(8) | UP(11), T('e')},
	PAIR('e', 9) = {N(3) | N(4) | N(5) | N(6) | UP(8), N(3) | N(4) | UP(10),
			T('g') | T('n')},
	PAIR('e', 12) = {N(3) | N(6) | UP(10), N(3) | UP(10), T('e') | T('f')},
	PAIR('f', 3) = {N(5) | UP(8), N(5) | N(8) | N(9) | UP(12),
			T('a' - 1 + 28)},
	PAIR('f', 9) = {N(4) | N(5) | N(7), 0, T('f') | T('v')},
	PAIR('f', 15) = {N(4) | N(5) | N(8), 0, T('r') | T('u')},
	PAIR('f', 21) = {N(4) | N(5) | UP(7),
			 N(4) | N(5) | N(7) | N(8) | N(9) | UP(11),
			 T('e') | T('n')},
	PAIR('h', 1) = {N(3), N(3), T('i')},
	PAIR('h', 21) = {UP(7), N(7) | UP(10), T('n')},
	PAIR('k', 8) = {N(6), N(6), T('c')},
	PAIR('m', 1) = {N(5), N(5), T('a' - 1 + 27)},
	PAIR('m', 6) = {N(6) | N(7), N(6) | N(7), T('p')},
	PAIR('n', 1) = {N(6), 0, T('u')},
	PAIR('n', 4) = {N(4), N(4), T('c')},
	PAIR('n', 5) = {N(4) | UP(7), N(4) | N(7) | N(8) | UP(11), T('u')},
	PAIR('n', 9) = {N(4) | N(5) | N(6) | N(8), 0, T('n')},
	PAIR('n', 15) = {N(6) | N(7) | N(11), N(7) | N(11), T('u') | T('v')},
	PAIR('n', 21) = {N(4) | N(5), N(4) | N(5), T('e') | T('l')},
	PAIR('o', 3) = {N(4) | N(7) | N(11), N(4) | N(7) | N(11), T('h')},
	PAIR('o', 8) = {N(2), 0, NO_THIRD},
	PAIR('o', 14) = {N(3) | N(4), N(4), T('c') | T('e')},
	PAIR('q', 21) = {N(6) | N(10), N(6) | N(10), T('i')},
	PAIR('s', 3) = {N(4), N(4), T('a')},
	PAIR('s', 5) = {N(4) | N(5) | UP(7),
			N(4) | N(5) | N(7) | N(8) | N(11) | UP(12),
			T('c') | T('i') | T('s') | T('t') | T('v')},
	PAIR('s', 9) = {N(3) | UP(5), N(5) | N(6) | N(7) | N(8) | UP(13),
			T('e') | T('x')},
	PAIR('t', 3) = {N(4), N(4), T('a')},
	PAIR('t', 5) = {N(3), 0, T('n')},
	PAIR('t', 8) = {N(5) | N(6) | N(8), 0, T('i') | T('r')},
	PAIR('t', 18) = {N(4) | N(5) | N(6) | N(7) | N(11),
			 N(4) | N(5) | N(7) | N(11), T('e') | T('i')},
	PAIR('t', 23) = {N(3) | N(6), 0, T('e') | T('o')},
	PAIR('u', 14) = {N(3), N(3), T('a') | T('o')},
	PAIR('v', 5) = {N(6) | N(8) | N(9) | N(10) | N(11) | N(12),
			N(6) | N(8) | N(9) | N(10) | N(11) | N(12), T('i')},
	PAIR('v', 9) = {N(4) | UP(7), N(4) | N(7) | N(8) | UP(11), T('e')},
	PAIR('z', 5) = {N(4) | UP(11), N(4) | UP(11), T('h') | T('r')},
	PAIR('z', 23) = {UP(3), N(3) | N(4) | N(5) | N(6) | N(7) | UP(10),
			 T('a') | T('c') | T('e') | T('o')},
};

#define LONGEST SPOKEN_LONGEST

/* How many bytes the word at i has, which is of one of those lengths and has
 * one of those letters; 0: it is not. Accents are bytes, too, in more ways than
 * one: of a word with some only its first letters count. */
static size_t is_one(struct bytes in, size_t i, unsigned lengths,
		     uint32_t third)
{
	size_t n = 2;
	bool accents = in.p[i + 1] >= 0x80;

	if (lengths == 0)
		return 0; /* most words */
	for (; n < LONGEST && i + n < in.n && is_word(in.p[i + n]); n++)
		accents = accents || in.p[i + n] >= 0x80;
	if (accents)
		return n;
	return (lengths >> n &
		1) != 0 && (n == 2 || (third >> (in.p[i + 2] & 31) & 1) != 0)
		       ? n
		       : 0;
}

static const struct spoken_row *row_of(struct bytes in, size_t i)
{
	return &recognizer_spoken_rows[in.p[i] & 31][in.p[i + 1] & 31];
}

size_t recognizer_spoken_may(struct bytes in, size_t i)
{
	const struct spoken_row *r;

	if (i + 1 == in.n || !is_word(in.p[i + 1]))
		return 1;
	if (is_digit(in.p[i]))
		return 0;
	r = row_of(in, i);
	return is_one(in, i, r->lengths, r->third);
}

bool recognizer_spoken_may_abroad(struct bytes in, size_t i)
{
	const struct spoken_row *r;

	if (i + 1 >= in.n || !is_alpha(in.p[i]) || !is_word(in.p[i + 1]))
		return false;
	r = row_of(in, i);
	return is_one(in, i, r->abroad, r->third) != 0;
}

/* Behind what is said at i and ends at end nothing goes on, and alone it is no
 * number: "2 people", "one of", "a table"; not "eighteen oak street", "tenth
 * eighty", nor words of other languages, which may be numbers alone. */
static bool stands_alone(const struct starts *m, struct bytes in, size_t i,
			 size_t end)
{
	if (!recognizer_spoken_ends(m, in, end))
		return false;
	return is_digit(in.p[i]) || end == i + 1 ||
	       ((m->any & STARTS_KIND) == 0 &&
		!recognizer_spoken_may_abroad(in, i) &&
		(i < 2 || strchr("htd", in.p[i - 2] | 0x20) == NULL));
}

/* The letter at i is a part of "I'm" or "that's", and says no digit, which "o"
 * may. */
static bool is_rest(struct bytes in, size_t i)
{
	return ((i > 0 && in.p[i - 1] == '\'') ||
		(i + 1 < in.n && in.p[i + 1] == '\'')) &&
	       (in.p[i] | 0x20) != 'o';
}

/* Whether a chain begins with the word at i, which may be one. */
static bool chain_at(struct starts *m, struct bytes in, size_t i)
{
	size_t end = starts_over(m, STARTS_WORD, i);
	bool joined, alone = end == i + 1;

	if (stands_alone(m, in, i, end))
		return false;
	if (alone && is_alpha(in.p[i]))
		return !is_rest(in, i) && recognizer_spelled(in, i) != 0;
	if (!alone && is_digit(in.p[i]))
		return recognizer_groups(in, i) != 0;
	return recognizer_spoken(in, i, &joined) != 0;
}

bool recognizer_spoken_any(struct starts *m, struct bytes in)
{
	for (size_t i = 0; (i = starts_next(m, STARTS_SAID, i)) < in.n; i++)
		if (chain_at(m, in, i))
			return true;
	return false;
}
