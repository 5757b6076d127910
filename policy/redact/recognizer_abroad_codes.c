/* Numbers, codes, dates and places that answer in another language. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#define BEFORE 5       /* words between "nummer" and the number */
#define LEAST 3	       /* digits of a code */
#define ANSWER_LONG 90 /* bytes of a turn that answers */

#define T(topic) TOPIC_BIT(TOPIC_##topic)
#define CODES                                                             \
	(T(ORDER) | T(CONFIRMATION) | T(POLICY) | T(CLAIM) | T(TICKET) |  \
	 T(CUSTOMER) | T(PASSPORT) | T(LICENSE) | T(MEDICAL) | T(PLATE) | \
	 T(ACCOUNT) | T(ID) | T(NUMBER) | T(NATIONAL) | T(HEALTH) |       \
	 T(INSURANCE) | T(TAX) | T(IBAN) | T(CARD) | T(LAST4) | T(PIN) |  \
	 T(PHONE) | T(ZIP) | T(PLZ))

/* What stands at a token as part of a value. */
struct part {
	unsigned digits, letters;
	unsigned end; /* the token behind it; 0: it is none */
};

static bool is_ascii(const struct scan *s, const struct abroad_token *k)
{
	for (uint32_t i = k->i; i < k->end; i++)
		if (s->t[i] >= 0x80)
			return false;
	return true;
}

/* The token at or behind byte i. */
static unsigned token_at(const struct abroad_turn *t, unsigned k, size_t i)
{
	while (k < t->n && t->t[k].i < i)
		k++;
	return k;
}

static struct part part_of(const struct scan *s, const struct abroad_turn *t,
			   unsigned k)
{
	const struct abroad_token *w = &t->t[k];
	struct part p = {0};
	struct abroad_number n;

	if (w->word[0] == '\0') {
		for (uint32_t i = w->i; i < w->end; i++) {
			p.digits += is_digit(s->t[i]);
			p.letters += !is_digit(s->t[i]);
		}
		p.end = p.digits > 0 ? k + 1 : 0;
	} else if (abroad_number(bytes_of(s->t, s->n), w->i, &n) &&
		   !n.ordinal) {
		p.digits = n.digits;
		p.end = token_at(t, k, n.end);
	} else if ((w->roles & (ABROAD_LETTER | ABROAD_TIMES)) != 0 ||
		   (is_ascii(s, w) && w->end - w->i <= 4 &&
		    (w->roles == 0 || w->end - w->i == 1))) {
		p.letters = 1;
		p.end = k + 1;
	}
	return p;
}

/* The parts are apart by no more than a comma, a dash. */
static bool is_near(const struct scan *s, const struct abroad_turn *t,
		    unsigned k)
{
	uint32_t from = t->t[k - 1].end, i;

	for (i = from; i < t->t[k].i; i++)
		if (strchr(" ,-./", s->t[i]) == NULL)
			return false;
	return t->t[k].i - from <= 3;
}

struct answer_value {
	unsigned first, end; /* tokens */
	unsigned digits, letters;
};

/* The value that begins at token k; false: none does. */
static bool value_at(const struct scan *s, const struct abroad_turn *t,
		     unsigned k, struct answer_value *v)
{
	*v = (struct answer_value){.first = k, .end = k};
	for (unsigned at = k; at < t->n;) {
		struct part p = part_of(s, t, at);

		if (p.end == 0 && at > k &&
		    abroad_is(t, at, " mil millones millon tausend "))
			p.end = at + 1;
		if (p.end == 0 || (at > k && !is_near(s, t, at)))
			break;
		if (p.digits == 0 && at == k && t->t[k].roles != 0 &&
		    (t->t[k].roles & ABROAD_LETTER) == 0)
			break; /* "a", "y" begin none */
		v->digits += p.digits;
		v->letters += p.letters;
		at = p.end;
		v->end = at;
	}
	/* "a", "y" and "de" end none */
	while (v->end > k + 1 && t->t[v->end - 1].word[0] != '\0' &&
	       ((t->t[v->end - 1].roles & ABROAD_TIMES) != 0 ||
		abroad_is(t, v->end - 1, " a y e o u de ese te "))) {
		v->end--;
		v->letters -= v->letters > 0;
	}
	/* "bảy mươi không giới hạn": not */
	if (v->end > k + 1 && v->end < t->n && !t->t[v->end].apart &&
	    abroad_is(t, v->end - 1, " khong ")) {
		v->end--;
		v->digits--;
	}
	return v->end > k;
}

/* How many, how much; or what comes on a day. */
static bool is_quantity(const struct abroad_turn *t,
			const struct answer_value *v)
{
	return v->end < t->n && (t->t[v->end].roles & ABROAD_UNIT) != 0 &&
	       !t->t[v->end].apart;
}

static unsigned type_of(const struct scan *s, const struct answer_value *v,
			uint64_t topics)
{
	unsigned n = v->digits + v->letters;
	int type = recognizer_id_asked(s, n);

	if ((topics & T(PHONE)) != 0 && v->digits >= 6 && v->letters == 0)
		return ENTITY_PHONE_NUMBER;
	if (type < 0)
		type = recognizer_id_asked(s, 8); /* a part of one */
	return type >= 0 ? (unsigned)type : (unsigned)ENTITY_ID_NUMBER;
}

/* Somebody has found all of it. */
static bool is_found(const struct scan *s, uint32_t i, uint32_t end)
{
	for (size_t k = s->out->n; k > 0 && s->out->v[k - 1].run == s->nr; k--)
		if (s->out->v[k - 1].start <= i && s->out->v[k - 1].end >= end)
			return true;
	return false;
}

/* Digits that were said one by one. */
static bool is_said(const struct scan *s, uint32_t i, uint32_t end)
{
	return s->map != NULL && s->map[end] - s->map[i] > 2 * (end - i);
}

/* "q x 7 doppel l 3" has few digits, and is said letter by letter. */
static bool is_code(const struct answer_value *v, uint64_t topics, bool said)
{
	const uint64_t few = T(LAST4) | T(PIN) | T(CARD);
	const uint64_t locators = T(CONFIRMATION) | T(ORDER) | T(ID) |
				  T(PASSPORT) | T(PLATE) | T(TICKET);
	unsigned n = v->digits + v->letters;

	if (v->digits >= LEAST)
		return n > LEAST || (topics & few) != 0 || said;
	return (topics & locators) != 0 && v->digits > 0 && v->letters > 2 &&
	       n > 4;
}

static bool is_id(const struct hit *h)
{
	return h->rule == RULE_ID_BARE || h->rule == RULE_ID_CONTEXT ||
	       h->rule == RULE_ID_ANSWER || h->rule == RULE_ID_ECHO;
}

/* "hr 77 401 229", of which somebody has found some: all of it. */
static void widen(struct scan *s, const struct abroad_turn *t)
{
	size_t n = s->out->n;
	struct answer_value v;

	for (unsigned k = 0; k < t->n; k = v.end == k ? k + 1 : v.end) {
		uint32_t i = t->t[k].i, end;

		v.end = k;
		if (!value_at(s, t, k, &v) || v.end == k + 1)
			continue;
		end = t->t[v.end - 1].end;
		if (is_found(s, i, end))
			continue;
		for (size_t j = n; j > 0 && s->out->v[j - 1].run == s->nr;
		     j--) {
			const struct hit h = s->out->v[j - 1];

			if (is_id(&h) && h.start < end && i < h.end &&
			    (i < h.start || h.end < end)) {
				recognizer_hit(s, i, end, h.type, h.rule, 84);
				break;
			}
		}
	}
}

/* "mật khẩu wifi là ...", "đổi thành ..." */
static void secret(struct scan *s, const struct abroad_turn *t)
{
	bool near = false;

	for (unsigned k = 1; k + 1 < t->n; k++) {
		uint32_t i = t->t[k + 1].i, end = i;

		near = near || (abroad_is(t, k, " khau ") &&
				abroad_is(t, k - 1, " mat "));
		if (!near || !abroad_is(t, k, " la thanh "))
			continue;
		while (end < s->n && s->t[end] > ' ')
			end++;
		while (end > i && strchr(".,;!?", s->t[end - 1]) != NULL)
			end--;
		s->steps += end - i;
		if ((t->t[k + 1].roles & ABROAD_WORD) == 0 && end - i > 3)
			recognizer_hit(s, i, end, ENTITY_PASSWORD,
				       RULE_SECRET_CUE, 85);
		return;
	}
}

/* Values of the turn: all where a code was asked for, else what stands behind a
 * word for one. */
void abroad_codes(struct scan *s, const struct abroad_turn *t)
{
	bool asked = (s->asked & CODES) != 0 && s->n <= ANSWER_LONG &&
		     ((s->asked & T(ITEM)) == 0);
	uint64_t topics = asked ? s->asked & CODES : 0;
	unsigned said = 0; /* tokens since such a word; 0: none */
	struct answer_value v;

	if (t->tongue == ABROAD_VIETNAMESE)
		secret(s, t);
	for (unsigned k = 0; k < t->n; k = v.end == k ? k + 1 : v.end) {
		const struct abroad_token *w = &t->t[k];

		v.end = k;
		said = said == 0 || said > BEFORE ? 0 : said + 1;
		if ((w->roles & ABROAD_TOPIC) != 0) {
			said = w->topic == TOPIC_ITEM ? 0 : 1;
			if (said != 0)
				topics = TOPIC_BIT(w->topic) & CODES;
			said = topics == 0 ? 0 : 1;
			asked = asked && w->topic != TOPIC_ITEM;
		}
		if ((!asked && said == 0) || !value_at(s, t, k, &v))
			continue;
		s->steps += t->t[v.end - 1].end - w->i;
		if (!is_code(&v, topics,
			     asked && is_said(s, w->i, t->t[v.end - 1].end)) ||
		    is_found(s, w->i, t->t[v.end - 1].end) ||
		    (is_quantity(t, &v) && v.digits < 7))
			continue;
		recognizer_hit(s, w->i, t->t[v.end - 1].end,
			       type_of(s, &v, topics), RULE_ID_ANSWER,
			       v.letters > 0 ? 92 : 83);
	}
	widen(s, t);
}

/* ---- dates ---- */

/* Parts of a date at token k: how many say something. */
static unsigned date_part(const struct scan *s, const struct abroad_turn *t,
			  unsigned k, unsigned *end, bool *year)
{
	const struct abroad_token *w = &t->t[k];
	struct abroad_number n;

	*end = k + 1;
	if (w->word[0] == '\0') {
		*year = *year || w->end - w->i >= 3 ||
			(w->end - w->i == 2 && s->t[w->i] >= '3');
		return w->end - w->i <= 8 && w->digits;
	}
	/* "tháng ba năm": there it is the year's word */
	for (unsigned back = 1; back <= 3 && back <= k; back++)
		if (abroad_is(t, k, " nam ") &&
		    abroad_is(t, k - back, " thang sinh "))
			return 0;
	if (abroad_number(bytes_of(s->t, s->n), w->i, &n)) {
		*end = token_at(t, k, n.end);
		*year = *year || (n.value > 31 && !n.ordinal);
		return 1;
	}
	return (w->roles & (ABROAD_MONTH | ABROAD_ORDINAL)) != 0;
}

static bool is_joint(const struct abroad_turn *t, unsigned k)
{
	return (t->t[k].roles & ABROAD_JOINT) != 0 ||
	       abroad_is(t, k, " der den am dem el ");
}

void abroad_dates(struct scan *s, const struct abroad_turn *t)
{
	uint64_t birth = s->asked | s->keyed;
	unsigned end;

	for (unsigned k = 0; k < t->n; k++)
		if ((t->t[k].roles & ABROAD_TOPIC) != 0)
			birth |= TOPIC_BIT(t->t[k].topic);
	if ((birth >> TOPIC_BIRTH & 1) == 0 || s->n > ANSWER_LONG)
		return;
	for (unsigned k = 0; k < t->n; k = end) {
		unsigned parts = 0, stop = k, at;
		bool year = false;

		for (at = k; at < t->n; at = end) {
			unsigned n = date_part(s, t, at, &end, &year);

			if ((n == 0 && !is_joint(t, at)) ||
			    (at > k && !is_near(s, t, at)))
				break;
			if (n == 0 && parts == 0 &&
			    !abroad_is(t, at, " mung mong "))
				break;
			parts += n;
			stop = n > 0 ? end : stop;
		}
		end = stop > k ? stop : k + 1;
		if (parts >= 2 || (parts == 1 && year))
			recognizer_hit(s, t->t[k].i, t->t[stop - 1].end,
				       ENTITY_DATE_OF_BIRTH, RULE_DATE_WORDED,
				       88);
	}
}
