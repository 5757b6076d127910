/* Payment cards: issuer prefix, Luhn, the layouts people write. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

#define CARD_MIN 12
#define CARD_MAX 19

/* ISO/IEC 7812-1 annex B. */
struct luhn {
	unsigned n, sum[2]; /* by whether digits at even or odd places count
			       twice */
};

static void luhn_next(struct luhn *l, char digit)
{
	unsigned v = (unsigned)(digit - '0'), odd = l->n++ & 1;

	l->sum[odd] += v * 2 > 9 ? v * 2 - 9 : v * 2;
	l->sum[odd ^ 1] += v;
}

/* The digits so far are right: the one before the last counts twice. */
static bool is_right(const struct luhn *l)
{
	return l->sum[l->n & 1] % 10 == 0;
}

static unsigned prefix(const char *d, unsigned n)
{
	unsigned v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v * 10 + (unsigned)(d[i] - '0');
	return v;
}

/* An issuer has numbers of this length that begin so. */
static bool issued(const char *d, unsigned n)
{
	unsigned two = prefix(d, 2), three = prefix(d, 3), four = prefix(d, 4);

	if (d[0] == '4')
		return n == 13 || n == 16 || n == 19; /* Visa */
	if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))
		return n == 16; /* Mastercard */
	if (two == 34 || two == 37 || d[0] == '1')
		return n == 15; /* American Express, UATP */
	if (two == 36 || two == 38 || two == 39 ||
	    (three >= 300 && three <= 305))
		return n >= 14; /* Diners */
	if (four >= 3528 && four <= 3589)
		return n >= 16; /* JCB */
	if (four == 6011 || two == 64 || two == 65 || two == 60 || two == 62 ||
	    two == 81 || two == 82)
		return n >= 16; /* Discover, UnionPay, RuPay */
	return two == 50 || (two >= 56 && two <= 69); /* Maestro */
}

/* Layouts: groups as printed on cards, one group, or digit by digit. */
static bool layout(const struct cluster *c, unsigned k)
{
	unsigned small = 0, fours = 0;

	for (unsigned g = 0; g + 1 < k; g++)
		if (c->sep[g] == ')' || c->sep[g] == '/' ||
		    c->sep[g] != c->sep[0])
			return false;
	if (k == 1)
		return true;
	for (unsigned g = 0; g < k; g++) {
		small += c->digits[g] <= 2;
		fours += c->digits[g] == 4;
	}
	if (k == 3 && c->digits[0] == 4)
		return c->digits[1] >= 4 && c->digits[2] >= 4;
	return fours + 1 >= k || small == k ||
	       (k == 2 && c->digits[0] >= 4 && c->digits[1] >= 4);
}

/* The most groups that make a card; *sure: its issuer is known. 0: none. */
static unsigned best(const struct scan *s, const struct cluster *c, bool *sure)
{
	unsigned found = 0, total = 0;
	struct luhn l = {0};
	char d[32];

	*sure = false;
	(void)recognizer_number_digits(s, c, c->n, d);
	for (unsigned k = 1; k <= c->n; k++) {
		bool known;

		total += c->digits[k - 1];
		if (total > CARD_MAX)
			break;
		while (l.n < total)
			luhn_next(&l, d[l.n]);
		if (total < CARD_MIN || !is_right(&l))
			continue;
		known = issued(d, total);
		if ((*sure && !known) || !layout(c, k))
			continue;
		found = k;
		*sure = known;
		if (known && total == 16)
			break; /* what follows is its expiry or code */
	}
	return found;
}

static bool zeros(const struct scan *s, const struct cluster *c)
{
	char d[32];
	unsigned n = recognizer_number_digits(s, c, c->n, d), i = 0;

	while (i < n && d[i] == d[0])
		i++;
	return i == n;
}

/* No checksum, but said to be a card: a slip of the tongue is still one. */
static uint32_t spoken(struct scan *s, const struct cluster *c)
{
	unsigned total = 0;

	for (unsigned k = 1; k <= c->n; k++) {
		total += c->digits[k - 1];
		if (total < 15 || !layout(c, k))
			continue;
		if (total > 16 || is_word(scan_at(s, c->end[k - 1])))
			break;
		recognizer_hit(s, c->start[0], c->end[k - 1],
			       ENTITY_CREDIT_CARD, RULE_CARD_CONTEXT, 75);
		return c->end[k - 1];
	}
	return 0;
}

/* A digit behind makes it another number; a Latin letter an identifier, unless
 * the groups say that it is a card. Scripts without spaces end a number. */
static bool glued(const struct scan *s, uint32_t end, bool grouped)
{
	uint8_t next = scan_at(s, end);

	return is_digit(next) || (is_alpha(next) && !grouped);
}

/* Maestro of 12 or 13 digits is hardly given out any more, and so long are
 * many other numbers with a check digit. */
static bool is_rare(const struct scan *s, const struct cluster *c, unsigned k)
{
	unsigned n = 0;

	if (s->t[c->start[0]] == '4')
		return false;

	for (unsigned g = 0; g < k; g++)
		n += c->digits[g];
	return k == 1 && n < 14;
}

static bool is_said(const struct run *run)
{
	return run->kind == RUN_TEXT || run->kind == RUN_CELL;
}

uint32_t recognizer_card(struct scan *s, const struct cluster *c)
{
	bool near = recognizer_near(s, TOPIC_CARD, c->start[0]);
	bool sure;
	unsigned k = best(s, c, &sure), score;
	uint32_t end;

	end = near && !sure && is_said(s->run) && !zeros(s, c) ? spoken(s, c)
							       : 0;
	if (end != 0 || k == 0 || zeros(s, c))
		return end;
	end = c->end[k - 1];
	if (glued(s, end, sure && k > 1) || (!sure && !near))
		return 0;
	score = !sure ? 70 : is_rare(s, c, k) ? 60 : 93;
	score = near ? (sure ? 99 : 79) : score;
	recognizer_hit(s, c->start[0], end, ENTITY_CREDIT_CARD, RULE_CARD_LUHN,
		       score);
	return end;
}
