/* Numbers: digit groups gathered at a digit, and who is asked about them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* The separator between two groups at e: its length, and its kind in *sep:
 * one of space - . / _ and ')' for anything with a parenthesis. 0: none. */
static uint32_t separator(const struct scan *s, uint32_t e, uint8_t *sep)
{
	uint8_t a = scan_at(s, e), b = scan_at(s, e + 1);
	uint8_t c = scan_at(s, e + 2);

	*sep = a == '\t' ? ' ' : a;
	if ((a == ' ' || a == '-' || a == '.' || a == '/' || a == '_' ||
	     a == '\t') &&
	    is_digit(b))
		return 1;
	*sep = ')';
	if ((a == ')' || a == '(') && is_digit(b))
		return 1;
	if (a == ')' && (b == ' ' || b == '-' || b == '/') && is_digit(c))
		return 2;
	if ((a == ' ' || a == '-') && b == '(' && is_digit(c))
		return 2;
	if (a == ')' && b == ' ' && c == '(' && is_digit(scan_at(s, e + 3)))
		return 3;
	*sep = b;
	if (a == ' ' && (b == '-' || b == '/') && c == ' ' &&
	    is_digit(scan_at(s, e + 3)))
		return 3;
	*sep = ' ';
	if (a == ' ' && b == ' ' && is_digit(c))
		return 2;
	return 0;
}

static void gather(struct scan *s, uint32_t i, struct cluster *c)
{
	uint32_t n = 1;

	c->n = 0;
	c->lead = i;
	c->plus = c->open = false;
	if (i > 0 && s->t[i - 1] == '(') {
		c->open = true;
		c->lead = --i;
	}
	if (i > 0 && s->t[i - 1] == '+') {
		c->plus = true;
		c->lead = i - 1;
		if (i > 1 && s->t[i - 2] == '(' && !c->open)
			c->lead--;
	}
	i += c->open ? 1 : 0;
	while (n > 0 && c->n < CLUSTER_MAX) {
		uint32_t end = i;

		while (end < s->n && is_digit(s->t[end]))
			end++;
		c->start[c->n] = i;
		c->end[c->n] = end;
		c->digits[c->n] = (uint8_t)(end - i < 255 ? end - i : 255);
		s->steps += end - i;
		n = end - i > 64 ? 0 : separator(s, end, &c->sep[c->n]);
		if (n == 0)
			c->sep[c->n] = 0;
		i = end + n;
		c->n++;
	}
	c->sep[c->n - 1] = 0;
}

unsigned recognizer_number_digits(const struct scan *s, const struct cluster *c,
				  unsigned k, char out[32])
{
	unsigned n = 0;

	for (unsigned g = 0; g < k; g++)
		for (uint32_t i = c->start[g]; i < c->end[g]; i++) {
			if (n == 32)
				return n;
			out[n++] = (char)s->t[i];
		}
	return n;
}

/* A letter stands right behind group 0: "5th", "20k", "12ab34". */
static bool glued(const struct scan *s, const struct cluster *c)
{
	return is_word(scan_at(s, c->end[0]));
}

#define KIND_DIGITS 8 /* fewer with letters behind them, or said to be one */

/* May an identifier with a shape begin here? */
static bool may(const struct scan *s, const struct cluster *c)
{
	uint32_t end = c->end[c->n - 1];
	uint8_t next = scan_at(s, end);
	unsigned digits = 0;

	if (next == '-' || next == '.')
		next = scan_at(s, end + 1);
	for (unsigned g = 0; g < c->n; g++)
		digits += c->digits[g];
	return !c->plus &&
	       (digits >= KIND_DIGITS || is_alpha(next) ||
		((s->seen | s->asked | s->keyed) != 0 && digits >= 4));
}

/* What the word behind a number may make of it; others are not asked. */
enum behind {
	BEHIND_MONEY = 1, /* "dollars", "million" */
	BEHIND_DATE = 2,  /* "march", "of" */
	BEHIND_YEARS = 4,
	BEHIND_DOT = 8, /* as of an IP address that is said */
	BEHIND_BOX = 16,
	BEHIND_ALL = 31,
};

/* Behind most numbers stands a small word ("2 tickets", "7 pm"), or a mark with
 * which no grammar goes on. */
static unsigned behind(const struct scan *s, const struct cluster *c)
{
	uint32_t i = c->end[0] + 1, end;
	uint8_t mark = scan_at(s, i - 1), first = scan_at(s, i);
	const struct word *w;
	unsigned roles, may = 0;

	if (c->n > 1 || c->plus || c->open)
		return BEHIND_ALL;
	if (mark == ':' || mark == '?' || mark == '!' || mark == 0 ||
	    (mark == ',' && !is_digit(first)))
		return 0;
	if (mark != ' ' || !is_lower(first))
		return BEHIND_ALL;
	end = (uint32_t)starts_over(s->starts, STARTS_WORD, i);
	if (end - i > WORD_KEY)
		return BEHIND_ALL;
	w = scan_listed(s, i, end)->trigger;
	roles = w == NULL ? 0 : w->roles;
	if ((roles & (ROLE_CURRENCY | ROLE_SCALE)) != 0)
		may |= BEHIND_MONEY;
	if ((roles & ROLE_MONTH) != 0 ||
	    recognizer_check_may("o d n t", first)) /* "of", "tháng" */
		may |= BEHIND_DATE;
	if (recognizer_check_may("y j a t", first)) /* "years", "tuổi" */
		may |= BEHIND_YEARS;
	if (recognizer_check_may("d p", first))
		may |= BEHIND_DOT;
	return may | (first == 'b' ? BEHIND_BOX : 0u);
}

/* It may be somebody's age: what stands before it says so, the talk, or
 * "years". */
static bool may_age(const struct scan *s, const struct cluster *c,
		    unsigned behind)
{
	uint32_t i = c->start[0];

	return (behind & BEHIND_YEARS) != 0 || s->topic_at[TOPIC_AGE] != 0 ||
	       ((s->asked | s->keyed) >> TOPIC_AGE & 1) != 0 ||
	       (c->digits[0] == 2 && i > 1 &&
		recognizer_check_may("m s d n o", s->t[i - 2] | 0x20));
}

/* Grammars that a cluster may match, in order; the first that takes wins. */
static uint32_t ask(struct scan *s, struct cluster *c)
{
	bool more = (s->allowed & ALLOW_MORE) != 0;
	bool net = (s->allowed & (ALLOW_MORE | ALLOW_NET)) != 0;
	bool single = c->n == 1 && c->digits[0] < 3;
	unsigned next = behind(s, c);
	uint32_t end = 0;

	if (more)
		end = recognizer_address_box(s, c);
	if (end == 0 && more && (next & BEHIND_BOX) != 0)
		end = recognizer_address_route(s, c);
	if (end == 0 && more && may(s, c))
		end = recognizer_kinds(s, c->start[0],
				       (s->allowed & ALLOW_PROSE) != 0);
	if (end == 0 && more && c->n > 1)
		end = recognizer_date_numeric(s, c);
	if (end == 0 && net && c->n >= 4)
		end = recognizer_ipv4(s, c);
	if (end == 0 && net && (next & BEHIND_DOT) != 0)
		end = recognizer_ip_said(s, c);
	if (end == 0 && c->plus)
		end = recognizer_phone(s, c);
	if (end == 0 && !single)
		end = recognizer_card(s, c);
	if (end == 0 && !single)
		end = recognizer_ssn(s, c);
	if (end == 0 && more && may_age(s, c, next))
		end = recognizer_traits_age(s, c);
	if (end == 0 && more && (next & BEHIND_MONEY) != 0)
		end = recognizer_money_number(s, c->start[0]);
	if (end == 0 && !single && !c->plus)
		end = recognizer_phone(s, c);
	if (end == 0 && more && c->digits[0] <= 2 && (next & BEHIND_DATE) != 0)
		end = recognizer_date_day(s, c);
	if (end == 0 && more)
		end = recognizer_address(s, c);
	if (end == 0 && more && c->digits[0] == 5)
		end = recognizer_street_zip(s, c);
	if (end == 0 && !single)
		end = recognizer_id(s, c);
	/* what only its check digit speaks for is still one value */
	return end < s->kind_end ? s->kind_end : end;
}

/* A number that nobody took: behind its first group. When that group alone is
 * longer than any number is, its digits are not tried again. */
uint32_t recognizer_number(struct scan *s, uint32_t i)
{
	struct cluster c UNSET;
	uint32_t end, next = 0;

	gather(s, i, &c);
	end = ask(s, &c);
	if (end > i)
		return end;
	if (glued(s, &c)) {
		end = c.end[0];
		while (end < s->n && is_word(s->t[end]))
			end++;
		s->steps += end - c.end[0];
		if (end - i >= SECRET_WORD && (s->allowed & ALLOW_MORE) != 0)
			next = recognizer_secret_token(s, i, end);
		if (next == 0)
			recognizer_id_code(s, i, end);
		return next > end ? next : end;
	}
	return c.end[0];
}

void recognizer_number_bare(struct scan *s)
{
	struct cluster c;
	uint32_t end;

	for (uint32_t i = 0; i < s->n; i++)
		if (!is_digit(s->t[i]))
			return;
	if (s->n == 0)
		return;
	gather(s, 0, &c);
	end = s->n < 13 ? 0 : recognizer_card(s, &c);
	if (end == 0 && s->keyed != 0)
		end = recognizer_kinds(s, 0, false);
	if (end == 0 && (s->keyed >> TOPIC_AGE & 1) != 0)
		end = recognizer_traits_age(s, &c);
	if (end == 0 && s->keyed != 0)
		(void)recognizer_id(s, &c);
}
