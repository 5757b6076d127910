/* Money: a currency sign or word beside a number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* The number at i with its separators: "1,234.56", "1.234,56", "1'000"; the
 * end, i where there is none. *marked: it has thousands marks. */
static uint32_t number(const struct scan *s, uint32_t i, bool *marked)
{
	uint32_t end = i;

	*marked = false;
	while (end < s->n && end < i + 40 && is_digit(s->t[end]))
		end++;
	while (end > i && end < i + 40) {
		uint8_t c = scan_at(s, end);
		uint32_t j = end + 1;

		if (c != ',' && c != '.' && c != '\'')
			break;
		while (j < end + 5 && is_digit(scan_at(s, j)))
			j++;
		if (j == end + 1 || j > end + 4)
			break;
		if (j == end + 4 && c != '.')
			*marked = true;
		end = j;
	}
	return end;
}

static const struct word *word_at(const struct scan *s, uint32_t i,
				  uint32_t *end)
{
	*end = i < s->n ? recognizer_word_over(s, i,
					       s->n - i > 16 ? i + 16 : s->n)
			: i;
	return scan_listed(s, i, *end)->trigger;
}

/* " million", "k" behind an amount at i; else i. */
static uint32_t scale(const struct scan *s, uint32_t i)
{
	uint32_t j = scan_at(s, i) == ' ' ? i + 1 : i, end;
	const struct word *w;
	uint8_t c = scan_at(s, i) | 0x20;

	if ((c == 'k' || c == 'm' || c == 'b') && !is_word(scan_at(s, i + 1)))
		return i + 1;
	if (!is_alpha(scan_at(s, j)))
		return i;
	w = word_at(s, j, &end);
	return w != NULL && (w->roles & ROLE_SCALE) != 0 ? end : i;
}

/* A currency behind an amount at i: " dollars", "€", " EUR"; else i. */
static uint32_t currency(const struct scan *s, uint32_t i)
{
	uint32_t j = i, end;
	const struct word *w;
	const uint8_t *p;

	while (scan_at(s, j) == ' ' || scan_at(s, j) == '-')
		if (++j > i + 2)
			return i;
	p = s->t + j;
	if (scan_at(s, j) == '$')
		return j + 1;
	if (s->n - j >= 2 && p[0] == 0xc2 && p[1] >= 0xa2 && p[1] <= 0xa5)
		return j + 2;
	if (s->n - j >= 3 && p[0] == 0xe2 && p[1] == 0x82 && p[2] >= 0xa0)
		return j + 3;
	if (s->n - j >= 2 && p[0] == 0xc4 && p[1] == 0x91 &&
	    !is_word(scan_at(s, j + 2)))
		return j + 2; /* đ */
	if (!is_word(scan_at(s, j)))
		return i;
	w = word_at(s, j, &end);
	return w != NULL && (w->roles & ROLE_CURRENCY) != 0 ? end : i;
}

static bool ambiguous(const struct scan *s, uint32_t end)
{
	return end >= 6 && memcmp(s->t + end - 6, "pounds", 6) == 0;
}

uint32_t recognizer_money_sign(struct scan *s, uint32_t i, uint32_t n)
{
	uint32_t j = i + n, end;
	bool marked;

	if (is_alpha(s->t[i]) && (n != 3 || is_lower(s->t[i])))
		return 0; /* only codes stand before the number */
	if (scan_at(s, j) == ' ')
		j++;
	end = number(s, j, &marked);
	if (end == j)
		return 0;
	s->steps += end - j;
	end = scale(s, end);
	if (is_word(scan_at(s, end)))
		return 0;
	end = currency(s, end);
	recognizer_hit(s, i, end, ENTITY_MONEY, RULE_MONEY_SIGN, 90);
	return end;
}

/* "The code is 4418 pound": a key of a keypad. */
static bool is_key(const struct scan *s, uint32_t i, uint32_t end,
		   uint32_t stop)
{
	static const char word[] = " pound";

	return end - i >= 3 && end - i <= 8 && stop - end == sizeof(word) - 1 &&
	       memcmp(s->t + end, word, sizeof(word) - 1) == 0 &&
	       (recognizer_near(s, TOPIC_PIN, i) ||
		recognizer_near(s, TOPIC_ID, i));
}

uint32_t recognizer_money_number(struct scan *s, uint32_t i)
{
	bool marked;
	uint32_t end = number(s, i, &marked), scaled = scale(s, end);
	uint32_t stop = currency(s, scaled);

	if (is_key(s, i, end, stop)) {
		recognizer_hit(s, i, stop, ENTITY_PIN, RULE_ID_CONTEXT, 85);
		return stop;
	}
	if (stop != scaled) {
		recognizer_hit(s, i, stop, ENTITY_MONEY, RULE_MONEY_WORD,
			       ambiguous(s, stop) ? 45 : 85);
		return stop;
	}
	/* "12,345" counts something: no identifier, no phone */
	return marked ? end : 0;
}
