/* Words of addresses: what each may be, and numbers as they are said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

static const char kinds[] =
	"street st str avenue ave av road rd boulevard blvd drive dr lane ln "
	"way court ct crt place pl terrace ter terr highway hwy parkway pkwy "
	"circle cir trail trl square sq plaza crescent cres close grove "
	"gardens mews alley loop row turnpike pike";
static const char lands[] =
	"mount rise croft hill hills green park view run pass path bend ridge "
	"hollow cove creek landing crossing point pointe glen heights vale "
	"fold wharf quay yard drove knoll trace manor villas parade esplanade "
	"chase dene meadow meadows orchard orchards center centre walk spur "
	"vista basin bluff bluffs pines oaks springs valley brook lake grange "
	"common commons court lodge towers";
static const char units[] = "apt apartment unit suite ste bldg building flat "
			    "floor fl lot trailer room rm space spc number no "
			    "block level tower box condo plot studio";
static const char amounts[] =
	"am pm a.m p.m oclock noon midnight dollar percent pct bags bag box "
	"boxes pack packs pair pairs pairs more less other others of year "
	"digit digits ones business working "
	"megs meg gig gigs minute hour day week month tb";

/* One to nineteen, then tens; a number's words by value. */
static const char ones[] = "one two three four five six seven eight nine ten "
			   "eleven twelve thirteen fourteen fifteen sixteen "
			   "seventeen eighteen nineteen";
static const char tens[] = "twenty thirty forty fifty sixty seventy eighty "
			   "ninety";

/* 1 + the place of the word [i, end) in the list; 0: it is not there. */
static unsigned place(const struct scan *s, const char *list, uint32_t i,
		      uint32_t end)
{
	unsigned k = 1;

	for (const char *p = list; *p != '\0'; k++) {
		uint32_t n = (uint32_t)strcspn(p, " "), m = 0;

		while (n == end - i && m < n &&
		       (s->t[i + m] | 0x20) == (uint8_t)p[m])
			m++;
		if (m == n)
			return k;
		p += n + (p[n] == ' ');
	}
	return 0;
}

/* The number that one word says: 1..99; 0 for "oh"; -1: it says none. */
static int said(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned k, more;
	uint32_t dash = i;

	if (end - i < 2 || end - i > 13)
		return -1;
	while (dash < end && s->t[dash] != '-')
		dash++;
	k = place(s, tens, i, dash);
	if (k != 0 && dash == end)
		return (int)k * 10 + 10;
	if (k != 0) {
		more = place(s, ones, dash + 1, end);
		return more >= 1 && more <= 9 ? (int)(k * 10 + 10 + more) : -1;
	}
	k = place(s, ones, i, end);
	if (k != 0)
		return (int)k;
	return recognizer_word_in(s, "oh zero", i, end) ? 0 : -1;
}

bool abode_anchor(const struct scan *s, uint32_t i)
{
	static const char begins[] = "one two ten twe thi fou for fif fiv six "
				     "sev eig ele nin";
	uint8_t c = s->t[i] | 0x20;

	if (is_digit(s->t[i]))
		return true;
	if ((c != 'o' && c != 't' && c != 'f' && c != 's' && c != 'e' &&
	     c != 'n') ||
	    s->n - i < 3 || (c == 't' && (s->t[i + 1] | 0x20) == 'h' &&
			     (s->t[i + 2] | 0x20) != 'i'))
		return false;
	return place(s, begins, i, i + 3) != 0 &&
	       said(s, i, recognizer_joined_end(s, i)) > 0;
}

/* "17th". */
static bool is_ordinal(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t k = i;

	while (k < end && is_digit(s->t[k]))
		k++;
	return k > i && k <= i + 3 && k + 2 == end &&
	       recognizer_word_in(s, "st nd rd th", k, end);
}

/* What stands around digits makes them a price, a time, a part of a code. */
static bool is_glued(const struct scan *s, uint32_t i, uint32_t end)
{
	uint8_t before = i == 0 ? ' ' : s->t[i - 1], c = scan_at(s, end);

	if (strchr(" (\n\"',#", before) == NULL || before == 0)
		return true;
	if (c != 0 && c < 0x80 && strchr("%:/$@_=*+", c) != NULL)
		return true;
	return (c == '.' || c == ',' || c == '-') &&
	       is_digit(scan_at(s, end + 1));
}

/* "12", "14a", "12-14". */
static bool is_house(const struct scan *s, uint32_t i, uint32_t end)
{
	uint32_t k = i;

	while (k < end && is_digit(s->t[k]))
		k++;
	if (k == i || k > i + 6 || is_glued(s, i, end))
		return false;
	if (k < end && s->t[k] == '-' && is_digit(s->t[k + 1]))
		while (++k < end && is_digit(s->t[k]))
			;
	return k == end || (k + 1 == end && is_alpha(s->t[k]));
}

static unsigned of_digits(const struct scan *s, uint32_t i, uint32_t end)
{
	return is_ordinal(s, i, end) ? ABODE_ORDINAL
	       : is_house(s, i, end) ? ABODE_DIGITS
				     : ABODE_FUNCTION | ABODE_AMOUNT;
}

static unsigned of_trigger(const struct word *w)
{
	unsigned is = 0;

	if (w == NULL)
		return 0;
	if ((w->roles & (ROLE_UNIT | ROLE_CURRENCY | ROLE_SCALE)) != 0 &&
	    (w->roles & ROLE_DIRECTION) == 0)
		is |= ABODE_AMOUNT;
	if ((w->roles & ROLE_ORDINAL) != 0)
		is |= ABODE_ORDINAL;
	if ((w->roles & ROLE_DIRECTION) != 0)
		is |= ABODE_DIRECTION;
	if ((w->roles & ROLE_MONTH) != 0)
		is |= ABODE_MONTH;
	if ((w->roles & ROLE_TOPIC) != 0)
		is |= ABODE_TOPIC;
	return is;
}

static unsigned of_word(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned is, roles;

	if (is_digit(s->t[i]))
		return of_digits(s, i, end);
	if (s->t[i] == '#')
		return ABODE_UNIT;
	is = of_trigger(recognizer_words_find(&s->r->triggers, s->t + i,
					      end - i, s->n - i));
	roles = recognizer_name_roles(s, i, end);
	if ((roles & ROLE_FUNCTION) != 0)
		is |= ABODE_FUNCTION;
	else if (roles != 0)
		is |= ABODE_COMMON;
	if (recognizer_word_in(s, "old grand point", i, end))
		is &= ~(unsigned)ABODE_AMOUNT;
	if (recognizer_word_in(s, kinds, i, end))
		is = (is | ABODE_KIND) & ~(unsigned)ABODE_AMOUNT;
	if (recognizer_word_in(s, lands, i, end))
		is |= ABODE_LAND;
	if (recognizer_word_in(s, units, i, end))
		is |= ABODE_UNIT;
	if (recognizer_word_in(s, amounts, i, end))
		is |= ABODE_AMOUNT;
	if (said(s, i, end) >= 0)
		is = ABODE_SAID | (is & ABODE_ORDINAL);
	return is;
}

/* Over what stands between two words of a clause; 0: it ends. */
static uint32_t gap(const struct scan *s, uint32_t i, const struct abode_word *w,
		    bool *apart)
{
	uint32_t at = i;

	*apart = false;
	if (scan_at(s, at) == '.' && w->end - w->start <= 4 &&
	    (w->is & (ABODE_DIGITS | ABODE_FUNCTION)) == 0)
		at++; /* "st.", "apt." */
	if (scan_at(s, at) == ',') {
		*apart = true;
		at++;
	}
	while (at < i + 4 && scan_at(s, at) == ' ')
		at++;
	if (at == i || (!is_word(scan_at(s, at)) && scan_at(s, at) != '#'))
		return 0;
	return at;
}

void abode_words(struct scan *s, uint32_t i, struct abode_words *out)
{
	bool apart = false;

	out->n = 0;
	while (out->n < ABODE_WORDS) {
		struct abode_word *w = &out->v[out->n++];

		w->start = i;
		w->end = s->t[i] == '#' ? i + 1 : recognizer_joined_end(s, i);
		w->apart = apart;
		w->is = of_word(s, w->start, w->end);
		s->steps += w->end - i;
		if (s->t[i] == '#' && is_digit(scan_at(s, w->end))) {
			i = w->end;
			apart = false;
			continue;
		}
		i = gap(s, w->end, w, &apart);
		if (i == 0)
			break;
	}
}

static void put(struct abode_number *out, unsigned value, unsigned width)
{
	char digits[8];
	unsigned n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0 || n < width);
	while (n > 0 && out->n < TALK_HOUSE)
		out->digits[out->n++] = digits[--n];
}

/* Behind "hundred" a number goes in the place of noughts. */
static void fill(struct abode_number *out, unsigned noughts, unsigned value)
{
	unsigned width = value > 9 ? 2 : 1;

	if (noughts >= width && out->n >= width)
		out->n -= width;
	put(out, value, 0);
}

static void written(const struct scan *s, const struct abode_word *w,
		    struct abode_number *out)
{
	for (uint32_t i = w->start;
	     i < w->end && is_digit(s->t[i]) && out->n < TALK_HOUSE; i++)
		out->digits[out->n++] = (char)s->t[i];
	out->words = 1;
}

static bool is_one(const struct scan *s, const struct abode_words *w,
		   unsigned k, const char *list)
{
	return k < w->n && recognizer_word_in(s, list, w->v[k].start,
					      w->v[k].end);
}

void abode_number(const struct scan *s, const struct abode_words *w, unsigned k,
		  struct abode_number *out)
{
	unsigned noughts = 0, at = k;
	int value, before = 0;

	*out = (struct abode_number){.n = 0};
	if (k < w->n && (w->v[k].is & ABODE_DIGITS) != 0) {
		written(s, &w->v[k], out);
		at++;
	}
	for (; out->words == 0 && at < w->n && at < k + 7; at++) {
		const struct abode_word *v = &w->v[at];

		if (v->apart && at > k)
			break;
		value = said(s, v->start, v->end);
		if (value >= 0 && (at > k || value > 0)) {
			if (before >= 20 && before % 10 == 0 && value > 0 &&
			    value < 10)
				noughts = 1;
			fill(out, noughts, (unsigned)value);
			noughts = 0;
			before = value;
		} else if (out->n > 0 && is_one(s, w, at, "hundred thousand")) {
			noughts = v->end - v->start == 7 ? 2 : 3;
			for (unsigned i = 0; i < noughts; i++)
				put(out, 0, 0);
		} else if (noughts == 0 || !is_one(s, w, at, "and") ||
			   at + 1 >= w->n ||
			   said(s, w->v[at + 1].start, w->v[at + 1].end) <= 0) {
			break;
		}
	}
	if (out->n > 0 && is_one(s, w, at, "and") && is_one(s, w, at + 1, "a") &&
	    is_one(s, w, at + 2, "half"))
		at += 3;
	out->words = at - k;
}

uint32_t abode_before(const struct scan *s, uint32_t i, uint32_t *end)
{
	uint32_t start;

	*end = i;
	if (i < 2 || s->t[i - 1] != ' ')
		return i;
	*end = start = i - 1;
	while (start > 0 && *end - start < 16 &&
	       (is_word(s->t[start - 1]) || s->t[start - 1] == '\''))
		start--;
	return start < *end ? start : i;
}
