/* Numbers that are written in groups, with commas or "uh" between. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "4111, 1111, uh 1111, 1111" is what a person reads from a card, and what a
 * writer makes of it. Commas part items of lists more often than groups of a
 * number, so there its form must speak for it: a card's check digit, three,
 * three and four digits, three, two and four. Where somebody thinks between
 * two groups it is a number, unless all of them are years.
 */
#include "policy/redact/recognizer.h"
#include "policy/redact/recognizer_check.h"

#define GROUPS 10
#define GROUP_LONG 8 /* digits */
#define DIGITS 19    /* in all, of the longest card */
#define LEAST_SAID 7 /* digits in all, where somebody thinks between */

struct groups {
	unsigned n, digits, years;
	uint8_t size[GROUPS];
	char text[GROUPS * GROUP_LONG];
	bool commas, thinks, round;
};

/* The group at i; its end, or i: it is none. */
static size_t group(struct bytes in, size_t i, struct groups *g)
{
	size_t end = i;

	while (end < in.n && end - i <= GROUP_LONG && is_digit(in.p[end]))
		end++;
	if (end - i < 2 || end - i > GROUP_LONG ||
	    (end < in.n && is_word(in.p[end])))
		return i;
	memcpy(g->text + g->digits, in.p + i, end - i);
	g->digits += (unsigned)(end - i);
	g->size[g->n++] = (uint8_t)(end - i);
	g->years += end - i == 4 && ((in.p[i] == '1' && in.p[i + 1] == '9') ||
				     (in.p[i] == '2' && in.p[i + 1] == '0'));
	g->round = g->round && in.p[end - 1] == '0';
	return end;
}

static bool is_form(const struct groups *g, const char *form)
{
	for (unsigned k = 0; k < g->n; k++)
		if (form[k] != (char)('0' + g->size[k]))
			return false;
	return form[g->n] == '\0';
}

static bool is_number(const struct groups *g)
{
	if (g->n < 2 || g->years == g->n || g->round)
		return false;
	if (g->thinks)
		return g->digits >= LEAST_SAID;
	if (!g->commas)
		return false;
	if (g->digits >= 13 && g->digits <= 19 &&
	    recognizer_check_luhn(g->text, g->digits))
		return true;
	return is_form(g, "334") || is_form(g, "324");
}

size_t recognizer_groups(struct bytes in, size_t i)
{
	struct groups g = {.round = true};
	size_t end, at = i, last = i;
	bool comma = false, thinks = false;

	if (i > 0 &&
	    (is_word(in.p[i - 1]) || strchr(".,:$#-/", in.p[i - 1]) != NULL))
		return 0;
	while (g.n < GROUPS && (end = group(in, at, &g)) > at) {
		g.commas = g.commas || comma; /* between two groups */
		g.thinks = g.thinks || thinks;
		last = end;
		at = recognizer_spoken_gap(in, end, &thinks);
		if (at == end || at >= in.n)
			break;
		comma = in.p[end] == ',';
		if (comma && at == end + 1)
			return 0; /* "1,000" */
		if ((!thinks && g.size[0] < 3) || g.digits > DIGITS)
			break; /* a list */
	}
	return is_number(&g) ? last : 0;
}

static bool lone_digit(struct bytes in, size_t i)
{
	return i < in.n && is_digit(in.p[i]) &&
	       (i + 1 == in.n || !is_word(in.p[i + 1])) &&
	       (i == 0 || !is_word(in.p[i - 1]));
}

bool recognizer_groups_comma(struct bytes in, size_t i)
{
	return i >= 3 && i + 5 <= in.n && in.p[i] == ',' &&
	       in.p[i + 1] == ' ' && lone_digit(in, i - 1) &&
	       in.p[i - 2] == ' ' && lone_digit(in, i - 3) &&
	       lone_digit(in, i + 2) && in.p[i + 3] == ' ' &&
	       lone_digit(in, i + 4);
}
