/* Numbers said digit by digit: "four one one", "double five", "5 5 0 1". */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who reads a number aloud says digits, and who writes that down writes words
 * or digits apart. A chain of at least three digits so said becomes the number
 * for matching (recognizer_fold.c), so each recognizer of numbers finds it, it
 * is the same value as the written one, and one is searched where the other
 * stands.
 *
 * Pairs are said too ("forty one eleven"); "oh" is a zero but never the first.
 * A chain too long for a card keeps blanks between its digits: it is a card and
 * what was said behind it, and the card's recognizer finds where that begins.
 */
#include "policy/redact/recognizer.h"

#define JOINED_MAX 16

struct said_word {
	const char *word;
	uint8_t value;
	uint8_t times; /* digits; 0: that many times what follows */
};

/* By their first letters. */
static const struct said_word said_words[] = {
	{"double", 2, 0},     {"eight", 8, 1},	   {"eleven", 11, 2},
	{"eighteen", 18, 2},  {"eighty", 80, 2},   {"four", 4, 1},
	{"five", 5, 1},	      {"fourteen", 14, 2}, {"fifteen", 15, 2},
	{"forty", 40, 2},     {"fifty", 50, 2},	   {"nine", 9, 1},
	{"nought", 0, 1},     {"nineteen", 19, 2}, {"ninety", 90, 2},
	{"one", 1, 1},	      {"oh", 0, 1},	   {"o", 0, 1},
	{"six", 6, 1},	      {"seven", 7, 1},	   {"sixteen", 16, 2},
	{"seventeen", 17, 2}, {"sixty", 60, 2},	   {"seventy", 70, 2},
	{"two", 2, 1},	      {"three", 3, 1},	   {"ten", 10, 2},
	{"twelve", 12, 2},    {"thirteen", 13, 2}, {"twenty", 20, 2},
	{"thirty", 30, 2},    {"triple", 3, 0},	   {"zero", 0, 1},
};

/* By letter: 1 + the first that begins with it; 0: none does. */
static const uint8_t said_from[26] = {
	['d' - 'a'] = 1,  ['e' - 'a'] = 2,  ['f' - 'a'] = 6,  ['n' - 'a'] = 12,
	['o' - 'a'] = 16, ['s' - 'a'] = 19, ['t' - 'a'] = 25, ['z' - 'a'] = 33};

/* Letters that some of them begins with. */
static bool begins(uint8_t c)
{
	return is_alpha(c) && said_from[(c | 0x20) - 'a'] != 0;
}

static bool same(struct bytes text, const char *word)
{
	size_t n = 0;

	while (n < text.n && (text.p[n] | 0x20) == (uint8_t)word[n])
		n++;
	return n == text.n && word[n] == '\0';
}

static const struct said_word *word_at(struct bytes in, size_t i, size_t *end)
{
	size_t n = i;

	if (!begins(in.p[i]))
		return NULL;
	while (n < in.n && is_word(in.p[n]) && n - i < 10)
		n++;
	*end = n;
	for (size_t k = said_from[(in.p[i] | 0x20) - 'a'] - 1u;
	     n - i < 10 && k < ARRAY_LEN(said_words) &&
	     said_words[k].word[0] == (char)(in.p[i] | 0x20);
	     k++)
		if (same(bytes_sub(in, i, n - i), said_words[k].word))
			return &said_words[k];
	return NULL;
}

/* A digit or a word for one at i: said_words' entry, or one of digits. */
static const struct said_word *item_at(struct bytes in, size_t i, size_t *end)
{
	static const struct said_word digits[] = {
		{"", 0, 1}, {"", 1, 1}, {"", 2, 1}, {"", 3, 1}, {"", 4, 1},
		{"", 5, 1}, {"", 6, 1}, {"", 7, 1}, {"", 8, 1}, {"", 9, 1}};

	if (i >= in.n || (i > 0 && is_word(in.p[i - 1])))
		return NULL;
	if (!is_digit(in.p[i]))
		return word_at(in, i, end);
	*end = i + 1;
	return *end < in.n && is_word(in.p[*end]) ? NULL
						  : &digits[in.p[i] - '0'];
}

/* Where the next one may begin: over a blank or two; a hyphen or a comma behind
 * a word. */
static size_t over_gap(struct bytes in, size_t i, bool word)
{
	size_t from = i;

	while (i < in.n && i - from < 3 &&
	       (in.p[i] == ' ' || in.p[i] == '\t' ||
		(word && (in.p[i] == '-' || in.p[i] == ','))))
		i++;
	return i > from ? i : in.n;
}

bool recognizer_spoken_next(struct bytes in, size_t *at, bool first,
			    struct spoken_digits *out)
{
	size_t end = 0, ahead;
	const struct said_word *w = item_at(in, *at, &end), *next;

	if (w == NULL || (first && w->value == 0 && (in.p[*at] | 0x20) == 'o'))
		return false;
	out->start = *at;
	out->n = w->times;
	ahead = over_gap(in, end, w->word[0] != '\0');
	next = item_at(in, ahead, &ahead);
	memset(out->digits, '0' + w->value, sizeof(out->digits));
	if (w->times == 0) {
		if (next == NULL || next->times != 1)
			return false;
		out->n = w->value;
		memset(out->digits, '0' + next->value, sizeof(out->digits));
		end = ahead;
	} else if (w->times == 2) {
		out->digits[0] = (char)('0' + w->value / 10);
		out->digits[1] = (char)('0' + w->value % 10);
		if (w->value >= 20 && next != NULL && next->times == 1 &&
		    next->value > 0 && next->word[0] != '\0') {
			out->digits[1] = (char)('0' + next->value);
			end = ahead;
		}
	}
	out->end = end;
	*at = over_gap(in, end, w->word[0] != '\0');
	return true;
}

size_t recognizer_spoken(struct bytes in, size_t i, bool *joined)
{
	struct spoken_digits d;
	size_t end = 0, n = 0;

	for (size_t at = i; recognizer_spoken_next(in, &at, at == i, &d);) {
		n += d.n;
		end = d.end;
	}
	*joined = n <= JOINED_MAX;
	return n >= 3 ? end : 0;
}

/* By a word's first byte: the lengths of words that may say a digit, bits. It
 * is asked of every word there is. */
#define LENGTHS(letter, bits) [letter] = (bits), [(letter)-32] = (bits)
static const uint16_t lengths[256] = {
	['0' ... '9'] = 1 << 1,
	LENGTHS('d', 1 << 6),
	LENGTHS('e', 1 << 5 | 1 << 6 | 1 << 8),
	LENGTHS('f', 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8),
	LENGTHS('n', 1 << 4 | 1 << 6 | 1 << 8),
	LENGTHS('o', 1 << 1 | 1 << 2 | 1 << 3),
	LENGTHS('s', 1 << 3 | 1 << 5 | 1 << 7 | 1 << 9),
	LENGTHS('t', 1 << 3 | 1 << 5 | 1 << 6 | 1 << 8),
	LENGTHS('z', 1 << 4),
};

static const bool in_word[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	[0x80 ... 0xff] = true,
};

bool recognizer_spoken_any(struct bytes in)
{
	bool joined;

	for (size_t i = 0, n; i < in.n; i += n + 1) {
		for (n = 0; i + n < in.n && in_word[in.p[i + n]];)
			n++;
		if (n > 0 && n < 10 && (lengths[in.p[i]] >> n & 1) != 0 &&
		    recognizer_spoken(in, i, &joined) != 0)
			return true;
	}
	return false;
}
