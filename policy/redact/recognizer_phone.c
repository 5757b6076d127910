/* Phone numbers: E.164, North America, European national forms, context. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* Behind group k - 1 the number ends: no letter, no further digits glued. */
static bool ends(const struct scan *s, const struct cluster *c, unsigned k)
{
	uint8_t next = scan_at(s, c->end[k - 1]);

	/* Scripts without spaces end a number. */
	return !is_word(next) || next >= 0x80 || next == 'x' || next == 'e';
}

/* "ext. 12", "x12" behind the number. */
static uint32_t extension(const struct scan *s, uint32_t end)
{
	uint32_t i = end, from;

	while (i < end + 2 && (scan_at(s, i) == ' ' || scan_at(s, i) == ','))
		i++;
	if (i + 9 < s->n && memcmp(s->t + i, "extension", 9) == 0)
		i += 9;
	else if (i + 3 < s->n && memcmp(s->t + i, "ext", 3) == 0)
		i += 3;
	else if (scan_at(s, i) == 'x')
		i++;
	else
		return end;
	while (scan_at(s, i) == '.' || scan_at(s, i) == ' ')
		i++;
	for (from = i; i < from + 6 && is_digit(scan_at(s, i));)
		i++;
	return i > from && !is_word(scan_at(s, i)) ? i : end;
}

/* The parenthesis at i ends before end. */
static bool is_closed(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned open = 0;

	for (; i < end; i++) {
		open += s->t[i] == '(';
		if (s->t[i] == ')' && --open == 0)
			return true;
	}
	return false;
}

static uint32_t take(struct scan *s, const struct cluster *c, unsigned k,
		     unsigned rule, unsigned score)
{
	uint32_t end = extension(s, c->end[k - 1]), lead = c->lead;
	bool near = recognizer_near(s, TOPIC_PHONE, c->start[0]);

	if (end == c->end[k - 1] && is_word(scan_at(s, end)) &&
	    scan_at(s, end) < 0x80)
		return 0;
	/* "(415)" begins a number, "(+49 30 123456)" is around one */
	if (s->t[lead] == '(' && !is_closed(s, lead, end))
		lead++;
	recognizer_hit(s, lead, end, ENTITY_PHONE_NUMBER, rule,
		       near && score < 90 ? score + 20 : score);
	return end;
}

static unsigned total(const struct cluster *c, unsigned k)
{
	unsigned n = 0;

	for (unsigned g = 0; g < k; g++)
		n += c->digits[g];
	return n;
}

/* +CC and 8 to 15 digits in all; eleven for +1. */
static uint32_t e164(struct scan *s, const struct cluster *c)
{
	bool nanp = s->t[c->start[0]] == '1' &&
		    (c->digits[0] == 1 || c->digits[0] == 11);
	unsigned n = 0, k = 0;

	if (s->t[c->start[0]] == '0')
		return 0;
	while (k < c->n && n + c->digits[k] <= (nanp ? 11 : 15))
		n += c->digits[k++];
	while (k > 1 && c->digits[k - 1] == 1 && n > 8 && !nanp)
		n -= c->digits[--k];
	if (n < 8 || (nanp && n != 11) || !ends(s, c, k))
		return 0;
	return take(s, c, k, RULE_PHONE_E164, 95);
}

/* An area code or exchange of North America. */
static bool code(const struct scan *s, const struct cluster *c, unsigned g)
{
	return s->t[c->start[g]] >= '2';
}

/* Groups g.. are 3-3-4 (or 3-7, 3-4 without an area). */
static unsigned groups_us(const struct cluster *c, unsigned g)
{
	if (c->n >= g + 3 && c->digits[g] == 3 && c->digits[g + 1] == 3 &&
	    c->digits[g + 2] == 4)
		return 3;
	if (c->n >= g + 2 && c->digits[g] == 3 && c->digits[g + 1] == 7)
		return 2;
	return 0;
}

static uint32_t us(struct scan *s, const struct cluster *c)
{
	unsigned g = c->digits[0] == 1 && s->t[c->start[0]] == '1' ? 1 : 0;
	unsigned k = g < c->n ? groups_us(c, g) : 0;

	if (k > 0 && ends(s, c, g + k))
		return take(s, c, g + k, RULE_PHONE_US,
			    code(s, c, g) ? 90 : 60);
	if (c->digits[0] == 10 && code(s, c, 0) &&
	    s->t[c->start[0] + 3] >= '2' && ends(s, c, 1) && c->sep[0] != '.')
		return take(s, c, 1, RULE_PHONE_US, 60);
	if (c->n >= 2 && c->digits[0] == 6 && c->digits[1] == 4 &&
	    c->sep[0] == '-' && code(s, c, 0))
		return take(s, c, 2, RULE_PHONE_US, 65);
	if (c->n == 2 && c->digits[0] == 3 && c->digits[1] == 4 &&
	    code(s, c, 0) && (c->sep[0] == '-' || c->sep[0] == '.') &&
	    ends(s, c, 2))
		return take(s, c, 2, RULE_PHONE_US, 55);
	return 0;
}

/*
 * National forms of Europe and Asia: a trunk 0 and 9 to 12 digits in up to
 * six groups ("020 7946 0958", "0170 1234567", "01 23 45 67 89"), or 00 and an
 * international number; nine digits by threes or 3-2-2-2 where no trunk is
 * written (Spain, Poland, Portugal).
 */
static uint32_t trunk(struct scan *s, const struct cluster *c)
{
	unsigned most =
		c->digits[0] >= 2 && s->t[c->start[0] + 1] == '0' ? 16 : 12;
	unsigned k = 0, n = 0;

	while (k < c->n && k < 7 && n + c->digits[k] <= most &&
	       (k == 0 || c->digits[k] >= 2))
		n += c->digits[k++];
	if (k > 0 && c->sep[k - 1] == '-')
		return 0; /* the number goes on */
	if ((c->digits[0] == 1 && c->sep[0] == '.') ||
	    n < (c->sep[0] == '-' ? 8 : 9) || n > most ||
	    (most == 16 && n < 11) || !ends(s, c, k))
		return 0;
	if (k == 1 && (n < 10 || n > 11 || most == 16) &&
	    !recognizer_near(s, TOPIC_PHONE, c->start[0]))
		return 0;
	return take(s, c, k, RULE_PHONE_NATIONAL, k == 1 ? 55 : 75);
}

static uint32_t nine(struct scan *s, const struct cluster *c)
{
	bool threes = c->n >= 3 && c->digits[0] == 3 && c->digits[1] == 3 &&
		      c->digits[2] == 3 && c->sep[0] == c->sep[1];
	bool pairs = c->n >= 4 && c->digits[0] == 3 && c->digits[1] == 2 &&
		     c->digits[2] == 2 && c->digits[3] == 2;
	unsigned k = threes ? 3 : 4;

	if ((!threes && !pairs) || s->t[c->start[0]] < '2' || !ends(s, c, k))
		return 0;
	if (c->sep[0] == '.' && !recognizer_near(s, TOPIC_PHONE, c->start[0]))
		return 0; /* a number with thousands marked by points */
	return take(s, c, k, RULE_PHONE_NATIONAL,
		    s->t[c->start[0]] >= '5' ? 60 : 50);
}

/* Groups from g on have these digits, and no more come. */
static bool is_form(const struct cluster *c, const char *form)
{
	unsigned n = (unsigned)strlen(form);

	if (c->n != n)
		return false;
	for (unsigned g = 0; g < n; g++)
		if (c->digits[g] != (unsigned)(form[g] - '0') ||
		    c->sep[g] == '.' || c->sep[g] == '/')
			return false;
	return true;
}

/* An area in parentheses, and layouts that only phones have: Brazil, Mexico,
 * Portugal's and Poland's fixed lines, mobile ones of India and China,
 * Australia's 1300. */
static uint32_t other(struct scan *s, const struct cluster *c)
{
	static const char *const forms[] = {"254", "244", "234", "2322", "55"};
	unsigned n = 0, k = 0;

	while (k < c->n && n + c->digits[k] <= 12)
		n += c->digits[k++];
	if (c->open && c->sep[0] == ')' && c->digits[0] <= 5 && n >= 8 &&
	    ends(s, c, k))
		return take(s, c, k, RULE_PHONE_NATIONAL, 75);
	if (is_form(c, "344") && s->t[c->start[0]] == '1' && ends(s, c, 3))
		return take(s, c, 3, RULE_PHONE_NATIONAL, 65);
	if (is_form(c, "433") && s->t[c->start[0]] == '1' && ends(s, c, 3))
		return take(s, c, 3, RULE_PHONE_NATIONAL, 65);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (is_form(c, forms[i]) && s->t[c->start[0]] != '0' &&
		    ends(s, c, c->n))
			return take(s, c, c->n, RULE_PHONE_NATIONAL, 58);
	return 0;
}

/* Said to be one: seven to fifteen digits in any groups. */
static uint32_t told(struct scan *s, const struct cluster *c)
{
	unsigned k = 0, n = 0;

	if (!recognizer_near(s, TOPIC_PHONE, c->start[0]) ||
	    s->run->kind == RUN_KEY)
		return 0;
	/* "0341 / 22 81 90-4": else it is between two numbers */
	while (k < c->n && n + c->digits[k] <= 15 &&
	       (c->sep[k] != '/' || (k == 0 && s->t[c->start[0]] == '0')))
		n += c->digits[k++];
	if (k < c->n && n + c->digits[k] <= 15)
		n += c->digits[k++];
	if (n < 7 || !ends(s, c, k))
		return 0;
	return take(s, c, k, RULE_PHONE_CONTEXT, 70);
}

uint32_t recognizer_phone(struct scan *s, const struct cluster *c)
{
	uint32_t end = 0;

	if (c->digits[0] > 15 || total(c, c->n) < 7)
		return 0;
	if (c->plus)
		return e164(s, c);
	if (c->lead > 0 && s->t[c->lead - 1] == '.' && c->lead > 1 &&
	    is_digit(s->t[c->lead - 2]))
		return 0; /* the inside of a dotted number */
	if (c->lead > 1 && s->t[c->lead - 1] == '-' &&
	    is_digit(s->t[c->lead - 2]))
		return 0; /* of one with dashes: an ISBN */
	end = us(s, c);
	if (end == 0 && s->t[c->start[0]] == '0')
		end = trunk(s, c);
	if (end == 0)
		end = nine(s, c);
	if (end == 0)
		end = other(s, c);
	return end != 0 ? end : told(s, c);
}

/* A number was said in the run, of those found last. */
static bool said_number(const struct scan *s)
{
	for (size_t n = s->out->n; n > 0 && n + 8 > s->out->n; n--) {
		const struct hit *h = &s->out->v[n - 1];

		if (h->run == s->nr && h->type == ENTITY_PHONE_NUMBER)
			return true;
	}
	return false;
}

void recognizer_phone_area(struct scan *s, uint32_t i)
{
	static const char is[] = " is ";
	uint32_t end, start;

	if (scan_at(s, i) != ' ')
		return;
	start = recognizer_before(s, recognizer_before(s, i + 1));
	i += s->n - i > 4 && memcmp(s->t + i, is, 4) == 0 ? 4 : 1;
	for (end = i; end < i + 4 && is_digit(scan_at(s, end));)
		end++;
	if (end != i + 3 || is_word(scan_at(s, end)) ||
	    (scan_at(s, end) == ' ' && is_digit(scan_at(s, end + 1))))
		return;
	if ((s->asked >> TOPIC_PHONE & 1) != 0 || said_number(s))
		recognizer_hit(s, start, end, ENTITY_PHONE_NUMBER,
			       RULE_PHONE_CONTEXT, 75);
}
