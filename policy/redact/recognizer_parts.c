/* Identifiers of several parts: "g40 1182 77", "tango 449 whiskey". */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies, licences, bookings and serial numbers are read in groups of
 * letters and digits, whose sizes no table knows. So parts that stand side by
 * side, with nothing but a blank (or "dash") between, are looked at together,
 * after all other recognizers:
 *
 * - where one of them is part of an identifier, the others are, too;
 * - where the words before name an identifier, or the turn before asked for
 *   one, they are it;
 * - else they are one when letters and digits are mixed, and of some length.
 *
 * Numbers that count ("2 shirts", "30 march"), measures ("5gb"), and what
 * another recognizer took for a date, a price or an address are no parts.
 */
#include "policy/redact/recognizer_parts.h"

#define SCORE 97
#define LEAD 64 /* bytes of parts before the first digit */

#define T(topic) TOPIC_BIT(TOPIC_##topic)

/* Hits of the run, sorted, and how far they were looked at. */
struct seen {
	const struct hit *v;
	size_t n, at;
	uint32_t reach; /* end of those before */
};

/* Of parts [from, to), bits. */
struct cover {
	uint32_t full, some, other;
	int type;
	uint32_t length; /* of the hit that has the type */
};

static bool is_other(const struct hit *h)
{
	switch (h->type) {
	case ENTITY_DATE_OF_BIRTH:
		return h->rule < RULE_ID_CONTEXT || h->rule > RULE_ID_KEY;
	case ENTITY_DATE_TIME:
	case ENTITY_MONEY:
	case ENTITY_AGE:
	case ENTITY_STREET_ADDRESS:
	case ENTITY_ZIP_CODE:
	case ENTITY_DE_PLZ:
	case ENTITY_UK_POSTCODE:
	case ENTITY_EMAIL_ADDRESS:
	case ENTITY_URL:
	case ENTITY_IP_ADDRESS:
	case ENTITY_CVV:
	case ENTITY_CARD_EXPIRY:
	case ENTITY_DOMAIN_NAME:
		return true;
	default:
		return h->rule >= RULE_COUNT;
	}
}

/* A name that the tagger or an answer made of letters. */
static bool is_nothing(const struct hit *h)
{
	return h->type == ENTITY_PERSON || h->type == ENTITY_LOCATION ||
	       h->type == ENTITY_ORGANIZATION || h->type == ENTITY_NRP;
}

static void cover(struct cover *c, const struct parts *p, const struct hit *h)
{
	bool other = is_other(h) || h->end > p->v[p->n - 1].end;

	if (is_nothing(h))
		return;
	for (unsigned k = 0; k < p->n; k++) {
		if (h->start >= p->v[k].end || h->end <= p->v[k].start)
			continue;
		if (other)
			c->other |= 1u << k;
		else if (h->start <= p->v[k].start && h->end >= p->v[k].end)
			c->full |= 1u << k;
		else
			c->some |= 1u << k;
	}
	if (!other && h->end - h->start > c->length) {
		c->length = h->end - h->start;
		c->type = h->type;
	}
}

static void covers(struct seen *h, const struct parts *p, struct cover *c)
{
	uint32_t end = p->v[p->n - 1].end;

	*c = (struct cover){.type = -1};
	for (; h->at < h->n && h->v[h->at].start < p->v[0].start; h->at++)
		if (h->v[h->at].end > h->reach && !is_nothing(&h->v[h->at]))
			h->reach = h->v[h->at].end;
	for (unsigned k = 0; k < p->n; k++)
		if (p->v[k].start < h->reach)
			c->other |= 1u << k;
	for (; h->at < h->n && h->v[h->at].start < end; h->at++) {
		cover(c, p, &h->v[h->at]);
		if (h->v[h->at].end > h->reach && !is_nothing(&h->v[h->at]))
			h->reach = h->v[h->at].end;
	}
}

/* Types of a number that has a form of its own: what stands beside it is
 * something else, as long as it is digits. */
static bool is_whole(int type)
{
	return type == ENTITY_CREDIT_CARD || type == ENTITY_PHONE_NUMBER ||
	       type == ENTITY_US_SSN || type == ENTITY_IBAN_CODE ||
	       type == ENTITY_ABA_ROUTING_NUMBER;
}

/* Sums over parts [from, to). */
struct sum {
	unsigned digits, letters, mixed, alphabet, parts;
};

static struct sum sum_of(const struct parts *p, unsigned from, unsigned to)
{
	struct sum n = {.parts = to - from};

	for (unsigned k = from; k < to; k++) {
		n.digits += p->v[k].digits;
		n.letters +=
			p->v[k].kind == PART_JOINT || p->v[k].kind == PART_SAID
				? 0
				: p->v[k].letters;
		n.mixed += p->v[k].kind == PART_MIXED;
		n.alphabet += p->v[k].kind == PART_ALPHABET;
	}
	return n;
}

/* "rtx4090 2023" */
static bool is_year(const struct scan *s, const struct part *p)
{
	return p->kind == PART_DIGITS && p->digits == 4 &&
	       (memcmp(s->t + p->start, "19", 2) == 0 ||
		memcmp(s->t + p->start, "20", 2) == 0);
}

/* A word of the sentence follows the few digits of part k, or a letter before
 * such: "2 shirts", "w 2 shirts". */
static bool is_counted(const struct scan *s, const struct parts *all,
		       unsigned k)
{
	const struct part *p = &all->v[k];
	uint32_t i = p->end + 1, end;
	const struct word *w;

	if (p->kind == PART_LETTERS && p->letters == 1 && k + 1 < all->n)
		return is_counted(s, all, k + 1);
	if (p->kind != PART_DIGITS || p->over ||
	    (p->digits > 2 && !is_year(s, p)) || scan_at(s, p->end) != ' ')
		return false;
	end = recognizer_word_end(s, i);
	w = scan_listed(s, i, end)->trigger;
	return end > i && (w == NULL || (w->roles & ROLE_TOPIC) == 0) &&
	       (recognizer_name_roles(s, i, end) & ROLE_FUNCTION) == 0;
}

static bool is_edge(const struct part *p, const struct sum *n, bool told)
{
	if (p->kind == PART_JOINT)
		return true;
	if (p->kind == PART_MEASURE)
		return n->mixed == 0 && (!told || p->letters > 1);
	return !told && n->alphabet < 2 &&
	       (p->kind == PART_ALPHABET || p->kind == PART_SAID);
}

static void put(struct scan *s, const struct parts *p, unsigned from,
		unsigned to, int type, unsigned score)
{
	uint32_t start = p->v[from].start, end = p->v[to - 1].end;

	recognizer_hit(s, start, end,
		       type < 0 ? ENTITY_ID_NUMBER : (unsigned)type,
		       RULE_ID_PARTS, score);
}

/* Parts [from, to) beside an identifier. */
static void beside(struct scan *s, const struct parts *p, unsigned from,
		   unsigned to, const struct cover *c)
{
	struct sum n = sum_of(p, from, to);

	if (is_whole(c->type) && c->some != 0 &&
	    memchr(s->t + p->v[from].start, '-',
		   p->v[to - 1].end - p->v[from].start) == NULL)
		return; /* "1111is it" */
	if (n.letters > 0 || !is_whole(c->type)) {
		uint64_t topics = p->label != 0 ? p->label : s->asked;
		int type =
			is_whole(c->type)
				? recognizer_id_of(topics, n.digits + n.letters)
				: c->type;

		put(s, p, from, to, type, SCORE);
		return;
	}
	for (unsigned k = from; k < to; k++)
		if (((c->full | c->some) >> k & 1) == 0 && p->v[k].digits > 1)
			put(s, p, k, k + 1, -1, 50);
}

/* What nobody knows, by what was said or asked; what it is, to *type. */
static bool is_told(const struct scan *s, const struct parts *p, unsigned from,
		    const struct sum *n, int *type)
{
	uint64_t label = from == 0 ? p->label : 0;

	if (label != 0) {
		*type = recognizer_id_of(label, n->digits + n->letters);
		return (n->digits >= (label == T(ID) ? 4 : 3) ||
			(n->digits > 1 && n->letters > 2)) &&
		       n->digits + n->letters >= (label == T(PIN) ? 4 : 5);
	}
	if (p->asked) {
		*type = recognizer_id_of(s->asked, n->digits + n->letters);
		return n->digits >= 2 && n->digits + n->letters >= 4;
	}
	return false;
}

/* "77-hq-2201": two in one word. */
static unsigned dashes(const struct scan *s, const struct part *p)
{
	unsigned n = 0;

	for (uint32_t i = p->start; i < p->end; i++)
		n += s->t[i] == '-' && is_word(scan_at(s, i + 1));
	return n;
}

static void judge(struct scan *s, const struct parts *p, unsigned from,
		  unsigned to, const struct cover *c)
{
	uint32_t bits = 0, full = c->full | c->some;
	bool told = p->asked || p->label != 0;
	struct sum n = sum_of(p, from, to);
	int type = -1;

	while (from < to && is_edge(&p->v[from], &n, told))
		from++;
	while (from < to &&
	       ((is_edge(&p->v[to - 1], &n, told)) ||
		((full >> (to - 1) & 1) == 0 && is_counted(s, p, to - 1))))
		to--;
	if (from < to && from == 0 && p->item)
		from++;
	if (from >= to)
		return;
	for (unsigned k = from; k < to; k++)
		bits |= 1u << k;
	if ((c->full & bits) == bits)
		return;
	n = sum_of(p, from, to);
	if ((full & bits) != 0 && c->type >= 0)
		beside(s, p, from, to, c);
	else if (n.parts < 2 && dashes(s, &p->v[from]) < (told ? 1 : 2))
		return;
	else if (is_told(s, p, from, &n, &type))
		put(s, p, from, to, type, 76);
	else if (!p->model && (n.mixed > 0 || n.alphabet > 1) &&
		 (n.parts > 2 || n.parts == 1
			  ? n.digits >= 5
			  : n.digits >= 7 && n.mixed == 1 &&
				    !is_year(s, &p->v[to - 1])))
		put(s, p, from, to, -1, 60);
}

/* Digits that stand alone, without a mark in them, are others' work. */
static bool is_lone(const struct parts *p)
{
	return p->n == 1 && (p->v[0].kind == PART_ALPHABET ||
			     p->v[0].end - p->v[0].start == p->v[0].digits);
}

static int copy(struct scan *s, size_t first, struct hits *out)
{
	int rc = 0;

	for (size_t i = first; rc == 0 && i < s->out->n; i++)
		rc = recognizer_hits_put(out, s->out->v[i]);
	recognizer_hits_sort(out);
	return rc;
}

/* Where parts may begin before the first digit, at i. */
static uint32_t before(const struct scan *s, uint32_t i)
{
	uint32_t from = i > LEAD ? i - LEAD : 0;

	while (from < i && from > 0 && s->t[from - 1] > ' ')
		from++;
	return from;
}

static NOINLINE void look(struct scan *s, size_t first)
{
	struct seen h = {.n = 0};
	struct hits old = {0};
	struct parts p UNSET;
	uint32_t at = 0;
	bool copied = false;

	if (s->asked == 0)
		at = before(s, s->digit_at - 1);
	while (s->err == 0 && recognizer_parts_next(s, &at, &p)) {
		struct cover c;
		unsigned from = 0;

		if (is_lone(&p))
			continue;
		if (!copied) {
			copied = true;
			s->err = copy(s, first, &old);
			h.v = old.v;
			h.n = old.n;
		}
		recognizer_parts_label(s, p.v[0].start, &p);
		covers(&h, &p, &c);
		for (unsigned k = 0; k <= p.n; k++) {
			if (k < p.n && (c.other >> k & 1) == 0)
				continue;
			if (k > from)
				judge(s, &p, from, k, &c);
			from = k + 1;
		}
	}
	hits_free(&old);
}

/* Most runs end here, before there is anything to clear. */
void recognizer_parts(struct scan *s, size_t first)
{
	if ((s->run->kind == RUN_TEXT || s->run->kind == RUN_CELL) &&
	    (s->digit_at != 0 || s->asked != 0))
		look(s, first);
}
