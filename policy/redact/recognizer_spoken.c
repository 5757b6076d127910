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

struct said_word {
	const char *word;
	uint8_t value;
	uint8_t times; /* digits; 0: that many times what follows */
};

/* English, German, Spanish, Vietnamese; by their first letters. */
static const struct said_word said_words[] = {
	{"acht", 8, 1},
	{"ba", 3, 1},
	{"b\xe1\xbb\x91n", 4, 1},
	{"b\xe1\xba\xa3y", 7, 1},
	{"cero", 0, 1},
	{"cuatro", 4, 1},
	{"cinco", 5, 1},
	{"ch\xc3\xadn", 9, 1},
	{"double", 2, 0},
	{"drei", 3, 1},
	{"dos", 2, 1},
	{"eight", 8, 1},
	{"eleven", 11, 2},
	{"eighteen", 18, 2},
	{"eighty", 80, 2},
	{"eins", 1, 1},
	{"four", 4, 1},
	{"five", 5, 1},
	{"fourteen", 14, 2},
	{"fifteen", 15, 2},
	{"forty", 40, 2},
	{"fifty", 50, 2},
	{"f\xc3\xbcnf", 5, 1},
	{"fuenf", 5, 1},
	{"hai", 2, 1},
	{"kh\xc3\xb4ng", 0, 1},
	{"m\xe1\xbb\x99t", 1, 1},
	{"nought", 0, 1},
	{"naught", 0, 1},
	{"nine", 9, 1},
	{"niner", 9, 1},
	{"nineteen", 19, 2},
	{"ninety", 90, 2},
	{"null", 0, 1},
	{"neun", 9, 1},
	{"nueve", 9, 1},
	{"n\xc4\x83m", 5, 1},
	{"oh", 0, 1},
	{"o", 0, 1},
	{"one", 1, 1},
	{"ocho", 8, 1},
	{"six", 6, 1},
	{"seven", 7, 1},
	{"sixteen", 16, 2},
	{"seventeen", 17, 2},
	{"sixty", 60, 2},
	{"seventy", 70, 2},
	{"sechs", 6, 1},
	{"sieben", 7, 1},
	{"seis", 6, 1},
	{"siete", 7, 1},
	{"s\xc3\xa1u", 6, 1},
	{"two", 2, 1},
	{"three", 3, 1},
	{"ten", 10, 2},
	{"twelve", 12, 2},
	{"thirteen", 13, 2},
	{"twenty", 20, 2},
	{"thirty", 30, 2},
	{"triple", 3, 0},
	{"treble", 3, 0},
	{"tres", 3, 1},
	{"t\xc3\xa1m", 8, 1},
	{"uno", 1, 1},
	{"vier", 4, 1},
	{"zero", 0, 1},
	{"zwei", 2, 1},
	{"zwo", 2, 1},
};

/* By letter: 1 + the first that begins with it; 0: none does. */
static const uint8_t said_from[26] = {
	['a' - 'a'] = 1,  ['b' - 'a'] = 2,  ['c' - 'a'] = 5,  ['d' - 'a'] = 9,
	['e' - 'a'] = 12, ['f' - 'a'] = 17, ['h' - 'a'] = 25, ['k' - 'a'] = 26,
	['m' - 'a'] = 27, ['n' - 'a'] = 28, ['o' - 'a'] = 38, ['s' - 'a'] = 42,
	['t' - 'a'] = 53, ['u' - 'a'] = 64, ['v' - 'a'] = 65, ['z' - 'a'] = 66,
};

#define LONGEST 9 /* bytes of one of them */

/* Letters that some of them begins with. */
static bool begins(uint8_t c)
{
	return is_alpha(c) && said_from[(c | 0x20) - 'a'] != 0;
}

static bool same(struct bytes text, const char *word)
{
	size_t n = 0;

	while (n < text.n && word[n] != '\0' &&
	       (is_upper(text.p[n]) ? text.p[n] | 0x20 : text.p[n]) ==
		       (uint8_t)word[n])
		n++;
	return n == text.n && word[n] == '\0';
}

static const struct said_word *word_at(struct bytes in, size_t i, size_t *end)
{
	size_t n = begins(in.p[i]) ? recognizer_spoken_may(in, i) : 0;
	uint8_t second = 0;

	if (n == 0 || n > LONGEST)
		return NULL;
	*end = i + n;
	if (n > 1)
		second = is_upper(in.p[i + 1]) ? in.p[i + 1] | 0x20
					       : in.p[i + 1];
	for (size_t k = said_from[(in.p[i] | 0x20) - 'a'] - 1u;
	     k < ARRAY_LEN(said_words) &&
	     said_words[k].word[0] == (char)(in.p[i] | 0x20);
	     k++)
		if (second == (uint8_t)said_words[k].word[1] &&
		    same(bytes_sub(in, i, n), said_words[k].word))
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

	for (; i < in.n && i - from < 5 && !is_word(in.p[i]); i++) {
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

/* What is said where one thinks or the other listens, or means a hyphen, and by
 * who writes it down; by the first letter, the last begins beyond ASCII. */
const char *const recognizer_spoken_idly[SPOKEN_IDLY] = {
	['a' - 'a'] = "ah",
	['c' - 'a'] = "comma",
	['d' - 'a'] = "dash",
	['e' - 'a'] = "eh er erm espacio",
	['h' - 'a'] = "hm hmm hyphen",
	['m' - 'a'] = "mm mhm",
	['n' - 'a'] = "next",
	['o' - 'a'] = "okay ok",
	['r' - 'a'] = "right",
	['s' - 'a'] = "space strich",
	['t' - 'a'] = "then",
	['u' - 'a'] = "uh um uhm",
	['y' - 'a'] = "yes yeah",
	[26] = "\xc3\xa4hm",
};

/* Two such words, likewise: 0, or their length. */
const char *const recognizer_spoken_pairs[SPOKEN_PAIRS] = {
	"and then", "go ahead", "uh huh", "got it", "all right"};

static size_t filler_pair(struct bytes in, size_t i)
{
	for (size_t k = 0; k < SPOKEN_PAIRS; k++) {
		const char *pair = recognizer_spoken_pairs[k];
		size_t n = strlen(pair);

		if ((in.p[i] | 0x20) == (uint8_t)pair[0] && in.n - i > n &&
		    !is_word(in.p[i + n]) && same(bytes_sub(in, i, n), pair))
			return n;
	}
	return 0;
}

/* Such a word, or two: 0, or its length. */
static size_t filler(struct bytes in, size_t i)
{
	const char *idly;
	char lower[8];
	size_t n;

	if (i + 1 >= in.n || !is_word(in.p[i]))
		return 0;
	if (strchr("agu", in.p[i] | 0x20) != NULL) {
		n = filler_pair(in, i);
		if (n != 0)
			return n;
	}
	idly = recognizer_spoken_idly[is_alpha(in.p[i]) ? (in.p[i] | 0x20) - 'a'
							: 26];
	if (idly == NULL)
		return 0;
	for (n = 0; i + n < in.n && is_word(in.p[i + n]) && n < 8; n++)
		lower[n] = (char)(is_upper(in.p[i + n]) ? in.p[i + n] | 0x20
							: in.p[i + n]);
	return n > 1 && n < 8 && recognizer_check_in(idly, lower, (unsigned)n)
		       ? n
		       : 0;
}

size_t recognizer_spoken_gap(struct bytes in, size_t i, bool *thinks)
{
	size_t at = over_marks(in, i, true), from = at, n;

	for (unsigned k = 0; k < 2 && at > i; k++) {
		n = filler(in, at);
		if (n == 0)
			break;
		*thinks = true;
		at = from = over_marks(in, at + n, true);
	}
	return from;
}

/* Where the next one may begin: over blanks, marks and two fillers. */
static size_t over_gap(struct bytes in, size_t i, bool word)
{
	size_t from = i, n;

	i = over_marks(in, i, word || recognizer_groups_comma(in, i));
	for (unsigned k = 0; k < 2 && i > from; k++) {
		n = filler(in, i);
		if (n == 0)
			break;
		i = over_marks(in, i + n, true);
	}
	return i > from ? i : in.n;
}

/* "hundred" or "hundred and" (word: that or "thousand") behind a digit's word:
 * where what follows may begin; 0: it does not come. */
static size_t scale(struct bytes in, size_t i, const char *word, size_t *end)
{
	static const char and_[] = "and";
	size_t n, at;

	if (i + 1 >= in.n || in.p[i] != ' ' ||
	    (in.p[i + 1] | 0x20) != (uint8_t)word[0])
		return 0; /* most of them */
	n = strlen(word);
	if (in.n - i - 1 < n || !same(bytes_sub(in, i + 1, n), word) ||
	    (in.n - i - 1 > n && is_word(in.p[i + 1 + n])))
		return 0;
	*end = i + 1 + n;
	at = *end < in.n && in.p[*end] == ' ' ? *end + 1 : in.n;
	if (in.n - at > 4 && same(bytes_sub(in, at, 3), and_) &&
	    in.p[at + 3] == ' ')
		at += 4;
	return at;
}

/* "eleven", "forty two": the tens and ones of w, where *end is its end. */
static unsigned pair(struct bytes in, const struct said_word *w, size_t *end)
{
	size_t ahead = over_gap(in, *end, w->word[0] != '\0');
	const struct said_word *next = item_at(in, ahead, &ahead);

	if (w->value < 20 || next == NULL || next->times != 1 ||
	    next->value == 0 || next->word[0] == '\0')
		return w->value;
	*end = ahead;
	return w->value + next->value;
}

static void put(struct spoken_digits *out, unsigned n, unsigned value)
{
	out->n = (uint8_t)n;
	for (; n > 0; value /= 10)
		out->digits[--n] = (char)('0' + value % 10);
}

/* w is "double": of what follows. */
static bool times(struct bytes in, const struct said_word *w, size_t *end,
		  struct spoken_digits *out)
{
	size_t ahead = over_gap(in, *end, true);
	const struct said_word *next = item_at(in, ahead, &ahead);

	if (next == NULL || next->times != 1)
		return false;
	out->n = w->value;
	memset(out->digits, '0' + next->value, sizeof(out->digits));
	*end = ahead;
	return true;
}

/* "Two thousand four" behind other digits: the year of a date. */
static void year(struct bytes in, size_t *end, struct spoken_digits *out)
{
	const struct said_word *w;
	size_t stop = *end, rest, at = scale(in, *end, "thousand", &stop);
	unsigned value = 2000;

	if (at == 0)
		return;
	w = item_at(in, at, &rest);
	if (w != NULL && w->word[0] != '\0' && w->times > 0 && w->value < 30) {
		stop = rest;
		value += w->times == 2 ? pair(in, w, &stop) : w->value;
	}
	put(out, 4, value);
	*end = stop;
}

bool recognizer_spoken_next(struct bytes in, size_t *at, bool first,
			    struct spoken_digits *out)
{
	size_t end = 0, behind = 0, rest;
	const struct said_word *w, *next;

	if (*at >= in.n ||
	    (!is_digit(in.p[*at]) && recognizer_spoken_may(in, *at) == 0))
		return false; /* most words */
	w = item_at(in, *at, &end);
	if (recognizer_spoken_abroad(in, *at, first, out)) {
		*at = over_gap(in, out->end, true);
		return true;
	}
	if (w == NULL || (first && w->value == 0 && (in.p[*at] | 0x20) == 'o' &&
			  (end == *at + 1 || end == in.n || in.p[end] != ' ')))
		return false;
	/* "null, null": a machine's nothings */
	if (first && strcmp(w->word, "null") == 0 &&
	    item_at(in, over_gap(in, end, true), &rest) == w)
		return false;
	out->start = *at;
	out->sum = false;
	if (w->times == 0 && !times(in, w, &end, out))
		return false;
	if (w->times == 2)
		put(out, 2, pair(in, w, &end));
	if (w->times == 1)
		put(out, 1, w->value);
	if (w->times == 1 && w->value > 0 && w->word[0] != '\0')
		behind = scale(in, end, "hundred", &end);
	if (behind == 0 && !first && w->times == 1 && w->value == 2)
		year(in, &end, out);
	if (behind != 0) {
		unsigned value = 100u * w->value;

		out->sum = true;
		next = item_at(in, behind, &rest);
		if (next != NULL && next->word[0] != '\0' && next->times > 0) {
			end = rest;
			value += next->times == 2 ? pair(in, next, &end)
						  : next->value;
		}
		put(out, 3, value);
	}
	out->end = end;
	*at = over_gap(in, end, w->word[0] != '\0');
	return true;
}

bool recognizer_spoken_word(struct bytes in, size_t i)
{
	static const char more[] = "hundred";
	const size_t n = sizeof(more) - 1;
	struct spoken_digits d;
	size_t end;

	if ((in.p[i] | 0x20) == more[0] && in.n - i >= n &&
	    same(bytes_sub(in, i, n), more))
		return true;
	return recognizer_spoken_may(in, i) != 0 &&
	       (word_at(in, i, &end) != NULL ||
		recognizer_spoken_abroad(in, i, false, &d));
}
