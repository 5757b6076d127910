/* Numbers said digit by digit: "four one one", "double five", "5 5 0 1". */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who reads a number aloud says digits, and who writes that down writes words
 * or digits apart. A chain of at least three digits so said becomes the number
 * for matching (recognizer_fold.c), so each recognizer of numbers finds it, it
 * is the same value as the written one, and one is searched where the other
 * stands.
 *
 * Digits are said in English, German, Spanish and Vietnamese. Pairs are said
 * too ("forty one eleven"); "oh" is a zero but never the first, nor is "null"
 * before another. People say "um" between them, and who writes it down puts
 * points there. A chain too long for a card keeps blanks between its digits: it
 * is a card and what was said behind it, and the card's recognizer finds where
 * that begins.
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
	{"acht", 8, 1},	     {"ba", 3, 1},	  {"bốn", 4, 1},
	{"bảy", 7, 1},	     {"cero", 0, 1},	  {"cuatro", 4, 1},
	{"cinco", 5, 1},     {"chín", 9, 1},	  {"double", 2, 0},
	{"drei", 3, 1},	     {"dos", 2, 1},	  {"eight", 8, 1},
	{"eleven", 11, 2},   {"eighteen", 18, 2}, {"eighty", 80, 2},
	{"eins", 1, 1},	     {"four", 4, 1},	  {"five", 5, 1},
	{"fourteen", 14, 2}, {"fifteen", 15, 2},  {"forty", 40, 2},
	{"fifty", 50, 2},    {"fünf", 5, 1},	  {"hai", 2, 1},
	{"không", 0, 1},     {"một", 1, 1},	  {"nine", 9, 1},
	{"nought", 0, 1},    {"nineteen", 19, 2}, {"ninety", 90, 2},
	{"null", 0, 1},	     {"neun", 9, 1},	  {"nueve", 9, 1},
	{"năm", 5, 1},	     {"one", 1, 1},	  {"oh", 0, 1},
	{"o", 0, 1},	     {"ocho", 8, 1},	  {"six", 6, 1},
	{"seven", 7, 1},     {"sixteen", 16, 2},  {"seventeen", 17, 2},
	{"sixty", 60, 2},    {"seventy", 70, 2},  {"sechs", 6, 1},
	{"sieben", 7, 1},    {"seis", 6, 1},	  {"siete", 7, 1},
	{"sáu", 6, 1},	     {"two", 2, 1},	  {"three", 3, 1},
	{"ten", 10, 2},	     {"twelve", 12, 2},	  {"thirteen", 13, 2},
	{"twenty", 20, 2},   {"thirty", 30, 2},	  {"triple", 3, 0},
	{"tres", 3, 1},	     {"tám", 8, 1},	  {"uno", 1, 1},
	{"vier", 4, 1},	     {"zero", 0, 1},	  {"zwei", 2, 1},
	{"zwo", 2, 1},
};

/* By letter: 1 + the first that begins with it; 0: none does. */
static const uint8_t said_from[26] = {
	['a' - 'a'] = 1,  ['b' - 'a'] = 2,  ['c' - 'a'] = 5,  ['d' - 'a'] = 9,
	['e' - 'a'] = 12, ['f' - 'a'] = 17, ['h' - 'a'] = 24, ['k' - 'a'] = 25,
	['m' - 'a'] = 26, ['n' - 'a'] = 27, ['o' - 'a'] = 35, ['s' - 'a'] = 39,
	['t' - 'a'] = 50, ['u' - 'a'] = 60, ['v' - 'a'] = 61, ['z' - 'a'] = 62,
};

/* Letters that some of them begins with. */
static bool begins(uint8_t c)
{
	return is_alpha(c) && said_from[(c | 0x20) - 'a'] != 0;
}

static bool same(struct bytes text, const char *word)
{
	size_t n = 0;

	while (n < text.n && word[n] != '\0' &&
	       (text.p[n] | 0x20) == ((uint8_t)word[n] | 0x20))
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

/* Behind a word, commas and hyphens stand for a blank; other marks stand before
 * one. */
static size_t over_marks(struct bytes in, size_t i, bool word)
{
	size_t from = i, end = i;

	for (; i < in.n && i - from < 5; i++) {
		bool blank = in.p[i] == ' ' || in.p[i] == '\t';

		if (!blank &&
		    (!word || memchr(",-.:;/\r\n", in.p[i], 8) == NULL))
			break;
		if (blank || in.p[i] == ',' || in.p[i] == '-' ||
		    in.p[i] == '\n')
			end = i + 1;
	}
	return end;
}

/* What is said where one thinks, or means a hyphen, and by who writes it down:
 * 0, or its length. */
static size_t filler(struct bytes in, size_t i)
{
	static const char *const said[] = {
		"uh", "um",  "uhm", "er",     "erm",  "ah",   "eh",
		"hm", "mm",  "hmm", "hyphen", "dash", "okay", "space",
		"ok", "mhm", "yes", "yeah",   "right"};
	static const char and_then[] = "and then";
	size_t n = sizeof(and_then) - 1;

	if (i < in.n && in.n - i > n && !is_word(in.p[i + n]) &&
	    same(bytes_sub(in, i, n), and_then))
		return n;
	for (n = 0; i + n < in.n && is_word(in.p[i + n]) && n < 7;)
		n++;
	for (size_t k = 0; n > 1 && k < ARRAY_LEN(said); k++)
		if (same(bytes_sub(in, i, n), said[k]))
			return n;
	return 0;
}

/* Where the next one may begin: over blanks, marks and two fillers. */
static size_t over_gap(struct bytes in, size_t i, bool word)
{
	size_t from = i, n;

	i = over_marks(in, i, word);
	for (unsigned k = 0; k < 2 && i > from; k++) {
		n = filler(in, i);
		if (n == 0)
			break;
		i = over_marks(in, i + n, true);
	}
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
	if (first && w == next && w->value == 0 && (in.p[*at] | 0x20) == 'n')
		return false; /* "null, null": a machine's nothings */
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

/* By the first two letters: the lengths of words that say digits, bits. It is
 * asked of every word there is, in texts that are ASCII: what other texts have
 * is left out, and "hai" and "ba" with it. */
#define LENGTHS(a, b) [(a) - 'a' + 1][(b) - 'a' + 1]
static const uint16_t lengths[32][32] = {
	LENGTHS('a', 'c') = 1 << 4,
	LENGTHS('c', 'e') = 1 << 4,
	LENGTHS('c', 'i') = 1 << 5,
	LENGTHS('c', 'u') = 1 << 6,
	LENGTHS('d', 'o') = 1 << 3 | 1 << 6,
	LENGTHS('d', 'r') = 1 << 4,
	LENGTHS('e', 'i') = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8,
	LENGTHS('e', 'l') = 1 << 6,
	LENGTHS('f', 'i') = 1 << 4 | 1 << 5 | 1 << 7,
	LENGTHS('f', 'o') = 1 << 4 | 1 << 5 | 1 << 8,
	LENGTHS('n', 'e') = 1 << 4,
	LENGTHS('n', 'i') = 1 << 4 | 1 << 6 | 1 << 8,
	LENGTHS('n', 'o') = 1 << 6,
	LENGTHS('n', 'u') = 1 << 4 | 1 << 5,
	LENGTHS('o', 'c') = 1 << 4,
	LENGTHS('o', 'n') = 1 << 3,
	LENGTHS('s', 'e') = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9,
	LENGTHS('s', 'i') = 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7,
	LENGTHS('t', 'e') = 1 << 3,
	LENGTHS('t', 'h') = 1 << 5 | 1 << 6 | 1 << 8,
	LENGTHS('t', 'r') = 1 << 4 | 1 << 6,
	LENGTHS('t', 'w') = 1 << 3 | 1 << 6,
	LENGTHS('u', 'n') = 1 << 3,
	LENGTHS('v', 'i') = 1 << 4,
	LENGTHS('z', 'e') = 1 << 4,
	LENGTHS('z', 'w') = 1 << 3 | 1 << 4,
};

/* A byte of a word; and one that a number's first may be. */
#define IN_WORD 1
#define FIRST 3
#define LETTERS(from, to, kind) \
	[(from)...(to)] = (kind), [(from)-32 ...(to) - 32] = (kind)
static const uint8_t kinds[256] = {
	['0' ... '9'] = FIRST,	    LETTERS('a', 'a', FIRST),
	LETTERS('b', 'b', IN_WORD), LETTERS('c', 'f', FIRST),
	LETTERS('g', 'm', IN_WORD), LETTERS('n', 'o', FIRST),
	LETTERS('p', 'r', IN_WORD), LETTERS('s', 'v', FIRST),
	LETTERS('w', 'y', IN_WORD), LETTERS('z', 'z', FIRST),
	[0x80 ... 0xff] = IN_WORD,
};

/* Whether a chain begins with the word at i. "oh" begins none. */
static bool chain_at(struct bytes in, size_t i)
{
	bool joined;
	size_t n = 1;

	while (n < 10 && i + n < in.n && kinds[in.p[i + n]] != 0)
		n++;
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
		uint64_t word = 0, first = 0;

		for (size_t k = 0; k < n; k++) {
			uint64_t kind = kinds[in.p[at + k]];

			word |= (kind & 1) << k;
			first |= (kind >> 1) << k;
		}
		first &= ~(word << 1 | before);
		before = word >> 63;
		for (; first != 0; first &= first - 1)
			if (chain_at(in, at + (size_t)__builtin_ctzll(first)))
				return true;
	}
	return false;
}
