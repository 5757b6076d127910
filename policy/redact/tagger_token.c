/* Text into tokens: words, parts of them behind an apostrophe, marks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/tagger_in.h"

enum {
	BYTE_BLANK = 0,
	BYTE_LOWER,
	BYTE_UPPER,
	BYTE_DIGIT,
	BYTE_HIGH, /* of a code point beyond ASCII: a letter, we say */
	BYTE_MARK,
};

static const uint8_t bytes[256] = {
	['!' ... '/'] = BYTE_MARK, ['0' ... '9'] = BYTE_DIGIT,
	[':' ... '@'] = BYTE_MARK, ['A' ... 'Z'] = BYTE_UPPER,
	['[' ... '`'] = BYTE_MARK, ['a' ... 'z'] = BYTE_LOWER,
	['{' ... '~'] = BYTE_MARK, [0x80 ... 0xff] = BYTE_HIGH,
};

static bool is_letter(uint8_t c)
{
	return bytes[c] == BYTE_LOWER || bytes[c] == BYTE_UPPER ||
	       bytes[c] == BYTE_HIGH;
}

static bool in_word(uint8_t c)
{
	return bytes[c] >= BYTE_LOWER && bytes[c] <= BYTE_HIGH;
}

/* Upper case letters of Latin-1 begin with these two bytes. */
static bool high_capital(struct bytes text, uint32_t i)
{
	return text.p[i] == 0xc3 && i + 1 < text.n && text.p[i + 1] < 0x9f;
}

/* seen: bits of the classes in the word; first: class of its first byte. */
static uint8_t shape_of(unsigned seen, unsigned first, uint32_t n,
			unsigned uppers)
{
	const unsigned digit = 1u << BYTE_DIGIT, upper = 1u << BYTE_UPPER;

	if (seen == digit)
		return SHAPE_DIGITS;
	if ((seen & digit) != 0)
		return SHAPE_MIXED;
	if (seen == upper)
		return n == 1 ? SHAPE_LETTER : SHAPE_UPPER;
	if (first == BYTE_UPPER && uppers <= 1)
		return SHAPE_CAPITAL;
	return (seen & upper) != 0 ? SHAPE_CAMEL : SHAPE_LOWER;
}

/* O'Brien, d'Angelo: the apostrophe at i goes on inside the word. */
static bool joins(struct bytes text, uint32_t start, uint32_t i)
{
	return text.p[i] == '\'' && i == start + 1 && i + 2 < text.n &&
	       is_letter(text.p[i + 1]) && is_letter(text.p[i + 2]) &&
	       bytes[text.p[start]] != BYTE_DIGIT;
}

static void word(struct bytes text, struct tagger_token *t)
{
	uint32_t i = t->start, h = 2166136261u;
	unsigned seen = 0, uppers = 0, first = bytes[text.p[i]];

	if (high_capital(text, i))
		first = BYTE_UPPER;
	while (i < text.n) {
		uint8_t c = text.p[i];

		if (!in_word(c) && !joins(text, t->start, i))
			break;
		if (c != '\'')
			seen |= 1u << bytes[c];
		uppers += bytes[c] == BYTE_UPPER;
		h = (h ^ c) * 16777619u;
		i++;
	}
	t->end = i;
	t->hash = h;
	t->shape = shape_of(seen, first, i - t->start, uppers);
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
	t->hash = (2166136261u ^ c) * 16777619u;
	if (t->shape == SHAPE_CLITIC)
		t->hash = (t->hash ^ text.p[t->start + 1]) * 16777619u +
			  (i - t->start);
}

static bool ends_sentence(struct bytes text, const struct tagger_token *t)
{
	return t->shape == SHAPE_MARK &&
	       memchr(".!?:\"", text.p[t->start], 5) != NULL;
}

/* How capitals are used is told by those that no sentence's beginning asks
 * for. */
static unsigned case_of(const struct tagger_token *t, unsigned n)
{
	unsigned lower = 0, upper = 0, begin = 0, inside = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned shape = t[i].shape & 15;
		bool first = (t[i].shape & SHAPE_FIRST) != 0;

		lower += shape == SHAPE_LOWER;
		upper += shape == SHAPE_UPPER;
		begin += shape == SHAPE_CAPITAL && first;
		inside += shape == SHAPE_CAPITAL && !first;
	}
	if (upper > 2 && upper > 2 * (lower + begin + inside))
		return 3;
	return inside + upper > 0 ? 2 : begin > 0;
}

unsigned tagger_tokens(struct bytes text, uint32_t *at, struct tagger_token *t,
		       unsigned max)
{
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
		first = ends_sentence(text, &t[n]) ||
			(first && (t[n].shape & 15) == SHAPE_MARK);
		i = t[n++].end;
	}
	how = case_of(t, n);
	for (unsigned k = 0; k < n; k++)
		t[k].shape = (uint8_t)(t[k].shape + how * SHAPE_CASE);
	*at = i;
	return n;
}
