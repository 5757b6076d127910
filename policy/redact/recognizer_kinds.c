/* Identifiers with a shape of their own, found by the table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/*
 * At the beginning of a word or number its letters and digits are gathered, up
 * to KIND_LONG of them, over single separators. Each place where they may end
 * (a separator, the end) gives a length, and the length the few rows of the
 * table that are tried. Most candidates have none. Work per candidate is
 * bounded by KIND_LONG and by the words looked at behind it.
 */

#define NEAR 64	    /* bytes between a topic's word and the value */
#define LOOKS 2	    /* how often the words behind are looked at */
#define SURE 93	    /* no other recognizer needs to be asked */
#define ENDS 1	    /* for a separator: no letter or digit comes */
#define CAPITALS 70 /* below it, letters must be capitals */
#define VALUES 60   /* least score alone outside of prose */

/* Topics of numbers: the nearest one decides. */
#define T(topic) TOPIC_BIT(TOPIC_##topic)
#define RIVALS                                                            \
	(T(PHONE) | T(SSN) | T(ACCOUNT) | T(IBAN) | T(ROUTING) | T(ZIP) | \
	 T(BIRTH) | T(ORDER) | T(CONFIRMATION) | T(CLAIM) | T(TICKET) |   \
	 T(CUSTOMER) | T(PIN) | T(CVV) | T(PASSPORT) | T(LICENSE) | T(ITEM))

/* Letters and digits of a candidate; sets of places of them. */
struct code {
	char v[KIND_LONG + 1];	     /* letters upper case */
	uint8_t sep[KIND_LONG + 1];  /* what stands before v[k]; 0: nothing */
	uint32_t at[KIND_LONG + 1];  /* where v[k] stands */
	unsigned n;		     /* of them; at most KIND_LONG */
	uint32_t letters, lower;     /* those that are */
	uint32_t gaps, dashes, dots; /* a separator stands before them */
	uint64_t behind;	     /* topics of the words behind `looked` */
	uint32_t looked;	     /* 0: nowhere yet */
	unsigned looks;		     /* how often that was asked */
	bool number;		     /* a number goes on before it */
};

/* The shape as sets; its length. */
static unsigned read_shape(const char *shape, struct kind_shape *out)
{
	unsigned k = 0;

	*out = (struct kind_shape){.anywhere = *shape == '~'};
	for (shape += out->anywhere; *shape != '\0'; shape++) {
		uint32_t bit = (uint32_t)1 << k;

		switch (*shape) {
		case '-':
			out->dashes |= bit;
			out->gaps |= bit;
			continue;
		case '.':
			out->dots |= bit;
			out->gaps |= bit;
			continue;
		case '_':
			out->some |= bit;
			out->gaps |= bit;
			continue;
		case ' ':
			out->gaps |= bit;
			continue;
		case '9':
			out->digits |= bit;
			break;
		case 'A':
			out->letters |= bit;
			break;
		default:
			break;
		}
		k++;
	}
	return k;
}

void recognizer_kinds_index(struct kind_index *x)
{
	size_t n;
	const struct kind *k = recognizer_kinds_table(&n);
	unsigned count[2] = {0};

	x->letters = KIND_LONG + 1;
	for (unsigned length = 0; length <= KIND_LONG + 1; length++) {
		x->first[0][length] = (uint8_t)count[0];
		x->first[1][length] = (uint8_t)count[1];
		for (size_t i = 0; i < n && i < KIND_ROWS; i++) {
			struct kind_shape *s = &x->shapes[i];

			if (read_shape(k[i].shape, s) != length)
				continue;
			if (s->digits == 0 && length < x->letters &&
			    k[i].check != recognizer_check_mixed)
				x->letters = length;
			if ((s->digits & 1) == 0)
				x->rows[0][count[0]++] = (uint8_t)i;
			if ((s->letters & 1) == 0)
				x->rows[1][count[1]++] = (uint8_t)i;
		}
	}
}

static bool is_separator(uint8_t c)
{
	return c == ' ' || c == '-' || c == '.' || c == '/' || c == '\t';
}

static void gather(struct scan *s, uint32_t i, struct code *c)
{
	c->n = 0;
	c->letters = c->lower = c->gaps = c->dashes = c->dots = 0;
	c->looked = c->looks = 0;
	c->number = i > 1 && is_separator(s->t[i - 1]) && is_digit(s->t[i - 2]);
	for (;;) {
		uint8_t b = scan_at(s, i), sep = 0;
		bool part;

		if (c->n > 0 && is_separator(b)) {
			sep = b == '\t' ? ' ' : b;
			b = scan_at(s, ++i);
		}
		part = is_alpha(b) || is_digit(b);
		c->sep[c->n] = part ? sep : ENDS;
		if (!part || c->n == KIND_LONG)
			break;
		c->letters |= (uint32_t)is_alpha(b) << c->n;
		c->lower |= (uint32_t)is_lower(b) << c->n;
		c->gaps |= (uint32_t)(sep != 0) << c->n;
		c->dashes |= (uint32_t)(sep == '-') << c->n;
		c->dots |= (uint32_t)(sep == '.') << c->n;
		c->at[c->n] = i++;
		c->v[c->n++] = (char)(is_lower(b) ? b - 32 : b);
	}
	s->steps += c->n;
}

/* The first n have this shape; *loose: but for separators. */
static bool has_shape(const struct code *c, unsigned n,
		      const struct kind_shape *s, bool *loose)
{
	uint32_t all = ((uint32_t)1 << n) - 1, gaps = c->gaps & all;

	if ((s->digits & c->letters) != 0 || (s->letters & ~c->letters) != 0)
		return false;
	*loose = s->anywhere || (gaps & ~s->gaps) != 0 ||
		 (s->some & ~gaps) != 0 || (s->dashes & ~c->dashes) != 0 ||
		 (s->dots & ~c->dots) != 0;
	return true;
}

/* Where the nearest word of these topics ends, + 1; 0: none is near. */
static uint32_t nearest(const struct scan *s, uint64_t topics, uint32_t i)
{
	uint32_t best = 0;

	for (unsigned t = 0; topics != 0; t++, topics >>= 1) {
		uint32_t at = s->topic_at[t];

		if ((topics & 1) != 0 && at > best && at - 1 <= i &&
		    i - (at - 1) <= NEAR)
			best = at;
	}
	return best;
}

/* The topics of the words around it; 0: none of these is the nearest. */
static uint64_t around(struct scan *s, struct code *c, const struct kind *k,
		       uint32_t end)
{
	uint32_t i = c->at[0];
	uint32_t mine = nearest(s, k->near, i);
	uint32_t rival = nearest(s, RIVALS & ~k->near, i);

	if (mine != 0 || rival != 0) {
		bool land = s->land_at != 0 && i - (s->land_at - 1) <= NEAR;

		return mine <= rival ? 0 : land ? s->seen : s->seen & TOPICS;
	}
	if ((s->keyed & k->near) != 0)
		return s->keyed;
	if ((s->asked & k->near) != 0 || k->shape[0] == '~')
		return s->asked;
	if (c->looked != end && c->looks < LOOKS) {
		c->looks++;
		c->looked = end;
		c->behind = recognizer_behind(s, end);
	}
	return c->looked == end ? c->behind : 0;
}

static bool is_told(struct scan *s, struct code *c, const struct kind *k,
		    uint32_t end)
{
	uint64_t topics = k->near == 0 ? 0 : around(s, c, k, end);
	unsigned land = (unsigned)(topics >> TOPIC_LAND);

	return (topics & k->near) != 0 &&
	       (land == LAND_NONE || k->land == LAND_NONE || k->land == land);
}

/* Without looking: is_told() may be true. Behind many numbers stands another
 * one, so no word that says what they are. */
static bool may_be_told(const struct scan *s, const struct kind *k,
			uint32_t end)
{
	if (k->near == 0)
		return false;
	if (((s->seen | s->asked | s->keyed) & k->near) != 0)
		return true;
	while (end < s->n && !is_word(s->t[end]) && s->t[end] != '\n')
		end++;
	return end < s->n && !is_digit(s->t[end]);
}

static bool has_blanks(const struct code *c, unsigned n)
{
	uint32_t all = ((uint32_t)1 << n) - 1;

	/* tabs count; points and slashes hardly matter */
	return (c->gaps & ~c->dashes & ~c->dots & all) != 0;
}

/* The digits go on behind a separator, as they did inside. */
static bool goes_on(const struct code *c, unsigned n)
{
	uint8_t sep = c->sep[n];

	if (n >= c->n || (c->letters >> n & 1) != 0)
		return false;
	if (sep != ' ')
		return true;
	return has_blanks(c, n);
}

static bool all_same(const struct code *c, unsigned n)
{
	unsigned k = 1;

	while (k < n && c->v[k] == c->v[0])
		k++;
	return k == n;
}

static bool in_capitals(const struct code *c, unsigned n)
{
	return (c->lower & ((1u << n) - 1)) == 0;
}

/* The row k fits the first n; its score, 0 where it does not. */
static unsigned score_of(struct scan *s, struct code *c, unsigned n,
			 const struct kind *k, const struct kind_shape *shape,
			 bool weak)
{
	bool loose, alone, caps = in_capitals(c, n);
	bool digits = (c->letters & ((1u << n) - 1)) == 0;
	uint32_t end = c->at[n - 1] + 1;

	if (!has_shape(c, n, shape, &loose))
		return 0;
	alone = !loose && !c->number && !goes_on(c, n) &&
		(k->alone >= CAPITALS || caps) && (k->alone >= VALUES || weak);
	if ((!alone && !may_be_told(s, k, end)) || all_same(c, n) ||
	    (k->check != NULL && !k->check(c->v, n)))
		return 0;
	if (is_told(s, c, k, end)) {
		if (loose && (digits ? c->number || shape->dashes != 0
				     : !caps && has_blanks(c, n)))
			return 0;
		if (k->check == NULL && goes_on(c, n))
			return 0;
		return k->told - (loose ? 3u : 0u);
	}
	return alone ? k->alone : 0;
}

/* Fewer of its letters and digits are no value: of digits among digits only
 * words tell what they are, and none stands before or between them. */
static unsigned least(const struct scan *s, const struct code *c)
{
	return c->number && c->letters == 0 &&
			       (s->seen | s->asked | s->keyed) == 0
		       ? c->n
		       : 4;
}

uint32_t recognizer_kinds(struct scan *s, uint32_t i, bool weak)
{
	const struct kind_index *x = &s->r->kinds;
	size_t nkinds;
	const struct kind *table = recognizer_kinds_table(&nkinds);
	struct code c UNSET;
	uint32_t sure = 0;
	unsigned first;

	gather(s, i, &c);
	if (c.n < 4 || (c.n < x->letters && c.letters == (1u << c.n) - 1))
		return 0;
	first = is_digit((uint8_t)c.v[0]) ? 1 : 0;
	for (unsigned n = least(s, &c); n <= c.n; n++) {
		if (c.sep[n] == 0)
			continue;
		for (unsigned r = x->first[first][n];
		     r < x->first[first][n + 1]; r++) {
			unsigned row = x->rows[first][r];
			const struct kind *k = &table[row];
			unsigned score =
				score_of(s, &c, n, k, &x->shapes[row], weak);
			uint32_t end = c.at[n - 1] + 1;

			if (score == 0)
				continue;
			recognizer_hit(s, i, end, k->entity, k->rule, score);
			s->kind_end = end > s->kind_end ? end : s->kind_end;
			if (score >= SURE && end > sure)
				sure = end;
		}
	}
	return sure;
}
