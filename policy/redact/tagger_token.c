/* Text into tokens: words, parts of them behind an apostrophe, marks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/tagger_in.h"

/* One bit each, but a blank: what is in a word is told by one comparison. */
enum {
	BYTE_BLANK = 0,
	BYTE_MARK = 1,
	BYTE_LOWER = 2,
	BYTE_UPPER = 4,
	BYTE_DIGIT = 8,
	BYTE_HIGH = 16, /* of a code point beyond ASCII: a letter, we say */
};

static const uint8_t bytes[256] = {
	['!' ... '/'] = BYTE_MARK, ['0' ... '9'] = BYTE_DIGIT,
	[':' ... '@'] = BYTE_MARK, ['A' ... 'Z'] = BYTE_UPPER,
	['[' ... '`'] = BYTE_MARK, ['a' ... 'z'] = BYTE_LOWER,
	['{' ... '~'] = BYTE_MARK, [0x80 ... 0xff] = BYTE_HIGH,
};

static bool is_letter(uint8_t c)
{
	return (bytes[c] & (BYTE_LOWER | BYTE_UPPER | BYTE_HIGH)) != 0;
}

static bool in_word(uint8_t c)
{
	return bytes[c] > BYTE_MARK;
}

/* Upper case letters of Latin-1 begin with these two bytes. */
static bool high_capital(struct bytes text, uint32_t i)
{
	return text.p[i] == 0xc3 && i + 1 < text.n && text.p[i + 1] < 0x9f;
}

/* One of the first n bytes at p is upper case, or none is. */
static bool upper_once(const uint8_t *p, uint32_t n)
{
	unsigned uppers = 0;

	for (uint32_t i = 0; i < n; i++)
		uppers += bytes[p[i]] == BYTE_UPPER;
	return uppers <= 1;
}

/* rest: the classes behind the first byte of the word of n bytes at p; high: it
 * begins with an upper case letter beyond ASCII. */
static uint8_t shape_of(const uint8_t *p, uint32_t n, unsigned rest, bool high)
{
	unsigned seen = bytes[p[0]] | rest;

	if (seen == BYTE_DIGIT)
		return SHAPE_DIGITS;
	if ((seen & BYTE_DIGIT) != 0)
		return SHAPE_MIXED;
	if (seen == BYTE_UPPER)
		return n == 1 ? SHAPE_LETTER : SHAPE_UPPER;
	if (high ? upper_once(p, n)
		 : bytes[p[0]] == BYTE_UPPER && (rest & BYTE_UPPER) == 0)
		return SHAPE_CAPITAL;
	return (seen & BYTE_UPPER) != 0 ? SHAPE_CAMEL : SHAPE_LOWER;
}

/* O'Brien, d'Angelo: an apostrophe behind the first letter is in the word. */
static bool joins(struct bytes text, uint32_t start)
{
	const uint8_t *p = text.p + start;

	return start + 3 < text.n && p[1] == '\'' && is_letter(p[2]) &&
	       is_letter(p[3]) && bytes[p[0]] != BYTE_DIGIT;
}

/* What stands before the last eight bytes of a word of n; see tagger_in.h. */
static uint64_t head_of(const uint8_t *p, uint32_t n)
{
	uint64_t h = 0;

	for (uint32_t i = 0; i + 8 < n; i++)
		h = h << 8 | p[i];
	return h;
}

static void word(struct bytes text, struct tagger_token *t)
{
	const uint8_t *p = text.p + t->start, *end = text.p + text.n;
	const uint8_t *q = p + (joins(text, t->start) ? 2 : 1);
	uint64_t tail = q == p + 2 ? (uint64_t)p[0] << 8 | p[1] : p[0];
	unsigned rest = 0, is;
	uint32_t n;

	while (q < end && (is = bytes[*q]) > BYTE_MARK) {
		rest |= is;
		tail = tail << 8 | *q++;
	}
	n = (uint32_t)(q - p);
	t->end = t->start + n;
	t->shape = shape_of(p, n, rest, high_capital(text, t->start));
	if (t->shape == SHAPE_DIGITS)
		tail = n < TAGGER_DIGITS ? n : TAGGER_DIGITS;
	else if (n > 16)
		tail = 0;
	else if (n > 8)
		t->head = head_of(p, n);
	t->tail = tail;
}

/* 's, 'm, 'll; marks that repeat are one. */
static void mark(struct bytes text, struct tagger_token *t)
{
	uint32_t i = t->start + 1;
	uint8_t c = text.p[t->start];

	t->shape = SHAPE_MARK;
	if (c == '\'' && t->start > 0 && is_letter(text.p[t->start - 1]))
		while (i < text.n && i < t->start + 4 && is_letter(text.p[i]))
			i++;
	if (i > t->start + 1)
		t->shape = SHAPE_CLITIC;
	while (t->shape == SHAPE_MARK && i < text.n && text.p[i] == c)
		i++;
	t->end = i;
	t->tail = c;
	for (uint32_t k = t->start + 1; t->shape == SHAPE_CLITIC && k < i; k++)
		t->tail = t->tail << 8 | text.p[k];
}

static bool ends_sentence(struct bytes text, const struct tagger_token *t)
{
	uint8_t c = text.p[t->start];

	return t->shape == SHAPE_MARK &&
	       (c == '.' || c == '!' || c == '?' || c == ':' || c == '"');
}

/* How capitals are used is told by those that no sentence's beginning asks
 * for. */
static unsigned case_of(const uint16_t of[2 * SHAPE_FIRST])
{
	unsigned lower = of[SHAPE_LOWER] + of[SHAPE_LOWER | SHAPE_FIRST];
	unsigned upper = of[SHAPE_UPPER] + of[SHAPE_UPPER | SHAPE_FIRST];
	unsigned begin = of[SHAPE_CAPITAL | SHAPE_FIRST];
	unsigned inside = of[SHAPE_CAPITAL];

	if (upper > 2 && upper > 2 * (lower + begin + inside))
		return 3;
	return inside + upper > 0 ? 2 : begin > 0;
}

unsigned tagger_tokens(struct bytes text, uint32_t *at, struct tagger_token *t,
		       unsigned max)
{
	uint16_t of[2 * SHAPE_FIRST] = {0}; /* tokens of each shape */
	uint32_t i = *at;
	unsigned n = 0, how;
	bool first = true;

	while (i < text.n && n < max) {
		if (bytes[text.p[i]] == BYTE_BLANK) {
			first = first || text.p[i] == '\n';
			i++;
			continue;
		}
		t[n] = (struct tagger_token){.start = i};
		if (in_word(text.p[i]))
			word(text, &t[n]);
		else
			mark(text, &t[n]);
		if (first)
			t[n].shape |= SHAPE_FIRST;
		of[t[n].shape]++;
		first = ends_sentence(text, &t[n]) ||
			(first && (t[n].shape & 15) == SHAPE_MARK);
		i = t[n++].end;
	}
	how = case_of(of);
	for (unsigned k = 0; how > 0 && k < n; k++)
		t[k].shape = (uint8_t)(t[k].shape + how * SHAPE_CASE);
	*at = i;
	return n;
}
