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

static const struct said_word said_words[] = {
	{"zero", 0, 1},	     {"nought", 0, 1},	  {"oh", 0, 1},
	{"o", 0, 1},	     {"one", 1, 1},	  {"two", 2, 1},
	{"three", 3, 1},     {"four", 4, 1},	  {"five", 5, 1},
	{"six", 6, 1},	     {"seven", 7, 1},	  {"eight", 8, 1},
	{"nine", 9, 1},	     {"ten", 10, 2},	  {"eleven", 11, 2},
	{"twelve", 12, 2},   {"thirteen", 13, 2}, {"fourteen", 14, 2},
	{"fifteen", 15, 2},  {"sixteen", 16, 2},  {"seventeen", 17, 2},
	{"eighteen", 18, 2}, {"nineteen", 19, 2}, {"twenty", 20, 2},
	{"thirty", 30, 2},   {"forty", 40, 2},	  {"fifty", 50, 2},
	{"sixty", 60, 2},    {"seventy", 70, 2},  {"eighty", 80, 2},
	{"ninety", 90, 2},   {"double", 2, 0},	  {"triple", 3, 0},
};

/* Letters that some of them begins with. */
static bool begins(uint8_t c)
{
	const uint32_t letters = 1u << ('z' - 'a') | 1u << ('n' - 'a') |
				 1u << ('o' - 'a') | 1u << ('t' - 'a') |
				 1u << ('f' - 'a') | 1u << ('s' - 'a') |
				 1u << ('e' - 'a') | 1u << ('d' - 'a');

	return is_alpha(c) && (letters >> ((c | 0x20) - 'a') & 1) != 0;
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
	for (size_t k = 0; n - i < 10 && k < ARRAY_LEN(said_words); k++)
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

bool recognizer_spoken_any(struct bytes in)
{
	bool word = false, joined;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (!word && (is_digit(c) || begins(c)) &&
		    recognizer_spoken(in, i, &joined) != 0)
			return true;
		word = is_word(c);
	}
	return false;
}
