/* Words of addresses: what each may be, and numbers as they are said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

#include <errno.h>

#include "base/mem.h"

#define SAID(value, word)                     \
	{                                     \
		ABODE_SAID, value, 0, 0, word \
	}

static const struct word_line lines[] = {
	{ABODE_KIND, 0, 0, 0,
	 "street st str avenue ave av road rd boulevard blvd drive dr lane ln "
	 "way court ct crt place pl terrace ter terr highway hwy parkway pkwy "
	 "circle cir trail trl square sq plaza crescent cres close grove "
	 "gardens mews alley loop row turnpike pike"},
	{ABODE_LAND, 0, 0, 0,
	 "mount rise croft hill hills green park view run pass path bend ridge "
	 "hollow cove creek landing crossing point pointe glen heights vale "
	 "fold wharf quay yard drove knoll trace manor villas parade esplanade "
	 "chase dene meadow meadows orchard orchards center centre walk spur "
	 "vista basin bluff bluffs pines oaks springs valley brook lake grange "
	 "common commons court lodge towers"},
	{ABODE_UNIT, 0, 0, 0,
	 "apt apartment unit suite ste bldg building flat floor fl lot trailer "
	 "room rm space spc number no block level tower box condo plot studio"},
	{ABODE_AMOUNT, 0, 0, 0,
	 "am pm noon midnight dollar percent pct bags bag box boxes pack packs "
	 "pair pairs more less other others of year digit digits working "
	 "bed beds bath baths bedroom bathroom business megs meg gig gigs "
	 "minute hour day week month tb"},
	{ABODE_HUNDRED, 2, 0, 0, "hundred"},
	{ABODE_HUNDRED, 3, 0, 0, "thousand"},
	{ABODE_ASKS, 0, 0, 0,
	 "unit apartment apt suite eircode intersection addy flat property"},
	{ABODE_WHERE, 0, 0, 0, "where"},
	{ABODE_COMES, 0, 0, 0,
	 "go come coming meet technician driver package deliver "
	 "delivering emergency"},
	{ABODE_FIRST, 0, 0, 0, "cross pick picking first"},
	{ABODE_SECOND, 0, 0, 0, "street streets you line"},
	SAID(ABODE_NOUGHT, "oh"),
	SAID(ABODE_NOUGHT, "zero"),
	SAID(1, "one"),
	SAID(2, "two"),
	SAID(3, "three"),
	SAID(4, "four"),
	SAID(5, "five"),
	SAID(6, "six"),
	SAID(7, "seven"),
	SAID(8, "eight"),
	SAID(9, "nine"),
	SAID(10, "ten"),
	SAID(11, "eleven"),
	SAID(12, "twelve"),
	SAID(13, "thirteen"),
	SAID(14, "fourteen"),
	SAID(15, "fifteen"),
	SAID(16, "sixteen"),
	SAID(17, "seventeen"),
	SAID(18, "eighteen"),
	SAID(19, "nineteen"),
	SAID(20, "twenty"),
	SAID(30, "thirty"),
	SAID(40, "forty"),
	SAID(50, "fifty"),
	SAID(60, "sixty"),
	SAID(70, "seventy"),
	SAID(80, "eighty"),
	SAID(90, "ninety"),
};

const struct word_line *recognizer_abode_lines(size_t *n)
{
	*n = ARRAY_LEN(lines);
	return lines;
}

unsigned abode_is(const struct scan *s, uint32_t i, uint32_t end,
		  unsigned *value)
{
	const struct word *w = scan_listed(s, i, end)->abode;

	*value = w == NULL ? 0 : w->number;
	return w == NULL ? 0 : w->roles;
}

/* The number that one word says: 1..99; 0 for "oh"; -1: it says none. */
static int said(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned value, more;
	uint32_t dash = i;

	while (dash < end && s->t[dash] != '-')
		dash++;
	if ((abode_is(s, i, dash, &value) & ABODE_SAID) == 0)
		return -1;
	if (dash < end) {
		if (value < 20 || value > 90 ||
		    (abode_is(s, dash + 1, end, &more) & ABODE_SAID) == 0 ||
		    more > 9)
			return -1;
		value += more;
	}
	return value == ABODE_NOUGHT ? 0 : (int)value;
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

	if (strchr(" (\n\"',#", before) == NULL || before == 0 ||
	    (before == ',' && i > 1 && is_digit(s->t[i - 2])))
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
	if (k == i || k > i + 6 || s->t[i] == '0' || is_glued(s, i, end))
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
	unsigned is, roles, mine, value;

	if (is_digit(s->t[i]))
		return of_digits(s, i, end);
	if (s->t[i] == '#')
		return ABODE_UNIT;
	is = of_trigger(scan_listed(s, i, end)->trigger);
	roles = recognizer_name_roles(s, i, end);
	if ((roles & ROLE_FUNCTION) != 0)
		is |= ABODE_FUNCTION;
	else if (roles != 0)
		is |= ABODE_COMMON;
	mine = abode_is(s, i, end, &value);
	if ((mine & ABODE_KIND) != 0)
		is &= ~(unsigned)ABODE_AMOUNT;
	if ((is & ABODE_AMOUNT) != 0 &&
	    recognizer_word_in(s, "old grand point", i, end))
		is &= ~(unsigned)ABODE_AMOUNT;
	if ((mine & ABODE_SAID) != 0)
		return ABODE_SAID | (is & ABODE_ORDINAL);
	is |= mine;
	return end - i > 6 && said(s, i, end) >= 0 ? ABODE_SAID : is;
}

int abode_listed_build(struct recognizers *r)
{
	r->abode_is = mem_new(r->all.nwords + 1, sizeof(*r->abode_is));
	if (r->abode_is == NULL)
		return -ENOMEM;
	for (uint32_t k = 1; k <= r->all.nwords; k++) {
		const uint8_t *key = (const uint8_t *)r->all.words[k].key;
		const struct scan s = {
			.r = r,
			.t = key,
			.n = (uint32_t)strnlen((const char *)key, WORD_KEY)};

		r->abode_is[k] = of_word(&s, 0, s.n);
	}
	return 0;
}

/* Of words that are letters alone, most of them, the table knows it. */
static unsigned told(const struct scan *s, uint32_t i, uint32_t end)
{
	if (end - i < 2 || is_digit(s->t[i]) || s->t[i] == '#' ||
	    recognizer_word_over(s, i, s->n) != end)
		return of_word(s, i, end);
	return s->r->abode_is[scan_listed_id(s, i, end)];
}

/* Over what stands between two words of a clause; 0: it ends. */
static uint32_t gap(const struct scan *s, uint32_t i,
		    const struct clause_word *w, bool *apart)
{
	uint32_t at = i;

	*apart = false;
	if (scan_at(s, at) == '.' && w->n <= 4 &&
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

/* The word at i; clauses overlap, so it is kept. */
static const struct clause_word *word_at(struct scan *s, uint32_t i)
{
	struct clause_word *w = &s->clauses->word[i / 2 % CLAUSE_WORDS];
	uint64_t at = s->clauses->base + i;
	uint32_t end, next;

	if (w->at == at)
		return w;
	end = s->t[i] == '#' ? i + 1 : recognizer_joined_end(s, i);
	*w = (struct clause_word){
		.at = at, .is = told(s, i, end), .n = (uint8_t)(end - i)};
	s->steps += end - i;
	next = s->t[i] == '#' && is_digit(scan_at(s, end))
		       ? end
		       : gap(s, end, w, &w->apart);
	w->to = (uint8_t)(next == 0 ? 0 : next - i);
	return w;
}

void abode_words(struct scan *s, uint32_t i, unsigned most,
		 struct abode_words *out)
{
	bool apart = false;

	out->n = 0;
	while (out->n < most) {
		const struct clause_word *w = word_at(s, i);

		out->v[out->n++] = (struct abode_word){.start = i,
						       .end = i + w->n,
						       .is = w->is,
						       .apart = apart};
		s->steps++;
		if (w->to == 0)
			break;
		i += w->to;
		apart = w->apart;
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

static ALWAYS_INLINE bool is_one(const struct scan *s,
				 const struct abode_words *w, unsigned k,
				 const char *list)
{
	return k < w->n &&
	       recognizer_word_in(s, list, w->v[k].start, w->v[k].end);
}

/* The number that a word says, or (digits) one or two digits; -1: none. */
static int valued(const struct scan *s, const struct abode_word *v, bool digits)
{
	int value = 0;

	if ((v->is & ABODE_SAID) != 0)
		return said(s, v->start, v->end);
	if (!digits || (v->is & ABODE_DIGITS) == 0 || v->end - v->start > 2)
		return -1;
	for (uint32_t i = v->start; i < v->end; i++)
		value = value * 10 + (is_digit(s->t[i]) ? s->t[i] - '0' : 100);
	return value < 100 ? value : -1;
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
	for (; at < w->n && at < k + 7; at++) {
		const struct abode_word *v = &w->v[at];

		if ((v->apart && at > k) ||
		    (out->words != 0 && (v->is & ABODE_HUNDRED) == 0))
			break;
		value = valued(s, v, noughts > 0);
		if (value >= 0 && (at > k || value > 0)) {
			if (before >= 20 && before % 10 == 0 && value > 0 &&
			    value < 10)
				noughts = 1;
			fill(out, noughts, (unsigned)value);
			noughts = 0;
			before = value;
		} else if (out->n > 0 && (v->is & ABODE_HUNDRED) != 0) {
			(void)abode_is(s, v->start, v->end, &noughts);
			out->words = 0;
			for (unsigned i = 0; i < noughts; i++)
				put(out, 0, 0);
		} else if (noughts == 0 || !is_one(s, w, at, "and") ||
			   at + 1 >= w->n ||
			   valued(s, &w->v[at + 1], true) < 0) {
			break;
		}
	}
	if (out->n > 0 && is_one(s, w, at, "and") &&
	    is_one(s, w, at + 1, "a") && is_one(s, w, at + 2, "half"))
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
