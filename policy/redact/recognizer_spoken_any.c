/* Whether something in a text is said digit by digit, or spelled. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * It is asked of every text, and hardly any has such a thing: words are judged
 * by their first two letters and their length before a chain is looked for.
 */
#include "policy/redact/recognizer.h"

/* By the first letter and five bits of the next: the lengths of words that say
 * digits, bits. It is asked of every word there is. */
#define LENGTHS(a, b) [(a) - 'a' + 1][(b)]
static const uint16_t lengths[32][32] = {
	LENGTHS('a', 3) = 1 << 4 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 |
			  1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('b', 1) = 1 << 2 | 1 << 5,
	LENGTHS('c', 1) = 1 << 7,
	LENGTHS('c', 5) = 1 << 4,
	LENGTHS('c', 8) = 1 << 5,
	LENGTHS('c', 9) = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 9,
	LENGTHS('c', 21) = 1 << 6 | 1 << 8 | 1 << 13,
	LENGTHS('d', 9) = 1 << 4 | 1 << 9 | 1 << 10,
	LENGTHS('d', 15) = 1 << 3 | 1 << 4 | 1 << 6 | 1 << 10,
	LENGTHS('d', 18) = 1 << 4 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 |
			   1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('e', 9) = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 10 |
			  1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('e', 12) = 1 << 3 | 1 << 6,
	LENGTHS('f', 3) = 1 << 5 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 |
			  1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('f', 9) = 1 << 4 | 1 << 5 | 1 << 7,
	LENGTHS('f', 15) = 1 << 4 | 1 << 5 | 1 << 8,
	LENGTHS('f', 21) = 1 << 5 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 |
			   1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('h', 1) = 1 << 3,
	LENGTHS('h', 21) = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 |
			   1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('k', 8) = 1 << 6,
	LENGTHS('m', 1) = 1 << 5,
	LENGTHS('m', 6) = 1 << 7,
	LENGTHS('n', 1) = 1 << 6,
	LENGTHS('n', 4) = 1 << 4,
	LENGTHS('n', 5) = 1 << 4 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 |
			  1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('n', 9) = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8,
	LENGTHS('n', 15) = 1 << 6 | 1 << 7 | 1 << 11,
	LENGTHS('n', 21) = 1 << 4 | 1 << 5,
	LENGTHS('o', 3) = 1 << 4 | 1 << 7 | 1 << 11,
	LENGTHS('o', 8) = 1 << 2,
	LENGTHS('o', 14) = 1 << 3 | 1 << 4,
	LENGTHS('q', 21) = 1 << 6 | 1 << 10,
	LENGTHS('s', 3) = 1 << 4,
	LENGTHS('s', 5) = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 |
			  1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('s', 9) = 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9 |
			  1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 |
			  1 << 15,
	LENGTHS('t', 3) = 1 << 4,
	LENGTHS('t', 5) = 1 << 3,
	LENGTHS('t', 8) = 1 << 5 | 1 << 6 | 1 << 8,
	LENGTHS('t', 18) = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 11,
	LENGTHS('t', 23) = 1 << 3 | 1 << 6,
	LENGTHS('u', 14) = 1 << 3,
	LENGTHS('v', 5) = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12,
	LENGTHS('v', 9) = 1 << 4 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 |
			  1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15,
	LENGTHS('z', 5) = 1 << 4,
	LENGTHS('z', 23) = 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9 |
			   1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 |
			   1 << 15,
};

/* A byte of a word; and one that a number's first may be. */
#define IN_WORD 1
#define FIRST 3
#define LETTERS(from, to, kind) \
	[(from)...(to)] = (kind), [(from)-32 ...(to) - 32] = (kind)
static const uint8_t kinds[256] = {
	['0' ... '9'] = FIRST,	    LETTERS('a', 'f', FIRST),
	LETTERS('g', 'g', IN_WORD), LETTERS('h', 'h', FIRST),
	LETTERS('i', 'j', IN_WORD), LETTERS('k', 'k', FIRST),
	LETTERS('l', 'l', IN_WORD), LETTERS('m', 'o', FIRST),
	LETTERS('p', 'p', IN_WORD), LETTERS('q', 'q', FIRST),
	LETTERS('r', 'r', IN_WORD), LETTERS('s', 'v', FIRST),
	LETTERS('w', 'y', IN_WORD), LETTERS('z', 'z', FIRST),
	[0x80 ... 0xff] = IN_WORD,
};

#define LONGEST 15 /* and more: "siebenunddreißig" */

/* Whether a chain begins with the word at i. */
static bool chain_at(struct bytes in, size_t i)
{
	bool joined;
	size_t n = 1;

	if (i + 1 < in.n && !is_digit(in.p[i]) && is_word(in.p[i + 1]) &&
	    lengths[in.p[i] & 31][in.p[i + 1] & 31] == 0)
		return false; /* most words */
	while (n < LONGEST && i + n < in.n && kinds[in.p[i + n]] != 0)
		n++;
	if (n > 1 && is_digit(in.p[i]))
		return recognizer_groups(in, i) != 0;
	if (n == 1 && is_alpha(in.p[i]))
		return recognizer_spelled(in, i) != 0;
	if (n == 1 ? !is_digit(in.p[i])
		   : (lengths[in.p[i] & 31][in.p[i + 1] & 31] >> n & 1) == 0)
		return false;
	return recognizer_spoken(in, i, &joined) != 0;
}

/* In 64 bytes a time, without a branch for each. */
bool recognizer_spoken_any(struct bytes in)
{
	uint64_t before = 0;

	for (size_t at = 0; at < in.n; at += 64) {
		size_t n = in.n - at < 64 ? in.n - at : 64;
		uint64_t word = 0, first = 0, inner;

		for (size_t k = 0; k < n; k++) {
			uint64_t kind = kinds[in.p[at + k]];

			word |= (kind & 1) << k;
			first |= (kind >> 1) << k;
		}
		inner = word << 1 | before;
		first |= word & ~(word >> 1); /* a letter that stands alone */
		first &= ~inner;
		before = word >> 63;
		for (; first != 0; first &= first - 1)
			if (chain_at(in, at + (size_t)__builtin_ctzll(first)))
				return true;
	}
	return false;
}
